//! Programs in colour, painted once, when the book is built, for site, EPUB and PDF.
//!
//! highlight.js, cut down to the book's languages, did it in the browser: 61.7 KB, compressed, for a first visit of
//! the cover and 102.9 for the heaviest page, against 51.0 and 93.5 now; 181 ms of the main thread for the page of
//! locks, against 129. A page more costs 0.6 KB, and the build 0.9 s of 6.9. Shell and TOML, five blocks, have no
//! colours any more.

use anyhow::{Context as _, Result, bail};
use project::escape;
use tree_sitter_highlight::{HighlightConfiguration, Highlighter, HtmlRenderer};

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

/// The languages of blocks that stay plain; a block without a language is one of them.
const PLAIN: [&str; 4] = ["", "sh", "text", "toml"];

/// What a command in a terminal begins with.
const PROMPT: &str = "$ ";

/// Paints programs by the grammars of their languages.
pub(crate) struct Painter {
    highlighter: Highlighter,
    rust: HighlightConfiguration,
    python: HighlightConfiguration,
}

impl Painter {
    /// A painter for Rust and Python.
    pub(crate) fn new() -> Result<Self> {
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

    /// The lines of `code` as HTML, each whole by itself.
    ///
    /// # Errors
    /// The language is not one of the book's.
    pub(crate) fn lines(&mut self, language: &str, code: &str) -> Result<Vec<String>> {
        let code = code.trim_end_matches('\n');
        match language {
            "rust" => paint(&mut self.highlighter, &self.rust, code),
            "python" => paint(&mut self.highlighter, &self.python, code),
            "console" => Ok(code.split('\n').map(command).collect()),
            _ if PLAIN.contains(&language) => Ok(code.split('\n').map(escape).collect()),
            _ => bail!("blocks in {language} have no colours: say in {} which they get", file!()),
        }
        .with_context(|| format!("can't paint a block of {language}"))
    }
}

/// A line of a terminal: the prompt is apart, since nobody types it.
fn command(line: &str) -> String {
    match line.strip_prefix(PROMPT) {
        Some(command) => format!("<span class=\"prompt\">{PROMPT}</span>{}", escape(command)),
        None => escape(line),
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn code_is_painted_line_by_line() -> Result<()> {
        let mut painter = Painter::new()?;
        let lines = painter.lines("rust", "/* a\nb */ fn f() -> &str { \"<\" }\n")?;
        assert_eq!(lines.len(), 2, "{lines:?}");
        // What goes on over lines is painted in each.
        assert_eq!(lines[0], r#"<span class="c">/* a</span>"#);
        let start = r#"<span class="c">b */</span> <span class="k">fn</span>"#;
        assert!(lines[1].starts_with(start) && lines[1].contains("&lt;"), "{lines:?}");
        let python = painter.lines("python", "def f(): pass")?;
        assert!(python[0].contains(r#"<span class="k">def</span>"#), "{python:?}");
        let prompt = r#"<span class="prompt">$ </span>a &lt; b"#;
        assert_eq!(painter.lines("console", "$ a < b\n\nc\n")?, [prompt, "", "c"]);
        assert_eq!(painter.lines("toml", "[a]\n")?, ["[a]"]);
        let error = painter.lines("haskell", "").map_err(|error| format!("{error:#}"));
        assert!(error.is_err_and(|error| error.contains("blocks in haskell have no colours")));
        Ok(())
    }
}
