//! The words of the tools: a file for each language, `CODE.toml` beside this package, from which every tool
//! reads a table of its own. English leads; another language is another file, and a folder in `src/`.

use std::{
    any::{Any, TypeId},
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    sync::{Mutex, MutexGuard, PoisonError},
};

use anyhow::{Context as _, Result};
use project::files_of;
use serde::Deserialize;
use serde_json::Value;

/// The language that leads.
pub const ENGLISH: &str = "en";

/// Where the files stand, from the root of the project.
const FOLDER: &str = "tools/words";

/// A language, with the words that the tools have in it. It is read once and stays.
#[derive(Debug)]
pub struct Language {
    /// Its code, as HTML's `lang` has it.
    pub code: &'static str,
    /// Its name for itself.
    pub name: &'static str,
    /// The title of the book.
    pub title: &'static str,
    /// What the book is about; `None` where `book.toml` says it.
    pub description: Option<&'static str>,
    file: PathBuf,
    words: &'static Value,
    tables: Mutex<BTreeMap<(String, TypeId), &'static (dyn Any + Send + Sync)>>,
}

/// What a file begins with.
#[derive(Deserialize)]
struct Head {
    name: &'static str,
    title: &'static str,
    description: Option<&'static str>,
}

impl Language {
    /// What stands between a file's name and its ending: nothing in English, elsewhere the code.
    #[must_use]
    pub fn suffix(&self) -> String {
        if self.code == ENGLISH { String::new() } else { format!(".{}", self.code) }
    }

    /// The table `name`, or with `name.part` one inside it, as the type of the tool that reads it.
    ///
    /// # Errors
    /// The file hasn't the table, or a word of it is missing, or there is one that the tool doesn't know.
    pub fn table<T: Deserialize<'static> + Send + Sync + 'static>(
        &self,
        name: &str,
    ) -> Result<&'static T> {
        let mut tables = lock(&self.tables);
        let key = (name.to_owned(), TypeId::of::<T>());
        let known = tables.get(&key).and_then(|table| table.downcast_ref());
        if let Some(table) = known {
            return Ok(table);
        }
        let value = name.split('.').fold(self.words, |table, part| &table[part]);
        let table = T::deserialize(value)
            .with_context(|| format!("{}: in the table {name}", self.file.display()))?;
        let table: &'static T = Box::leak(Box::new(table));
        tables.insert(key, table);
        Ok(table)
    }
}

/// The folder with the words of the project at `root`; a project without words of its own has this one's.
fn folder(root: &Path) -> PathBuf {
    let own = root.join(FOLDER);
    if own.is_dir() { own } else { project::root().join(FOLDER) }
}

/// The codes of the languages that have words, English first.
#[must_use]
pub fn codes(root: &Path) -> Vec<String> {
    let files = files_of(&folder(root), "toml").unwrap_or_default();
    let mut codes: Vec<_> = files
        .iter()
        .filter_map(|file| file.to_str()?.strip_suffix(".toml"))
        .filter(|code| *code != "Cargo")
        .map(str::to_owned)
        .collect();
    codes.sort_by_key(|code| (code != ENGLISH, code.clone()));
    codes
}

/// A language of the project at `root`.
///
/// # Errors
/// It has no file, or the file can't be read.
pub fn language(root: &Path, code: &str) -> Result<&'static Language> {
    static KNOWN: Mutex<BTreeMap<PathBuf, &'static Language>> = Mutex::new(BTreeMap::new());
    let file = folder(root).join(format!("{code}.toml"));
    let mut known = lock(&KNOWN);
    if let Some(language) = known.get(&file) {
        return Ok(language);
    }
    let name = || file.display().to_string();
    let text = fs::read_to_string(&file).with_context(|| format!("can't read {}", name()))?;
    let words: Value = toml::from_str(&text).with_context(name)?;
    let words: &'static Value = Box::leak(Box::new(words));
    let Head { name: own, title, description } = Head::deserialize(words).with_context(name)?;
    let code: &'static str = Box::leak(code.to_owned().into_boxed_str());
    let language: &'static Language = Box::leak(Box::new(Language {
        code,
        name: own,
        title,
        description,
        file: file.clone(),
        words,
        tables: Mutex::new(BTreeMap::new()),
    }));
    known.insert(file, language);
    Ok(language)
}

/// The languages of the project at `root`, English first.
///
/// # Errors
/// As [`language`].
pub fn languages(root: &Path) -> Result<Vec<&'static Language>> {
    codes(root).iter().map(|code| language(root, code)).collect()
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Words that are the same in every language: names, and what the programs print.
const NAMES: &str = "\
    a apache arc b bos c cargo cpu cpus cpython ctrl debian english fedora fork github gnu hook http \
    https id io json kib kubernetes linux macos mara mdbook mib mit mp mpi nix num_cpus os panic \
    parallel perfetto posix postcard procspawn python rank rayon readme rust serde server skeptic \
    slurm std systemd tokio ubuntu unix windows";

/// Whether a character is one of Chinese.
#[must_use]
pub fn is_han(c: char) -> bool {
    matches!(c, '\u{3400}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3ffff}')
}

/// Whether a word is the same in every language.
#[must_use]
pub fn is_name(word: &str) -> bool {
    word.chars().all(char::is_numeric)
        || NAMES.split_whitespace().any(|name| name.eq_ignore_ascii_case(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// All names of words in a file, in order.
    fn names(value: &Value, path: &str, found: &mut Vec<String>) {
        match value {
            Value::Object(table) => {
                table
                    .iter()
                    .for_each(|(name, value)| names(value, &format!("{path}.{name}"), found));
            }
            Value::Array(items) => {
                (0..).zip(items).for_each(|(i, value)| names(value, &format!("{path}.{i}"), found));
            }
            _ => found.push(path.to_owned()),
        }
    }

    #[test]
    fn every_language_has_the_words_of_english() -> Result<()> {
        let root = project::root();
        assert_eq!(codes(&root)[0], ENGLISH);
        let mut sets = Vec::new();
        for language in languages(&root)? {
            let mut found = Vec::new();
            for (name, table) in language.words.as_object().into_iter().flatten() {
                // mdBook has its own in English.
                if table.is_object() && name != "mdbook" {
                    names(table, name, &mut found);
                }
            }
            sets.push((language.code, found));
        }
        assert!(sets.len() > 1 && sets[0].1.len() > 300);
        for (code, set) in &sets {
            assert_eq!(*set, sets[0].1, "{code}");
        }
        Ok(())
    }

    #[test]
    fn a_word_that_is_missing_is_named_with_file_and_table() -> Result<()> {
        #[derive(Debug, Deserialize)]
        struct Other {
            #[expect(dead_code, reason = "it is missing")]
            nosuch: &'static str,
        }
        let english = language(&project::root(), ENGLISH)?;
        let error = english.table::<Other>("site").expect_err("it has no such word");
        let error = format!("{error:#}");
        assert!(error.contains("en.toml: in the table site: missing field `nosuch`"), "{error}");
        assert!(language(&project::root(), "xx").is_err());
        Ok(())
    }
}
