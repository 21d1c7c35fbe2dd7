//! What the pages get beside mdBook's text: the titles of the sections before and after, and on the cover
//! the files to take along.

use anyhow::Result;
use lol_html::html_content::ContentType;

use super::{super::words, Change, Edition, Element, Kind, ONCE, Page, Times, page_of};

/// The files beside the cover: the end of the name, and what it is called if that is another word.
const FILES: [&str; 3] = ["epub", "pdf", "zip"];

/// The changes, in the words of the edition.
pub(super) fn changes(edition: &Edition) -> Vec<Change> {
    let words = words::of(&edition.code);
    let step = |class: &'static str, word: &'static str, step: isize| {
        Change::new(
            "the way on has a title",
            format!("a.mobile-nav-chapters.{class}"),
            Times::Edition,
            move |link: &mut Element<'_, '_>, page: &Page<'_>| name(link, page, word, step),
        )
        .on(|page| page.kind == Kind::Section)
    };
    vec![
        step("previous", words.previous, -1),
        step("next", words.next, 1),
        Change::new(
            "the cover leads to what there is to take along",
            "p.cover-take",
            ONCE,
            move |place, page| {
                if page.site.downloads {
                    let links = FILES.map(|file| {
                        let name = if file == "zip" { words.offline } else { file };
                        let name = if name == file { file.to_uppercase() } else { name.to_owned() };
                        format!(r#"<a href="multiprocessing-in-rust.{file}">{name}</a>"#)
                    });
                    place.set_inner_content(
                        &format!("<span>{}</span> {}", words.take, links.join(" ")),
                        ContentType::Html,
                    );
                }
                Ok(())
            },
        )
        .on(|page| page.source.as_deref().is_some_and(|source| source.ends_with("index.md"))),
    ]
}

/// Gives a link to a neighbour its title, in place of mdBook's arrow and label.
fn name(link: &mut Element<'_, '_>, page: &Page<'_>, word: &str, step: isize) -> Result<()> {
    let shape = page.shelf.iter().find(|shape| shape.edition == *page.edition);
    let chapters = shape.map_or(&[][..], |shape| &shape.chapters);
    let here = chapters.iter().position(|chapter| {
        page.source.as_ref() == Some(&page.edition.source.join(&chapter.path))
            && page.path == page_of(&chapter.path)
    });
    let there = here.and_then(|here| here.checked_add_signed(step));
    let Some(neighbour) = there.and_then(|there| chapters.get(there)) else {
        // The page is mdBook's copy of the first section, and its link leads to the second.
        return Ok(());
    };
    link.remove_attribute("aria-label");
    link.remove_attribute("title");
    let name = inline(&neighbour.name);
    link.set_inner_content(
        &format!("<span class=\"way-word\">{word}</span> <span class=\"way-name\">{name}</span>"),
        ContentType::Html,
    );
    Ok(())
}

/// A name of `SUMMARY.md` as HTML, without marks of code.
fn inline(name: &str) -> String {
    name.replace('&', "&amp;").replace('<', "&lt;").replace('`', "")
}
