//! An edition as mdBook reads it: loaded, and with every include in place.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use mdbook_driver::{
    MDBook,
    book::{Book, BookItem},
    builtin_renderers::MarkdownRenderer,
    config::Config,
};

use crate::{
    about::Site,
    edition::{Chapter, Edition, Part},
    include::check as check_includes,
    log::strict,
    solutions,
};

/// Reads an edition from the disk, with the settings of `book.toml`.
///
/// # Errors
/// `book.toml`, `SUMMARY.md` or a page that it names is missing or can't be read, or mdBook warns.
pub fn load(edition: &Edition) -> Result<MDBook> {
    strict(|| load_into(edition, &edition.root.join("book"), &Site::default()))
        .with_context(|| format!("can't load the edition {}", edition.source.display()))
}

/// The pages of an edition as mdBook's own preprocessors expand them: what the reader sees.
///
/// # Errors
/// As [`load`], or an include fails: each one is named with its page.
pub fn expand(edition: &Edition) -> Result<Vec<Chapter>> {
    let book = load(edition)?;
    let expanded = strict(|| {
        check_includes(edition, &chapters(&book.book))?;
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

/// The edition as mdBook loads it, with the solutions of the exercises in place, set to write its pages to `output`.
pub(crate) fn load_into(edition: &Edition, output: &Path, site: &Site) -> Result<MDBook> {
    let file = edition.root.join("book.toml");
    let mut config =
        Config::from_disk(&file).with_context(|| format!("can't read {}", file.display()))?;
    config.book.title = Some(edition.title.clone());
    config.book.language = Some(edition.code.clone());
    if let Some(description) = words::language(&edition.root, &edition.code)?.description {
        config.book.description = Some(description.to_owned());
    }
    config.book.src.clone_from(&edition.source);
    config.build.build_dir = PathBuf::from(output);
    config.build.create_missing = false;
    // The search is our own: mdBook puts no page into its index, and writes none.
    config.set("output.html.search.copy-js", false)?;
    let no_page = BTreeMap::from([("", BTreeMap::from([("enable", false)]))]);
    config.set("output.html.search.chapter", no_page)?;
    // 404.html may be shown at any address, so it finds its files from here.
    let folder = edition.output.to_string_lossy();
    let slash = if folder.is_empty() { "" } else { "/" };
    config.set("output.html.site-url", format!("{}{folder}{slash}", site.path()))?;
    if let Some(repository) = &site.repository {
        config.set("output.html.git-repository-url", &repository.url)?;
        config.set("output.html.edit-url-template", repository.edit("{path}"))?;
    }
    let mut book = MDBook::load_with_config(&edition.root, config)?;
    solutions::put_in(edition, &mut book.book)?;
    Ok(book)
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
