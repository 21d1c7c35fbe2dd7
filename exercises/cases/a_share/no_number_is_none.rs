// An id that is no number is taken for none, and the run does all.

use anyhow::Context as _;
use exercises::{ITEMS, item};
use std::env;
use std::ops::Range;
use std::process::ExitCode;

/// A number of the environment.
fn number(name: &str) -> anyhow::Result<Option<usize>> {
    let Some(text) = env::var_os(name) else { return Ok(None) };
    let number = text.to_str().and_then(|text| text.parse().ok());
    Ok(number)
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

fn main() -> ExitCode {
    match share() {
        Ok(share) => share.for_each(item),
        Err(error) => {
            eprintln!("{error:#}");
            return ExitCode::from(2);
        }
    }
    ExitCode::SUCCESS
}
