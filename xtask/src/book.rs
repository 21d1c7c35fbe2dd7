//! The editions of the book: what mdBook makes of them, as text and as a site.

mod include;
mod log;
mod programs;
mod rewrite;
mod site;
mod swap;

use std::{
    path::{Path, PathBuf},
    thread,
};

use anyhow::{Context as _, Result, bail};
use mdbook_driver::{
    MDBook,
    book::{Book, BookItem},
    builtin_renderers::MarkdownRenderer,
    config::Config,
};

pub(crate) use rewrite::page_of;
pub use site::{Repository, Site};
pub(crate) use swap::Fresh;

/// The languages that the book may have, English first: its pages stand above those of the others.
const LANGUAGES: [Language; 2] = [
    Language { code: "en", title: "Multiprocessing in Rust", description: None, output: "" },
    Language {
        code: "zh-TW",
        title: "Rust 多行程程式設計",
        description: Some(
            "Rust 的執行緒與行程，對照 Python 的 multiprocessing：每支程式都能執行，每段輸出都經過測試。",
        ),
        output: "zh-TW",
    },
];

/// A language that the book may have.
struct Language {
    code: &'static str,
    title: &'static str,
    /// What the book is about; `None` where `book.toml` says it.
    description: Option<&'static str>,
    output: &'static str,
}

/// The book in one language.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edition {
    /// The code of its language, as HTML's `lang` has it.
    pub code: String,
    /// The title in its language.
    pub title: String,
    /// The root folder of the project.
    pub root: PathBuf,
    /// The folder of its Markdown files, relative to `root`.
    pub source: PathBuf,
    /// The folder of its pages, relative to the site's folder; empty for English.
    pub output: PathBuf,
}

/// The name of every file to take along, before language and ending.
pub(crate) const FILE: &str = "multiprocessing-in-rust";

impl Edition {
    /// The name of the file to take along that has the ending `ending`.
    pub(crate) fn file(&self, ending: &str) -> String {
        let is_main = self.output.as_os_str().is_empty();
        let code = if is_main { String::new() } else { format!(".{}", self.code) };
        format!("{FILE}{code}.{ending}")
    }
}

/// A page of an edition, as mdBook's preprocessors expand it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chapter {
    /// Its Markdown file, relative to the edition's source folder.
    pub path: PathBuf,
    /// Its name in `SUMMARY.md`.
    pub name: String,
    /// Its Markdown with every include in place.
    pub content: String,
}

/// A part of an edition, as its `SUMMARY.md` has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// Its title; the chapters before the first title have none.
    pub title: Option<String>,
    /// Its chapters in order, those inside others too; drafts are left out.
    pub chapters: Vec<Chapter>,
}

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

/// The editions of the project at `root`: a language has one when `src/CODE/SUMMARY.md` exists.
#[must_use]
pub fn editions(root: &Path) -> Vec<Edition> {
    LANGUAGES
        .iter()
        .map(|language| Edition {
            code: language.code.to_owned(),
            title: language.title.to_owned(),
            root: root.to_owned(),
            source: Path::new("src").join(language.code),
            output: PathBuf::from(language.output),
        })
        .filter(|edition| root.join(&edition.source).join("SUMMARY.md").is_file())
        .collect()
}

/// Reads an edition from the disk, with the settings of `book.toml`.
///
/// # Errors
/// `book.toml`, `SUMMARY.md` or a page that it names is missing or can't be read, or mdBook warns.
pub fn load(edition: &Edition) -> Result<MDBook> {
    log::strict(|| load_into(edition, &edition.root.join("book"), &Site::default()))
        .with_context(|| format!("can't load the edition {}", edition.source.display()))
}

