//! Tests that are found when they run: one for each program and for each output that a page shows.
//!
//! They stand in one binary, since most of them wait: Cargo runs one binary after the other.

mod elsewhere;
mod outputs;
mod properties;
mod twins;

use anyhow::Result;
use libtest_mimic::Trial;

fn main() {
    tests::main(trials());
}

fn trials() -> Result<Vec<Trial>> {
    let kinds = [outputs::trials, twins::trials, properties::trials, elsewhere::trials];
    let mut all = Vec::new();
    for kind in kinds {
        all.extend(kind()?);
    }
    Ok(all)
}
