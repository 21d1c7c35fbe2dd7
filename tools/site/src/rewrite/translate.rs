//! mdBook's own words in the language of an edition. It has them in English only.
//!
//! They are replaced with some of the HTML around them, before anything else is done to a page, so that no
//! word of the book's own text is taken for one of mdBook's. One that no longer stands where it stood fails
//! the build; a new one is found by the test of the built site that looks for words which both editions share.

use std::collections::BTreeMap;

use anyhow::{Context as _, Result, bail};

use super::{change::Times, page::Kind, patch::Patch};
use crate::edition::Edition;

/// A text of mdBook, with what stands around it, and how often it stands where. What is in braces is the
/// text itself, as the table `mdbook` of a language has it.
struct Word {
    place: &'static str,
    often: Often,
    on: On,
}

/// How often a text stands on its pages.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Often {
    /// This often on each.
    Each(usize),
    /// At least once in the book.
    Somewhere,
    /// As the book's author has it.
    Any,
}

/// The pages on which a text stands.
#[derive(Clone, Copy, PartialEq, Eq)]
enum On {
    /// All with mdBook's bones.
    All,
    /// The sections: no other page has one before or after it.
    Sections,
    /// `404.html`.
    NotFound,
}

impl On {
    fn has(self, kind: Kind) -> bool {
        match self {
            Self::All => kind != Kind::Toc,
            Self::Sections => kind == Kind::Section,
            Self::NotFound => kind == Kind::NotFound,
        }
    }
}

const fn word(often: Often, place: &'static str) -> Word {
    Word { place, often, on: On::All }
}

const fn once(place: &'static str) -> Word {
    word(Often::Each(1), place)
}

/// The words of mdBook's pages.
const WORDS: [Word; 39] = [
    once(">{Keyboard shortcuts}</h2>"),
    once("<p>{Press <kbd>←</kbd> or <kbd>→</kbd> to navigate between chapters}</p>"),
    once("<p>{Press <kbd>S</kbd> or <kbd>/</kbd> to search in the book}</p>"),
    once("<p>{Press <kbd>?</kbd> to show this help}</p>"),
    once("<p>{Press <kbd>Esc</kbd> to hide this help}</p>"),
    once("aria-label=\"{Table of contents}\""),
    once("title=\"{Toggle Table of Contents}\""),
    once("aria-label=\"{Toggle Table of Contents}\""),
    once("title=\"{Change theme}\""),
    once("aria-label=\"{Change theme}\""),
    once("aria-label=\"{Themes}\""),
    once("id=\"mdbook-theme-default_theme\">{Auto}<"),
    once("id=\"mdbook-theme-light\">{Light}<"),
    once("id=\"mdbook-theme-rust\">{Rust}<"),
    once("id=\"mdbook-theme-coal\">{Coal}<"),
    once("id=\"mdbook-theme-navy\">{Navy}<"),
    once("id=\"mdbook-theme-ayu\">{Ayu}<"),
    once("title=\"{Search (`/`)}\""),
    once("aria-label=\"{Toggle Searchbar}\""),
    once("placeholder=\"{Search this book ...}\""),
    once("title=\"{Print this book}\""),
    once("aria-label=\"{Print this book}\""),
    word(Often::Each(2), "aria-label=\"{Page navigation}\""),
    Word { on: On::Sections, ..word(Often::Somewhere, "title=\"{Previous chapter}\"") },
    Word { on: On::Sections, ..word(Often::Somewhere, "aria-label=\"{Previous chapter}\"") },
    Word { on: On::Sections, ..word(Often::Somewhere, "title=\"{Next chapter}\"") },
    Word { on: On::Sections, ..word(Often::Somewhere, "aria-label=\"{Next chapter}\"") },
    Word { on: On::NotFound, ..once("<title>{Page not found} - ") },
    Word { on: On::NotFound, ..once(">{Document not found (404)}</a>") },
    Word {
        on: On::NotFound,
        ..once(
            "<p>{This URL is invalid, sorry. Please use the navigation bar or search to continue.}</p>",
        )
    },
    // A book whose repository is not known has no link to it.
    word(Often::Any, "title=\"{Git repository}\""),
    word(Often::Any, "aria-label=\"{Git repository}\""),
    word(Often::Any, "title=\"{Suggest an edit}\""),
    word(Often::Any, "aria-label=\"{Suggest an edit}\""),
    // A book has those callouts that its author writes.
    word(Often::Any, "</path></svg>{Note}</p>"),
    word(Often::Any, "</path></svg>{Tip}</p>"),
    word(Often::Any, "</path></svg>{Important}</p>"),
    word(Often::Any, "</path></svg>{Warning}</p>"),
    word(Often::Any, "</path></svg>{Caution}</p>"),
];

/// The words of mdBook's scripts: the file, the text with what stands around it, how often. Those of buttons
/// that the book turns off are left as they are.
const SCRIPTS: [(&str, &str, usize); 6] = [
    ("book.js", "'{Copied!}'", 1),
    ("book.js", "'{Clipboard error!}'", 1),
    ("book.js", "'{Copy to clipboard}'", 2),
    ("book.js", "\"{Show hidden lines}\"", 2),
    ("book.js", "'{Show hidden lines}'", 2),
    ("book.js", "'{Hide lines}'", 2),
];

