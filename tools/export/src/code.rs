//! Programs by their lines, in the colours that the site has given them.

use std::{fmt::Write as _, ops::Range};

use project::escape;
use scraper::{ElementRef, node::Node};

/// So many lines stay together.
const SHORT: usize = 20;

/// The lines of a block.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Lines {
    /// Each as XHTML.
    pub lines: Vec<String>,
    /// Those that are not seen while a program is folded.
    pub folds: Vec<Range<usize>>,
}

impl Lines {
    /// The lines of a block of the site, without those that mdBook hides.
    pub(super) fn of(code: ElementRef<'_>) -> Self {
        let mut lines = Self { lines: vec![String::new()], folds: Vec::new() };
        lines.read(code);
        while lines.lines.pop_if(|line| line.is_empty()).is_some() {}
        lines
    }

    fn read(&mut self, element: ElementRef<'_>) {
        for child in element.children() {
            if let Node::Text(text) = child.value() {
                for (n, part) in text.split('\n').enumerate() {
                    if n > 0 {
                        self.lines.push(String::new());
                    }
                    self.add(&escape(part));
                }
            }
            let Some(span) = ElementRef::wrap(child) else { continue };
            match span.attr("class").unwrap_or_default() {
                "boring" => {}
                "fold" => {
                    let start = self.lines.len() - 1;
                    self.read(span);
                    // The last line of a program has no end.
                    let is_open = self.lines.last().is_some_and(|line| !line.is_empty());
                    self.folds.push(start..self.lines.len() - usize::from(!is_open));
                }
                "fold-mark" | "prompt" => self.read(span),
                // The site paints each line by itself.
                class => {
                    self.add(&format!("<span class=\"{class}\">"));
                    self.read(span);
                    self.add("</span>");
                }
            }
        }
    }

    fn add(&mut self, xhtml: &str) {
        if let Some(line) = self.lines.last_mut() {
            line.push_str(xhtml);
        }
    }

    /// All of them as a block.
    pub(super) fn whole(&self) -> String {
        block(&self.lines, &[], "")
    }

    /// A block of those that are seen; `mark` stands for the others, and says how many `{lines}` they are.
    pub(super) fn folded(&self, mark: &str) -> String {
        block(&self.lines, &self.folds, mark)
    }
}

/// A block of these lines, each in a `<span class="l">`, so that one that is too long for the page can be
/// continued with an indent.
fn block(lines: &[String], left_out: &[Range<usize>], mark: &str) -> String {
    let mut seen = Vec::new();
    let mut done = 0;
    for range in left_out {
        seen.extend(lines[done..range.start].iter().map(|line| ("l", line.clone())));
        seen.push(("l m", mark.replace("{lines}", &range.len().to_string())));
        done = range.end;
    }
    seen.extend(lines[done..].iter().map(|line| ("l", line.clone())));
    // A short one stays on one page.
    let class = if seen.len() <= SHORT { " class=\"short\"" } else { "" };
    let mut spans = format!("<pre{class}><code>");
    for (n, (class, line)) in seen.iter().enumerate() {
        // The end of a line is in it: between two blocks it would be an empty line.
        let end = if n + 1 == seen.len() { "" } else { "\n" };
        let _ = write!(spans, "<span class=\"{class}\">{line}{end}</span>");
    }
    spans + "</code></pre>"
}
