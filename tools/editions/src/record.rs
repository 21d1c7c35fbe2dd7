//! The record: of which English each block of another edition was made.
//!
//! A page of `src/zh-TW` has its record in `src/zh-TW.record`: the English, block by block, as it was
//! when the block was accepted, and a short hash of the words that were made of it. So what has changed
//! since can be shown, and a change of one block touches a few lines.
//!
//! ```text
//! paragraph 3f9a2c1e
//!     We want several processes that run at the same time, …
//! ```

use std::{
    collections::BTreeMap,
    fmt::Write as _,
    fs, io,
    path::{Path, PathBuf},
};

use anyhow::{Context as _, Result, bail};

use super::blocks::one_line;

/// A block of English, and what was made of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Entry {
    /// The sort of the block.
    pub sort: String,
    /// The hash of the words that were made of it.
    pub made: String,
    /// Its words, as they were written.
    pub english: String,
    /// The line of the record on which it stands; 0 before it is written.
    pub line: usize,
}

impl Entry {
    pub fn one_line(&self) -> String {
        one_line(&self.english)
    }
}

/// How far the English stands from the margin.
const INDENT: &str = "    ";

/// The file of a page's record.
pub(super) fn file(folder: &Path, page: &str) -> PathBuf {
    folder.join(page).with_extension("txt")
}

/// Reads a record; without a file it is empty.
pub(super) fn read(file: &Path) -> Result<Vec<Entry>> {
    let text = match fs::read_to_string(file) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(error).with_context(|| format!("can't read {}", file.display())),
    };
    let mut entries: Vec<Entry> = Vec::new();
    for (index, line) in text.lines().enumerate() {
        let line_number = index + 1;
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        if let Some(english) = line.strip_prefix(INDENT) {
            let Some(entry) = entries.last_mut() else {
                bail!("{}:{line_number}: a text without a head", file.display());
            };
            if !entry.english.is_empty() {
                entry.english.push('\n');
            }
            entry.english.push_str(english);
        } else if let Some((sort, made)) = line.rsplit_once(' ') {
            entries.push(Entry {
                sort: sort.to_owned(),
                made: made.to_owned(),
                english: String::new(),
                line: line_number,
            });
        } else {
            bail!("{}:{line_number}: neither a head nor a text: {line}", file.display());
        }
    }
    Ok(entries)
}

/// Writes a record, where it differs from what is there; tells whether it did.
pub(super) fn write(file: &Path, page: &str, entries: &[Entry]) -> Result<bool> {
    let mut text =
        format!("# The English of which {page} was made: `cargo book accept` writes this.\n");
    for Entry { sort, made, english, .. } in entries {
        write!(text, "\n{sort} {made}\n")?;
        for line in english.lines() {
            writeln!(text, "{INDENT}{line}")?;
        }
    }
    if fs::read_to_string(file).is_ok_and(|old| old == text) {
        return Ok(false);
    }
    let write = || -> io::Result<()> {
        if let Some(folder) = file.parent() {
            fs::create_dir_all(folder)?;
        }
        fs::write(file, text)
    };
    write().with_context(|| format!("can't write {}", file.display()))?;
    Ok(true)
}

/// How much two texts have in common, from 0 to 1.
pub(super) fn likeness(one: &str, other: &str) -> f32 {
    let mut words: BTreeMap<&str, i32> = BTreeMap::new();
    for word in one.split_whitespace() {
        *words.entry(word).or_default() += 1;
    }
    let (mut all, mut both) = (one.split_whitespace().count(), 0_u16);
    for word in other.split_whitespace() {
        all += 1;
        if let Some(left) = words.get_mut(word).filter(|left| **left > 0) {
            *left -= 1;
            both += 1;
        }
    }
    let all = u16::try_from(all.max(1)).unwrap_or(u16::MAX);
    2.0 * f32::from(both) / f32::from(all)
}
