//! A page as a list of blocks: what two editions have in common, and what each says in its words.

use std::{
    cell::RefCell,
    collections::{BTreeMap, BTreeSet},
    ops::Range,
    path::Path,
    sync::LazyLock,
};

use html5ever::tokenizer::{
    BufferQueue, Tag as HtmlTag, TagKind, Token, TokenSink, TokenSinkResult, Tokenizer, states,
};
use regex::Regex;
use sha2::{Digest as _, Sha256};

use super::waiting;
use site::markdown::{
    parser,
    pulldown_cmark::{CodeBlockKind, Event, Tag, TagEnd},
};

/// How often each of some texts occurs.
pub(super) type Counted = BTreeMap<String, usize>;

/// A block of a page: what ends in a line of its own, such as a paragraph, an item, a row of a table,
/// the start or the end of a list.
#[derive(Clone, Debug, Default)]
pub(super) struct Block {
    /// Its sort: only blocks of one sort can correspond.
    pub sort: &'static str,
    /// Its sort and what goes with it in every language: level, id, fence, HTML tags.
    pub shape: String,
    /// The lines, counted from 1, on which it begins and ends.
    pub lines: (usize, usize),
    /// Where its links lead.
    pub links: Counted,
    /// What it includes.
    pub includes: Counted,
    /// The pictures that it includes in English, on a page in another language.
    pub english: Vec<String>,
    /// Its images.
    pub images: Counted,
    /// The names in code that stand in its sentences.
    pub code: BTreeSet<String>,
    /// The text of a code block.
    pub fence: String,
    /// Its words, a text for each cell of a row and for each element of HTML.
    pub parts: Vec<String>,
    /// Its words as they are written, empty where it has none.
    pub source: String,
    /// Whether it waits for its words, and has those of English until then.
    pub waits: bool,
}

impl Block {
    /// Whether it says something in words: then it has to be translated.
    pub fn speaks(&self) -> bool {
        self.parts.iter().any(|part| part.chars().any(char::is_alphabetic))
    }

    /// Its words as they are written, on one line.
    pub fn one_line(&self) -> String {
        one_line(&self.source)
    }

    /// A short name for what it says, whatever the breaks of its lines.
    pub fn hash(&self) -> String {
        let digest = Sha256::digest(self.one_line());
        digest.iter().take(4).map(|byte| format!("{byte:02x}")).collect()
    }
}

/// A text with single spaces in place of its white space.
pub(super) fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A directive of mdBook, such as `{{#include ../a.rs:main}}`.
static DIRECTIVE: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"\{\{\s*#(\w+)\s+([^}]*?)\s*\}\}").expect("the pattern is constant and tested")
});

/// The attributes whose values are words.
const SPOKEN: [&str; 5] = ["alt", "aria-label", "placeholder", "summary", "title"];

/// The elements that stand among words: another language may have them in another order.
const PHRASING: [&str; 15] = [
    "a", "abbr", "b", "br", "code", "em", "i", "kbd", "s", "small", "span", "strong", "sub", "sup",
    "var",
];

/// The blocks of a page in English, or in the language with the code `edition`, where the picture
/// `x.zh-TW.svg` counts as `x.svg`.
pub(super) fn blocks(text: &str, edition: &str, is_english: bool) -> Vec<Block> {
    let (text, waiting) = waiting::marks(text);
    let mut reader = Reader::new(&text, edition);
    reader.is_english = is_english;
    for (event, range) in parser(&text).into_offset_iter() {
        reader.read(event, range);
    }
    for block in &mut reader.blocks {
        block.waits = waiting.iter().any(|lines| lines.contains(&block.lines.0));
    }
    reader.blocks
}

/// What is known while the events of a page go by.
struct Reader<'a> {
    text: &'a str,
    edition: &'a str,
    is_english: bool,
    newlines: Vec<usize>,
    blocks: Vec<Block>,
    /// The blocks that are open, the innermost last: words belong to it.
    open: Vec<usize>,
    /// The words of each open block, as they are written.
    words: Vec<Option<Range<usize>>>,
    quotes: usize,
    cell: bool,
    html: Vec<Tokenizer<Html>>,
}

