//! A function in a process of its own, with arguments, result and panic: procspawn.
//! For Linux and macOS.
//!
//! `cargo run --features procspawn --example procspawn -- --limit 100000`
#![cfg_attr(not(unix), allow(dead_code, unused_imports))]

use std::ops::Range;
use std::thread;
use std::time::Duration;

use mp::primes::{is_prime, primes_in, published}; // in mp/primes.rs

fn largest_prime_in(range: Range<usize>) -> usize {
    range
        .clone()
        .rev()
        .find(|&n| is_prime(n))
        .unwrap_or_else(|| panic!("no prime in {range:?}"))
}

#[cfg(unix)]
fn main() -> anyhow::Result<()> {
    // A worker goes no further than `init`. Its panic is told by the parent alone.
    let in_workers = || std::panic::set_hook(Box::new(|_| ()));
    procspawn::ProcConfig::new().config_callback(in_workers).init();
    let [limit, workers] =
        mp::args([("limit", 1_000_000, 10..=10_000_000), ("workers", 2, 1..=256)]);

    let largest = procspawn::spawn(0..limit, largest_prime_in).join()?;
    println!("{largest} is the largest prime below {limit}");

    let pool = procspawn::Pool::new(workers)?;
    let piece = limit.div_ceil(8);
    let mut handles = Vec::new();
    for start in (0..limit).step_by(piece) {
        handles.push(pool.spawn(start..limit.min(start + piece), primes_in));
    }
    let mut count = 0;
    for handle in handles {
        count += handle.join()?;
    }
    println!("{count} primes below {limit}, counted by a pool");
    if let Some(published) = published(limit) {
        anyhow::ensure!(count == published, "{published} are published");
    }
    pool.shutdown();

    match procspawn::spawn(24..29, largest_prime_in).join() {
        Ok(prime) => println!("{prime} is a prime"),
        Err(error) => println!("{error}"),
    }

    let mut hangs = procspawn::spawn((), |()| thread::sleep(Duration::from_secs(3600)));
    if let Err(error) = hangs.join_timeout(Duration::from_millis(200)) {
        println!("{error}");
    }
    hangs.kill()?;
    Ok(())
}

#[cfg(not(unix))]
fn main() -> std::process::ExitCode {
    mp::unix_only()
}