/// mdBook's words in a language, by their English.
type Words = BTreeMap<&'static str, &'static str>;

/// The words of an edition; English has none, since mdBook speaks it.
fn words(edition: &Edition) -> Result<Option<&'static Words>> {
    if edition.code == words::ENGLISH {
        return Ok(None);
    }
    let words: &Words = words::language(&edition.root, &edition.code)?.table("mdbook")?;
    let places = WORDS.iter().map(|word| word.place).chain(SCRIPTS.map(|(_, place, _)| place));
    let known: Vec<_> = places.map(text).collect();
    if let Some(other) = words.keys().find(|word| !known.contains(word)) {
        bail!("mdBook has no `{other}`, which the table mdbook of {} translates", edition.code);
    }
    Ok(Some(words))
}

/// The text in the braces of a place.
fn text(place: &str) -> &str {
    let inside = place.split_once('{').and_then(|(_, rest)| rest.rsplit_once('}'));
    inside.map_or(place, |(text, _)| text)
}

/// A place in English, and in the language of `words`.
fn both(place: &str, words: &Words) -> Result<(String, String)> {
    let english = text(place);
    let own = words.get(english).with_context(|| format!("the table mdbook lacks `{english}`"))?;
    let marked = format!("{{{english}}}");
    Ok((place.replace(&marked, english), place.replace(&marked, own)))
}

/// The changes to mdBook's scripts in an edition.
pub(super) fn patches(edition: &Edition) -> Result<Vec<Patch>> {
    let Some(words) = words(edition)? else { return Ok(Vec::new()) };
    let patch = |(file, place, times)| {
        let (from, to) = both(place, words)?;
        let why = "a script speaks the language of the edition";
        Ok(Patch { file, from, to, times: Times::Exactly(times), why })
    };
    SCRIPTS.into_iter().map(patch).collect()
}

/// The pages of an edition with mdBook's words in its language.
///
/// # Errors
/// The language lacks a word, and each word that stands there too seldom or too often.
pub(super) fn pages(edition: &Edition, pages: &mut [(String, Kind, String)]) -> Result<()> {
    let Some(words) = words(edition)? else { return Ok(()) };
    let mut problems = Vec::new();
    for Word { place, often, on } in &WORDS {
        let (english, own) = both(place, words)?;
        let mut total = 0;
        for (path, _, html) in pages.iter_mut().filter(|(_, kind, _)| on.has(*kind)) {
            let found = html.matches(&english).count();
            total += found;
            if matches!(often, Often::Each(times) if *times != found) {
                problems.push(format!("{path}: `{english}` stands there {found} times"));
            }
            *html = html.replace(&english, &own);
        }
        if *often == Often::Somewhere && total == 0 {
            problems.push(format!("`{english}` stands on no page"));
        }
    }
    if !problems.is_empty() {
        bail!("mdBook's words are not where they were:\n{}", problems.join("\n"));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn edition(code: &str) -> Edition {
        Edition {
            code: code.to_owned(),
            title: String::new(),
            root: ".".into(),
            source: ".".into(),
            output: ".".into(),
        }
    }

    /// A page with all of mdBook's words.
    fn page(kind: Kind) -> (String, Kind, String) {
        let words = WORDS.iter().filter(|word| word.on.has(kind)).flat_map(|word| {
            let times = if let Often::Each(times) = word.often { times } else { 1 };
            std::iter::repeat_n(word.place.replace(['{', '}'], ""), times)
        });
        ("page.html".to_owned(), kind, words.collect())
    }

    #[test]
    fn the_words_are_replaced_in_chinese_only() -> Result<()> {
        let mut book = [page(Kind::Section), page(Kind::NotFound), page(Kind::Print)];
        let old = book.clone();
        pages(&edition("en"), &mut book)?;
        assert_eq!(book, old);
        pages(&edition("zh-TW"), &mut book)?;
        let words = words(&edition("zh-TW"))?.context("it has words of its own")?;
        for (word, (_, _, html)) in WORDS.iter().flat_map(|w| book.iter().map(move |p| (w, p))) {
            let (english, own) = both(word.place, words)?;
            // A theme that is a name is called so in every language.
            assert!(english == own || !html.contains(&english), "{english}");
        }
        assert!(patches(&edition("en"))?.is_empty());
        assert!(patches(&edition("zh-TW"))?.iter().any(|patch| patch.to == "'已複製'"));
        Ok(())
    }

    #[test]
    fn a_word_that_is_gone_or_stands_once_more_fails() {
        for change in [
            |html: &str| html.replace("title=\"Change theme\"", ""),
            |html: &str| format!("{html}title=\"Change theme\""),
        ] {
            let mut book = [page(Kind::Section)];
            book[0].2 = change(&book[0].2);
            let error = pages(&edition("zh-TW"), &mut book).map_err(|error| error.to_string());
            assert!(
                error
                    .is_err_and(|e| e.contains("page.html: `title=\"Change theme\"` stands there"))
            );
        }
        let mut book = [page(Kind::Section)];
        book[0].2 = book[0].2.replace("title=\"Next chapter\"", "");
        let error = pages(&edition("zh-TW"), &mut book).map_err(|error| error.to_string());
        assert!(error.is_err_and(|e| e.contains("`title=\"Next chapter\"` stands on no page")));
    }
}
