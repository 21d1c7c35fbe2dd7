//! The words of our own scripts. They stand with all the others in `tools/words`; each script has a place for
//! its own, which is filled with those of the edition, and it does nothing in a book that has none.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
};

use anyhow::{Context as _, Result, ensure};
use serde::Deserialize;
use serde_json::Value;

use super::{change::ONCE, patch::Patch};
use crate::edition::Edition;

/// The place, and what stands there in an edition.
const PLACE: &str = "const WORDS = null;";

/// The scripts that mdBook takes along, each with its table; the search is written by us.
const SCRIPTS: [(&str, &str); 6] = [
    ("programs", "theme/programs.js"),
    ("questions", "theme/questions.js"),
    ("reader", "theme/reader.js"),
    ("schedule-explorer", "theme/schedule-explorer.js"),
    ("time-replay", "theme/time-replay.js"),
    ("timeline-lab", "theme/timeline-lab.js"),
];

/// The table `scripts` of a language: the words of each script, by its name.
#[derive(Deserialize)]
#[serde(bound(deserialize = "'de: 'static"))]
struct Scripts(BTreeMap<&'static str, BTreeMap<&'static str, Value>>);

/// The changes that give their words to the scripts which the book has.
///
/// # Errors
/// As [`with_words`].
pub(super) fn patches(edition: &Edition) -> Result<Vec<Patch>> {
    let mut patches = Vec::new();
    for (name, file) in SCRIPTS {
        let path = edition.root.join(file);
        if path.is_file() {
            let script = fs::read_to_string(path).with_context(|| format!("can't read {file}"))?;
            patches.push(Patch {
                file,
                from: PLACE.to_owned(),
                to: words(edition, name, &script)?,
                times: ONCE,
                why: "the script speaks the language of the edition",
            });
        }
    }
    Ok(patches)
}

/// A script with the words of an edition.
///
/// # Errors
/// The language lacks a word that the script uses, or has one that it doesn't; or it has no place for them.
pub(super) fn with_words(edition: &Edition, name: &str, script: &str) -> Result<String> {
    ensure!(script.matches(PLACE).count() == 1, "{name}.js has no place for its words: `{PLACE}`");
    Ok(script.replace(PLACE, &words(edition, name, script)?))
}

/// What stands in the place of a script.
fn words(edition: &Edition, name: &str, script: &str) -> Result<String> {
    let Scripts(tables) = words::language(&edition.root, &edition.code)?.table("scripts")?;
    let own = tables.get(name).with_context(|| format!("no table scripts.{name}"))?;
    let is_of_name = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let used: BTreeSet<&str> = script
        .split("WORDS.")
        .skip(1)
        .map(|rest| &rest[..rest.find(|c| !is_of_name(c)).unwrap_or(rest.len())])
        .collect();
    let known: BTreeSet<&str> = own.keys().copied().collect();
    let other: Vec<_> = used.symmetric_difference(&known).copied().collect();
    ensure!(
        other.is_empty(),
        "the table scripts.{name} of {} and {name}.js differ in {}",
        edition.code,
        other.join(", ")
    );
    Ok(format!("const WORDS = {};", serde_json::to_string(own)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_script_gets_its_words() -> Result<()> {
        for (code, word) in [("en", r#""copy":"Copy""#), ("zh-TW", r#""copy":"複製""#)] {
            let patches = patches(&Edition::in_language(code))?;
            assert_eq!(patches.len(), SCRIPTS.len());
            assert!(patches[0].to.contains(word), "{}", patches[0].to);
        }
        Ok(())
    }

    #[test]
    fn a_word_that_is_missing_or_left_over_is_named() {
        let all = ["fold", "copy", "copied", "failed", "of"].map(|word| format!("WORDS.{word};"));
        let given = |script: &str| {
            let script = format!("{PLACE} {script}");
            with_words(&Edition::in_language("en"), "programs", &script)
                .map_err(|error| error.to_string())
        };
        let all = all.concat();
        assert!(given(&all).is_ok_and(|script| script.starts_with("const WORDS = {")));
        let differ = "the table scripts.programs of en and programs.js differ in";
        assert_eq!(given(&format!("{all}WORDS.gone")), Err(format!("{differ} gone")));
        assert_eq!(given(&all.replace("WORDS.fold", "")), Err(format!("{differ} fold")));
        let none = with_words(&Edition::in_language("en"), "programs", "WORDS.fold");
        assert!(none.is_err_and(|error| error.to_string().contains("no place")));
    }
}
