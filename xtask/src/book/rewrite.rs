//! What is done to mdBook's pages after it has written them: a table of changes, each with a selector,
//! the pages that it is for and how often it must match there.
//!
//! A change that doesn't match as it promises fails the build and names page and selector, so that an
//! update of mdBook can't undo it in silence. To add changes, write a module with a function that
//! gives them and name it in [`changes`]; for mdBook's scripts and styles there are [`Patch`] and [`patches`].
//!
//! All changes of a page see it as mdBook wrote it, in one pass: none matches what another has put in.

mod bones;
mod form;
mod head;
mod highlight;
mod languages;
pub(super) mod map;
mod patch;
mod policy;
mod read;
mod search;
mod translate;
pub(super) mod words;

use std::{
    cell::Cell,
    fmt, fs,
    path::{Path, PathBuf},
};

use anyhow::{Context as _, Result, anyhow, bail, ensure};
use lol_html::{ElementContentHandlers, RewriteStrSettings, Selector, rewrite_str};

use super::{Chapter, Edition, programs::Programs, site::Site};
pub(super) use patch::Patch;

/// An element that a change may change.
pub(super) type Element<'r, 't> = lol_html::html_content::Element<'r, 't>;

/// The changes to the pages of an edition.
fn changes(edition: &Edition) -> Vec<Change> {
    let mut changes = bones::changes(edition);
    changes.extend(languages::changes());
    changes.extend(form::changes(edition));
    changes.extend(head::changes());
    changes
}

/// The changes to mdBook's scripts and styles in an edition.
fn patches(edition: &Edition) -> Vec<Patch> {
    let mut patches = bones::patches();
    patches.extend(translate::patches(edition));
    patches
}

/// One change to pages.
pub(super) struct Change {
    why: &'static str,
    selector: String,
    times: Times,
    pages: fn(&Page<'_>) -> bool,
    act: Act,
}

/// What a change does to an element that it matches.
type Act = Box<dyn Fn(&mut Element<'_, '_>, &Page<'_>) -> Result<()>>;

/// How often a change must match.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Times {
    /// This often on each of its pages.
    Exactly(usize),
    /// At least once on each of its pages.
    EachPage,
    /// At least once in the edition, on whichever of its pages.
    Edition,
    /// As often as it comes: for what a book may have and may lack. A test of the site must hold it then.
    Any,
}

impl Times {
    /// Whether `found` matches in one page or file are right.
    fn allows(self, found: usize) -> bool {
        match self {
            Self::Exactly(n) => found == n,
            Self::EachPage => found > 0,
            Self::Edition | Self::Any => true,
        }
    }
}

/// Once on each of its pages.
pub(super) const ONCE: Times = Times::Exactly(1);

impl fmt::Display for Times {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Exactly(n) => write!(f, "{n}"),
            Self::EachPage => f.write_str("at least 1"),
            Self::Edition => f.write_str("at least 1 in the whole edition"),
            Self::Any => f.write_str("any number"),
        }
    }
}

impl Change {
    /// A change of what `selector` finds on the pages that have mdBook's bones around them: all but
    /// `toc.html`. `why` completes "so that".
    pub(super) fn new(
        why: &'static str,
        selector: impl Into<String>,
        times: Times,
        act: impl Fn(&mut Element<'_, '_>, &Page<'_>) -> Result<()> + 'static,
    ) -> Self {
        let pages = |page: &Page<'_>| page.kind != Kind::Toc;
        Self { why, selector: selector.into(), times, pages, act: Box::new(act) }
    }

    /// The same change on the pages that `pages` picks.
    pub(super) fn on(self, pages: fn(&Page<'_>) -> bool) -> Self {
        Self { pages, ..self }
    }
}

/// What a page is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
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
pub(super) struct Page<'a> {
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
    /// Its title, as HTML: the name of the section and of the book.
    pub title: String,
    /// What it is about, as HTML for an attribute: from its first paragraphs; a section has it.
    pub description: Option<String>,
    /// Whether the timeline lab stands on it.
    pub lab: bool,
}

impl Page<'_> {
    /// The way from the page to the folder of its edition: empty, or `../` once or more.
    pub(super) fn to_edition(&self) -> String {
        "../".repeat(self.path.matches('/').count())
    }

