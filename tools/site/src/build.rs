//! The site of every edition, built and put in its place.

use std::{path::Path, thread};

use anyhow::{Context as _, Result, bail};

use crate::{
    about::Site,
    captions::Captions,
    edition::{Edition, editions},
    load::{expand, load_into},
    log::strict,
    programs::Programs,
    questions::Dresser,
    rewrite,
    rewrite::{page::Shape, sitemap},
    staging::Fresh,
};

/// An edition that [`build`] has written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Built {
    /// The edition.
    pub edition: Edition,
    /// The number of its chapters; drafts don't count.
    pub pages: usize,
}

impl Built {
    /// A line about it: its source folder and the number of its pages.
    #[must_use]
    pub fn summary(&self) -> String {
        let pages = if self.pages == 1 { "page" } else { "pages" };
        format!("{}: {} {pages}", self.edition.source.display(), self.pages)
    }
}

/// Builds the site of every edition of the project at `root` into the folder `dest`.
///
/// The site is built beside `dest` and takes its place when it is whole, so that a build that fails
/// leaves the old site as it was.
///
/// # Errors
/// There is no edition, a page fails (see [`expand`]), mdBook warns, for instance of unbalanced HTML,
/// its pages are not as our changes to them expect, or `dest` holds something else than a built book.
pub fn build(root: &Path, dest: &Path, site: &Site) -> Result<Vec<Built>> {
    let editions = editions(root);
    if editions.is_empty() {
        bail!("there is no book in {}: expected src/en/SUMMARY.md", root.display());
    }
    let fresh = Fresh::for_site(dest)?;
    let shelf = editions
        .into_iter()
        .map(|edition| Ok(Shape { chapters: expand(&edition)?, edition }))
        .collect::<Result<Vec<_>>>()?;
    // Side by side, and each into a folder of its own, since mdBook empties it first.
    thread::scope(|scope| {
        let shelf = &shelf;
        let builds: Vec<_> = shelf
            .iter()
            .map(|shape| {
                let folder = fresh.part(&shape.edition.output);
                scope.spawn(move || build_edition(site, shelf, shape, &folder))
            })
            .collect();
        builds.into_iter().try_for_each(|build| {
            build.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
        })
    })?;
    for shape in &shelf {
        fresh.put_in(&shape.edition.output)?;
    }
    sitemap::write(site, &shelf, fresh.path())?;
    fresh.put(dest)?;
    Ok(shelf
        .into_iter()
        .map(|shape| Built { pages: shape.chapters.len(), edition: shape.edition })
        .collect())
}

/// Builds one edition into `folder`.
fn build_edition(site: &Site, shelf: &[Shape], shape: &Shape, folder: &Path) -> Result<()> {
    let edition = &shape.edition;
    strict(|| {
        let mut book = load_into(edition, folder, site)?;
        Dresser::of(edition)?.dress(&mut book.book)?;
        let programs = Programs::of(edition, site)?;
        // Before mdBook includes them; it keeps ours behind its own preprocessors.
        programs.note_files(&edition.source, &mut book.book)?;
        book.with_preprocessor(programs).with_preprocessor(Captions).build()?;
        rewrite::edition(site, shelf, shape, folder)
    })
    .with_context(|| format!("can't build the edition {}", edition.source.display()))
}

#[cfg(test)]
mod tests;
