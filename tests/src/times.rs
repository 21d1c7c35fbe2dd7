//! How long each test took when it ran last, so that those which take longest begin first: most of them
//! wait, and what begins last ends last.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};
use libtest_mimic::Trial;

use crate::place::profile_folder;

/// The milliseconds of tests, by name.
type Times = BTreeMap<String, u128>;

/// Those of this run.
static TAKEN: Mutex<Times> = Mutex::new(BTreeMap::new());

/// Where they are kept: it is no loss when the file goes.
fn file() -> Result<PathBuf> {
    Ok(profile_folder()?.join("test-times.json"))
}

fn last() -> Times {
    let text = file().and_then(|file| Ok(fs::read(file)?)).unwrap_or_default();
    serde_json::from_slice(&text).unwrap_or_default()
}

/// Sorts the tests: one that has no time yet may be the longest of all.
pub fn longest_first(trials: &mut [Trial]) {
    let last = last();
    trials.sort_by_key(|trial| {
        std::cmp::Reverse(last.get(trial.name()).copied().unwrap_or(u128::MAX))
    });
}

/// Runs a test and notes its time.
///
/// # Errors
///
/// Those of the test.
pub fn taken(name: String, test: impl FnOnce() -> Result<()>) -> Result<()> {
    let begin = Instant::now();
    let result = test();
    note(name, begin.elapsed());
    result
}

fn note(name: String, time: Duration) {
    TAKEN.lock().unwrap_or_else(PoisonError::into_inner).insert(name, time.as_millis());
}

/// Keeps the times of this run, and those of tests that it has left out.
///
/// # Errors
///
/// The file can't be written.
pub fn keep() -> Result<()> {
    let file = file()?;
    let mut times = last();
    times.append(&mut TAKEN.lock().unwrap_or_else(PoisonError::into_inner));
    // Renamed, since another run may be reading it.
    let folder = file.parent().context("it stands in a folder")?;
    let fresh = tempfile::NamedTempFile::new_in(folder)?;
    serde_json::to_writer_pretty(&fresh, &times)?;
    fresh.persist(&file).with_context(|| format!("cannot write {}", file.display()))?;
    Ok(())
}
