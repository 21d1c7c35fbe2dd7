//! What `cargo book figures --only mpi` measures: the book's programs over MPI without their output.
//!
//! Rank 0 reads from standard input how often to do a case, all ranks do it, and rank 0 answers
//! with the nanoseconds that it took. The programs themselves print and compare, which has no place
//! in a measurement.

use std::ops::Range;
use std::time::{Duration, Instant};
use std::{env, io, process};

use anyhow::{Context as _, anyhow};
use mpi::collective::SystemOperation;
use mpi::topology::SimpleCommunicator;
use mpi::traits::{
    Communicator as _, CommunicatorCollectives as _, Destination as _, Root as _,
    Source as _,
};

const LIMIT: u64 = 1_000_000;
const PIECES: u64 = 100;
const NO_MORE: u64 = u64::MAX;
const MIB: usize = 1 << 20;

const USAGE: &str = "expected one of sequential, primes, pool, messages, message, transfer; \
                     or waiting primes, waiting pool";

fn is_prime(n: u64) -> bool {
    n > 1 && (2..n).take_while(|d| d * d <= n).all(|d| !n.is_multiple_of(d))
}

fn primes_in(range: Range<u64>) -> u64 {
    range.filter(|&n| is_prime(n)).count() as u64
}

/// Counts, and adds to `work` how long that took.
fn timed(range: Range<u64>, work: &mut Duration) -> u64 {
    let begin = Instant::now();
    let primes = primes_in(range);
    *work += begin.elapsed();
    primes
}

/// The program `primes`; with no `limit` its messages alone.
fn primes(
    world: &SimpleCommunicator,
    limit: u64,
    work: &mut Duration,
) -> anyhow::Result<u64> {
    let root = world.process_at_rank(0);
    let ranks = u64::try_from(world.size())?;
    let (mut range, mut total) = ([0_u64; 2], 0);
    if world.rank() == 0 {
        let bound = |rank| limit * rank / ranks;
        let ranges: Vec<u64> =
            (0..ranks).flat_map(|rank| [bound(rank), bound(rank + 1)]).collect();
        root.scatter_into_root(&ranges, &mut range);
    } else {
        root.scatter_into(&mut range);
    }
    let primes = timed(range[0]..range[1], work);
    if world.rank() == 0 {
        root.reduce_into_root(&primes, &mut total, SystemOperation::sum());
    } else {
        root.reduce_into(&primes, SystemOperation::sum());
    }
    Ok(total)
}

/// The program `pool`.
fn pool(world: &SimpleCommunicator, work: &mut Duration) -> u64 {
    let root = world.process_at_rank(0);
    if world.rank() != 0 {
        loop {
            let (piece, _) = root.receive::<u64>();
            if piece == NO_MORE {
                return 0;
            }
            let bound = |piece| LIMIT * piece / PIECES;
            root.send(&[piece, timed(bound(piece)..bound(piece + 1), work)]);
        }
    }
    let (mut todo, mut busy, mut total) = (0..PIECES, 0, 0);
    let mut give = |worker| {
        let piece = todo.next();
        world.process_at_rank(worker).send(&piece.unwrap_or(NO_MORE));
        i32::from(piece.is_some())
    };
    for worker in 1..world.size() {
        busy += give(worker);
    }
    while busy > 0 {
        let mut result = [0_u64; 2];
        let status = world.any_process().receive_into(&mut result);
        total += result[1];
        busy += give(status.source_rank()) - 1;
    }
    total
}

/// From rank 0 to rank 1 and back.
fn there_and_back(world: &SimpleCommunicator, bytes: &mut [u8]) {
    if world.rank() == 0 {
        let other = world.process_at_rank(1);
        other.send(bytes);
        other.receive_into(bytes);
    } else if world.rank() == 1 {
        let other = world.process_at_rank(0);
        other.receive_into(bytes);
        other.send(bytes);
    }
}

/// How often rank 0 is asked to do it; `None` at the end of the questions.
fn asked(lines: &mut io::Lines<io::StdinLock>) -> anyhow::Result<Option<u64>> {
    let Some(line) = lines.next() else { return Ok(None) };
    let line = line?;
    let number = line.trim().parse().ok().filter(|&number| number > 0);
    number
        .map(Some)
        .with_context(|| format!("expected how often, a whole number, not {line:?}"))
}

fn answer(world: &SimpleCommunicator, waiting: bool, case: &str) -> anyhow::Result<()> {
    let root = world.process_at_rank(0);
    let mut lines = io::stdin().lines();
    let mut bytes = vec![0_u8; if case == "transfer" { MIB } else { 8 }];
    loop {
        let mut times = 0;
        if world.rank() == 0 {
            times = asked(&mut lines)?.unwrap_or(0);
        }
        root.broadcast_into(&mut times);
        if times == 0 {
            return Ok(());
        }
        world.barrier();
        let (begin, mut work) = (Instant::now(), Duration::ZERO);
        for _ in 0..times {
            let known = match case {
                "sequential" => timed(0..LIMIT, &mut work) == 78_498,
                "primes" => primes(world, LIMIT, &mut work)? == 78_498,
                "pool" => pool(world, &mut work) == 78_498,
                "messages" => primes(world, 0, &mut work)? == 0,
                _ => {
                    there_and_back(world, &mut bytes);
                    true
                }
            };
            if world.rank() == 0 && !known {
                return Err(anyhow!(
                    "{case} has counted something else than the primes"
                ));
            }
        }
        let wall = begin.elapsed();
        let work = work.as_secs_f64();
        if world.rank() != 0 {
            root.reduce_into(&work, SystemOperation::sum());
            continue;
        }
        let mut work_of_all = 0.0;
        root.reduce_into_root(&work, &mut work_of_all, SystemOperation::sum());
        if waiting {
            // The root of the pool computes nothing, and is not counted.
            let computing = world.size() - i32::from(case == "pool");
            let share = 1.0 - work_of_all / (f64::from(computing) * wall.as_secs_f64());
            println!("{}", share.max(0.0));
        } else {
            println!("{}", wall.as_nanos());
        }
    }
}

fn main() -> anyhow::Result<()> {
    let words: Vec<String> = env::args().skip(1).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let (waiting, case) = match words[..] {
        [
            case @ ("sequential" | "primes" | "pool" | "messages" | "message"
            | "transfer"),
        ] => (false, case),
        ["waiting", case @ ("primes" | "pool")] => (true, case),
        _ => {
            eprintln!("{USAGE}");
            process::exit(2);
        }
    };
    let universe = mpi::initialize().context("MPI did not start")?;
    let world = universe.world();
    if world.size() == 1 && matches!(case, "pool" | "message" | "transfer") {
        eprintln!("{case} needs at least 2 ranks");
        world.abort(2);
    }
    if let Err(error) = answer(&world, waiting, case) {
        eprintln!("rank {}: {error:#}", world.rank());
        world.abort(2);
    }
    Ok(())
}