impl<'a> Reader<'a> {
    fn new(text: &'a str, edition: &'a str) -> Self {
        Self {
            text,
            edition,
            is_english: false,
            newlines: text.match_indices('\n').map(|(at, _)| at).collect(),
            blocks: Vec::new(),
            open: Vec::new(),
            words: Vec::new(),
            quotes: 0,
            cell: false,
            html: Vec::new(),
        }
    }

    fn line(&self, at: usize) -> usize {
        self.newlines.partition_point(|&newline| newline < at) + 1
    }

    /// Adds a block without opening it.
    fn add(&mut self, sort: &'static str, shape: String, range: &Range<usize>) {
        let end = range.start + self.text[range.clone()].trim_end().len();
        let lines = (self.line(range.start), self.line(end.max(range.start + 1) - 1));
        self.blocks.push(Block { sort, shape, lines, ..Block::default() });
    }

    fn begin(&mut self, sort: &'static str, shape: impl Into<String>, range: &Range<usize>) {
        self.add(sort, shape.into(), range);
        self.open.push(self.blocks.len() - 1);
        self.words.push(None);
    }

    /// Closes the innermost block; `whole` is its range where its source is all of it.
    fn end(&mut self, whole: Option<Range<usize>>) {
        let (Some(index), Some(words)) = (self.open.pop(), self.words.pop()) else { return };
        let Some(range) = whole.or(words) else { return };
        let source = self.text[range].trim_end();
        let lines = source.lines().map(|line| match self.quotes {
            0 => line,
            _ => line.trim_start_matches(['>', ' ']),
        });
        let source: Vec<&str> = lines.map(str::trim).collect();
        let source = source.join("\n");
        let block = &mut self.blocks[index];
        for (directive, argument) in directives(&source) {
            let own = format!(".{}.", self.edition);
            let is_picture = argument.contains("images/")
                && Path::new(&argument).extension().is_some_and(|ending| ending == "svg");
            let argument = if self.is_english {
                argument
            } else if argument.contains(&own) {
                argument.replace(&own, ".")
            } else {
                block.english.extend(is_picture.then(|| argument.clone()));
                argument
            };
            *block.includes.entry(format!("{directive} {argument}")).or_default() += 1;
        }
        for part in &mut block.parts {
            *part = one_line(&without_directives(part));
        }
        if block.sort == "HTML" {
            block.parts.retain(|part| !part.is_empty());
        }
        if block.speaks() {
            block.source = source;
        }
    }

    /// The innermost open block, with the range of an event added to its words.
    fn inside(&mut self, range: &Range<usize>) -> Option<&mut Block> {
        let words = self.words.last_mut()?;
        *words = Some(match words.take() {
            Some(old) => old.start.min(range.start)..old.end.max(range.end),
            None => range.clone(),
        });
        self.open.last().and_then(|&index| self.blocks.get_mut(index))
    }

    fn say(&mut self, words: &str, range: &Range<usize>) {
        let new_part = std::mem::take(&mut self.cell);
        if let Some(block) = self.inside(range) {
            if new_part || block.parts.is_empty() {
                block.parts.push(String::new());
            }
            if let Some(part) = block.parts.last_mut() {
                part.push_str(words);
            }
        }
    }

    fn read(&mut self, event: Event<'_>, range: Range<usize>) {
        match event {
            Event::Start(tag) => self.start(tag, &range),
            Event::End(tag) => self.finish(tag, range),
            Event::Text(text) => match self.open.last().and_then(|&i| self.blocks.get_mut(i)) {
                Some(block) if block.sort == "code block" => block.fence.push_str(&text),
                _ => self.say(&text, &range),
            },
            Event::SoftBreak | Event::HardBreak => self.say(" ", &range),
            Event::Code(code) => {
                self.say("\u{fffc}", &range);
                if let Some(block) = self.inside(&range) {
                    block.code.insert(one_line(&code));
                }
            }
            Event::Html(html) => {
                if let Some(tokenizer) = self.html.last() {
                    feed(tokenizer, &html);
                }
            }
            Event::InlineHtml(html) => {
                let tokenizer = tokenizer();
                feed(&tokenizer, &html);
                tokenizer.end();
                let tags = tokenizer.sink.0.into_inner();
                if let Some(block) = self.inside(&range) {
                    merge(&mut block.links, tags.links);
                    merge(&mut block.images, tags.images);
                    merge(&mut block.includes, tags.inline);
                    for tag in tags.tags {
                        *block.includes.entry(tag).or_default() += 1;
                    }
                }
            }
            Event::FootnoteReference(label) => {
                if let Some(block) = self.inside(&range) {
                    *block.links.entry(format!("footnote {label}")).or_default() += 1;
                }
            }
            Event::TaskListMarker(done) => {
                if let Some(block) = self.inside(&range) {
                    block.shape.push_str(if done { " [x]" } else { " [ ]" });
                }
            }
            Event::Rule => self.add("rule", "rule".to_owned(), &range),
            Event::InlineMath(_) | Event::DisplayMath(_) => self.say("\u{fffc}", &range),
        }
    }

