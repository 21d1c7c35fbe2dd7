//! What is done to mdBook's pages after it has written them: a table of changes, each with a selector,
//! the pages that it is for and how often it must match there.
//!
//! A change that doesn't match as it promises fails the build and names page and selector, so that an
//! update of mdBook can't undo it in silence. To add changes, write a module with a function that
//! gives them and name it in [`changes`]; for mdBook's scripts and styles there are [`Patch`] and [`patches`].
//!
//! All changes of a page see it as mdBook wrote it, in one pass: none matches what another has put in.

mod beside;
mod change;
mod frame;
mod head;
mod highlight;
mod languages;
pub(crate) mod page;
mod patch;
mod policy;
mod read;
mod search;
pub(crate) mod sitemap;
mod styles;
mod translate;

use std::{fs, path::Path};

use anyhow::{Context as _, Result, ensure};

use crate::{
    about::Site,
    edition::{Chapter, Edition, page_of},
    labels::{self, Words},
    programs::Programs,
};
use change::{Change, rewrite};
use page::{Kind, Page, Shape};
use patch::Patch;

/// The changes to the pages of an edition.
fn changes(words: &'static Words) -> Vec<Change> {
    let mut changes = frame::changes(words);
    changes.extend(languages::changes());
    changes.extend(beside::changes(words));
    changes.extend(head::changes());
    changes
}

/// The changes to mdBook's scripts and styles in an edition.
fn patches(edition: &Edition) -> Result<Vec<Patch>> {
    let mut patches = frame::patches();
    patches.extend(translate::patches(edition)?);
    Ok(patches)
}

/// Changes the pages of an edition that mdBook has built into `folder`.
///
/// # Errors
/// A change or a patch doesn't match as it promises, each one named; or a file can't be read or written.
pub(crate) fn edition(site: &Site, shelf: &[Shape], shape: &Shape, folder: &Path) -> Result<()> {
    let edition = &shape.edition;
    let mut renamed = patch::apply(&patches(edition)?, folder)?;
    renamed.push(highlight::prune(folder)?);
    let programs = Programs::read(&edition.root)?;
    let (mut texts, mut chapters) = (Vec::new(), Vec::new());
    for (path, kind, chapter) in list(shape) {
        let file = folder.join(&path);
        let mut html =
            fs::read_to_string(&file).with_context(|| format!("can't read {}", file.display()))?;
        for (old, new) in &renamed {
            html = html.replace(old, new);
        }
        highlight::check(&path, &html)?;
        html = beside::lookups(&frame::quotes(&frame::corners(&html)));
        texts.push((path, kind, html));
        chapters.push(chapter);
    }
    translate::pages(edition, &mut texts)?;
    let (mut pages, mut sections) = (Vec::new(), Vec::new());
    for ((path, kind, html), chapter) in texts.into_iter().zip(chapters) {
        // mdBook makes `index.html` of another page, and the search needs one of the two.
        if chapter.is_some_and(|chapter| page_of(&chapter.path) == path) {
            sections.extend(search::sections(&path, &html));
        }
        let html = beside::rows(&path, &html);
        let html = frame::flags(&dress(&programs, site, shape, &path, (kind, chapter), &html)?);
        let read = read::page(&html)?;
        let page = Page {
            site,
            shelf,
            edition,
            kind,
            path,
            source: chapter.map(|chapter| edition.source.join(&chapter.path)),
            title: read.title,
            description: (kind == Kind::Section).then_some(read.description),
            lab: html.contains("<timeline-lab"),
        };
        pages.push((page, html));
    }
    let mut changes = changes(labels::of(edition)?);
    changes.push(search::write(&sections, folder)?);
    changes.extend(styles::bundle(folder)?);
    let fresh = rewrite(&changes, &pages)?;
    for ((page, _), html) in pages.iter().zip(fresh) {
        let html = if site.live { html } else { policy::add(&html)? };
        let file = folder.join(&page.path);
        fs::write(&file, html).with_context(|| format!("can't write {}", file.display()))?;
    }
    Ok(())
}

/// A page with its programs dressed, all of those that its text has.
fn dress(
    programs: &Programs,
    site: &Site,
    shape: &Shape,
    path: &str,
    (kind, chapter): (Kind, Option<&Chapter>),
    html: &str,
) -> Result<String> {
    let count = |chapter: &Chapter| programs.count(&chapter.content);
    let expected = match kind {
        Kind::Print => shape.chapters.iter().map(count).sum(),
        _ => chapter.map_or(0, count),
    };
    let (html, found) = programs
        .dress(html, labels::of(&shape.edition)?, |file| {
            site.repository.as_ref().map(|repository| repository.file(file))
        })
        .with_context(|| format!("{path}: its programs"))?;
    ensure!(found == expected, "{path}: {found} whole programs are found, expected {expected}");
    Ok(html)
}

/// The pages that mdBook writes for an edition.
fn list(shape: &Shape) -> Vec<(String, Kind, Option<&Chapter>)> {
    let mut pages: Vec<_> = shape
        .chapters
        .iter()
        .map(|chapter| (page_of(&chapter.path), Kind::Section, Some(chapter)))
        .collect();
    if pages.iter().all(|(path, ..)| path != "index.html") {
        pages.push(("index.html".to_owned(), Kind::Section, shape.chapters.first()));
    }
    for (path, kind) in
        [("print.html", Kind::Print), ("404.html", Kind::NotFound), ("toc.html", Kind::Toc)]
    {
        pages.push((path.to_owned(), kind, None));
    }
    pages
}

#[cfg(test)]
mod tests;
