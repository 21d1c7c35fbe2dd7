//! Programs in colour, painted once, when the book is built, for site, EPUB and PDF.
//!
//! highlight.js, cut down to the book's languages, did it in the browser: 61.7 KB, compressed, for a first visit of
//! the cover and 102.9 for the heaviest page, against 51.0 and 93.5 now; 181 ms of the main thread for the page of
//! locks, against 129. A page more costs 0.6 KB, and the build 0.9 s of 6.9. Shell and TOML, five blocks, have no
//! colours any more.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

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

/// The painter of all editions, which show the same programs: it paints each once.
static PAINTER: Mutex<Option<Painter>> = Mutex::new(None);

/// The lines of `code` as HTML, each whole by itself.
///
/// # Errors
/// The language is not one of the book's.
pub(crate) fn lines(language: &str, code: &str) -> Result<Vec<String>> {
    let code = code.trim_end_matches('\n');
    match language {
        "console" => return Ok(code.split('\n').map(command).collect()),
        _ if PLAIN.contains(&language) => return Ok(code.split('\n').map(escape).collect()),
        _ => {}
    }
    let mut painter = PAINTER.lock().unwrap_or_else(PoisonError::into_inner);
    let painter = match &mut *painter {
        Some(painter) => painter,
        none => none.insert(Painter::new()?),
    };
    painter.lines(language, code).with_context(|| format!("can't paint a block of {language}"))
}

/// Paints programs by the grammars of their languages.
struct Painter {
    highlighter: Highlighter,
    rust: HighlightConfiguration,
    python: HighlightConfiguration,
    /// What it has painted, by language and code.
    painted: HashMap<(String, String), Vec<String>>,
}

impl Painter {
    /// A painter for Rust and Python.
    fn new() -> Result<Self> {
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
        Ok(Self { highlighter: Highlighter::new(), rust, python, painted: HashMap::new() })
    }

    fn lines(&mut self, language: &str, code: &str) -> Result<Vec<String>> {
        let grammar = match language {
            "rust" => &self.rust,
            "python" => &self.python,
            _ => bail!("blocks in {language} have no colours: say in {} which they get", file!()),
        };
        let program = (language.to_owned(), code.to_owned());
        if let Some(lines) = self.painted.get(&program) {
            return Ok(lines.clone());
        }
        let lines = paint(&mut self.highlighter, grammar, code)?;
        self.painted.insert(program, lines.clone());
        Ok(lines)
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
        let rust = lines("rust", "/* a\nb */ fn f() -> &str { \"<\" }\n")?;
        assert_eq!(rust.len(), 2, "{rust:?}");
        // What goes on over lines is painted in each.
        assert_eq!(rust[0], r#"<span class="c">/* a</span>"#);
        let start = r#"<span class="c">b */</span> <span class="k">fn</span>"#;
        assert!(rust[1].starts_with(start) && rust[1].contains("&lt;"), "{rust:?}");
        let python = lines("python", "def f(): pass")?;
        assert!(python[0].contains(r#"<span class="k">def</span>"#), "{python:?}");
        let prompt = r#"<span class="prompt">$ </span>a &lt; b"#;
        assert_eq!(lines("console", "$ a < b\n\nc\n")?, [prompt, "", "c"]);
        assert_eq!(lines("toml", "[a]\n")?, ["[a]"]);
        let error = lines("haskell", "").map_err(|error| format!("{error:#}"));
        assert!(error.is_err_and(|error| error.contains("blocks in haskell have no colours")));
        Ok(())
    }
}