    fn start(&mut self, tag: Tag<'_>, range: &Range<usize>) {
        match tag {
            Tag::Paragraph => self.begin("paragraph", "paragraph", range),
            Tag::Heading { level, id, .. } => {
                let id = id.map_or_else(String::new, |id| format!(" #{id}"));
                self.begin("heading", format!("heading {}{id}", level as usize), range);
            }
            Tag::BlockQuote(kind) => {
                self.quotes += 1;
                let kind = kind.map_or_else(
                    || "quotation".to_owned(),
                    |kind| format!("callout {}", format!("{kind:?}").to_uppercase()),
                );
                self.add("callout", kind, range);
            }
            Tag::List(None) => self.add("list", "list".to_owned(), range),
            Tag::List(Some(first)) => self.add("list", format!("list from {first}"), range),
            Tag::Item => self.begin("item", "item", range),
            Tag::Table(columns) => {
                self.add("table", format!("table with columns {columns:?}"), range);
            }
            Tag::TableHead => self.begin("table head", "table head", range),
            Tag::TableRow => self.begin("row", "row", range),
            Tag::TableCell => {
                self.cell = true;
                self.say("", &(range.start..range.start));
            }
            Tag::CodeBlock(kind) => {
                let info = match kind {
                    CodeBlockKind::Fenced(info) => info.to_string(),
                    CodeBlockKind::Indented => "indented".to_owned(),
                };
                self.begin("code block", format!("code block `{info}`"), range);
            }
            Tag::HtmlBlock => {
                self.begin("HTML", "", range);
                self.html.push(tokenizer());
            }
            Tag::DefinitionList => self.add("definitions", "definitions".to_owned(), range),
            Tag::DefinitionListTitle => self.begin("term", "term", range),
            Tag::DefinitionListDefinition => self.begin("definition", "definition", range),
            Tag::FootnoteDefinition(label) => {
                self.add("footnote", format!("footnote {label}"), range);
            }
            Tag::Link { dest_url, .. } => {
                let target = self.target(&dest_url);
                if let Some(block) = self.inside(range) {
                    *block.links.entry(target).or_default() += 1;
                }
            }
            Tag::Image { dest_url, .. } => {
                let target = self.target(&dest_url);
                if let Some(block) = self.inside(range) {
                    *block.images.entry(target).or_default() += 1;
                }
            }
            _ => {}
        }
    }

    /// Where a link leads, as English has it.
    fn target(&self, url: &str) -> String {
        if url.contains("://") {
            return url.to_owned();
        }
        url.replace(&format!(".{}.", self.edition), ".")
            .replace(&format!("src/{}/", self.edition), "src/en/")
    }

    fn finish(&mut self, tag: TagEnd, range: Range<usize>) {
        let ends = |at: &Range<usize>| at.end.max(1) - 1..at.end;
        match tag {
            TagEnd::BlockQuote(_) => {
                self.quotes = self.quotes.saturating_sub(1);
                self.add("end of callout", "end of callout".to_owned(), &ends(&range));
            }
            TagEnd::List(_) => self.add("end of list", "end of list".to_owned(), &ends(&range)),
            TagEnd::CodeBlock => {
                self.end(None);
            }
            TagEnd::HtmlBlock => {
                if let (Some(tokenizer), Some(&index)) = (self.html.pop(), self.open.last()) {
                    tokenizer.end();
                    let html = tokenizer.sink.0.into_inner();
                    let block = &mut self.blocks[index];
                    block.shape = html.tags.concat();
                    block.parts = html.texts;
                    block.code = html.code;
                    block.links = html.links;
                    block.images = html.images;
                    block.includes = html.inline;
                }
                self.end(Some(range));
            }
            TagEnd::TableHead | TagEnd::TableRow => self.end(Some(range)),
            TagEnd::Paragraph
            | TagEnd::Heading(_)
            | TagEnd::Item
            | TagEnd::DefinitionListTitle
            | TagEnd::DefinitionListDefinition => self.end(None),
            _ => {}
        }
    }
}

