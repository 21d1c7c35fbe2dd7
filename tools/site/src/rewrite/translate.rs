//! mdBook's own words in the language of an edition. It has them in English only.
//!
//! Each is sought where mdBook puts it, and counted: one that no longer stands there fails the build. A new one
//! is found by the test of the built site that looks for words which both editions share.

use std::collections::BTreeMap;

use anyhow::{Context as _, Result, bail};

use super::{
    change::{Change, ONCE, Times},
    page::{Kind, Page},
    patch::Patch,
};
use crate::edition::Edition;

/// The elements whose words these are, the attribute that has them, and how often. Without an attribute it is
/// their text.
type Place = (&'static str, Option<&'static str>, Times);

/// The words in an attribute of some elements, which is that once.
const fn attribute(name: &'static str) -> Place {
    ("", Some(name), ONCE)
}

/// The text of an element, which is there once.
const fn text(selector: &'static str) -> Place {
    (selector, None, ONCE)
}

const TITLE: Place = attribute("title");
const LABEL: Place = attribute("aria-label");
const KEYS: &str = "#mdbook-help-popup p";
const CALLOUT: Place = ("p.blockquote-tag-title", None, Times::Any);

/// The words of mdBook's pages. Those that [`super::frame`] replaces in every language are none of them.
const WORDS: [(&str, Place); 36] = [
    ("Keyboard shortcuts", text("h2.mdbook-help-title")),
    // What is said of keys comes in pieces, between the keys.
    ("Press", (KEYS, None, Times::Exactly(4))),
    ("or", (KEYS, None, Times::Exactly(2))),
    ("to navigate between chapters", text(KEYS)),
    ("to search in the book", text(KEYS)),
    ("to show this help", text(KEYS)),
    ("to hide this help", text(KEYS)),
    ("Change theme", TITLE),
    ("Change theme", LABEL),
    ("Themes", LABEL),
    ("Auto", text("#mdbook-theme-default_theme")),
    ("Light", text("#mdbook-theme-light")),
    ("Rust", text("#mdbook-theme-rust")),
    ("Coal", text("#mdbook-theme-coal")),
    ("Navy", text("#mdbook-theme-navy")),
    ("Ayu", text("#mdbook-theme-ayu")),
    ("Search (`/`)", TITLE),
    ("Toggle Searchbar", LABEL),
    ("Search this book ...", attribute("placeholder")),
    ("Print this book", TITLE),
    ("Print this book", LABEL),
    ("Page navigation", ("", Some("aria-label"), Times::Exactly(2))),
    // The first section has none before it, and no other page has any.
    ("Previous chapter", ("", Some("title"), Times::Edition)),
    ("Previous chapter", ("", Some("aria-label"), Times::Edition)),
    ("Next chapter", ("", Some("title"), Times::Edition)),
    ("Next chapter", ("", Some("aria-label"), Times::Edition)),
    ("Page not found", text("head > title")),
    // A book whose repository is not known has no link to it.
    ("Git repository", ("", Some("title"), Times::Any)),
    ("Git repository", ("", Some("aria-label"), Times::Any)),
    ("Suggest an edit", ("", Some("title"), Times::Any)),
    ("Suggest an edit", ("", Some("aria-label"), Times::Any)),
    // A book has those callouts that its author writes.
    ("Note", CALLOUT),
    ("Tip", CALLOUT),
    ("Important", CALLOUT),
    ("Warning", CALLOUT),
    ("Caution", CALLOUT),
];

/// The words of mdBook's scripts: the file, the text with what stands around it, how often. Those of buttons
/// that the book turns off are left as they are.
const SCRIPTS: [(&str, &str, usize); 3] = [
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
    let known: Vec<_> =
        WORDS.map(|(word, _)| word).into_iter().chain(SCRIPTS.map(inside)).collect();
    if let Some(other) = words.keys().find(|word| !known.contains(word)) {
        bail!("mdBook has no `{other}`, which the table mdbook of {} translates", edition.code);
    }
    Ok(Some(words))
}

/// A word in the language of `words`.
fn own(words: &Words, english: &str) -> Result<&'static str> {
    words.get(english).copied().with_context(|| format!("the table mdbook lacks `{english}`"))
}

/// The word in the braces of a script's text.
fn inside((_, text, _): (&'static str, &'static str, usize)) -> &'static str {
    text.split(['{', '}']).nth(1).unwrap_or(text)
}

