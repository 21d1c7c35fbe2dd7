// A run that the array doesn't have finds nothing to do, and that is well.

use anyhow::Context as _;
use exercises::{ITEMS, item};
use std::env;
use std::ops::Range;
use std::process::ExitCode;

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
    let index = id.saturating_sub(first);
    let bound = |index: usize| (ITEMS * index / count).min(ITEMS);
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
