//! A pool of threads that returns results in the order of the inputs: rayon.
//!
//! `cargo run --example pool -- --workers 4 --tasks 20`

use std::thread;

use rayon::prelude::*;

fn is_prime(n: usize) -> bool {
    (2..n).take_while(|d| d * d <= n).all(|d| !n.is_multiple_of(d))
}

fn primes_below(limit: usize) -> usize {
    (2..limit).filter(|&n| is_prime(n)).count()
}

fn main() -> anyhow::Result<()> {
    let available = thread::available_parallelism()?.get();
    let [workers, tasks] =
        mp::args([("workers", available, 1..=256), ("tasks", 10, 0..=300)]);

    let limits: Vec<usize> = (1..=tasks).map(|n| n * 1000).collect();
    let pool = rayon::ThreadPoolBuilder::new().num_threads(workers).build()?;
    let counts: Vec<usize> =
        pool.install(|| limits.par_iter().map(|&limit| primes_below(limit)).collect());

    for (limit, count) in limits.iter().zip(counts) {
        println!("{count} primes below {limit}");
    }
    Ok(())
}
