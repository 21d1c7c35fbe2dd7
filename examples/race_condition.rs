//! Updates that get lost, seats that are sold twice, and the cure for both.
//!
//! `cargo run --example race_condition -- --limit 1000000 --workers 2`

use std::ops::Range;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::Relaxed};
use std::thread;
use std::time::Duration;

use mp::primes::{primes_in, published}; // in mp/primes.rs

const SLICE: usize = 250;
const SEATS: usize = 20;
const A_MOMENT: Duration = Duration::from_millis(1);

/// Wrong: between the load and the store, others store their totals.
fn add_in_two_steps(total: &AtomicUsize, slice: Range<usize>) {
    let before = total.load(Relaxed);
    let found = primes_in(slice);
    thread::sleep(A_MOMENT); // as when the system lets another worker run
    total.store(before + found, Relaxed);
}

fn add_in_one_step(total: &AtomicUsize, slice: Range<usize>) {
    let found = primes_in(slice);
    total.fetch_add(found, Relaxed);
}

type Add = fn(&AtomicUsize, Range<usize>);

/// What one worker does: it adds its slices of the numbers below `limit` to the total.
fn count(total: &AtomicUsize, limit: usize, worker: usize, workers: usize, add: Add) {
    for start in (worker * SLICE..limit).step_by(workers * SLICE) {
        add(total, start..limit.min(start + SLICE));
    }
}

fn in_threads(limit: usize, workers: usize, add: Add) -> usize {
    let total = AtomicUsize::new(0);
    thread::scope(|scope| {
        for worker in 0..workers {
            let total = &total;
            scope.spawn(move || count(total, limit, worker, workers, add));
        }
    });
    total.into_inner()
}

fn in_processes(limit: usize, workers: usize, add: Add) -> anyhow::Result<usize> {
    let total = mp::Shared::new(AtomicUsize::new(0))?;
    let mut processes = Vec::new();
    for worker in 0..workers {
        let work = || count(&total, limit, worker, workers, add);
        processes.push(mp::Process::spawn(work)?);
    }
    for (worker, process) in processes.iter_mut().enumerate() {
        let status = process.join()?;
        anyhow::ensure!(status.success(), "worker {worker} failed, {status}");
    }
    Ok(total.load(Relaxed))
}

/// Wrong: while one customer pays, the seat still looks free to the others.
fn look_then_sell(taken: &AtomicBool) -> bool {
    let free = !taken.load(Relaxed);
    if free {
        thread::sleep(5 * A_MOMENT); // the customer pays
        taken.store(true, Relaxed);
    }
    free
}

fn take_then_sell(taken: &AtomicBool) -> bool {
    let free = taken.compare_exchange(false, true, Relaxed, Relaxed).is_ok();
    if free {
        thread::sleep(5 * A_MOMENT);
    }
    free
}

/// How many tickets are sold where every counter goes through all seats.
fn tickets(counters: usize, sell: fn(&AtomicBool) -> bool) -> usize {
    let seats = [const { AtomicBool::new(false) }; SEATS];
    let sold = AtomicUsize::new(0);
    let counter = || {
        for seat in &seats {
            if sell(seat) {
                sold.fetch_add(1, Relaxed);
            }
        }
    };
    thread::scope(|scope| {
        for _ in 0..counters {
            scope.spawn(counter);
        }
    });
    sold.into_inner()
}

fn main() -> anyhow::Result<()> {
    let [limit, workers] =
        mp::args([("limit", 100_000, 1..=1_000_000), ("workers", 4, 1..=64)]);
    let all = primes_in(0..limit);
    if let Some(published) = published(limit) {
        anyhow::ensure!(all == published, "{published} are published, not {all}");
    }

    let report = |how: &str, total: usize| {
        if total == all {
            println!("{how} {total} primes below {limit}");
        } else {
            println!("{how} not {all} primes below {limit}, some were lost");
        }
    };
    report("threads, two steps:  ", in_threads(limit, workers, add_in_two_steps));
    report("threads, one step:   ", in_threads(limit, workers, add_in_one_step));

    let report_sale = |how: &str, sold: usize| match sold {
        SEATS => println!("{SEATS} seats, {how}: {SEATS} tickets"),
        _ => println!("{SEATS} seats, {how}: more tickets than seats"),
    };
    report_sale("look, then sell", tickets(workers, look_then_sell));
    report_sale("take, then sell", tickets(workers, take_then_sell));

    report("processes, two steps:", in_processes(limit, workers, add_in_two_steps)?);
    report("processes, one step: ", in_processes(limit, workers, add_in_one_step)?);
    Ok(())
}
