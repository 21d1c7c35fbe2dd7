//! One rank panics, and the others wait for it for ever. `cargo mpi panics --ranks 3 --seconds 3`

use anyhow::Context as _;
use mpi::traits::{Communicator as _, CommunicatorCollectives as _};

fn main() -> anyhow::Result<()> {
    let universe = mpi::initialize().context("MPI did not start")?;
    let world = universe.world();
    assert!(world.rank() != 1, "rank 1 has failed");
    println!("rank {} waits for all", world.rank());
    world.barrier();
    println!("rank {} goes on", world.rank());
    Ok(())
}
