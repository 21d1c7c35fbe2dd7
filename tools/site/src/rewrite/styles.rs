//! The style sheets of a page in one file: each that is a file of its own holds up the first paint for a way to
//! the server and back.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write as _,
    fs,
    path::Path,
};

use anyhow::{Context as _, Result, ensure};
use lol_html::html_content::ContentType;
use serde::Deserialize;

use super::{
    change::{Change, ONCE},
    patch::{find, hash},
};
use crate::edition::Edition;

/// mdBook's sheets and ours, in the order in which the pages name them. Those of the highlighter are not among
/// them: `theme/book.css` has the colours of code.
const SHEETS: [&str; 8] = [
    "css/variables",
    "css/general",
    "css/chrome",
    PRINT,
    "fonts/fonts",
    "theme/book",
    "theme/site",
    "theme/figures",
];

/// The one that holds on paper only.
const PRINT: &str = "css/print";

/// The words that the sheets show, in the table `styles` of a language.
#[derive(Deserialize)]
#[serde(bound(deserialize = "'de: 'static"))]
struct Words(BTreeMap<&'static str, &'static str>);

/// What the words of an edition are called in the sheets.
const WORD: &str = "--word-";

/// The words for the sheets `css` as properties of the page.
///
/// # Errors
/// The language lacks a word that the sheets show, or has one that they don't.
fn words(edition: &Edition, css: &str) -> Result<String> {
    let Words(words) = words::language(&edition.root, &edition.code)?.table("styles")?;
    let used: BTreeSet<&str> = css
        .split(WORD)
        .skip(1)
        .map(|rest| &rest[..rest.find(|c: char| !c.is_ascii_lowercase()).unwrap_or(rest.len())])
        .collect();
    let known: BTreeSet<&str> = words.keys().copied().collect();
    let other: Vec<_> = used.symmetric_difference(&known).copied().collect();
    // A book without sheets of its own shows none of the words.
    ensure!(
        used.is_empty() || other.is_empty(),
        "the table styles of {} and the style sheets differ in {}",
        edition.code,
        other.join(", ")
    );
    let mut rule = String::new();
    for (name, word) in words.iter().filter(|_| !used.is_empty()) {
        let _ = write!(rule, "{WORD}{name}: {};", serde_json::to_string(word)?);
    }
    Ok(if rule.is_empty() { rule } else { format!(":root {{ {rule} }}\n") })
}

/// Writes the sheets of an edition as one file into `folder`, and gives the changes that put it in their place.
pub(super) fn bundle(edition: &Edition, folder: &Path) -> Result<Vec<Change>> {
    let (mut all, mut taken) = (String::new(), Vec::new());
    for sheet in SHEETS {
        let (parent, stem) = sheet.rsplit_once('/').unwrap_or(("", sheet));
        let parent = folder.join(parent);
        // A book need not have sheets of its own.
        if sheet.starts_with("theme/")
            && (!parent.is_dir() || find(&parent, stem, ".css")?.is_none())
        {
            continue;
        }
        let name = find(&parent, stem, ".css")?
            .with_context(|| format!("{sheet}.css is not in the site"))?;
        let path = parent.join(name);
        let text =
            fs::read_to_string(&path).with_context(|| format!("can't read {}", path.display()))?;
        let urls = text.matches("url(").count();
        let inside = text.matches("url('data:").count();
        // What names files beside it stays where it is: mdBook's fonts, in a book that has none of its own.
        if urls != inside {
            continue;
        }
        taken.push(sheet);
        let text = without_comments(&text);
        if sheet == PRINT {
            all.extend(["@media print {\n", &text, "}\n"]);
        } else {
            all.push_str(&text);
        }
    }
    all.push_str(&words(edition, &all)?);
    let name = format!("styles-{}.css", hash(&all));
    let path = folder.join(&name);
    fs::write(&path, all).with_context(|| format!("can't write {}", path.display()))?;

    let change = |(i, sheet): (usize, &str)| {
        let name = name.clone();
        let selector = format!(r#"head > link[rel="stylesheet"][href*="{sheet}-"]"#);
        Change::new("one sheet holds up the first paint", selector, ONCE, move |link, page| {
            if i == 0 {
                let href = format!("{}{name}", page.to_edition());
                let tag = format!(r#"<link rel="stylesheet" href="{href}">"#);
                link.replace(&tag, ContentType::Html);
            } else {
                link.remove();
            }
            Ok(())
        })
    };
    Ok(taken.into_iter().enumerate().map(change).collect())
}

/// A sheet without its comments and empty lines.
fn without_comments(css: &str) -> String {
    let mut rest = css;
    let mut text = String::new();
    while let Some((before, after)) = rest.split_once("/*") {
        text.push_str(before);
        rest = after.split_once("*/").map_or("", |(_, after)| after);
    }
    text.push_str(rest);
    text.lines()
        .map(str::trim)
        .filter(|line| !line.is_empty())
        .fold(String::new(), |all, line| all + line + "\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_go_and_rules_stay() {
        assert_eq!(
            without_comments("/* a */\n.b { c: d; } /* e\n f */ .g {}\n\n/* h"),
            ".b { c: d; }  .g {}\n"
        );
    }

    #[test]
    fn the_words_of_the_sheets_are_those_of_the_edition() -> Result<()> {
        let edition = Edition::in_language;
        let css = ["text", "shell", "output", "fails", "lines"].map(|w| format!("var({WORD}{w});"));
        let css = css.concat();
        assert!(words(&edition("en"), &css)?.contains("--word-output: \"Output\";"));
        assert!(words(&edition("zh-TW"), &css)?.contains("--word-output: \"輸出\";"));
        assert_eq!(words(&edition("en"), "a {}")?, "");
        let error = |css: &str| words(&edition("en"), css).map_err(|error| error.to_string());
        let differ = "the table styles of en and the style sheets differ in";
        assert_eq!(error(&format!("{css}var(--word-gone)")), Err(format!("{differ} gone")));
        assert_eq!(error(&css.replace("--word-text", "")), Err(format!("{differ} text")));
        Ok(())
    }
}
