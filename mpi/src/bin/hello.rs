//! Every rank says who it is and where. `cargo mpi hello --ranks 4`

use anyhow::Context as _;
use mpi::traits::Communicator as _;

fn main() -> anyhow::Result<()> {
    let universe = mpi::initialize().context("MPI did not start")?;
    let world = universe.world();
    let host = mpi::environment::processor_name().unwrap_or_default();
    println!("rank {} of {} on host {host}", world.rank(), world.size());
    Ok(())
}
