//! The project's files and folders.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, ensure};

/// The root of the repository.
#[must_use]
pub fn root() -> PathBuf {
    project::root()
}

/// The folder of the profile that these tests were built in, such as `target/debug`.
///
/// # Errors
///
/// This program doesn't stand where cargo builds tests.
pub fn profile_folder() -> Result<PathBuf> {
    // target/PROFILE/deps/TEST
    let test = std::env::current_exe()?;
    let profile = test.ancestors().nth(2).context("a test stands in a folder of a profile")?;
    Ok(profile.to_owned())
}

/// The names of the files with an extension in a folder of the repository, without it, sorted.
///
/// # Errors
///
/// The folder can't be read, or has none.
pub fn names(folder: &str, extension: &str) -> Result<Vec<String>> {
    let files = project::files_of(&root().join(folder), extension)?;
    ensure!(!files.is_empty(), "{folder} has no file of these");
    Ok(files.iter().map(|file| file.with_extension("").display().to_string()).collect())
}

/// The file at a path of the repository, as text.
///
/// # Errors
///
/// It can't be read.
pub fn read(path: impl AsRef<Path>) -> Result<String> {
    let path = root().join(path);
    std::fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))
}

/// A file of the repository in which each text is replaced by another; each must stand there once.
///
/// # Errors
///
/// The file can't be read, or a text stands there not at all or more than once.
pub fn changed(path: &str, changes: &[(&str, &str)]) -> Result<String> {
    let mut text = read(path)?;
    for (from, to) in changes {
        ensure!(text.matches(from).count() == 1, "{path} has not one `{from}`");
        text = text.replace(from, to);
    }
    Ok(text)
}
