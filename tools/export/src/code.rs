//! Programs in colour: the site paints them in the browser, and a book on paper has none.

use std::{fmt::Write as _, ops::Range};

use anyhow::{Context as _, Result};
use tree_sitter_highlight::{HighlightConfiguration, Highlighter, HtmlRenderer};

use project::escape;

/// What is told apart, and the class of each: the longest name that begins a capture's name counts.
const KINDS: [(&str, &str); 10] = [
    ("attribute", "a"),
    ("comment", "c"),
    ("constant", "n"),
    ("constructor", "t"),
    ("escape", "n"),
    ("function", "f"),
    ("keyword", "k"),
    ("number", "n"),
    ("string", "s"),
    ("type", "t"),
];

/// So many lines stay together.
const SHORT: usize = 20;

/// Paints programs by the grammars of their languages.
pub(super) struct Painter {
    highlighter: Highlighter,
    rust: HighlightConfiguration,
    python: HighlightConfiguration,
}

impl Painter {
    /// A painter for Rust and Python.
    pub(super) fn new() -> Result<Self> {
        let names: Vec<_> = KINDS.iter().map(|(name, _)| *name).collect();
        let mut rust = HighlightConfiguration::new(
            tree_sitter_rust::LANGUAGE.into(),
            "rust",
            tree_sitter_rust::HIGHLIGHTS_QUERY,
            tree_sitter_rust::INJECTIONS_QUERY,
            "",
        )?;
        rust.configure(&names);
        let mut python = HighlightConfiguration::new(
            tree_sitter_python::LANGUAGE.into(),
            "python",
            tree_sitter_python::HIGHLIGHTS_QUERY,
            "",
            "",
        )?;
        python.configure(&names);
        Ok(Self { highlighter: Highlighter::new(), rust, python })
    }

    /// The lines of `code` as XHTML. Languages without a grammar stay plain.
    pub(super) fn lines(&mut self, language: &str, code: &str) -> Result<Vec<String>> {
        let code = code.trim_end_matches('\n');
        match language {
            "rust" => paint(&mut self.highlighter, &self.rust, code),
            "python" => paint(&mut self.highlighter, &self.python, code),
            _ => Ok(code.split('\n').map(escape).collect()),
        }
        .with_context(|| format!("can't paint a block of {language}"))
    }
}

/// A block of these lines, each in a `<span class="l">`, so that one that is too long for the page can be
/// continued with an indent. The lines `left_out` are replaced by a mark that says how many `{lines}` they are.
pub(super) fn block(lines: &[String], left_out: &[Range<usize>], mark: &str) -> String {
    let mut shown = Vec::new();
    let mut done = 0;
    for range in left_out {
        shown.extend(lines[done..range.start].iter().map(|line| ("l", line.clone())));
        shown.push(("l m", mark.replace("{lines}", &range.len().to_string())));
        done = range.end;
    }
    shown.extend(lines[done..].iter().map(|line| ("l", line.clone())));
    // A short one stays on one page.
    let class = if shown.len() <= SHORT { " class=\"short\"" } else { "" };
    let mut spans = format!("<pre{class}><code>");
    for (n, (class, line)) in shown.iter().enumerate() {
        // The end of a line is in it: between two blocks it would be an empty line.
        let end = if n + 1 == shown.len() { "" } else { "\n" };
        let _ = write!(spans, "<span class=\"{class}\">{line}{end}</span>");
    }
    spans + "</code></pre>"
}

/// The lines of `code`, painted.
fn paint(
    highlighter: &mut Highlighter,
    language: &HighlightConfiguration,
    code: &str,
) -> Result<Vec<String>> {
    // Rust's macros hold Rust again.
    let inside = |name: &str| (name == language.language_name).then_some(language);
    let events = highlighter.highlight(language, code.as_bytes(), None, inside)?;
    let mut html = HtmlRenderer::new();
    html.render(events, code.as_bytes(), &|kind, out| {
        let class = KINDS.get(kind.0).map_or("", |(_, class)| class);
        out.extend_from_slice(format!("class=\"{class}\"").as_bytes());
    })?;
    Ok(html.lines().map(|line| line.trim_end_matches('\n').to_owned()).collect())
}
