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
    /// The buttons of a question: one judges what was answered, one takes it back.
    pub ask_check: &'static str,
    pub ask_again: &'static str,
    /// On what unfolds the answer.
    pub ask_answer: &'static str,
    /// Before the field for a number.
    pub ask_number: &'static str,
    /// Before a choice, when the answer is unfolded.
    pub ask_right: &'static str,
    pub ask_wrong: &'static str,
    /// On the buttons that move a line, and above the lines in their order.
    pub ask_up: &'static str,
    pub ask_down: &'static str,
    pub ask_order: &'static str,
    /// On the page of a part: before the section that asks, and on the button that forgets.
    pub ask_from: &'static str,
    pub ask_clear: &'static str,
}

/// The words of an edition.
///
/// # Errors
/// The language's file lacks one.
pub(crate) fn of(edition: &Edition) -> Result<&'static Words> {
    words::language(&edition.root, &edition.code)?.table("site")
}