/// The pages of an edition as mdBook's own preprocessors expand them: what the reader sees.
///
/// # Errors
/// As [`load`], or an include fails: each one is named with its page.
pub fn expand(edition: &Edition) -> Result<Vec<Chapter>> {
    let book = load(edition)?;
    let expanded = log::strict(|| {
        include::check(edition, &chapters(&book.book))?;
        let (expanded, _) = book.preprocess_book(&MarkdownRenderer::new())?;
        Ok(expanded)
    })
    .with_context(|| format!("can't expand the edition {}", edition.source.display()))?;
    Ok(chapters(&expanded))
}

/// The parts of an edition with their chapters, as they stand in `SUMMARY.md`: includes are not expanded.
///
/// # Errors
/// As [`load`].
pub fn parts(edition: &Edition) -> Result<Vec<Part>> {
    let mut parts = vec![Part { title: None, chapters: Vec::new() }];
    for item in load(edition)?.book.iter() {
        match item {
            BookItem::PartTitle(title) => {
                parts.push(Part { title: Some(title.clone()), chapters: Vec::new() });
            }
            BookItem::Chapter(chapter) => {
                if let (Some(part), Some(chapter)) = (parts.last_mut(), with_file(chapter)) {
                    part.chapters.push(chapter);
                }
            }
            BookItem::Separator => {}
        }
    }
    parts.retain(|part| !part.chapters.is_empty());
    Ok(parts)
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
    let fresh = swap::Fresh::beside(dest)?;
    let shelf = editions
        .into_iter()
        .map(|edition| Ok(rewrite::Shape { chapters: expand(&edition)?, edition }))
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
    rewrite::map::write(site, &shelf, fresh.path())?;
    fresh.replace(dest)?;
    Ok(shelf
        .into_iter()
        .map(|shape| Built { pages: shape.chapters.len(), edition: shape.edition })
        .collect())
}

/// Builds one edition into `folder`.
fn build_edition(
    site: &Site,
    shelf: &[rewrite::Shape],
    shape: &rewrite::Shape,
    folder: &Path,
) -> Result<()> {
    let edition = &shape.edition;
    log::strict(|| {
        load_into(edition, folder, site)?.build()?;
        rewrite::edition(site, shelf, shape, folder)
    })
    .with_context(|| format!("can't build the edition {}", edition.source.display()))
}

/// The edition as mdBook loads it, set to write its pages to `output`.
fn load_into(edition: &Edition, output: &Path, site: &Site) -> Result<MDBook> {
    let file = edition.root.join("book.toml");
    let mut config =
        Config::from_disk(&file).with_context(|| format!("can't read {}", file.display()))?;
    config.book.title = Some(edition.title.clone());
    config.book.language = Some(edition.code.clone());
    let language = LANGUAGES.iter().find(|language| language.code == edition.code);
    if let Some(description) = language.and_then(|language| language.description) {
        config.book.description = Some(description.to_owned());
    }
    config.book.src.clone_from(&edition.source);
    config.build.build_dir = PathBuf::from(output);
    config.build.create_missing = false;
    // The search is our own.
    config.set("output.html.search.copy-js", false)?;
    // 404.html may be shown at any address, so it finds its files from here.
    let folder = edition.output.to_string_lossy();
    let slash = if folder.is_empty() { "" } else { "/" };
    config.set("output.html.site-url", format!("{}{folder}{slash}", site.path()))?;
    if let Some(repository) = &site.repository {
        config.set("output.html.git-repository-url", &repository.url)?;
        config.set("output.html.edit-url-template", repository.edit("{path}"))?;
    }
    MDBook::load_with_config(&edition.root, config)
}

/// The chapters of a book that have a file, in the order of `SUMMARY.md`.
fn chapters(book: &Book) -> Vec<Chapter> {
    book.iter()
        .filter_map(|item| match item {
            BookItem::Chapter(chapter) => with_file(chapter),
            _ => None,
        })
        .collect()
}

/// The chapter, if it has a file.
fn with_file(chapter: &mdbook_driver::book::Chapter) -> Option<Chapter> {
    Some(Chapter {
        path: chapter.source_path.clone()?,
        name: chapter.name.clone(),
        content: chapter.content.clone(),
    })
}

#[cfg(test)]
mod tests;
