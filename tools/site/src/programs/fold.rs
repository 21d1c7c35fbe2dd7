//! The fold of a long program: the lines that stay, and the text with its other lines marked.

use std::ops::Range;

use anyhow::{Result, bail, ensure};

/// So few lines between two that stay are not worth a fold.
const FEW: usize = 3;

/// Which lines of a program stay when it is folded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Fold {
    lines: usize,
    kept: Vec<Range<usize>>,
}

impl Fold {
    /// The fold of a program to some of its items, such as `fn work` or `class Worker`.
    ///
    /// # Errors
    /// The program hasn't an item, or has two of that name.
    pub(super) fn to(lines: &[&str], items: &[&str]) -> Result<Self> {
        let mut found = Vec::new();
        for item in items {
            found.push(range(lines, item)?);
        }
        found.sort_by_key(|range| range.start);
        let mut kept: Vec<Range<usize>> = Vec::new();
        for range in found {
            match kept.last_mut() {
                Some(last) if range.start <= last.end + FEW => last.end = range.end.max(last.end),
                _ => kept.push(range),
            }
        }
        if let Some(first) = kept.first_mut().filter(|first| first.start <= FEW) {
            first.start = 0;
        }
        if let Some(last) = kept.last_mut().filter(|last| last.end + FEW >= lines.len()) {
            last.end = lines.len();
        }
        Ok(Self { lines: lines.len(), kept })
    }

    /// The number of the program's lines.
    pub(super) fn lines(&self) -> usize {
        self.lines
    }

    /// The program as HTML, from its lines as HTML: those that go away stand in a `span.fold`, and before it a
    /// mark that says how many they are.
    pub(super) fn html(&self, lines: &[String]) -> String {
        let fold = |range: Range<usize>| {
            let (count, text) = (range.len(), lines[range].concat());
            if count == 0 {
                return text;
            }
            format!(
                r#"<span class="fold-mark" data-lines="{count}"></span><span class="fold">{text}</span>"#
            )
        };
        let (mut html, mut done) = (String::new(), 0);
        for range in &self.kept {
            html += &fold(done..range.start);
            html += &lines[range.clone()].concat();
            done = range.end;
        }
        html + &fold(done..lines.len())
    }
}

/// The lines of the one item that begins so, with its attributes and the comments above it.
fn range(lines: &[&str], item: &str) -> Result<Range<usize>> {
    let mut found = Vec::new();
    for (index, line) in lines.iter().enumerate() {
        let mut rest = line.trim_start();
        for word in ["pub ", "unsafe ", "async "] {
            rest = rest.strip_prefix(word).unwrap_or(rest);
        }
        let is_it = rest
            .strip_prefix(item)
            .is_some_and(|after| !after.starts_with(|c: char| c.is_alphanumeric() || c == '_'));
        if is_it {
            found.push(index);
        }
    }
    // What only says that it needs Unix isn't meant.
    found.retain(|&index| index == 0 || lines[index - 1].trim() != "#[cfg(not(unix))]");
    if let [start] = found[..] {
        let indent = |line: &str| line.len() - line.trim_start().len();
        let depth = indent(lines[start]);
        let above = lines[..start].iter().rev().take_while(|line| {
            indent(line) == depth
                && ["#[", "//", "@", "#"].iter().any(|c| line.trim_start().starts_with(c))
        });
        let rust = lines[start].contains("fn ") || lines[start].ends_with('{');
        let outside = |line: &&str| {
            !line.trim().is_empty() && indent(line) <= depth && !line.trim_start().starts_with(')')
        };
        let after = &lines[start + 1..];
        let length = if rust {
            after
                .iter()
                .position(|line| indent(line) == depth && line.trim_start().starts_with('}'))
                .map(|i| i + 1)
        } else {
            let body = after.iter().position(outside).unwrap_or(after.len());
            let blank =
                after[..body].iter().rev().take_while(|line| line.trim().is_empty()).count();
            Some(body - blank)
        };
        ensure!(length.is_some(), "`{item}` has no end");
        return Ok(start - above.count()..start + 1 + length.unwrap_or_default());
    }
    bail!("{} items begin with `{item}`, expected 1, so that the program folds to it", found.len())
}
