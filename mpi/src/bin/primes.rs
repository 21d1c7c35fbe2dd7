//! Primes below a limit, scattered over the ranks and reduced. `cargo mpi primes --ranks 4`

use std::ops::Range;
use std::time::Duration;

use anyhow::{Context as _, ensure};
use mpi::collective::SystemOperation;
use mpi::topology::SimpleCommunicator;
use mpi::traits::{Communicator as _, CommunicatorCollectives as _, Root as _};

fn is_prime(n: u64) -> bool {
    n > 1 && (2..n).take_while(|d| d * d <= n).all(|d| !n.is_multiple_of(d))
}

fn primes_in(range: Range<u64>) -> u64 {
    range.filter(|&n| is_prime(n)).count() as u64
}

fn count(world: &SimpleCommunicator, limit: u64) -> anyhow::Result<()> {
    let root = world.process_at_rank(0);
    let ranks = u64::try_from(world.size())?;
    world.barrier();
    let begin = mpi::time();

    // The root cuts the work into one range a rank; each rank receives its own.
    let mut range = [0_u64; 2];
    if world.rank() == 0 {
        let bound = |rank| limit * rank / ranks;
        let ranges: Vec<u64> =
            (0..ranks).flat_map(|rank| [bound(rank), bound(rank + 1)]).collect();
        root.scatter_into_root(&ranges, &mut range);
    } else {
        root.scatter_into(&mut range);
    }

    let begin_work = mpi::time();
    let primes = primes_in(range[0]..range[1]);
    let work = mpi::time() - begin_work;
    println!("rank {}: {primes} primes in {range:?}", world.rank());

    // Every rank gives its number, and only the root receives the sum.
    if world.rank() == 0 {
        let (mut total, mut work_of_all) = (0, 0.0);
        root.reduce_into_root(&primes, &mut total, SystemOperation::sum());
        let wall = mpi::time() - begin;
        root.reduce_into_root(&work, &mut work_of_all, SystemOperation::sum());
        println!("{total} primes below {limit}");
        let known =
            [(1_000, 168), (10_000, 1229), (100_000, 9592), (1_000_000, 78_498)];
        if let Some((_, published)) = known.iter().find(|(below, _)| *below == limit) {
            ensure!(total == *published, "there are {published} primes below {limit}");
        }
        let (wall, work) = (seconds(wall), seconds(work_of_all));
        println!("the ranks together computed for {work:?}, and it took {wall:?}");
    } else {
        root.reduce_into(&primes, SystemOperation::sum());
        root.reduce_into(&work, SystemOperation::sum());
    }
    Ok(())
}

/// To the millisecond.
fn seconds(seconds: f64) -> Duration {
    Duration::from_secs_f64((seconds * 1e3).round() / 1e3)
}

fn main() -> anyhow::Result<()> {
    let [limit] = mp::args([("limit", 1_000_000, 1..=100_000_000)]);
    let universe = mpi::initialize().context("MPI did not start")?;
    let world = universe.world();
    if let Err(error) = count(&world, limit as u64) {
        // Returning would wait for the other ranks, and they may wait for this one.
        eprintln!("rank {}: {error:#}", world.rank());
        world.abort(1);
    }
    Ok(())
}
