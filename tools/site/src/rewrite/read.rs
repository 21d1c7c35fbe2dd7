//! What a page says: read once, in one pass, before it is changed in another.

use std::collections::BTreeSet;

use html::{Tag, TagKind, Token, attribute, tokens};

use super::search::{Gathered, Section};
use crate::questions::IN_PAGE;

/// The most characters that a description has, and the least.
const LONGEST: usize = 160;
const SHORTEST: usize = 50;

/// Our own elements, each with a script and a style of its name in `theme/`.
pub(super) const ELEMENTS: [&str; 3] = ["schedule-explorer", "time-replay", "timeline-lab"];

/// What [`page`] finds.
#[derive(Debug)]
pub(super) struct Read {
    /// The text of `<title>`.
    pub title: String,
    /// The beginning of the text: whole sentences where they fit.
    pub description: String,
    /// Which of our own elements stand on the page.
    pub elements: BTreeSet<&'static str>,
    /// Whether it asks something.
    pub asks: bool,
    /// Which heads of tables are empty, counted from 0.
    pub corners: BTreeSet<usize>,
    /// What the search looks through.
    pub sections: Vec<Section>,
}

/// Reads the page at `path`.
pub(super) fn page(path: &str, html: &str) -> Read {
    let mut reading = Reading::default();
    for token in tokens(html) {
        match token {
            Token::TagToken(tag) if tag.kind == TagKind::StartTag => reading.start(&tag),
            Token::TagToken(tag) => reading.end(&tag),
            Token::CharacterTokens(text) => reading.text(&text),
            _ => {}
        }
    }
    Read {
        title: once(&reading.title).trim().to_owned(),
        description: description(&reading.paragraphs),
        elements: reading.elements,
        asks: reading.asks,
        corners: reading.corners,
        sections: reading.sections.finish(path),
    }
}

/// A title that says the name of the book once, where the page's own is the same.
pub(super) fn once(title: &str) -> &str {
    match title.trim().split_once(" - ") {
        Some((own, book)) if own == book => own,
        _ => title,
    }
}

/// What is known while the tags and texts of a page go by.
#[derive(Default)]
struct Reading {
    title: String,
    paragraphs: Vec<String>,
    elements: BTreeSet<&'static str>,
    asks: bool,
    heads: usize,
    corners: BTreeSet<usize>,
    sections: Gathered,
    place: Place,
    /// Whether the last token began a head.
    in_corner: bool,
}

/// What a text is a part of.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum Place {
    #[default]
    Other,
    Title,
    Paragraph,
}

impl Reading {
    fn start(&mut self, tag: &Tag) {
        self.in_corner = &*tag.name == "th";
        match &*tag.name {
            "title" if self.title.is_empty() => self.place = Place::Title,
            "p" if self.sections.is_in_main() => {
                self.place = Place::Paragraph;
                self.paragraphs.push(String::new());
            }
            "div" if attribute(tag, "class") == Some(IN_PAGE) => self.asks = true,
            "th" => self.heads += 1,
            name => self.elements.extend(ELEMENTS.into_iter().find(|element| *element == name)),
        }
        self.sections.start(tag);
    }

    fn end(&mut self, tag: &Tag) {
        match (&*tag.name, self.place) {
            ("th", _) if self.in_corner => _ = self.corners.insert(self.heads - 1),
            ("title", Place::Title) | ("p", Place::Paragraph) => self.place = Place::Other,
            _ => {}
        }
        self.in_corner = false;
        self.sections.end(&tag.name);
    }

    fn text(&mut self, text: &str) {
        self.in_corner = false;
        match (self.place, self.paragraphs.last_mut()) {
            (Place::Title, _) => self.title.push_str(text),
            (Place::Paragraph, Some(paragraph)) => paragraph.push_str(text),
            _ => {}
        }
        self.sections.text(text);
    }
}

/// As many whole sentences of the paragraphs as fit; the first one is cut at a word if it is too long.
fn description(paragraphs: &[String]) -> String {
    let mut text = String::new();
    for sentence in paragraphs.iter().flat_map(|paragraph| sentences(paragraph)) {
        let gap = if text.is_empty() || text.ends_with(is_wide) { "" } else { " " };
        let longer = format!("{text}{gap}{sentence}");
        if longer.chars().count() <= LONGEST {
            text = longer;
        } else if text.chars().count() < SHORTEST {
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
    let fit = text.char_indices().take(LONGEST - 1);
    let end = fit.filter(|&(_, c)| c == ' ' || is_wide(c)).last().map_or(0, |(end, _)| end);
    let kept = text[..end].trim_end_matches([',', ';', ':', ' ', '，', '、', '；', '：']);
    format!("{kept}…")
}

/// Whether a character stands without a space after it.
fn is_wide(c: char) -> bool {
    matches!(c, '\u{2e80}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{ff00}'..='\u{ff60}')
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A page with this text.
    fn read(text: &str) -> Read {
        let head = "<head><title> A - B &amp; C\n</title></head><h2>Help</h2>";
        page("a.html", &format!("{head}<main><h1>A</h1>{text}</main>"))
    }

    #[test]
    fn a_description_is_whole_sentences_that_fit() {
        let long = "Then a long sentence follows that has so many words in it that both together would be \
            longer than what a search engine shows of a page, and so it is left out.";
        let first =
            "We want <em>results</em> in the order\n of their tasks &amp; nothing else, please.";
        let page = read(&format!("<p>{first} {long}</p>"));
        assert_eq!(page.title, "A - B & C");
        assert_eq!(
            page.description,
            "We want results in the order of their tasks & nothing else, please."
        );
        // A short beginning is no description: what follows is cut at a word.
        let cut = read(&format!("<p>Short.</p><p>{long} {long}</p>")).description;
        assert!(cut.starts_with("Short. Then a long") && cut.ends_with('…'), "{cut}");
        assert!((100..=160).contains(&cut.chars().count()), "{cut}");
    }

    #[test]
    fn a_chinese_description_has_no_spaces_between_sentences() {
        let text =
            "我們想要一次啟動好幾個行程，並且等到它們全部結束。第二句說明迴圈。用 Rust 寫成。";
        assert_eq!(read(&format!("<p>{text}</p>")).description, text);
        let long = read(&format!("<p>{}</p>", text.replace('。', "，").repeat(9))).description;
        assert!(long.ends_with('…') && (140..=160).contains(&long.chars().count()), "{long}");
    }

    #[test]
    fn a_title_says_nothing_twice() {
        assert_eq!([once(" A - A\n"), once("A - B"), once("A")], ["A", "A - B", "A"]);
    }

    #[test]
    fn empty_heads_are_found() {
        let page = read("<table><tr><th></th><th>a <code>b</code></th><th></th></tr></table>");
        assert_eq!(page.corners, BTreeSet::from([0, 2]));
        assert!(!page.asks && read("<div class=\"ask\" id=\"a\"></div>").asks);
    }

    #[test]
    fn our_own_elements_are_found() {
        assert!(read("<table></table>").elements.is_empty());
        for element in ELEMENTS {
            assert_eq!(read(&format!("<{element}></{element}>")).elements, [element].into());
        }
    }
}
