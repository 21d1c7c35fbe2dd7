//! What a caller learns when a worker is killed: from a pipe, and from `mp::Pool`.
//!
//! `cargo run --example what_survives`; one way alone, nobody killed: `-- --way 2`
#![cfg_attr(not(unix), allow(dead_code, unused_imports))]

use std::io::{self, Read, Write};
use std::thread;
use std::time::Duration;

use anyhow::ensure;
use mp::primes::primes_in; // in mp/primes.rs

const WORKERS: usize = 2;
const PIECES: usize = 8;
const FATAL: usize = 5;

/// The task: how many primes are among the 1250 numbers of a piece?
#[cfg(unix)]
fn primes_of(piece: usize, fatal: Option<usize>) -> usize {
    thread::sleep(Duration::from_millis(1)); // no other call is made in a task
    if fatal == Some(piece) {
        let _ = nix::sys::signal::raise(nix::sys::signal::Signal::SIGKILL);
    }
    primes_in(piece * 1250..(piece + 1) * 1250)
}

/// Each worker has every second piece, and all write lines into the same pipe.
#[cfg(unix)]
fn pipe(fatal: Option<usize>, _: Duration) -> anyhow::Result<usize> {
    let (mut reader, writer) = io::pipe()?;
    let mut workers = Vec::new();
    for first in 0..WORKERS {
        let mut writer = writer.try_clone()?;
        workers.push(mp::Process::spawn(move || {
            for piece in (first..PIECES).step_by(WORKERS) {
                writer
                    .write_all(format!("{}\n", primes_of(piece, fatal)).as_bytes())?;
            }
            io::Result::Ok(())
        })?);
    }
    drop(writer);
    let mut lines = String::new();
    reader.read_to_string(&mut lines)?;
    for worker in &mut workers {
        worker.join()?; // and nobody asks how it has ended
    }
    let counts: Result<Vec<usize>, _> = lines.lines().map(str::parse).collect();
    Ok(counts?.iter().sum())
}

fn pool(deadline: Duration) -> Result<mp::Pool, mp::PoolError> {
    let pool = mp::Pool::new(WORKERS)?.with_chunk_size(PIECES / WORKERS);
    Ok(if deadline.is_zero() { pool } else { pool.with_task_timeout(deadline) })
}

#[cfg(unix)]
fn map(fatal: Option<usize>, deadline: Duration) -> anyhow::Result<usize> {
    let pieces: Vec<usize> = (0..PIECES).collect();
    let counts = pool(deadline)?.map(&pieces, |&piece| primes_of(piece, fatal))?;
    Ok(counts.iter().sum())
}

#[cfg(unix)]
fn imap_unordered(fatal: Option<usize>, deadline: Duration) -> anyhow::Result<usize> {
    let pieces: Vec<usize> = (0..PIECES).collect();
    let results =
        pool(deadline)?.imap_unordered(&pieces, |&piece| primes_of(piece, fatal))?;
    let (mut count, mut missing) = (0, Vec::new());
    for result in results {
        match result {
            Ok((_, primes)) => count += primes,
            Err(error) => missing.push(error.to_string()),
        }
    }
    ensure!(missing.is_empty(), "{count} primes, and {}", missing.join(", "));
    Ok(count)
}

#[cfg(unix)]
fn main() -> anyhow::Result<()> {
    type Way = fn(Option<usize>, Duration) -> anyhow::Result<usize>;
    const WAYS: [(&str, Way); 3] =
        [("a pipe", pipe), ("map", map), ("imap_unordered", imap_unordered)];

    let [way, deadline] = mp::args([("way", 0, 0..=3), ("deadline", 0, 0..=60_000)]);
    let deadline = Duration::from_millis(deadline as u64);
    if way > 0 {
        println!("{} primes", WAYS[way - 1].1(None, deadline)?);
        return Ok(());
    }
    for fatal in [None, Some(FATAL)] {
        match fatal {
            None => println!("nobody is killed:"),
            Some(piece) => {
                println!("a worker is killed in the task for input {piece}:");
            }
        }
        for (name, run) in WAYS {
            match run(fatal, deadline) {
                Ok(count) => println!("  {name}: {count} primes"),
                Err(error) => println!("  {name}: {error}"),
            }
        }
    }
    Ok(())
}

#[cfg(not(unix))]
fn main() -> std::process::ExitCode {
    mp::unix_only()
}
