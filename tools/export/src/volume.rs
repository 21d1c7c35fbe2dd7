//! An edition as a book: its parts with their sections.

use std::{fs, path::Path};

use anyhow::{Context as _, Result};
use site::{Edition, Part, page_of};

use super::{stamp::Stamp, words::Words, xhtml};

/// An edition as a book.
pub(crate) struct Volume {
    pub(crate) edition: Edition,
    pub(crate) words: &'static Words,
    pub(crate) parts: Vec<Part>,
    pub(crate) stamp: Stamp,
}

/// A section as it goes into a book.
pub(crate) struct Leaf {
    /// Its page, from the folder of the edition.
    pub(crate) path: String,
    /// Its name in `SUMMARY.md`.
    pub(crate) name: String,
    pub(crate) section: xhtml::Section,
}

/// A part of a book: its title, if it has one, and its sections.
pub(crate) struct Chunk {
    pub(crate) title: Option<String>,
    pub(crate) leaves: Vec<Leaf>,
    /// Whether its sections follow one another without beginning a page.
    pub(crate) flows: bool,
}

impl Volume {
    /// The sections of all pages in `site`, and behind them the programs that they show in part; the cover
    /// of the site stays there.
    pub(crate) fn chunks(&self, site: &Path, medium: xhtml::Medium) -> Result<Vec<Chunk>> {
        let pages: xhtml::Pages = self.pages().map(|(path, _)| path).collect();
        let (first, _) = self.pages().next().context("the edition has no page")?;
        let maker = xhtml::Maker { words: self.words, pages: &pages, first: &first };
        let mut chunks = Vec::new();
        let mut listings = Vec::new();
        for part in &self.parts {
            let mut leaves = Vec::new();
            for chapter in &part.chapters {
                let path = page_of(&chapter.path);
                if pages.contains(&path) {
                    let section = maker.section(&path, &self.page(site, &path)?, medium)?;
                    let name = chapter.name.clone();
                    if !section.listings.is_empty() {
                        let (path, section) =
                            xhtml::Maker::listings(&path, &name, &section, medium);
                        listings.push(Leaf { path, name: name.clone(), section });
                    }
                    leaves.push(Leaf { path, name, section });
                }
            }
            if !leaves.is_empty() {
                chunks.push(Chunk { title: part.title.clone(), leaves, flows: false });
            }
        }
        if !listings.is_empty() {
            let title = Some(self.words.programs.to_owned());
            chunks.push(Chunk { title, leaves: listings, flows: true });
        }
        Ok(chunks)
    }

    /// Path and name of each page that becomes a section.
    pub(crate) fn pages(&self) -> impl Iterator<Item = (String, &str)> {
        let chapters = self.parts.iter().flat_map(|part| &part.chapters);
        chapters
            .map(|chapter| (page_of(&chapter.path), chapter.name.as_str()))
            .filter(|(path, _)| path != "index.html")
    }

    /// The HTML of a page.
    pub(crate) fn page(&self, site: &Path, path: &str) -> Result<String> {
        let file = site.join(&self.edition.output).join(path);
        fs::read_to_string(&file).with_context(|| format!("can't read {}", file.display()))
    }
}
