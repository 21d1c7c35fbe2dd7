//! The measurements, as `benches/data/TOPIC.json` holds them.

use std::path::Path;

use anyhow::bail;
pub use benches::data::{Measured, Point as Sample, TOPICS, Topic};

/// The measurements under `root`: all topics, or nothing where none is there.
///
/// # Errors
///
/// A topic that is missing where others are there, and a file that can't be read.
pub fn read(root: &Path) -> anyhow::Result<Option<Vec<Topic>>> {
    let folder = root.join("benches/data");
    let (mut topics, mut missing) = (Vec::new(), Vec::new());
    for name in TOPICS {
        let path = folder.join(format!("{name}.json"));
        if path.is_file() {
            topics.push(Topic::read(&path)?);
        } else {
            missing.push(name);
        }
    }
    match (topics.is_empty(), missing.is_empty()) {
        (true, _) => Ok(None),
        (_, true) => Ok(Some(topics)),
        _ => bail!(
            "{} has no measurement of {}: run `cargo book figures`",
            folder.display(),
            missing.join(", ")
        ),
    }
}
