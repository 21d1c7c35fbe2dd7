//! What the reader has done: a file beside the exercises, a line for each fact.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// What is done, and how many hints were asked for.
#[derive(Debug)]
pub struct Progress {
    file: PathBuf,
    facts: BTreeMap<String, Fact>,
}

/// What is known of one exercise.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Fact {
    done: bool,
    hints: usize,
}

impl Progress {
    /// Reads it; where there is none nothing is done.
    #[must_use]
    pub fn read(root: &Path) -> Progress {
        let file = root.join("exercises/.progress");
        let text = fs::read_to_string(&file).unwrap_or_default();
        let fact = |line: &str| {
            let mut words = line.split_whitespace();
            let (name, done, hints) = (words.next()?, words.next()?, words.next()?);
            Some((name.to_owned(), Fact { done: done == "done", hints: hints.parse().ok()? }))
        };
        let facts = text.lines().filter_map(fact).collect();
        Progress { file, facts }
    }

    /// Whether an exercise is done.
    #[must_use]
    pub fn is_done(&self, name: &str) -> bool {
        self.facts.get(name).is_some_and(|fact| fact.done)
    }

    /// Notes whether it is.
    ///
    /// # Errors
    ///
    /// The file can't be written.
    pub fn set_done(&mut self, name: &str, done: bool) -> io::Result<()> {
        self.facts.entry(name.to_owned()).or_default().done = done;
        self.write()
    }

    /// One more hint: how many there are to be shown of `all`.
    ///
    /// # Errors
    ///
    /// The file can't be written.
    pub fn one_more_hint(&mut self, name: &str, all: usize) -> io::Result<usize> {
        let fact = self.facts.entry(name.to_owned()).or_default();
        fact.hints = (fact.hints + 1).min(all);
        let hints = fact.hints;
        self.write()?;
        Ok(hints)
    }

    /// Nothing was done and no hint asked for.
    ///
    /// # Errors
    ///
    /// The file can't be written.
    pub fn forget(&mut self, name: &str) -> io::Result<()> {
        self.facts.remove(name);
        self.write()
    }

    fn write(&self) -> io::Result<()> {
        let line = |(name, fact): (&String, &Fact)| {
            format!("{name} {} {}\n", if fact.done { "done" } else { "open" }, fact.hints)
        };
        fs::write(&self.file, self.facts.iter().map(line).collect::<String>())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_done_is_kept() -> io::Result<()> {
        let root = tempfile::tempdir()?;
        fs::create_dir(root.path().join("exercises"))?;
        let mut progress = Progress::read(root.path());
        assert!(!progress.is_done("one"));
        progress.set_done("one", true)?;
        assert_eq!([1, 2, 2], [(); 3].map(|()| progress.one_more_hint("two", 2).unwrap_or(0)));
        let again = Progress::read(root.path());
        assert!(again.is_done("one") && !again.is_done("two"));
        assert_eq!(again.facts, progress.facts);
        progress.forget("one")?;
        assert!(!Progress::read(root.path()).is_done("one"));
        Ok(())
    }
}
