//! What a page tells search engines and those who link to it, and what stands below its text about it.

use std::fmt::Write as _;

use anyhow::Result;
use lol_html::html_content::ContentType;
use project::escape;

use super::{
    change::{Change, ONCE},
    page::{Kind, Page, Shape},
};
use crate::{edition::Edition, labels};

/// The picture that stands for the book where somebody links to it, in the folder of the site; it has
/// the same name among the project's images.
pub(super) fn preview(edition: &Edition) -> String {
    format!("preview-{}.png", edition.code)
}

/// The size of that picture, which those who show links ask for.
const PREVIEW_SIZE: (u32, u32) = (1200, 630);

/// The changes.
pub(super) fn changes() -> Vec<Change> {
    vec![
        Change::new(
            "the page says what it is about",
            r#"head > meta[name="description"]"#,
            ONCE,
            |meta, page| {
                if let Some(description) = &page.description {
                    meta.set_attribute("content", &escape(description))?;
                }
                Ok(())
            },
        ),
        Change::new(
            "the page has its title, and a link to it shows what it leads to",
            "head > title",
            ONCE,
            |title, page| {
                title.set_inner_content(&page.title, ContentType::Html);
                title.after(&metas(page)?, ContentType::Html);
                Ok(())
            },
        ),
        Change::new(
            "the page says how old it is and what tested it",
            "#mdbook-content > .nav-wrapper",
            ONCE,
            |ways, page| {
                let footer = footer(page)?;
                if !footer.is_empty() {
                    ways.after(&footer, ContentType::Html);
                }
                Ok(())
            },
        )
        .on(|page| page.kind == Kind::Section),
    ]
}

/// The address of a page of an edition; that of `index.html` is the folder's.
pub(super) fn address(site: &str, edition: &Edition, path: &str) -> String {
    let folder: String = edition
        .output
        .components()
        .map(|part| format!("{}/", part.as_os_str().to_string_lossy()))
        .collect();
    format!("{site}{folder}{}", path.strip_suffix("index.html").unwrap_or(path))
}

/// The path by which a page is known: the first section stands in `index.html` too, and is known by that.
fn known_by<'a>(shape: &Shape, path: &'a str) -> &'a str {
    if shape.pages().next().as_deref() == Some(path) { "index.html" } else { path }
}

/// The editions that have the page, each with its address. They are as many as the reader has languages to
/// choose from.
pub(super) fn alternates<'a>(
    site: &str,
    shelf: &'a [Shape],
    path: &str,
) -> Vec<(&'a Edition, String)> {
    shelf
        .iter()
        .filter(|shape| path == "index.html" || shape.pages().any(|page| page == path))
        .map(|shape| (&shape.edition, address(site, &shape.edition, known_by(shape, path))))
        .collect()
}

/// The tags of a page's head that depend on the page.
fn metas(page: &Page<'_>) -> Result<String> {
    let words = labels::of(page.edition)?;
    let mut tags = String::new();
    let mut meta = |key: &str, name: &str, content: &str| {
        // Writing to a `String` can't fail.
        let _ = write!(tags, "\n        <meta {key}=\"{name}\" content=\"{}\">", escape(content));
    };
    if page.kind == Kind::NotFound {
        meta("name", "robots", "noindex");
        return Ok(tags);
    }
    meta("property", "og:type", "article");
    meta("property", "og:site_name", &page.edition.title);
    meta("property", "og:title", &page.title);
    if let Some(description) = &page.description {
        meta("property", "og:description", description);
    }
    meta("property", "og:locale", words.locale);
    for other in page.shelf.iter().filter(|other| other.edition.code != page.edition.code) {
        meta("property", "og:locale:alternate", labels::of(&other.edition)?.locale);
    }
    meta("name", "twitter:card", "summary_large_image");
    // The rest needs whole addresses.
    let Some(site) = &page.site.url else { return Ok(tags) };
    if page.edition.root.join("images").join(preview(page.edition)).is_file() {
        let (width, height) = PREVIEW_SIZE;
        meta("property", "og:image", &format!("{site}{}", preview(page.edition)));
        meta("property", "og:image:type", "image/png");
        meta("property", "og:image:width", &width.to_string());
        meta("property", "og:image:height", &height.to_string());
        meta("property", "og:image:alt", words.preview);
    }
    let own = page.shelf.iter().find(|shape| shape.edition == *page.edition);
    if let (Kind::Section, Some(own)) = (page.kind, own) {
        let canonical = address(site, page.edition, known_by(own, &page.path));
        meta("property", "og:url", &canonical);
        let _ = write!(tags, "\n        <link rel=\"canonical\" href=\"{canonical}\">");
        let alternates = alternates(site, page.shelf, &page.path);
        if alternates.len() > 1 {
            let default = alternates.first().map(|(_, address)| ("x-default", address));
            let each = alternates.iter().map(|(edition, address)| (edition.code.as_str(), address));
            for (language, address) in each.chain(default) {
                let _ = write!(
                    tags,
                    "\n        <link rel=\"alternate\" hreflang=\"{language}\" href=\"{address}\">"
                );
            }
        }
    }
    Ok(tags)
}

/// What is known about a section, below its text.
fn footer(page: &Page<'_>) -> Result<String> {
    let words = labels::of(page.edition)?;
    let mut items = Vec::new();
    let day = page.source.as_ref().and_then(|source| page.site.changed.get(source));
    if let Some(day) = day {
        items.push(format!("{}<time datetime=\"{day}\">{day}</time>", words.changed));
    }
    if !page.site.toolchain.is_empty() {
        items.push(format!("{}{}", words.tested, page.site.toolchain.join(words.and)));
    }
    if let (Some(repository), Some(source)) = (&page.site.repository, &page.source) {
        let url = repository.edit(&source.to_string_lossy().replace('\\', "/"));
        items.push(format!("<a href=\"{url}\">{}</a>", words.edit));
    }
    if items.is_empty() {
        return Ok(String::new());
    }
    let items: String = items.iter().map(|item| format!("<li>{item}</li>")).collect();
    Ok(format!("\n<footer class=\"page-footer\"><ul>{items}</ul></footer>"))
}
