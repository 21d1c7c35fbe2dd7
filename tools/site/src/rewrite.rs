//! What is done to mdBook's pages after it has written them: a table of changes, each with a selector,
//! the pages that it is for and how often it must match there.
//!
//! A change that doesn't match as it promises fails the build and names page and selector, so that an
//! update of mdBook can't undo it in silence. To add changes, write a module with a function that
//! gives them and name it in [`changes`]; for mdBook's scripts and styles there are [`Patch`] and [`patches`].
//!
//! A page is read in one pass (`read`) and changed in another (`change`): all changes see it as mdBook wrote it,
//! and none matches what another has put in. It took six passes of `lol_html`, one of html5ever and 39
//! replacements over each page until then.

mod beside;
mod change;
mod frame;
mod head;
mod languages;
mod names;
pub(crate) mod page;
mod patch;
mod policy;
mod read;
mod replay;
mod run;
mod schedules;
mod scripts;
mod search;
pub(crate) mod sitemap;
mod styles;
mod translate;

use std::{fs, path::Path};

use anyhow::{Context as _, Result};
use lol_html::html_content::ContentType;

use crate::{
    about::Site,
    edition::{Chapter, Edition, page_of},
    labels,
};
use change::{Change, ONCE, Times, rewrite};
use names::Names;
use page::{Kind, Page, Shape};
use patch::Patch;

/// The changes to the pages of an edition. Words come first: what another change takes from an element, they
/// don't put back.
fn changes(edition: &Edition) -> Result<Vec<Change>> {
    let words = labels::of(edition)?;
    let mut changes = translate::changes(edition)?;
    changes.extend(frame::changes(words));
    changes.extend(languages::changes());
    changes.extend(beside::changes(words));
    changes.extend(head::changes());
    Ok(changes)
}

/// The changes to mdBook's scripts and styles in an edition.
fn patches(edition: &Edition) -> Result<Vec<Patch>> {
    let mut patches = frame::patches();
    patches.extend(translate::patches(edition)?);
    patches.extend(scripts::patches(edition)?);
    Ok(patches)
}

/// Changes the pages of an edition that mdBook has built into `folder`.
///
/// # Errors
/// A change or a patch doesn't match as it promises, each one named; or a file can't be read or written.
pub(crate) fn edition(site: &Site, shelf: &[Shape], shape: &Shape, folder: &Path) -> Result<()> {
    let edition = &shape.edition;
    let renamed = patch::apply(&patches(edition)?, folder)?;
    for (file, _) in frame::UNUSED {
        patch::remove(file, folder)?;
    }
    let (mut pages, mut sections) = (Vec::new(), Vec::new());
    for (path, kind, chapter) in list(shape) {
        let file = folder.join(&path);
        let html =
            fs::read_to_string(&file).with_context(|| format!("can't read {}", file.display()))?;
        let read = read::page(&path, &html);
        // mdBook makes `index.html` of another page, and the search needs one of the two.
        if chapter.is_some_and(|chapter| page_of(&chapter.path) == path) {
            sections.extend(read.sections);
        }
        let page = Page {
            site,
            shelf,
            edition,
            kind,
            path,
            source: chapter.map(|chapter| edition.source.join(&chapter.path)),
            title: read.title,
            description: (kind == Kind::Section).then_some(read.description),
            elements: read.elements,
            // In the whole book on one page each question stands twice.
            asks: read.asks && kind == Kind::Section,
            corners: read.corners,
        };
        let html = beside::rows(&page.path, &beside::lookups(&html));
        pages.push((page, html));
    }
    let of_python = pages.iter().find(|(page, _)| page.path == names::PAGE);
    if let Some(names) = of_python.map(|(_, html)| Names::read(html)) {
        for (page, html) in &mut pages {
            if page.kind == Kind::Section && page.path != names::PAGE {
                *html = names::link(&page.to_edition(), html, &names);
            }
        }
    }
    let mut changes = changes(edition)?;
    changes.push(named(renamed));
    changes.push(search::write(edition, &sections, folder)?);
    changes.push(replay::write(edition, folder)?);
    changes.push(schedules::write(edition, folder)?);
    if site.live {
        changes.extend(run::write(edition, folder)?);
    }
    changes.extend(styles::bundle(edition, folder)?);
    changes.push(policed());
    let fresh = rewrite(&changes, &pages)?;
    for ((page, _), html) in pages.iter().zip(fresh) {
        let file = folder.join(&page.path);
        fs::write(&file, html).with_context(|| format!("can't write {}", file.display()))?;
    }
    Ok(())
}

/// The change that names the scripts by their new names.
fn named(renamed: Vec<(String, String)>) -> Change {
    let why = "a script that was changed is found";
    Change::new(why, "script[src]", Times::EachPage, move |script, _| {
        let src = script.get_attribute("src").unwrap_or_default();
        for (old, new) in &renamed {
            if let Some(folder) = src.strip_suffix(old.as_str()) {
                script.set_attribute("src", &format!("{folder}{new}"))?;
            }
        }
        Ok(())
    })
}

/// The change that gives a page its policy. A page that is read while it is written has none.
fn policed() -> Change {
    Change::new("no other script runs", "head > meta[charset]", ONCE, |charset, _| {
        charset.after(&policy::tag(), ContentType::Html);
        Ok(())
    })
    .on(|page| !page.site.live)
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
