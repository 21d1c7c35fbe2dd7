//! What mdBook's includes leave unsaid: which page a failed one stands on, and an anchor that isn't
//! there, for which mdBook inserts nothing and says nothing.

use std::fs;

use anyhow::{Result, bail};

use crate::edition::{Chapter, Edition};

/// Checks the includes of the unexpanded pages of an edition.
///
/// # Errors
/// Names each page with an include of a file that can't be read or of an anchor that it hasn't.
pub(crate) fn check(edition: &Edition, chapters: &[Chapter]) -> Result<()> {
    let mut problems = Vec::new();
    for chapter in chapters {
        let page = edition.source.join(&chapter.path);
        let folder = edition.root.join(page.parent().unwrap_or(&edition.source));
        for link in includes(&chapter.content) {
            let mut parts = link.split(':');
            let file = parts.next().unwrap_or_default();
            let range = parts.next().unwrap_or_default();
            let problem = match fs::read_to_string(folder.join(file)) {
                Err(error) => error.to_string(),
                Ok(_) if range.chars().all(|c| c.is_ascii_digit()) => continue,
                Ok(text) if has_anchor(&text, range) => continue,
                Ok(_) => format!("no `ANCHOR: {range}` in it"),
            };
            problems.push(format!("{}: can't include {link}: {problem}", page.display()));
        }
    }
    if !problems.is_empty() {
        bail!(problems.join("\n"));
    }
    Ok(())
}

/// The arguments of the includes in a page, such as `../pool.rs:main`; escaped ones don't count.
fn includes(text: &str) -> impl Iterator<Item = &str> {
    text.match_indices("{{").filter_map(|(start, braces)| {
        if text[..start].ends_with('\\') {
            return None;
        }
        let inside = text[start + braces.len()..].split("}}").next()?.trim_start();
        let link = ["#include ", "#rustdoc_include "]
            .iter()
            .find_map(|directive| inside.strip_prefix(directive))?;
        link.split_whitespace().next()
    })
}

/// Whether a line of `text` opens the anchor `name`.
fn has_anchor(text: &str, name: &str) -> bool {
    text.lines().any(|line| {
        line.split_once("ANCHOR:")
            .is_some_and(|(_, rest)| rest.split_whitespace().next() == Some(name))
    })
}
