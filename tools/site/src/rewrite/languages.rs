//! The way from each page to the same page in the other languages: a link, which `theme/language.js` leads
//! on to the heading that is being read. Nobody is sent to another language by surprise.

use std::fmt::Write as _;

use anyhow::Result;
use lol_html::html_content::ContentType;

use super::{
    change::{Change, ONCE},
    page::{Kind, Page, Shape},
};
use crate::labels;

/// The changes.
pub(super) fn changes() -> Vec<Change> {
    vec![
        Change::new(
            "each page leads to the same page in the other languages",
            "div.right-buttons",
            ONCE,
            |buttons, page| {
                buttons.prepend(&links(page)?, ContentType::Html);
                Ok(())
            },
        ),
        // A server has one such page for every address; a script puts the language of the address first.
        Change::new(
            "a page that isn't there says so in every language",
            "main",
            ONCE,
            |main, page| {
                main.set_inner_content(&lost(page)?, ContentType::Html);
                Ok(())
            },
        )
        .on(|page| page.kind == Kind::NotFound),
    ]
}

/// What a page says that isn't there, the edition's own language first, with the way to each edition's cover.
fn lost(page: &Page<'_>) -> Result<String> {
    let own = |shape: &&Shape| shape.edition.code == page.edition.code;
    let first = page.shelf.iter().filter(own);
    let mut text = String::new();
    // A server shows that of the whole site, and no other one.
    let others = page.edition.output.as_os_str().is_empty();
    let others = page.shelf.iter().filter(|shape| others && !own(shape));
    for (i, shape) in first.chain(others).enumerate() {
        let words = labels::of(&shape.edition)?;
        let rank = if i == 0 { 1 } else { 2 };
        let cover = format!("{}{}index.html", page.to_site(), folder(shape));
        // Writing to a `String` can't fail.
        let _ = write!(
            text,
            "<section class=\"lost\" lang=\"{}\" data-folder=\"{}\"><h{rank}>{}</h{rank}>\n<p>{}</p>\n<p><a href=\"{cover}\">{}</a></p></section>\n",
            shape.edition.code,
            folder(shape),
            words.lost,
            words.lost_why,
            words.lost_cover,
        );
    }
    Ok(text)
}

/// The folder of an edition's pages with a slash at its end; nothing for the site's own.
fn folder(shape: &Shape) -> String {
    let parts = shape.edition.output.components();
    parts.map(|part| format!("{}/", part.as_os_str().to_string_lossy())).collect()
}

/// A link to the page in each other language.
fn links(page: &Page<'_>) -> Result<String> {
    let mut links = String::new();
    for other in page.shelf.iter().filter(|other| other.edition.code != page.edition.code) {
        let code = &other.edition.code;
        // Writing to a `String` can't fail.
        let _ = write!(
            links,
            "<a class=\"language\" lang=\"{code}\" hreflang=\"{code}\" href=\"{}\">{}</a>",
            address(page, other),
            words::language(&other.edition.root, code)?.name
        );
    }
    Ok(links)
}

/// The way from a page to the same page of another edition; to its first page where it hasn't that one.
fn address(page: &Page<'_>, other: &Shape) -> String {
    let has_it = match page.kind {
        Kind::Section => page.path == "index.html" || other.pages().any(|path| path == page.path),
        Kind::Print => true,
        Kind::NotFound | Kind::Toc => false,
    };
    let folder = folder(other);
    let path = if has_it { page.path.as_str() } else { "index.html" };
    format!("{}{folder}{path}", page.to_site())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        about::Site,
        edition::{Chapter, Edition},
    };

    fn shape(code: &str, sections: &[&str]) -> Shape {
        let edition = Edition::in_language(code);
        let chapter = |path: &&str| Chapter {
            path: path.into(),
            name: String::new(),
            content: String::new(),
        };
        Shape { edition, chapters: sections.iter().map(chapter).collect() }
    }

    #[test]
    fn a_page_leads_to_the_same_page_or_to_the_first_one() {
        let shelf = [
            shape("en", &["one.md", "part/two.md", "part/three.md"]),
            shape("zh-TW", &["one.md", "part/two.md"]),
        ];
        let site = Site::default();
        let link = |from: usize, kind, path: &str| {
            links(&Page::bare((&site, &shelf, &shelf[from].edition), kind, path))
                .expect("the names of the languages")
        };
        assert_eq!(
            link(0, Kind::Section, "part/two.html"),
            r#"<a class="language" lang="zh-TW" hreflang="zh-TW" href="../zh-TW/part/two.html">中文</a>"#
        );
        assert_eq!(
            link(1, Kind::Section, "part/two.html"),
            r#"<a class="language" lang="en" hreflang="en" href="../../part/two.html">English</a>"#
        );
        for (kind, path, target) in [
            (Kind::Section, "index.html", "zh-TW/index.html"),
            (Kind::Section, "part/three.html", "../zh-TW/index.html"),
            (Kind::Print, "print.html", "zh-TW/print.html"),
            (Kind::NotFound, "404.html", "zh-TW/index.html"),
        ] {
            assert!(link(0, kind, path).contains(&format!("href=\"{target}\"")), "{path}");
        }
    }
}
