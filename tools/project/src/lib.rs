//! What every tool asks: where the project stands, which files a folder has, how text becomes HTML, what
//! the source of an exercise holds, and how people are spoken to.

pub mod exercise;

use std::{
    env, fmt, fs,
    io::{self, Write as _},
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context as _, Result};

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

/// The files in a folder and below it, by their paths from it, in order; no folder has none.
///
/// # Errors
/// A folder can't be listed.
pub fn files(folder: &Path) -> Result<Vec<PathBuf>> {
    fn walk(folder: &Path, below: &Path, found: &mut Vec<PathBuf>) -> io::Result<()> {
        for entry in fs::read_dir(folder.join(below))? {
            let path = below.join(entry?.file_name());
            if folder.join(&path).is_dir() {
                walk(folder, &path, found)?;
            } else {
                found.push(path);
            }
        }
        Ok(())
    }
    let mut found = Vec::new();
    if folder.is_dir() {
        walk(folder, Path::new(""), &mut found)
            .with_context(|| format!("can't list {}", folder.display()))?;
    }
    found.sort();
    Ok(found)
}

/// As [`files`], those with an extension.
///
/// # Errors
/// As [`files`].
pub fn files_of(folder: &Path, extension: &str) -> Result<Vec<PathBuf>> {
    let mut found = files(folder)?;
    found.retain(|path| path.extension().is_some_and(|of| of == extension));
    Ok(found)
}

/// A text as HTML, XHTML or SVG, fit for an attribute too.
#[must_use]
pub fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// What a program prints in a folder; `None` where it isn't there, fails, or prints nothing.
#[must_use]
pub fn answer(folder: &Path, program: &str, arguments: &[&str]) -> Option<String> {
    let output = Command::new(program).args(arguments).current_dir(folder).output().ok()?;
    let text = String::from_utf8(output.stdout).ok().filter(|_| output.status.success())?;
    Some(text.trim_end().to_owned()).filter(|text| !text.is_empty())
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
    let _ = writeln!(io::stdout(), "{line}");
}

/// Writes a line to standard error; a reader who has closed it is no failure.
pub fn complain(line: impl fmt::Display) {
    let _ = writeln!(io::stderr(), "{line}");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_found_in_order_and_below() -> Result<()> {
        let folder = env::temp_dir().join(format!("project-files-{}", std::process::id()));
        fs::create_dir_all(folder.join("b/c"))?;
        for name in ["b/c/two.md", "a.txt", "b/one.md"] {
            fs::write(folder.join(name), "")?;
        }
        let all = files(&folder)?;
        let pages = files_of(&folder, "md")?;
        fs::remove_dir_all(&folder)?;
        assert_eq!(all, ["a.txt", "b/c/two.md", "b/one.md"].map(PathBuf::from));
        assert_eq!(pages, ["b/c/two.md", "b/one.md"].map(PathBuf::from));
        assert!(files(&folder)?.is_empty());
        Ok(())
    }

    #[test]
    fn a_text_becomes_html() {
        assert_eq!(escape("a < \"b\" && c > d"), "a &lt; &quot;b&quot; &amp;&amp; c &gt; d");
    }

    #[test]
    fn only_a_program_that_succeeds_answers() {
        let git = |arguments: &[&str]| answer(&root(), "git", arguments);
        assert!(git(&["--version"]).is_some_and(|text| text.starts_with("git version ")));
        assert_eq!(git(&["nosuch"]), None);
        assert_eq!(answer(&root(), "no such program", &[]), None);
    }

    #[test]
    fn the_root_has_the_book() {
        assert!(root().join("book.toml").is_file());
    }
}
