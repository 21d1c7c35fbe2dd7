//! What the pages get beside mdBook's text: the titles of the sections before and after, on the cover the
//! files to take along, and the form of tables to look things up in.

use std::collections::BTreeMap;

use anyhow::{Context as _, Result};
use lol_html::html_content::ContentType;

use super::{
    change::{Change, Element, ONCE},
    page::Page,
};
use crate::{
    edition::{Chapter, FILE, page_of},
    labels::Words,
};
use project::escape;

/// The ends of the names of the files beside the cover.
const FILES: [&str; 3] = ["epub", "pdf", "zip"];

/// The changes, in the words of an edition.
pub(super) fn changes(words: &'static Words) -> Vec<Change> {
    vec![
        Change::new(
            "the way back has a title",
            "a.mobile-nav-chapters.previous",
            ONCE,
            |link, page| name(link, page, words.previous, neighbour(page, -1)),
        )
        .on(|page| neighbour(page, -1).is_some()),
        Change::new("the way on has a title", "a.mobile-nav-chapters.next", ONCE, |link, page| {
            name(link, page, words.next, neighbour(page, 1))
        })
        .on(|page| neighbour(page, 1).is_some()),
        Change::new(
            "the cover leads to what there is to take along",
            "p.cover-take",
            ONCE,
            move |place, page| {
                if page.site.downloads {
                    let links = FILES.map(|file| {
                        let name = if file == "zip" { words.offline } else { file };
                        let name = if name == file { file.to_uppercase() } else { name.to_owned() };
                        let href = match file {
                            // One archive holds every edition.
                            "zip" => format!("{}{}.zip", page.to_site(), FILE),
                            _ => page.edition.file(file),
                        };
                        format!(r#"<a href="{href}">{name}</a>"#)
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

/// A text in which the tables to look names up in are marked, on their page and where all pages are in one. A browser
/// that seeks the widths of their columns lays such a table out again with each piece of it that comes, and what
/// stands there moves; and a column as wide as the longest name leaves no room on paper.
pub(super) fn lookups(html: &str) -> String {
    let Some((before, rest)) = html.split_once("<h1 id=\"python-to-rust\"") else {
        return html.to_owned();
    };
    let end = ["<div style=\"break-before", "</main>"].map(|end| rest.find(end));
    let (tables, after) = rest.split_at(end.into_iter().flatten().min().unwrap_or(rest.len()));
    let tables = tables.replace("<table>", "<table class=\"lookup\">");
    format!("{before}<h1 id=\"python-to-rust\"{tables}{after}")
}

/// A table of names with an address for each row: the first name in its first cell. Where the cell begins with
/// it, the name leads there.
pub(super) fn rows(path: &str, html: &str) -> String {
    if !path.ends_with("python_to_rust.html") {
        return html.to_owned();
    }
    // The place of a filter, which a script puts there, is kept for it.
    let (before, text) = html.split_once("<main>").unwrap_or(("", html));
    let text = text.replacen("<h2", "<div class=\"lookup-filter\"></div>\n<h2", 1);
    let html = format!("{before}<main>{text}");
    let mut seen = BTreeMap::<String, usize>::new();
    let mut parts = html.split("<tr><td>");
    let mut fresh = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let is_of_name = |c: char| c.is_ascii_alphanumeric() || "._".contains(c);
        let (_, name) = part.split_once("<code>").unwrap_or(("", part));
        let name: String =
            name.chars().skip_while(|&c| !is_of_name(c)).take_while(|&c| is_of_name(c)).collect();
        let count = seen.entry(name.to_lowercase()).or_default();
        *count += 1;
        let id = if *count > 1 { format!("py-{name}-{count}") } else { format!("py-{name}") };
        fresh.extend(["<tr id=\"", &id, "\"><td>"]);
        if part.starts_with("<code>") {
            fresh.extend(["<a class=\"row\" href=\"#", &id, "\">"]);
            // The link ends where the name does.
            fresh.push_str(&part.replacen("</code>", "</code></a>", 1));
        } else {
            fresh.push_str(part);
        }
    }
    fresh
}

/// The section so many steps on from a page of a section.
fn neighbour<'a>(page: &Page<'a>, step: isize) -> Option<&'a Chapter> {
    let chapters = &page.shelf.iter().find(|shape| shape.edition == *page.edition)?.chapters;
    // Where the first section isn't called index, mdBook has made a copy of it: that one has no place.
    let here = chapters.iter().position(|chapter| page_of(&chapter.path) == page.path)?;
    chapters.get(here.checked_add_signed(step)?)
}

/// Gives a link to a neighbour its title, in place of mdBook's arrow and label.
fn name(
    link: &mut Element<'_, '_>,
    page: &Page<'_>,
    word: &str,
    neighbour: Option<&Chapter>,
) -> Result<()> {
    let name = neighbour.with_context(|| format!("{} has no neighbour", page.path))?.name.as_str();
    link.remove_attribute("aria-label");
    link.remove_attribute("title");
    link.set_inner_content(
        &format!(
            r#"<span class="way-word">{word}</span> <span class="way-name">{}</span>"#,
            inline(name)
        ),
        ContentType::Html,
    );
    Ok(())
}

/// A name of `SUMMARY.md` as HTML, without marks of code.
fn inline(name: &str) -> String {
    escape(&name.replace('`', ""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_of_names_are_marked_wherever_they_stand() {
        let page =
            "<h1 id=\"a\"></h1><table><h1 id=\"python-to-rust\"></h1><table><table></main><table>";
        let marked = "<table class=\"lookup\">";
        assert_eq!(
            lookups(page),
            page.replace("</h1><table><table>", &format!("</h1>{marked}{marked}"))
        );
        let print = page
            .replace("<table></main>", "<div style=\"break-before: page;\"></div><table></main>");
        assert_eq!(
            lookups(&print),
            print.replace("</h1><table><div", &format!("</h1>{marked}<div"))
        );
        assert_eq!(lookups("<table>"), "<table>");
    }

    #[test]
    fn each_row_of_names_has_an_address_of_its_own() {
        let html = "<h2>Help</h2><main><h1>A</h1><h2>B</h2><tr><td><code>Pool.map</code>, <code>x</code></td></tr><tr><td><code>pool.map()</code></td></tr><tr><td>(A <code>(global)</code></td></tr>";
        let right = "<h2>Help</h2><main><h1>A</h1><div class=\"lookup-filter\"></div>\n<h2>B</h2>\
            <tr id=\"py-Pool.map\"><td><a class=\"row\" href=\"#py-Pool.map\"><code>Pool.map</code></a>, <code>x</code></td></tr>\
            <tr id=\"py-pool.map-2\"><td><a class=\"row\" href=\"#py-pool.map-2\"><code>pool.map()</code></a></td></tr><tr id=\"py-global\"><td>(A <code>(global)</code></td></tr>";
        assert_eq!(rows("appendix/python_to_rust.html", html), right);
        assert_eq!(rows("appendix/glossary.html", html), html);
    }
}
