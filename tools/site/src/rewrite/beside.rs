//! What the pages get beside mdBook's text: the titles of the sections before and after, on the cover the
//! files to take along, and the form of tables to look things up in.

use std::collections::BTreeMap;

use anyhow::{Context as _, Result};
use lol_html::html_content::ContentType;

use super::{
    change::{Change, Element, ONCE, Times},
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
        // A browser that seeks the widths of columns lays such a table out again with each piece of it that
        // comes, and what stands there moves.
        Change::new(
            "long tables have columns of known width",
            "table",
            Times::EachPage,
            |table, _| {
                table.set_attribute("class", "lookup")?;
                Ok(())
            },
        )
        .on(|page| {
            page.source.as_deref().is_some_and(|source| source.ends_with("python_to_rust.md"))
        }),
    ]
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
    fn each_row_of_names_has_an_address_of_its_own() {
        let html = "<h2>Help</h2><main><h1>A</h1><h2>B</h2><tr><td><code>Pool.map</code>, <code>x</code></td></tr><tr><td><code>pool.map()</code></td></tr><tr><td>(A <code>(global)</code></td></tr>";
        let right = "<h2>Help</h2><main><h1>A</h1><div class=\"lookup-filter\"></div>\n<h2>B</h2>\
            <tr id=\"py-Pool.map\"><td><a class=\"row\" href=\"#py-Pool.map\"><code>Pool.map</code></a>, <code>x</code></td></tr>\
            <tr id=\"py-pool.map-2\"><td><a class=\"row\" href=\"#py-pool.map-2\"><code>pool.map()</code></a></td></tr><tr id=\"py-global\"><td>(A <code>(global)</code></td></tr>";
        assert_eq!(rows("appendix/python_to_rust.html", html), right);
        assert_eq!(rows("appendix/glossary.html", html), html);
    }
}
