//! Questions as HTML: what can be answered stands in the page from the first, so that nothing moves when the
//! script comes, and without it there are the question, the choices, and the answer folded below.

use std::{collections::BTreeMap, fmt::Write as _, path::PathBuf};

use anyhow::{Result, ensure};
use mdbook_driver::book::{Book, BookItem, Chapter};
use project::escape;

use super::parse::{Choice, Kind, Question, of};
use crate::{
    edition::{Edition, page_of},
    labels::{self, Words},
    markdown,
};

/// Where the questions of a part stand on their page, in Markdown.
const PLACE: &str = "<div class=\"ask-part\"></div>";

/// The class of a question in a page.
pub(crate) const IN_PAGE: &str = "ask";

/// What the ids of a question have before them on the page of its part.
const PART: &str = "part-";

/// Dresses the questions of an edition.
pub(crate) struct Dresser {
    words: &'static Words,
    source: PathBuf,
}

/// A page with its questions.
struct Page {
    path: PathBuf,
    name: String,
    questions: Vec<Question>,
}

impl Dresser {
    /// A dresser for an edition.
    ///
    /// # Errors
    /// The language lacks a word.
    pub(crate) fn of(edition: &Edition) -> Result<Self> {
        Ok(Self { words: labels::of(edition)?, source: edition.source.clone() })
    }

    /// Dresses the questions of all pages of a book before mdBook includes anything, and puts those of each part
    /// together on its page.
    ///
    /// # Errors
    /// As [`of`], or an id is on two pages.
    pub(crate) fn dress(&self, book: &mut Book) -> Result<()> {
        let mut part: Vec<Page> = Vec::new();
        let mut known: BTreeMap<String, PathBuf> = BTreeMap::new();
        let mut result = Ok(());
        book.for_each_mut(|item| match item {
            BookItem::PartTitle(_) => part.clear(),
            BookItem::Chapter(chapter) if result.is_ok() => {
                result = self.chapter(chapter, &mut part, &mut known);
            }
            _ => {}
        });
        result
    }

    fn chapter(
        &self,
        chapter: &mut Chapter,
        part: &mut Vec<Page>,
        known: &mut BTreeMap<String, PathBuf>,
    ) -> Result<()> {
        let Some(path) = chapter.source_path.clone() else { return Ok(()) };
        let file = self.source.join(&path);
        let questions = of(&file, &chapter.content)?;
        for question in &questions {
            if let Some(other) = known.insert(question.id.clone(), file.clone()) {
                let (line, id) = (question.line, &question.id);
                ensure!(
                    other == file,
                    "{}:{line}: a question: {} has another {id:?}; expected an id of its own",
                    file.display(),
                    other.display()
                );
            }
        }
        let page = Page { path, name: chapter.name.clone(), questions };
        for (n, question) in page.questions.iter().enumerate().rev() {
            let html = self.question(&page, n, "");
            chapter.content.replace_range(question.range.clone(), &html);
        }
        if chapter.content.contains(PLACE) {
            chapter.content = chapter.content.replace(PLACE, &self.together(part));
        }
        part.push(page);
        Ok(())
    }

    /// The questions of the pages of a part.
    fn together(&self, part: &[Page]) -> String {
        let mut text = String::from("<div class=\"ask-part\">\n\n");
        let asking = part.iter().filter(|page| !page.questions.is_empty());
        for page in asking {
            let name = page.path.file_name().unwrap_or_default().to_string_lossy();
            let stem = page.path.file_stem().unwrap_or_default().to_string_lossy();
            let _ = write!(
                text,
                "## {} {{#{PART}{stem}}}\n\n<p class=\"ask-from\">{} <a href=\"{stem}.html\">{}</a></p>\n\n",
                page.name,
                self.words.ask_from,
                escape(&page.name)
            );
            for n in 0..page.questions.len() {
                // A link to a place of the page leads there from here too.
                text += &self.question(page, n, PART).replace("](#", &format!("]({name}#"));
            }
        }
        let _ = write!(
            text,
            "<p class=\"ask-clear\"><button type=\"button\">{}</button> <span role=\"status\"></span></p>\n\n</div>\n",
            self.words.ask_clear
        );
        text
    }

    /// The question `n` of a page, whose ids get `before` before them.
    fn question(&self, page: &Page, n: usize, before: &str) -> String {
        let question = &page.questions[n];
        let Question { kind, prompt, text, .. } = question;
        let id = format!("{before}{}", question.id);
        let order = match kind {
            Kind::Order => {
                let pairs: Vec<_> =
                    question.pairs.iter().map(|(a, b)| format!("{a}&lt;{b}")).collect();
                format!(" data-order=\"{}\"", pairs.join(" "))
            }
            _ => String::new(),
        };
        let right_order = match kind {
            Kind::Order => self.right_order(&question.choices),
            _ => String::new(),
        };
        let (words, form) = (self.words, self.form(question, &id));
        let (path, of) = (page_of(&page.path), page.questions.len());
        format!(
            "<div class=\"{IN_PAGE}\" id=\"{id}\" data-ask=\"{kind}\" data-page=\"{path}\" data-of=\"{of}\"{order}>\n\
            <p class=\"ask-question\" id=\"{id}-question\">{prompt}</p>\n\
            <div class=\"ask-form\" role=\"group\" aria-labelledby=\"{id}-question\">\n{form}\
            <div class=\"ask-do\"><button type=\"button\" class=\"ask-check\">{}</button> \
            <button type=\"button\" class=\"ask-again\" disabled>{}</button> \
            <p class=\"ask-said\"><span class=\"ask-was\"></span><span role=\"status\"></span></p></div>\n</div>\n\
            <details class=\"predict\">\n<summary>{}</summary>\n\n{right_order}{text}\n\n</details>\n</div>\n\n",
            words.ask_check, words.ask_again, words.ask_answer,
        )
    }

