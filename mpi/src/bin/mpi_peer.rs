//! What `cargo book figures --only mpi` measures: the book's programs over MPI without their output.
//!
//! Rank 0 reads from standard input how often to do a case, all ranks do it, and rank 0 answers
//! with the nanoseconds that it took. For `primes` and `pool` it counts in a plain loop first, while
//! the others sleep, and answers how many times as fast the ranks are, and which part of their time
//! they have not computed: the two lie side by side, whatever else the machine does. The programs
//! themselves print, which has no place in a measurement.

use std::ops::Range;
use std::time::{Duration, Instant};
use std::{env, io, process, thread};

use anyhow::{Context as _, ensure};
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

const USAGE: &str = "expected one of primes, pool, messages, message, transfer";

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

/// Rank 0 does something alone. The others sleep: a rank that waits in MPI keeps a core busy.
fn alone(world: &SimpleCommunicator, mut work: impl FnMut()) {
    if world.rank() == 0 {
        work();
        for rank in 1..world.size() {
            world.process_at_rank(rank).send(&0_u8);
        }
    } else {
        let root = world.process_at_rank(0);
        while root.immediate_probe().is_none() {
            thread::sleep(Duration::from_millis(1));
        }
        let (_, _) = root.receive::<u8>();
    }
}

/// What rank 0 says of one run of `primes` or `pool`; nothing on the other ranks.
fn compared(world: &SimpleCommunicator, case: &str) -> anyhow::Result<String> {
    let (mut of_loop, mut work) = (Duration::ZERO, Duration::ZERO);
    let mut counted = 0;
    alone(world, || counted = timed(0..LIMIT, &mut of_loop));
    world.barrier();
    let begin = Instant::now();
    let total = match case {
        "pool" => pool(world, &mut work),
        _ => primes(world, LIMIT, &mut work)?,
    };
    let wall = begin.elapsed().as_secs_f64();
    let (work, mut work_of_all) = (work.as_secs_f64(), 0.0);
    let root = world.process_at_rank(0);
    if world.rank() != 0 {
        root.reduce_into(&work, SystemOperation::sum());
        return Ok(String::new());
    }
    root.reduce_into_root(&work, &mut work_of_all, SystemOperation::sum());
    ensure!(
        total == 78_498 && counted == total,
        "{case} has counted {total}, the loop {counted}"
    );
    // The root of the pool computes nothing, and is not counted.
    let computing = f64::from(world.size() - i32::from(case == "pool"));
    let speedup = of_loop.as_secs_f64() / wall;
    let waiting = (1.0 - work_of_all / (computing * wall)).max(0.0);
    Ok(format!("{{\"ratio\": {speedup}, \"share\": {waiting}}}"))
}

/// What rank 0 says of so many runs of another case.
fn timed_messages(
    world: &SimpleCommunicator,
    case: &str,
    times: u64,
) -> anyhow::Result<String> {
    let mut bytes = vec![0_u8; if case == "transfer" { MIB } else { 8 }];
    world.barrier();
    let (begin, mut work) = (Instant::now(), Duration::ZERO);
    for _ in 0..times {
        if case == "messages" {
            primes(world, 0, &mut work)?;
        } else {
            there_and_back(world, &mut bytes);
        }
    }
    Ok(begin.elapsed().as_nanos().to_string())
}

fn answer(world: &SimpleCommunicator, case: &str) -> anyhow::Result<()> {
    let root = world.process_at_rank(0);
    let mut lines = io::stdin().lines();
    loop {
        let mut times = 0;
        if world.rank() == 0 {
            times = asked(&mut lines)?.unwrap_or(0);
        }
        root.broadcast_into(&mut times);
        if times == 0 {
            return Ok(());
        }
        let answer = match case {
            "primes" | "pool" => compared(world, case)?,
            _ => timed_messages(world, case, times)?,
        };
        if world.rank() == 0 {
            println!("{answer}");
        }
    }
}

fn main() -> anyhow::Result<()> {
    let words: Vec<String> = env::args().skip(1).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let &[case @ ("primes" | "pool" | "messages" | "message" | "transfer")] =
        &words[..]
    else {
        eprintln!("{USAGE}");
        process::exit(2);
    };
    let universe = mpi::initialize().context("MPI did not start")?;
    let world = universe.world();
    if world.size() == 1 && matches!(case, "pool" | "message" | "transfer") {
        eprintln!("{case} needs at least 2 ranks");
        world.abort(2);
    }
    if let Err(error) = answer(&world, case) {
        eprintln!("rank {}: {error:#}", world.rank());
        world.abort(2);
    }
    Ok(())
}
