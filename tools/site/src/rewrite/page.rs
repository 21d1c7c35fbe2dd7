//! A page of the site, as a change may ask for it.

use std::{collections::BTreeSet, path::PathBuf};

use crate::{
    about::Site,
    edition::{Chapter, Edition, page_of},
};

/// What a page is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A section, or `index.html`, which mdBook makes from the first one.
    Section,
    /// `print.html`: all sections in one page.
    Print,
    /// `404.html`, which a server may show at any address.
    NotFound,
    /// `toc.html`: the list of sections, which the pages show in a frame where scripts are off.
    Toc,
}

/// A page of an edition, as a change may ask for it.
pub(crate) struct Page<'a> {
    /// What the site is told from outside.
    pub site: &'a Site,
    /// The editions of the site with their sections, this page's among them.
    pub shelf: &'a [Shape],
    /// The edition.
    pub edition: &'a Edition,
    /// What it is.
    pub kind: Kind,
    /// Its path from the folder of its edition, such as `why/how_time_goes.html`.
    pub path: String,
    /// Its Markdown file from the root of the project; a section has one.
    pub source: Option<PathBuf>,
    /// Its title: the name of the section and of the book.
    pub title: String,
    /// What it is about, from its first paragraphs; a section has it.
    pub description: Option<String>,
    /// Which of our own elements stand on it.
    pub elements: BTreeSet<&'static str>,
    /// Whether it asks something.
    pub asks: bool,
    /// Which of its heads of tables are empty, counted from 0.
    pub corners: BTreeSet<usize>,
}

impl Page<'_> {
    /// The way from the page to the folder of its edition: empty, or `../` once or more.
    pub(crate) fn to_edition(&self) -> String {
        "../".repeat(self.path.matches('/').count())
    }

    /// A page of which nothing is known but what it is and where it stands.
    #[cfg(test)]
    pub(crate) fn bare<'a>(
        (site, shelf, edition): (&'a Site, &'a [Shape], &'a Edition),
        kind: Kind,
        path: &str,
    ) -> Page<'a> {
        Page {
            site,
            shelf,
            edition,
            kind,
            path: path.to_owned(),
            source: None,
            title: String::new(),
            description: None,
            elements: BTreeSet::new(),
            asks: false,
            corners: BTreeSet::new(),
        }
    }

    /// The way from the page to the folder of the site.
    pub(crate) fn to_site(&self) -> String {
        self.to_edition() + &"../".repeat(self.edition.output.components().count())
    }
}

/// An edition and what it consists of.
pub(crate) struct Shape {
    /// The edition.
    pub edition: Edition,
    /// Its sections, in order.
    pub chapters: Vec<Chapter>,
}

impl Shape {
    /// The paths of its sections' pages, from the folder of the edition.
    pub(crate) fn pages(&self) -> impl Iterator<Item = String> {
        self.chapters.iter().map(|chapter| page_of(&chapter.path))
    }
}
