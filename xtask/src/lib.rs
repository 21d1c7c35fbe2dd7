//! The chores of the book, as a library.
//!
//! The program `xtask` (`cargo book`) gives each chore a verb; the tests of the book use [`book`] to
//! see the text that the reader sees.

pub mod book;
pub mod check;
pub mod editions;
pub mod export;
pub mod figures;
pub mod markdown;
pub mod measure;
pub mod mpi;
pub mod serve;
pub mod shown;

use std::{
    env, fmt,
    io::{self, Write as _},
    path::{Path, PathBuf},
};

/// The root folder of the project: the one with `book.toml`, from the running package upwards.
///
/// Cargo names that package to what it runs; the path at compile time stands in elsewhere, and may be
/// another checkout's where two share a target folder.
#[must_use]
pub fn root() -> PathBuf {
    let package = env::var_os("CARGO_MANIFEST_DIR").map(PathBuf::from);
    let compiled = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    [package.as_ref(), Some(&compiled)]
        .into_iter()
        .flatten()
        .flat_map(|package| package.ancestors())
        .find(|folder| folder.join("book.toml").is_file())
        .map_or_else(|| compiled.clone(), Path::to_owned)
}

/// A mistake in what the caller asked for, such as a port that is taken; the program exits 2 on it.
#[derive(Debug)]
pub struct UsageError(String);

impl UsageError {
    /// The error whose message says what is expected.
    pub fn new(message: impl Into<String>) -> Self {
        Self(message.into())
    }
}

impl fmt::Display for UsageError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for UsageError {}

/// Writes a line to standard output; a reader who has closed it is no failure.
pub fn say(line: impl fmt::Display) {
    if cfg!(test) {
        println!("{line}");
    } else {
        let _ = writeln!(io::stdout(), "{line}");
    }
}

/// Writes a line to standard error; a reader who has closed it is no failure.
pub fn complain(line: impl fmt::Display) {
    if cfg!(test) {
        eprintln!("{line}");
    } else {
        let _ = writeln!(io::stderr(), "{line}");
    }
}
