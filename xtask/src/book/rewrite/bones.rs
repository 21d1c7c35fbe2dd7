//! mdBook's page around the text: what is wrong with it for a screen reader, a validator, or a slow line.

use super::{Change, Edition, Kind, ONCE, Patch, Times};
use lol_html::html_content::ContentType;

/// The changes, the same in every language.
pub(super) fn changes(_edition: &Edition) -> Vec<Change> {
    vec![
        Change::new(
            "the page has one heading of the first rank, its own",
            "h1.menu-title",
            ONCE,
            |title, page| {
                title.set_tag_name("a")?;
                title.set_attribute("href", &format!("{}index.html", page.to_edition()))?;
                Ok(())
            },
        ),
        Change::new(
            "no script holds up the first paint",
            "script[src]",
            Times::EachPage,
            |script, _| {
                script.set_attribute("defer", "")?;
                Ok(())
            },
        ),
        Change::new("the page has a title", "head > meta[charset]", ONCE, |charset, page| {
            charset.after(&format!("<title>{}</title>", page.edition.title), ContentType::Html);
            Ok(())
        })
        .on(|page| page.kind == Kind::Toc),
    ]
}

/// The changes to mdBook's scripts.
pub(super) fn patches() -> Vec<Patch> {
    vec![Patch {
        file: "book.js",
        from: "window.onunload = function() { };".to_owned(),
        to: String::new(),
        times: 1,
        why: "browsers may keep the page for the way back",
    }]
}
