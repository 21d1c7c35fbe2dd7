// A share of a job array.
//
// Slurm starts this program as often as `--array=FIRST-LAST` says, on any machines, and tells each run by its environment
// which one it is: SLURM_ARRAY_TASK_ID from FIRST to LAST, SLURM_ARRAY_TASK_MIN, which is FIRST, and SLURM_ARRAY_TASK_COUNT.
// Let each run do its share of the ten items: each item is done by one run, and no share is more than one item larger than
// another. Without SLURM_ARRAY_TASK_ID a run does all. An id that is no number, or of no run of the array, ends with exit
// code 2, a message, and no item. Now each run does all.
//
// `cargo exercise a_share` checks it, and `cargo exercise a_share --hint` helps.

use exercises::{ITEMS, item};
// ANCHOR: solution
use anyhow::Context as _;
use std::env;
use std::ops::Range;
// ANCHOR_END: solution
use std::process::ExitCode;
// ANCHOR: solution

/// A number of the environment.
fn number(name: &str) -> anyhow::Result<Option<usize>> {
    let Some(text) = env::var_os(name) else { return Ok(None) };
    let number = text.to_str().and_then(|text| text.parse().ok());
    number.map(Some).with_context(|| format!("{name} is no number: {}", text.display()))
}

/// The items of this run.
fn share() -> anyhow::Result<Range<usize>> {
    let Some(id) = number("SLURM_ARRAY_TASK_ID")? else { return Ok(0..ITEMS) };
    let first = number("SLURM_ARRAY_TASK_MIN")?.unwrap_or(0);
    let count = number("SLURM_ARRAY_TASK_COUNT")?.context("SLURM_ARRAY_TASK_COUNT is missing")?;
    let index = id.checked_sub(first).filter(|&index| index < count);
    let index = index.with_context(|| format!("{id} is no run of {count} from {first}"))?;
    let bound = |index| ITEMS * index / count;
    Ok(bound(index)..bound(index + 1))
}
// ANCHOR_END: solution

fn main() -> ExitCode {
    // ANCHOR: solution
    match share() {
        Ok(share) => share.for_each(item),
        Err(error) => {
            eprintln!("{error:#}");
            return ExitCode::from(2);
        }
    }
    // ANCHOR_END: solution
    //| (0..ITEMS).for_each(item);
    ExitCode::SUCCESS
}
