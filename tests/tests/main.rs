//! The tests of the book. Functions with `#[test]` are collected; others are found when they run: one for
//! each snippet, each program and each output that a page shows.
//!
//! They stand in one program, since most of them wait: Cargo runs one program after the other.

// Its `#[test]` stands in the place of libtest's, here and in every file below.
#[macro_use]
extern crate collected;

mod house;
mod pages;
mod programs;

use anyhow::Result;
use libtest_mimic::Trial;

fn main() {
    tests::main(trials);
}

fn trials() -> Result<Vec<Trial>> {
    let kinds = [pages::snippets::trials, programs::trials];
    let mut all = Vec::new();
    for kind in kinds {
        all.extend(kind()?);
    }
    Ok(all)
}