    /// The way from the page to the folder of the site.
    pub(super) fn to_site(&self) -> String {
        self.to_edition() + &"../".repeat(self.edition.output.components().count())
    }
}

/// An edition and what it consists of.
pub(super) struct Shape {
    /// The edition.
    pub edition: Edition,
    /// Its sections, in order.
    pub chapters: Vec<Chapter>,
}

impl Shape {
    /// The paths of its sections' pages, from the folder of the edition.
    pub(super) fn pages(&self) -> impl Iterator<Item = String> {
        self.chapters.iter().map(|chapter| page_of(&chapter.path))
    }
}

/// The page of a Markdown file.
pub(crate) fn page_of(source: &Path) -> String {
    let page = source.with_extension("html");
    let parts: Vec<_> = page.components().map(|part| part.as_os_str().to_string_lossy()).collect();
    parts.join("/")
}

/// Changes the pages of an edition that mdBook has built into `folder`.
///
/// # Errors
/// A change or a patch doesn't match as it promises, each one named; or a file can't be read or written.
pub(super) fn edition(site: &Site, shelf: &[Shape], shape: &Shape, folder: &Path) -> Result<()> {
    let edition = &shape.edition;
    let mut renamed = patch::apply(&patches(edition), folder)?;
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
        html = bones::flags(&bones::corners(&html));
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
        let html = dress(&programs, site, shape, &path, (kind, chapter), &html)?;
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
    let mut changes = changes(edition);
    changes.push(search::write(&sections, folder)?);
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
        .dress(html, &shape.edition.code, |file| {
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

/// How many mismatches are told one by one.
const PROBLEMS: usize = 10;

/// Makes every change to every page that it is for.
fn rewrite(changes: &[Change], pages: &[(Page<'_>, String)]) -> Result<Vec<String>> {
    let selectors = changes
        .iter()
        .map(|change| {
            change
                .selector
                .parse::<Selector>()
                .map_err(|error| anyhow!("{}: {error}", change.selector))
        })
        .collect::<Result<Vec<_>>>()?;
    let mut totals = vec![0; changes.len()];
    let mut problems = Vec::new();
    let mut fresh = Vec::new();
    for (page, html) in pages {
        let found: Vec<_> = changes.iter().map(|_| Cell::new(0)).collect();
        let mut settings = RewriteStrSettings::new();
        for ((change, selector), found) in changes.iter().zip(&selectors).zip(&found) {
            if (change.pages)(page) {
                let handler = move |element: &mut Element<'_, '_>| {
                    found.set(found.get() + 1);
                    (change.act)(element, page)
                        .map_err(|error| format!("`{}`: {error:#}", change.selector).into())
                };
                settings = settings.append_element_content_handler((
                    std::borrow::Cow::Borrowed(selector),
                    ElementContentHandlers::default().element(handler),
                ));
            }
        }
        fresh.push(rewrite_str(html, settings).map_err(|error| anyhow!("{}: {error}", page.path))?);
        for ((change, found), total) in changes.iter().zip(found).zip(&mut totals) {
            let found = found.get();
            *total += found;
            if (change.pages)(page) && !change.times.allows(found) {
                problems.push(mismatch(&page.path, change, found));
            }
        }
    }
    for (change, total) in changes.iter().zip(totals) {
        if change.times == Times::Edition && total == 0 {
            problems.push(mismatch("every page", change, 0));
        }
    }
    if !problems.is_empty() {
        // A change of mdBook's is the same on every page: some of them say it all.
        let more = problems.len().saturating_sub(PROBLEMS);
        problems.truncate(PROBLEMS);
        if more > 0 {
            problems.push(format!("and {more} more"));
        }
        bail!(problems.join("\n"));
    }
    Ok(fresh)
}

/// A change that doesn't match as it promises.
fn mismatch(page: &str, Change { why, selector, times, .. }: &Change, found: usize) -> String {
    format!("{page}: `{selector}` matches {found} times, expected {times}, so that {why}")
}

#[cfg(test)]
mod tests;