    /// What can be answered.
    fn form(&self, question: &Question, id: &str) -> String {
        let words = self.words;
        let mut html = String::new();
        match question.kind {
            Kind::One | Kind::Several => {
                let sort = if question.kind == Kind::One { "radio" } else { "checkbox" };
                html += "<ul class=\"ask-choices\">\n";
                for choice in &question.choices {
                    let text = markdown::inline(&choice.text);
                    let _ = writeln!(
                        html,
                        "<li class=\"ask-choice\"{}><label><input type=\"{sort}\" name=\"{id}\"> <span>{}{text}</span></label>{}</li>",
                        right(choice),
                        self.mark(choice),
                        because(choice)
                    );
                }
                html += "</ul>\n";
            }
            Kind::Number => {
                let _ = write!(
                    html,
                    "<p class=\"ask-number\"><label>{} <input type=\"text\" inputmode=\"decimal\" autocomplete=\"off\" name=\"{id}\"></label></p>\n<ul class=\"ask-choices ask-cases\">\n",
                    words.ask_number
                );
                for choice in &question.choices {
                    let (from, to) = choice.numbers.unwrap_or_default();
                    let number =
                        if from < to { format!("{from} – {to}") } else { from.to_string() };
                    let _ = writeln!(
                        html,
                        "<li class=\"ask-choice\"{} data-from=\"{from}\" data-to=\"{to}\"><span>{}<code>{number}</code> {}</span>{}</li>",
                        right(choice),
                        self.mark(choice),
                        markdown::inline(&choice.text),
                        because(choice)
                    );
                }
                html += "</ul>\n";
            }
            Kind::Order => {
                html += "<ul class=\"ask-choices ask-lines\">\n";
                for at in shuffled(question) {
                    let text = markdown::inline(&question.choices[at].text);
                    let _ = writeln!(
                        html,
                        "<li class=\"ask-line\" data-at=\"{at}\"><span id=\"{id}-{at}\">{text}</span> <span class=\"ask-moves\">{}{}</span></li>",
                        arrow(id, at, "up", words.ask_up, "↑"),
                        arrow(id, at, "down", words.ask_down, "↓")
                    );
                }
                html += "</ul>\n";
            }
        }
        html
    }

    /// Whether a choice is right, in words.
    fn mark(&self, choice: &Choice) -> String {
        let word = if choice.is_right { self.words.ask_right } else { self.words.ask_wrong };
        format!("<span class=\"ask-mark\">{word}</span> ")
    }

    /// The lines in the order of the page.
    fn right_order(&self, choices: &[Choice]) -> String {
        let mut text = format!("<p class=\"ask-right-order\">{}</p>\n\n", self.words.ask_order);
        for (n, choice) in (1..).zip(choices) {
            let why = if choice.why.is_empty() {
                String::new()
            } else {
                format!("\\\n   {}", choice.why.replace('\n', "\n   "))
            };
            let _ = writeln!(text, "{n}. {}{why}", choice.text.replace('\n', "\n   "));
        }
        text + "\n"
    }
}

fn right(choice: &Choice) -> &'static str {
    if choice.is_right { " data-right" } else { "" }
}

fn because(choice: &Choice) -> String {
    match &*choice.why {
        "" => String::new(),
        why => format!("\n<div class=\"ask-because\">\n\n{why}\n\n</div>\n"),
    }
}

/// A button that moves a line.
fn arrow(id: &str, at: usize, way: &str, word: &str, sign: &str) -> String {
    format!(
        "<button type=\"button\" class=\"ask-{way}\" id=\"{id}-{at}-{way}\" title=\"{word}\" aria-label=\"{word}\" aria-describedby=\"{id}-{at}\">{sign}</button>"
    )
}

/// The lines of a question in an order that is wrong, and the same in every language: FNV-1a of its id says which.
fn shuffled(question: &Question) -> Vec<usize> {
    let hash = question.id.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    let lines = question.choices.len();
    let mut order: Vec<usize> = (0..lines).collect();
    let mut rest = hash;
    for last in (1..lines).rev() {
        // The remainder is less than `last + 1`, which is a `usize`.
        order.swap(last, usize::try_from(rest % (last as u64 + 1)).unwrap_or_default());
        rest = rest.rotate_left(29).wrapping_mul(0x0100_0000_01b3);
    }
    if question.keeps(&order) {
        // Backwards no pair is kept.
        order.sort_unstable_by(|a, b| b.cmp(a));
    }
    order
}

/// The pages of a book with their questions dressed.
#[cfg(test)]
pub(super) fn dressed(edition: &Edition, pages: &[(&str, &str)]) -> Result<Vec<String>> {
    let mut book = Book::new();
    for (path, text) in pages {
        let chapter = Chapter::new(path, (*text).to_owned(), path, Vec::new());
        book.items.push(BookItem::Chapter(chapter));
    }
    Dresser::of(edition)?.dress(&mut book)?;
    Ok(book
        .iter()
        .filter_map(|item| match item {
            BookItem::Chapter(chapter) => Some(chapter.content.clone()),
            _ => None,
        })
        .collect())
}
