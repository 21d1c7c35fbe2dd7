//! The words that our changes put into the pages, from the table `site` of a language's file.

use anyhow::Result;
use serde::Deserialize;

use crate::edition::Edition;

/// The words of one language.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Words {
    /// The way past the list of sections.
    pub skip: &'static str,
    /// The list of sections, and the button that shows it.
    pub contents: &'static str,
    /// The field for what is searched.
    pub search: &'static str,
    /// Before the day of the last change.
    pub changed: &'static str,
    /// Before what tested the programs; they are put together by `and`.
    pub tested: &'static str,
    pub and: &'static str,
    /// The link to the source of the page.
    pub edit: &'static str,
    /// What the preview of the book shows, for readers who don't see it.
    pub preview: &'static str,
    /// The language as Open Graph names it.
    pub locale: &'static str,
    /// Before the command of a program.
    pub run: &'static str,
    /// On what unfolds a program with so many `{lines}`.
    pub all: &'static str,
    /// Above the title of the section before, and of the next one.
    pub previous: &'static str,
    pub next: &'static str,
    /// What a page says that isn't there, and its way to the cover.
    pub lost: &'static str,
    pub lost_why: &'static str,
    pub lost_cover: &'static str,
    /// On the cover, before the files to take along; the last of them is the site as an archive.
    pub take: &'static str,
    pub offline: &'static str,
}

/// The words of an edition.
///
/// # Errors
/// The language's file lacks one.
pub(crate) fn of(edition: &Edition) -> Result<&'static Words> {
    words::language(&edition.root, &edition.code)?.table("site")
}
