//! Locks between threads, locks between processes, and two locks in the wrong order.
//!
//! `cargo run --example locks`

use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::sync::{Barrier, Condvar, Mutex, MutexGuard};
use std::time::Duration;
use std::{process, thread};

use anyhow::{Context, Result, ensure};
use mp::primes::{is_prime, published};

const LIMIT: usize = 100_000;
const PARTS: usize = 4;
/// Whoever keeps others waiting for so long is dead or hangs.
const PATIENCE: Duration = Duration::from_secs(10);

/// The primes in one part of the numbers below `LIMIT`.
fn primes_in(part: usize) -> Vec<usize> {
    let range = LIMIT * part / PARTS..LIMIT * (part + 1) / PARTS;
    range.filter(|&n| is_prime(n)).collect()
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().expect("no thread panics while it holds the lock")
}

fn with_mutex() -> usize {
    let tally = Mutex::new((0, 0));
    thread::scope(|scope| {
        for part in 0..PARTS {
            let tally = &tally;
            scope.spawn(move || {
                let found = primes_in(part);
                let mut tally = lock(tally);
                tally.0 += found.len();
                tally.1 = tally.1.max(found.last().copied().unwrap_or(0));
            });
        }
    });
    let (primes, largest) = *lock(&tally);
    println!("mutex: {primes} primes below {LIMIT}, the largest is {largest}");
    primes
}

fn put(results: &Mutex<Vec<usize>>, added: &Condvar, found: usize) {
    lock(results).push(found);
    added.notify_one();
}

/// Waits until there is a result, and takes it.
fn take(results: &Mutex<Vec<usize>>, added: &Condvar) -> Option<usize> {
    let mut results = lock(results);
    while results.is_empty() {
        results = added.wait(results).expect("no thread panics with the lock");
    }
    results.pop()
}

fn with_condvar() -> usize {
    let results = Mutex::new(Vec::new());
    let added = Condvar::new();
    let mut total = 0;
    thread::scope(|scope| {
        scope.spawn(|| {
            for part in 0..PARTS {
                put(&results, &added, primes_in(part).len());
            }
        });
        for _ in 0..PARTS {
            total += take(&results, &added).expect("it has waited for one");
        }
    });
    println!("condvar: {PARTS} results came, together {total} primes");
    total
}

fn in_processes(n: usize, work: impl Fn() -> Result<()>) -> Result<()> {
    let mut processes = Vec::new();
    for _ in 0..n {
        processes.push(mp::Process::spawn(&work)?);
    }
    for process in &mut processes {
        let status = process.join()?;
        ensure!(status.success(), "a process failed, {status}");
    }
    Ok(())
}

/// A holder that is killed takes its permit with it, so nobody waits for ever.
fn acquire(semaphore: &mp::Semaphore) -> Result<mp::Permit<'_>> {
    semaphore.acquire_timeout(PATIENCE)?.context("a permit does not come back")
}

/// Counts who is inside, and how many were at most.
fn enter(
    permits: &mp::Semaphore,
    inside: &AtomicUsize,
    most: &AtomicUsize,
) -> Result<()> {
    let _permit = acquire(permits)?;
    most.fetch_max(inside.fetch_add(1, Relaxed) + 1, Relaxed);
    thread::sleep(Duration::from_millis(10));
    inside.fetch_sub(1, Relaxed);
    Ok(())
}

fn with_semaphore() -> Result<()> {
    let permits = mp::Semaphore::new(2)?;
    let inside = mp::Shared::new(AtomicUsize::new(0))?;
    let most = mp::Shared::new(AtomicUsize::new(0))?;
    in_processes(8, || enter(&permits, &inside, &most))?;
    ensure!(most.load(Relaxed) <= 2, "more processes inside than permits");
    println!("semaphore: 8 processes, never more than 2 at once");
    Ok(())
}

fn with_lock_across_processes() -> Result<()> {
    let lock = mp::Semaphore::new(1)?;
    let total = mp::Shared::new(AtomicUsize::new(0))?;
    in_processes(8, || {
        for _ in 0..100 {
            let _permit = acquire(&lock)?;
            let before = total.load(Relaxed);
            thread::sleep(Duration::from_micros(10));
            total.store(before + 1, Relaxed);
        }
        Ok(())
    })?;
    println!("lock across processes: 8 times 100 is {}", total.load(Relaxed));
    Ok(())
}

type Accounts = [Mutex<i64>; 2];

/// Wrong: the giver here is the taker there, so each thread begins at another end.
fn giver_first(accounts: &Accounts, from: usize, to: usize) {
    let mut giver = lock(&accounts[from]);
    thread::sleep(Duration::from_millis(1));
    let mut taker = lock(&accounts[to]);
    *giver -= 1;
    *taker += 1;
}

fn same_order(accounts: &Accounts, from: usize, to: usize) {
    let mut first = lock(&accounts[0]);
    thread::sleep(Duration::from_millis(1));
    let mut second = lock(&accounts[1]);
    let balances = [&mut *first, &mut *second];
    *balances[from] -= 1;
    *balances[to] += 1;
}

/// Two threads transfer at the same time, 100 times each, in opposite directions.
fn transfers(name: &str, transfer: fn(&Accounts, usize, usize)) {
    let accounts = [Mutex::new(500), Mutex::new(500)];
    let both_are_there = Barrier::new(2);
    let work = |from, to| {
        both_are_there.wait();
        (0..100).for_each(|_| transfer(&accounts, from, to));
    };
    thread::scope(|scope| {
        scope.spawn(|| work(0, 1));
        scope.spawn(|| work(1, 0));
    });
    let [a, b] = accounts.each_ref().map(|account| *lock(account));
    println!("{name}: the accounts hold {a} and {b}");
}

fn main() -> Result<()> {
    let [] = mp::args([]);
    for primes in [with_mutex(), with_condvar()] {
        ensure!(Some(primes) == published(LIMIT), "another number is published");
    }
    with_semaphore()?;
    with_lock_across_processes()?;

    let mut child = mp::Process::spawn(|| {
        // Should the parent be killed, nobody else ends this child.
        thread::spawn(|| {
            thread::sleep(PATIENCE);
            process::abort()
        });
        transfers("giver first", giver_first);
    })?;
    if let Some(status) = child.join_timeout(Duration::from_secs(1))? {
        ensure!(status.success(), "the transfers failed, {status}");
    } else {
        child.kill()?;
        println!("giver first: not done after a second, killed, {}", child.join()?);
    }
    let mut child = mp::Process::spawn(|| transfers("same order", same_order))?;
    ensure!(child.join()?.success(), "the transfers failed");
    Ok(())
}
