//! A pool of processes: results in the order of the inputs, and results as they come.
//!
//! `cargo run --example process_pool -- --workers 4 --tasks 20`

use std::thread;

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
    let pool = mp::Pool::new(workers)?;

    let counts = pool.map(&limits, |&limit| primes_below(limit))?;
    for (limit, count) in limits.iter().zip(counts) {
        println!("{count} primes below {limit}");
    }

    println!("and once more, as they come:");
    for item in pool.imap_unordered(&limits, |&limit| primes_below(limit))? {
        let (index, count) = item?;
        println!("input {index} is done: {count} primes");
    }
    Ok(())
}
