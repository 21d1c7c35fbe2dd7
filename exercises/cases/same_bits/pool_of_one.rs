// rayon, with one thread: always the same, and not in parallel.

use exercises::{TERMS, term, write_sum};
use rayon::prelude::*;

fn main() -> anyhow::Result<()> {
    rayon::ThreadPoolBuilder::new().num_threads(1).build_global()?;
    write_sum((0..TERMS).into_par_iter().map(term).sum());
    Ok(())
}
