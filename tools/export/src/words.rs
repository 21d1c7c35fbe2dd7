//! What an export says beside the text of the book, from the table `export` of a language's file.

use anyhow::Result;
use serde::Deserialize;
use site::Edition;

/// The words in one language.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Words {
    /// The identifier of the book in this language: it stays when the text changes.
    pub identifier: &'static str,
    pub subtitle: &'static str,
    pub description: &'static str,
    pub authors: &'static str,
    pub licence: &'static str,
    pub source: &'static str,
    /// Before the date of the last change.
    pub state: &'static str,
    pub contents: &'static str,
    pub cover: &'static str,
    /// Above the output of a program.
    pub output: &'static str,
    /// Above a program that the compiler refuses.
    pub fails: &'static str,
    /// The part with the programs of which the sections show a part.
    pub programs: &'static str,
    /// In place of so many `{lines}` of a program.
    pub left_out: &'static str,
}

/// The words of the edition's language.
pub(super) fn of(edition: &Edition) -> Result<&'static Words> {
    words::language(&edition.root, &edition.code)?.table("export")
}
