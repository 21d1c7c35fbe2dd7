//! The pages of the book as their readers see them, and the code blocks that stand in them.

use std::path::Path;
use std::sync::OnceLock;
use std::{fmt, fs};

use anyhow::{Context as _, Result, anyhow, ensure};
use site::markdown::{
    parser,
    pulldown_cmark::{CodeBlockKind, Event, Tag, TagEnd},
};

use crate::place;

/// A text that holds code blocks: a chapter of an edition, expanded, or a README.
#[derive(Clone, Debug)]
pub struct Page {
    /// Its file relative to the root, such as `src/en/processes/pool.md`.
    pub path: String,
    /// What its reader sees: every include is in place.
    pub text: String,
    /// The code blocks of this text, each with its line in the file.
    pub blocks: Vec<Block>,
}

impl Page {
    /// A page whose file holds `source` and whose reader sees `text`.
    ///
    /// # Errors
    ///
    /// An include brings a code block or takes one away: then no line of the file belongs to each.
    pub fn new(path: &str, source: &str, text: String) -> Result<Page> {
        let (mut blocks, written) = (blocks(&text), blocks(source));
        let same = blocks.len() == written.len()
            && blocks.iter().zip(&written).all(|(block, written)| block.words == written.words);
        ensure!(same, "{path}: the code blocks of its file and those that its reader sees differ");
        for (block, written) in blocks.iter_mut().zip(written) {
            block.line = written.line;
        }
        Ok(Page { path: path.to_owned(), text, blocks })
    }
}

/// The first page of the project in each language.
pub const READMES: [&str; 2] = ["README.md", "README.zh-TW.md"];

/// Every page: the chapters of each edition, English first, the READMEs and the canary of these tests.
/// They are read once.
///
/// # Errors
///
/// An edition can't be expanded, or a file can't be read.
pub fn pages() -> Result<&'static [Page]> {
    static PAGES: OnceLock<Result<Vec<Page>, String>> = OnceLock::new();
    let pages = PAGES.get_or_init(|| read_pages().map_err(|error| format!("{error:#}")));
    pages.as_deref().map_err(|error| anyhow!("{error}"))
}

fn read_pages() -> Result<Vec<Page>> {
    let root = &place::root();
    let mut pages = Vec::new();
    for edition in site::editions(root) {
        for chapter in site::expand(&edition)? {
            let file = edition.source.join(&chapter.path);
            pages.push(Page::new(
                &file.display().to_string(),
                &read(root, &file)?,
                chapter.content,
            )?);
        }
    }
    for path in READMES.into_iter().chain(["tests/canary.md"]) {
        let text = read(root, path.as_ref())?;
        pages.push(Page::new(path, &text, text.clone())?);
    }
    Ok(pages)
}

fn read(root: &Path, file: &Path) -> Result<String> {
    fs::read_to_string(root.join(file)).with_context(|| file.display().to_string())
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

    /// Its program as the compiler gets it: `# ` hides a line from the reader.
    #[must_use]
    pub fn program(&self) -> String {
        self.code
            .lines()
            .map(|line| match line.trim_start() {
                "#" => "",
                hidden => hidden.strip_prefix("# ").unwrap_or(line),
            })
            .flat_map(|line| [line, "\n"])
            .collect()
    }

    /// What two blocks have in common when one test is enough for both: another edition shows the same
    /// programs.
    #[must_use]
    pub fn key(&self) -> String {
        format!("{}\n{}", self.words.join(","), self.code)
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
