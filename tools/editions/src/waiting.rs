//! Blocks that wait for their words: a mark stands before a copy of the English, and the reader sees that
//! until somebody translates it.
//!
//! `<!-- waiting -->` on a line of its own is for the block below it, up to the next empty line;
//! `<!-- waiting: page -->` on the first line is for the whole page.

use std::ops::Range;

const BLOCK: &str = "<!-- waiting -->";
pub(super) const PAGE: &str = "<!-- waiting: page -->";

/// Whether a whole page waits.
pub(super) fn is_waiting(text: &str) -> bool {
    text.starts_with(PAGE)
}

/// A text with empty lines in place of its marks, and the lines, counted from 1, that wait.
pub(super) fn marks(text: &str) -> (String, Vec<Range<usize>>) {
    let mut waiting = Vec::new();
    if is_waiting(text) {
        waiting.push(1..usize::MAX);
    }
    let lines: Vec<&str> = text.lines().collect();
    for (index, _) in lines.iter().enumerate().filter(|(_, line)| **line == BLOCK) {
        let length = lines[index + 1..].iter().take_while(|line| !line.trim().is_empty()).count();
        waiting.push(index + 2..index + 2 + length);
    }
    if waiting.is_empty() {
        return (text.to_owned(), waiting);
    }
    let is_mark = |line: &str| line == BLOCK || line == PAGE;
    let plain = lines
        .into_iter()
        .map(|line| if is_mark(line) { "\n".to_owned() } else { format!("{line}\n") });
    (plain.collect(), waiting)
}
