//! A table in memory that processes share: each fills its slices of it.
//!
//! `cargo run --example shared_memory -- --limit 1000 --workers 3`

use std::sync::atomic::{AtomicBool, Ordering};

use mp::primes::{is_prime, published}; // in mp/primes.rs

/// The size of an array is part of its type: there is room for the largest limit.
const LARGEST: usize = 1_000_000;
const SLICE: usize = 1000;

type Table = [AtomicBool; LARGEST];

/// Fills every slice whose turn it is for this worker: number `worker` of `workers`.
fn fill(table: &[AtomicBool], worker: usize, workers: usize) {
    let slices = table.chunks(SLICE).enumerate();
    for (index, slice) in slices.skip(worker).step_by(workers) {
        for (n, place) in (index * SLICE..).zip(slice) {
            place.store(is_prime(n), Ordering::Relaxed);
        }
    }
}

fn fill_in_processes(table: &[AtomicBool], workers: usize) -> anyhow::Result<()> {
    let mut processes = Vec::new();
    for worker in 0..workers {
        processes.push(mp::Process::spawn(|| fill(table, worker, workers))?);
    }
    for (worker, process) in processes.iter_mut().enumerate() {
        let status = process.join()?;
        anyhow::ensure!(status.success(), "worker {worker} failed, {status}");
    }
    Ok(())
}

fn primes(table: &[AtomicBool]) -> impl DoubleEndedIterator<Item = usize> {
    (0..table.len()).filter(|&n| table[n].load(Ordering::Relaxed))
}

#[expect(clippy::large_stack_arrays, reason = "1 MB, and main's stack has 8")]
fn main() -> anyhow::Result<()> {
    let [limit, workers] = mp::args([
        ("limit", LARGEST, 2..=LARGEST),
        ("workers", mp::workers()?, 1..=64),
    ]);

    let ordinary: Vec<AtomicBool> = (0..1000).map(|_| AtomicBool::new(false)).collect();
    fill_in_processes(&ordinary, workers)?;
    println!("ordinary memory: {} primes below 1000", primes(&ordinary).count());

    let shared = mp::Shared::<Table>::new([const { AtomicBool::new(false) }; LARGEST])?;
    let table = &shared[..limit];
    fill_in_processes(table, workers)?;
    let count = primes(table).count();
    println!("shared memory:   {count} primes below {limit}");

    if let Some(largest) = primes(table).next_back() {
        println!("the largest is {largest}");
    }
    let pairs = primes(table).zip(primes(table).skip(1)).filter(|(a, b)| b - a == 2);
    println!("{} times the next one is 2 away", pairs.count());

    if let Some(published) = published(limit) {
        anyhow::ensure!(count == published, "{published} are published");
    }
    Ok(())
}
