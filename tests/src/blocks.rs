//! The pages of the book as their readers see them, and the code blocks that stand in them.
//!
//! The build script uses this too, so it stands on its own.

use std::collections::BTreeSet;
use std::ops::Range;
use std::path::Path;
use std::{fmt, fs};

use anyhow::{Context as _, Result};
use site::markdown::{
    parser,
    pulldown_cmark::{CodeBlockKind, Event, Tag, TagEnd},
};

/// A text that holds code blocks: a chapter of an edition, expanded, or a README.
#[derive(Clone, Debug)]
pub struct Page {
    /// Its file relative to the root, such as `src/en/processes/pool.md`.
    pub path: String,
    /// What its reader sees: every include is in place.
    pub text: String,
}

impl Page {
    /// A name for it among the tests, such as `en_processes_pool`.
    #[must_use]
    pub fn stem(&self) -> String {
        let path = self.path.strip_prefix("src/").unwrap_or(&self.path);
        path.trim_end_matches(".md").replace(['/', '-', '.'], "_").to_lowercase()
    }
}

/// The first page of the project in each language.
pub const READMES: [&str; 2] = ["README.md", "README.zh-TW.md"];

/// Every page: the chapters of each edition, English first, the READMEs and the canary of these tests.
///
/// # Errors
///
/// An edition can't be expanded, or a file can't be read.
pub fn pages(root: &Path) -> Result<Vec<Page>> {
    let mut pages = Vec::new();
    for edition in site::editions(root) {
        let source = edition.source.display().to_string();
        for chapter in site::expand(&edition)? {
            pages.push(Page {
                path: format!("{source}/{}", chapter.path.display()),
                text: chapter.content,
            });
        }
    }
    for path in READMES.into_iter().chain(["tests/canary.md"]) {
        let file = root.join(path);
        let text = fs::read_to_string(&file).with_context(|| format!("{}", file.display()))?;
        pages.push(Page { path: path.to_owned(), text });
    }
    Ok(pages)
}

/// A fenced code block.
#[derive(Clone, Debug)]
pub struct Block {
    /// The words of its info string, such as `rust`, `ignore`.
    pub words: Vec<String>,
    /// What stands in it.
    pub code: String,
    /// The line, counted from 1, on which its fence opens.
    pub line: usize,
    /// The whole block, fences included, in the page's text.
    pub range: Range<usize>,
    /// The sentence before it.
    pub before: String,
}

impl Block {
    /// Its language; empty where the fence names none.
    #[must_use]
    pub fn language(&self) -> &str {
        self.words.first().map_or("", String::as_str)
    }

    /// Whether its info string holds a word.
    #[must_use]
    pub fn has(&self, word: &str) -> bool {
        self.words.iter().any(|w| w == word)
    }

    /// Whether skeptic tests it: Rust that is to compile, and without MPI.
    #[must_use]
    pub fn is_for_skeptic(&self) -> bool {
        self.language() == "rust" && !self.has("compile_fail") && !self.has("mpi")
    }
}

impl fmt::Display for Block {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {} (`{}`)", self.line, self.words.join(","))
    }
}

/// The fenced code blocks of a text. An indented one has no language.
#[must_use]
pub fn blocks(text: &str) -> Vec<Block> {
    let mut blocks: Vec<Block> = Vec::new();
    let mut inside = false;
    let mut paragraph = String::new();
    for (event, range) in parser(text).into_offset_iter() {
        match event {
            Event::Start(Tag::CodeBlock(kind)) => {
                inside = true;
                let info = match kind {
                    CodeBlockKind::Fenced(info) => info.to_string(),
                    CodeBlockKind::Indented => String::new(),
                };
                let words = info.split([',', ' ', '\t']).filter(|word| !word.is_empty());
                blocks.push(Block {
                    words: words.map(str::to_owned).collect(),
                    code: String::new(),
                    line: text[..range.start].matches('\n').count() + 1,
                    range,
                    before: last_sentence(&paragraph),
                });
            }
            Event::End(TagEnd::CodeBlock) => inside = false,
            Event::Text(text) if inside => {
                if let Some(block) = blocks.last_mut() {
                    block.code.push_str(&text);
                }
            }
            Event::Start(Tag::Paragraph | Tag::Item) => paragraph.clear(),
            Event::Text(text) | Event::Code(text) => paragraph.push_str(&text),
            Event::SoftBreak | Event::HardBreak => paragraph.push(' '),
            _ => {}
        }
    }
    blocks
}

fn last_sentence(paragraph: &str) -> String {
    let paragraph = paragraph.trim();
    let begin =
        paragraph.trim_end_matches(['.', ':', '?', '!']).rfind(". ").map_or(0, |dot| dot + 2);
    paragraph[begin..].to_owned()
}

/// The text that skeptic gets: without the blocks that are not for it and those that an earlier page
/// has shown (another edition shows the same programs), every other line where it was, and without
/// the ids of headings, which would stand in the names of the tests.
#[must_use]
pub fn for_skeptic(text: &str, known: &mut BTreeSet<String>) -> String {
    let mut masked = text.to_owned();
    for block in blocks(text).into_iter().rev() {
        if !block.is_for_skeptic() {
            blank(&mut masked, block.range);
        }
    }
    for block in blocks(&masked).into_iter().rev() {
        if !known.insert(key(&block)) {
            blank(&mut masked, block.range);
        }
    }
    let lines = masked.lines().map(|line| match line.find(" {#") {
        Some(id) if line.starts_with('#') => &line[..id],
        _ => line,
    });
    lines.flat_map(|line| [line, "\n"]).collect()
}

/// What two blocks have in common when one test is enough for both.
#[must_use]
pub fn key(block: &Block) -> String {
    format!("{}\n{}", block.words.join(","), block.code)
}

/// Empties the lines of a range.
fn blank(text: &mut String, range: Range<usize>) {
    let newlines = "\n".repeat(text[range.clone()].matches('\n').count());
    text.replace_range(range, &newlines);
}