/// The directives of mdBook in a text: name and argument.
fn directives(text: &str) -> Vec<(String, String)> {
    let found = DIRECTIVE.captures_iter(text);
    found.map(|found| (found[1].to_owned(), found[2].to_owned())).collect()
}

fn without_directives(text: &str) -> String {
    DIRECTIVE.replace_all(text, "\u{fffc}").into_owned()
}

fn merge(into: &mut Counted, from: Counted) {
    for (key, count) in from {
        *into.entry(key).or_default() += count;
    }
}

fn tokenizer() -> Tokenizer<Html> {
    Tokenizer::new(Html::default(), html5ever::tokenizer::TokenizerOpts::default())
}

fn feed(tokenizer: &Tokenizer<Html>, html: &str) {
    let input = BufferQueue::default();
    input.push_back(html.into());
    // Scripts are data here: none stops the tokenizer.
    let _ = tokenizer.feed(&input);
}

/// What the tags of a piece of HTML say.
#[derive(Default)]
struct Html(RefCell<Markup>);

#[derive(Default)]
struct Markup {
    /// The tags that every language has in the same order.
    tags: Vec<String>,
    /// The tags among words, where they are more than emphasis.
    inline: Counted,
    texts: Vec<String>,
    code: BTreeSet<String>,
    links: Counted,
    images: Counted,
    /// The text of a `<code>` that is open.
    name: Option<String>,
    same_text: bool,
}

impl TokenSink for Html {
    type Handle = ();

    fn process_token(&self, token: Token, _line: u64) -> TokenSinkResult<()> {
        let mut tags = self.0.borrow_mut();
        match token {
            Token::TagToken(tag) => {
                let raw = tag.kind == TagKind::StartTag && matches!(&*tag.name, "script" | "style");
                tags.note(&tag);
                if raw {
                    return TokenSinkResult::RawData(states::RawKind::ScriptData);
                }
            }
            Token::CharacterTokens(text) => tags.say(&text),
            _ => {}
        }
        TokenSinkResult::Continue
    }
}

impl Markup {
    fn say(&mut self, text: &str) {
        if let Some(name) = &mut self.name {
            name.push_str(text);
            return;
        }
        if !std::mem::replace(&mut self.same_text, true) || self.texts.is_empty() {
            self.texts.push(String::new());
        }
        if let Some(last) = self.texts.last_mut() {
            last.push_str(text);
        }
    }

    fn note(&mut self, tag: &HtmlTag) {
        let is_end = tag.kind == TagKind::EndTag;
        let phrasing = PHRASING.contains(&&*tag.name);
        if &*tag.name == "code" {
            if let Some(name) = self.name.take() {
                self.code.insert(one_line(&name));
                self.say("\u{fffc}");
            }
            self.name = (!is_end).then(String::new);
        }
        let mut attributes = Vec::new();
        let mut spoken = Vec::new();
        for attribute in &tag.attrs {
            let (name, value) = (&*attribute.name.local, attribute.value.to_string());
            match name {
                "href" => *self.links.entry(value).or_default() += 1,
                "src" => *self.images.entry(value).or_default() += 1,
                _ if SPOKEN.contains(&name) => {
                    attributes.push(name.to_owned());
                    spoken.push(value);
                }
                _ => attributes.push(format!("{name}={value:?}")),
            }
        }
        attributes.sort();
        let attributes: String = attributes.iter().map(|value| format!(" {value}")).collect();
        let slash = if is_end { "/" } else { "" };
        let written = format!("<{slash}{}{attributes}>", tag.name);
        if !phrasing {
            self.tags.push(written);
            self.same_text = false;
        } else if !is_end && !matches!(&*tag.name, "a" | "b" | "code" | "em" | "i" | "strong") {
            *self.inline.entry(written).or_default() += 1;
        }
        self.texts.extend(spoken);
    }
}
