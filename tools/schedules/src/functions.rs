// What the workers do with the programs' functions. This file is included where `types` has the types to do it with.

use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;

use types::{AtomicBool, AtomicUsize, Mutex};

use crate::programs::WORKERS;

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
#[allow(missing_docs, clippy::missing_panics_doc, clippy::must_use_candidate, reason = "the functions are the program's")]
pub mod locks {
    use std::time::Duration;

    use super::types::{Mutex, MutexGuard, thread};

    /// As in the program.
    pub type Accounts = [Mutex<i64>; 2];

    include!(concat!(env!("OUT_DIR"), "/locks.rs"));
}

/// The workers at work on what they share; what is left of it.
fn together<S: Send + Sync + 'static>(
    shared: S,
    work: impl Fn(&S, usize) + Copy + Send + 'static,
) -> Arc<S> {
    let shared = Arc::new(shared);
    let workers: Vec<_> = (0..WORKERS)
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

/// Each worker adds one prime to the total, `times` times. Gives the total.
#[must_use]
pub fn total(times: usize, add: fn(&AtomicUsize, Range<usize>)) -> Vec<usize> {
    let total = together(AtomicUsize::new(0), move |total, _| {
        for _ in 0..times {
            add(total, 2..3);
        }
    });
    vec![total.load(Relaxed)]
}

/// Each worker sells the one seat, if it can. Gives the number of tickets.
#[must_use]
pub fn sold(sell: fn(&AtomicBool) -> bool) -> Vec<usize> {
    use std::sync::atomic::AtomicUsize;
    let shared = together((AtomicBool::new(false), AtomicUsize::new(0)), move |(seat, sold), _| {
        if sell(seat) {
            sold.fetch_add(1, Relaxed);
        }
    });
    vec![shared.1.load(Relaxed)]
}

/// One worker transfers there, the other one back. Gives what the accounts hold.
#[must_use]
pub fn accounts(transfer: fn(&locks::Accounts, usize, usize)) -> Vec<usize> {
    let accounts = [Mutex::new(500), Mutex::new(500)];
    let accounts = together(accounts, move |accounts, worker| transfer(accounts, worker, 1 - worker));
    let balance = |account: &Mutex<i64>| usize::try_from(*locks::lock(account)).expect("no account is overdrawn");
    accounts.iter().map(balance).collect()
}
