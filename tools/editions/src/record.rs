//! The record: of which English each block of another edition was made.
//!
//! `src/zh-TW.record` has a line for each block that was accepted: its page, a short hash of the English, and one of the
//! words that were made of it. The lines are sorted and none depends on another, so that branches which accept different
//! blocks merge by taking the lines of both (`.gitattributes` says so). What the English said then is in its history.
//!
//! ```text
//! programs/pool.md 3f9a2c1e 8849070b
//! ```

use std::{
    collections::BTreeMap,
    fmt::Write as _,
    fs, io,
    path::{Path, PathBuf},
};

use anyhow::{Context as _, Result, bail};

/// A block of English and what was made of it, by their hashes.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Entry {
    /// The hash of the English.
    pub english: String,
    /// The hash of the words that were made of it.
    pub made: String,
}

/// The record of an edition.
pub(super) struct Record {
    file: PathBuf,
    pages: BTreeMap<String, Vec<Entry>>,
}

impl Record {
    /// Reads the record of the edition `code`; without a file it is empty.
    pub fn read(root: &Path, code: &str) -> Result<Self> {
        let name = format!("src/{code}.record");
        let file = root.join(&name);
        let text = match fs::read_to_string(&file) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => String::new(),
            text => text.with_context(|| format!("can't read {name}"))?,
        };
        let mut pages: BTreeMap<String, Vec<Entry>> = BTreeMap::new();
        for (index, line) in text.lines().enumerate() {
            let [page, english, made] = line.split(' ').collect::<Vec<_>>()[..] else {
                bail!("{name}:{}: not a page and two hashes: {line}", index + 1);
            };
            let entry = Entry { english: english.to_owned(), made: made.to_owned() };
            pages.entry(page.to_owned()).or_default().push(entry);
        }
        Ok(Self { file, pages })
    }

    /// What is noted of a page.
    pub fn of(&self, page: &str) -> &[Entry] {
        self.pages.get(page).map_or(&[], Vec::as_slice)
    }

    /// The pages of which something is noted.
    pub fn pages(&self) -> impl Iterator<Item = &str> {
        self.pages.keys().map(String::as_str)
    }

    /// Notes something else of a page.
    pub fn set(&mut self, page: &str, entries: Vec<Entry>) {
        self.pages.insert(page.to_owned(), entries);
    }

    /// Writes it, where something else is noted than before.
    pub fn write(mut self) -> Result<()> {
        let mut text = String::new();
        for (page, entries) in &mut self.pages {
            entries.sort();
            for Entry { english, made } in entries {
                writeln!(text, "{page} {english} {made}")?;
            }
        }
        if fs::read_to_string(&self.file).unwrap_or_default() == text {
            return Ok(());
        }
        fs::write(&self.file, text).with_context(|| format!("can't write {}", self.file.display()))
    }
}
