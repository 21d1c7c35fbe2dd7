//! The stock in a file, a line a shelf.

use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result};

/// How many things the file says are on each shelf.
///
/// # Errors
///
/// There is no such file, or a line is no number.
pub fn load(path: &Path) -> Result<Vec<u32>> {
    let text = fs::read_to_string(path)?;
    text.lines().map(|line| line.parse().with_context(|| format!("'{line}'"))).collect()
}

/// Writes the file, or leaves it as it was.
///
/// # Errors
///
/// What the system says.
pub fn save(path: &Path, things: &[u32]) -> Result<()> {
    let text: String = things.iter().map(|things| format!("{things}\n")).collect();
    if cfg!(feature = "torn") {
        return Ok(fs::write(path, text)?);
    }
    let beside = path.with_extension("new");
    fs::write(&beside, text)?;
    Ok(fs::rename(beside, path)?)
}