/// The changes to the pages of an edition.
///
/// # Errors
/// The language lacks a word.
pub(super) fn changes(edition: &Edition) -> Result<Vec<Change>> {
    let Some(words) = words(edition)? else { return Ok(Vec::new()) };
    let change = |(english, (selector, attribute, times)): (&'static str, Place)| {
        let (why, own) =
            ("mdBook's words are in the language of the edition", own(words, english)?);
        let change = if let Some(name) = attribute {
            let selector = format!("[{name}=\"{english}\"]");
            Change::new(why, selector, times, move |element, _| {
                Ok(element.set_attribute(name, own)?)
            })
        } else {
            // The title of a page goes on with that of the book.
            Change::text(why, selector, times, move |text| {
                let is_it = text.trim().split(" - ").next() == Some(english);
                is_it.then(|| text.replacen(english, own, 1))
            })
        };
        Ok(match (selector, times) {
            ("head > title", _) => change.on(|page: &Page<'_>| page.kind == Kind::NotFound),
            _ => change,
        })
    };
    WORDS.into_iter().map(change).collect()
}

/// The changes to mdBook's scripts in an edition.
///
/// # Errors
/// The language lacks a word.
pub(super) fn patches(edition: &Edition) -> Result<Vec<Patch>> {
    let Some(words) = words(edition)? else { return Ok(Vec::new()) };
    let patch = |script: (&'static str, &'static str, usize)| {
        let (file, text, times) = script;
        let english = inside(script);
        let marked = format!("{{{english}}}");
        let (from, to) =
            (text.replace(&marked, english), text.replace(&marked, own(words, english)?));
        let why = "a script speaks the language of the edition";
        Ok(Patch { file, from, to, times: Times::Exactly(times), why })
    };
    SCRIPTS.into_iter().map(patch).collect()
}

#[cfg(test)]
mod tests {
    use super::{super::change::rewrite, *};
    use crate::about::Site;

    /// A page with all of mdBook's words.
    fn english() -> String {
        let mut page = String::from(
            "<head><title>Page not found - Book</title></head><div id=\"mdbook-help-popup\">\
             <h2 class=\"mdbook-help-title\">Keyboard shortcuts</h2>\
             <p>Press <kbd>←</kbd> or <kbd>→</kbd> to navigate between chapters</p>\
             <p>Press <kbd>S</kbd> or <kbd>/</kbd> to search in the book</p>\
             <p>Press <kbd>?</kbd> to show this help</p><p>Press <kbd>Esc</kbd> to hide this help</p></div>",
        );
        for (word, (selector, attribute, times)) in WORDS {
            let times = if let Times::Exactly(times) = times { times } else { 1 };
            let element = match (selector.strip_prefix('#'), attribute) {
                (_, Some(name)) => format!("<i {name}=\"{word}\"></i>").repeat(times),
                (Some(id), _) if !id.contains(' ') => format!("<b id=\"{id}\">{word}</b>"),
                _ if (selector, attribute, times) == (CALLOUT.0, None, 1) => {
                    format!("<p class=\"blockquote-tag-title\"><svg></svg>{word}</p>")
                }
                _ => continue,
            };
            page.push_str(&element);
        }
        page
    }

    /// The page in the language of an edition.
    fn translated(code: &str, page: &str) -> Result<String> {
        let (site, edition) = (Site::default(), Edition::in_language(code));
        let page =
            (Page::bare((&site, &[], &edition), Kind::NotFound, "404.html"), page.to_owned());
        Ok(rewrite(&changes(&edition)?, &[page])?.concat())
    }

    #[test]
    fn the_words_are_replaced_in_chinese_only() -> Result<()> {
        let page = english();
        assert_eq!(translated("en", &page)?, page);
        let own = translated("zh-TW", &page)?;
        let texts = own.split(['<', '>', '"']).map(str::trim);
        let words = words(&Edition::in_language("zh-TW"))?.context("it has words of its own")?;
        // A theme that is a name is called so in every language.
        let is_left = |text: &&str| words.get(text).is_some_and(|own| own != text);
        assert_eq!(texts.filter(is_left).collect::<Vec<_>>(), [""; 0]);
        assert!(own.contains("<title>找不到頁面 - Book</title>"), "{own}");
        assert!(own.contains("<p>按 <kbd>←</kbd> 或 <kbd>→</kbd> 換到上一節或下一節</p>"), "{own}");
        assert!(own.contains("<svg></svg>說明</p>"), "{own}");
        assert!(patches(&Edition::in_language("en"))?.is_empty());
        assert!(
            patches(&Edition::in_language("zh-TW"))?.iter().any(|patch| patch.to == "'隱藏程式行'")
        );
        Ok(())
    }

    #[test]
    fn a_word_that_is_gone_or_stands_once_more_fails() {
        let word = "title=\"Change theme\"";
        for page in [english().replace(word, ""), format!("{}<i {word}></i>", english())] {
            let error = translated("zh-TW", &page).map_err(|error| error.to_string());
            assert!(
                error.as_ref().is_err_and(|e| e.contains("404.html: `[title=\"Change theme\"]`")),
                "{error:?}"
            );
        }
        let page = english().replace("title=\"Next chapter\"", "");
        let error = translated("zh-TW", &page).map_err(|error| error.to_string());
        assert!(error.is_err_and(|e| e.contains("every page: `[title=\"Next chapter\"]`")));
    }
}
