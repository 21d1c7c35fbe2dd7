// What the workers do with the programs' functions. This file is included where `types` has the types to do it with.

use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;

use types::{AtomicBool, AtomicUsize, Condvar, Mutex, Semaphore};

/// Of `examples/race_condition.rs`.
#[allow(missing_docs, clippy::must_use_candidate, reason = "the functions are the program's")]
pub mod race_condition {
    use std::ops::Range;
    use std::sync::atomic::Ordering::Relaxed;
    use std::time::Duration;

    use super::types::{AtomicBool, AtomicUsize, thread};
    use crate::primes::primes_in;

    const A_MOMENT: Duration = Duration::ZERO;

    include!(concat!(env!("OUT_DIR"), "/race_condition.rs"));
}

/// Of `examples/locks.rs`.
#[allow(
    missing_docs,
    clippy::missing_errors_doc,
    clippy::missing_panics_doc,
    clippy::must_use_candidate,
    reason = "the functions are the program's"
)]
pub mod locks {
    use std::sync::atomic::Ordering::Relaxed;
    use std::time::Duration;

    use anyhow::{Context as _, Result};

    use super::types::{AtomicUsize, Condvar, Mutex, MutexGuard, thread};

    const PATIENCE: Duration = Duration::from_secs(10);

    /// As in the program.
    pub type Accounts = [Mutex<i64>; 2];

    mod mp {
        pub use super::super::types::{Permit, Semaphore};
    }

    include!(concat!(env!("OUT_DIR"), "/locks.rs"));
}

/// Of `examples/locks.rs`, with `if` in the place of `while`.
#[allow(
    missing_docs,
    clippy::missing_panics_doc,
    clippy::must_use_candidate,
    reason = "the functions are the program's"
)]
pub mod locks_with_if {
    use super::types::{Condvar, Mutex, MutexGuard};

    include!(concat!(env!("OUT_DIR"), "/locks_with_if.rs"));
}

/// The workers at work on what they share; what is left of it.
fn together<S: Send + Sync + 'static>(
    workers: usize,
    shared: S,
    work: impl Fn(&S, usize) + Copy + Send + 'static,
) -> Arc<S> {
    let shared = Arc::new(shared);
    let workers: Vec<_> = (0..workers)
        .map(|worker| {
            let theirs = Arc::clone(&shared);
            types::thread::spawn(move || work(&theirs, worker))
        })
        .collect();
    for worker in workers {
        worker.join().expect("no worker panics");
    }
    shared
}

/// Two workers add one prime to the total, `times` times each. Gives the total.
#[must_use]
pub fn total(times: usize, add: fn(&AtomicUsize, Range<usize>)) -> Vec<usize> {
    let total = together(2, AtomicUsize::new(0), move |total, _| {
        for _ in 0..times {
            add(total, 2..3);
        }
    });
    vec![total.load(Relaxed)]
}

/// Two workers sell the one seat, if they can. Gives the number of tickets.
#[must_use]
pub fn sold(sell: fn(&AtomicBool) -> bool) -> Vec<usize> {
    use std::sync::atomic::AtomicUsize;
    let shared = (AtomicBool::new(false), AtomicUsize::new(0));
    let shared = together(2, shared, move |(seat, sold), _| {
        if sell(seat) {
            sold.fetch_add(1, Relaxed);
        }
    });
    vec![shared.1.load(Relaxed)]
}

/// One worker transfers there, the other one back. Gives what the accounts hold.
///
/// # Panics
/// An account is overdrawn.
#[must_use]
pub fn accounts(transfer: fn(&locks::Accounts, usize, usize)) -> Vec<usize> {
    let accounts = [Mutex::new(500), Mutex::new(500)];
    let accounts =
        together(2, accounts, move |accounts, worker| transfer(accounts, worker, 1 - worker));
    let balance = |account: &Mutex<i64>| {
        usize::try_from(*locks::lock(account)).expect("no account is overdrawn")
    };
    accounts.iter().map(balance).collect()
}

/// How a worker puts a result in.
type Put = fn(&Mutex<Vec<usize>>, &Condvar, usize);
/// How a worker takes one out.
type Take = fn(&Mutex<Vec<usize>>, &Condvar) -> Option<usize>;

/// One worker puts two results in, two others take one each. Gives how many were taken.
#[must_use]
pub fn taken(put: Put, take: Take) -> Vec<usize> {
    use std::sync::atomic::AtomicUsize;
    let shared = (Mutex::new(Vec::new()), Condvar::new(), AtomicUsize::new(0));
    let shared = together(3, shared, move |(results, added, taken), worker| {
        if worker == 0 {
            put(results, added, 2);
            put(results, added, 3);
        } else if take(results, added).is_some() {
            taken.fetch_add(1, Relaxed);
        }
    });
    vec![shared.2.load(Relaxed)]
}

/// One worker puts a result in, another one takes it. Gives how many were taken.
#[must_use]
pub fn taken_once(put: Put, take: Take) -> Vec<usize> {
    use std::sync::atomic::AtomicUsize;
    let shared = (Mutex::new(Vec::new()), Condvar::new(), AtomicUsize::new(0));
    let shared = together(2, shared, move |(results, added, taken), worker| {
        if worker == 0 {
            put(results, added, 2);
        } else if take(results, added).is_some() {
            taken.fetch_add(1, Relaxed);
        }
    });
    vec![shared.2.load(Relaxed)]
}

/// How a worker enters where there are only so many permits.
type Enter = fn(&Semaphore, &AtomicUsize, &AtomicUsize) -> anyhow::Result<()>;

/// So many workers enter. Gives the most that were inside at the same time.
///
/// # Panics
/// A worker can't enter: a permit was lost.
#[must_use]
pub fn most(workers: usize, permits: usize, enter: Enter) -> Vec<usize> {
    let shared = (types::semaphore(permits), AtomicUsize::new(0), AtomicUsize::new(0));
    let shared = together(workers, shared, move |(permits, inside, most), _| {
        enter(permits, inside, most).expect("every permit comes back");
    });
    vec![shared.2.load(Relaxed)]
}
