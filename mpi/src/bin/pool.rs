//! A pool over ranks: rank 0 hands out pieces, the others compute. `cargo mpi pool --ranks 4`

use std::ops::Range;
use std::panic;

use anyhow::{Context as _, ensure};
use mpi::topology::SimpleCommunicator;
use mpi::traits::{Communicator as _, Destination as _, Source as _};

/// What a worker is told instead of the number of a piece.
const NO_MORE: u64 = u64::MAX;

fn is_prime(n: u64) -> bool {
    n > 1 && (2..n).take_while(|d| d * d <= n).all(|d| !n.is_multiple_of(d))
}

fn primes_in(range: Range<u64>) -> u64 {
    range.filter(|&n| is_prime(n)).count() as u64
}

/// The results of all pieces, in their order, whichever worker they came from.
fn hand_out(world: &SimpleCommunicator, pieces: u64) -> anyhow::Result<Vec<u64>> {
    ensure!(world.size() > 1, "the root needs a worker: start at least 2 ranks");
    let mut todo = 0..pieces;
    let mut results = vec![None; usize::try_from(pieces)?];
    let mut busy = 0;
    let mut give = |worker| {
        let piece = todo.next();
        world.process_at_rank(worker).send(&piece.unwrap_or(NO_MORE));
        i32::from(piece.is_some())
    };
    for worker in 1..world.size() {
        busy += give(worker);
    }
    while busy > 0 {
        // From whoever is the first to be ready; that one gets the next piece.
        let mut result = [0_u64; 2];
        let status = world.any_process().receive_into(&mut result);
        let [piece, primes] = result;
        let earlier = results[usize::try_from(piece)?].replace(primes);
        ensure!(earlier.is_none(), "piece {piece} came twice");
        busy += give(status.source_rank()) - 1;
    }
    results.into_iter().collect::<Option<_>>().context("a piece has no result")
}

fn work(world: &SimpleCommunicator, limit: u64, pieces: u64, deadly: u64) {
    let root = world.process_at_rank(0);
    loop {
        let (piece, _) = root.receive::<u64>();
        if piece == NO_MORE {
            return;
        }
        assert!(piece != deadly, "piece {piece} can't be done");
        let bound = |piece| limit * piece / pieces;
        root.send(&[piece, primes_in(bound(piece)..bound(piece + 1))]);
    }
}

/// A rank that panics ends the whole job, after it has said why.
fn abort_on_panic() {
    let report = panic::take_hook();
    panic::set_hook(Box::new(move |panic| {
        report(panic);
        SimpleCommunicator::world().abort(1);
    }));
}

fn main() -> anyhow::Result<()> {
    let [limit, pieces, deadly] = mp::args([
        ("limit", 1_000_000, 1..=100_000_000),
        ("pieces", 100, 1..=10_000),
        ("deadly", 10_001, 0..=10_001),
    ]);
    let universe = mpi::initialize().context("MPI did not start")?;
    abort_on_panic();
    let world = universe.world();
    if world.rank() != 0 {
        work(&world, limit as u64, pieces as u64, deadly as u64);
        return Ok(());
    }
    match hand_out(&world, pieces as u64) {
        Ok(results) => {
            println!("the first pieces: {:?}", &results[..results.len().min(5)]);
            println!("{} primes below {limit}", results.iter().sum::<u64>());
        }
        Err(error) => {
            eprintln!("rank 0: {error:#}");
            world.abort(1);
        }
    }
    Ok(())
}
