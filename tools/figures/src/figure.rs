//! A picture, and how a file is written: in one step, and only where it changes.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use anyhow::Context as _;

/// A picture and the name of its file in `images/`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Figure {
    /// Such as `fork-join.svg`.
    pub file_name: String,
    /// The whole file: an `<svg>` element, with text alternative, to be included in a page.
    pub svg: String,
}

/// Writes a file, unless it already holds `text`; returns its path if it was written.
///
/// # Errors
///
/// It can't be read or written.
pub fn write(folder: &Path, name: &str, text: &str) -> anyhow::Result<Option<PathBuf>> {
    let path = folder.join(name);
    match fs::read(&path) {
        Ok(old) if old == text.as_bytes() => return Ok(None),
        Ok(_) => {}
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        Err(error) => return Err(error).context(format!("can't read {}", path.display())),
    }
    let beside = folder.join(format!("{name}.{}", std::process::id()));
    path.parent()
        .map_or(Ok(()), fs::create_dir_all)
        .and_then(|()| fs::write(&beside, text))
        .and_then(|()| fs::rename(&beside, &path))
        .inspect_err(|_| drop(fs::remove_file(&beside)))
        .with_context(|| format!("can't write {}", path.display()))?;
    Ok(Some(path))
}
