//! What a page says about itself.

use std::cell::RefCell;

use anyhow::{Result, anyhow};
use lol_html::{RewriteStrSettings, element, rewrite_str, text};

/// The most characters that a description has, and the least.
const LONGEST: usize = 160;
const SHORTEST: usize = 50;

/// What [`page`] finds. Both are HTML: characters stand as entities where mdBook wrote them so.
pub(super) struct Read {
    /// The text of `<title>`.
    pub title: String,
    /// The beginning of the text: whole sentences where they fit.
    pub description: String,
}

/// Reads a page.
pub(super) fn page(html: &str) -> Result<Read> {
    let title = RefCell::new(String::new());
    let paragraphs = RefCell::new(Vec::new());
    let settings = RewriteStrSettings::new()
        .append_element_content_handler(text!("head > title", |chunk| {
            title.borrow_mut().push_str(chunk.as_str());
            Ok(())
        }))
        .append_element_content_handler(element!("main > p", |_element| {
            paragraphs.borrow_mut().push(String::new());
            Ok(())
        }))
        .append_element_content_handler(text!("main > p", |chunk| {
            if let Some(paragraph) = paragraphs.borrow_mut().last_mut() {
                paragraph.push_str(chunk.as_str());
            }
            Ok(())
        }));
    rewrite_str(html, settings).map_err(|error| anyhow!("can't read a page: {error}"))?;
    Ok(Read {
        title: named_once(title.into_inner().trim()).to_owned(),
        description: description(&paragraphs.into_inner()),
    })
}

/// The title of a page; that of the cover, whose section is called like the book, has the name once.
fn named_once(title: &str) -> &str {
    match title.split_once(" - ") {
        Some((section, book)) if section == book => book,
        _ => title,
    }
}

/// As many whole sentences of the paragraphs as fit; the first one is cut at a word if it is too long.
fn description(paragraphs: &[String]) -> String {
    let mut text = String::new();
    for sentence in paragraphs.iter().flat_map(|paragraph| sentences(paragraph)) {
        let gap = if text.is_empty() || text.ends_with(is_wide) { "" } else { " " };
        let longer = format!("{text}{gap}{sentence}");
        if length(&longer) <= LONGEST {
            text = longer;
        } else if length(&text) < SHORTEST {
            return cut(&longer);
        } else {
            break;
        }
    }
    text
}

/// The sentences of a paragraph, each with its end; runs of white space become one space.
fn sentences(paragraph: &str) -> Vec<String> {
    let mut sentences = vec![String::new()];
    let mut words = paragraph.split_whitespace().peekable();
    while let Some(word) = words.next() {
        for piece in word.split_inclusive(['。', '！', '？']) {
            let last = sentences.len() - 1;
            sentences[last].push_str(piece);
            if piece.ends_with(['。', '！', '？']) {
                sentences.push(String::new());
            }
        }
        let last = sentences.len() - 1;
        if word.ends_with(['.', '!', '?']) {
            sentences.push(String::new());
        } else if !sentences[last].is_empty() && words.peek().is_some() {
            sentences[last].push(' ');
        }
    }
    sentences.retain(|sentence| !sentence.is_empty());
    sentences
}

/// The text up to a word's end, with an ellipsis, so that it fits.
fn cut(text: &str) -> String {
    let mut end = 0;
    for (index, c) in text.char_indices() {
        if length(&text[..index]) >= LONGEST - 1 {
            break;
        }
        if c == ' ' || is_wide(c) {
            end = index;
        }
    }
    let kept = text[..end].trim_end_matches([',', ';', ':', ' ', '，', '、', '；', '：']);
    format!("{kept}…")
}

/// Whether a character stands without a space after it.
fn is_wide(c: char) -> bool {
    matches!(c, '\u{2e80}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{ff00}'..='\u{ff60}')
}

/// The number of characters, an entity counted as one.
fn length(html: &str) -> usize {
    let mut entities = html.split('&');
    let first = entities.next().unwrap_or_default().chars().count();
    let rest = entities.map(|part| match part.find(';') {
        Some(end) if end <= 8 => 1 + part[end + 1..].chars().count(),
        _ => 1 + part.chars().count(),
    });
    first + rest.sum::<usize>()
}
