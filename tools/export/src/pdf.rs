//! The PDF: all sections in one page of HTML, which WeasyPrint sets by the rules of `common.css` and `print.css`.
//!
//! mdbook-pdf has it printed by Chrome, which puts no page behind a link: the contents, and 47 links from a part of
//! a program to the whole, would lead nowhere on paper.

use std::{fmt::Write as _, fs, path::Path};

use anyhow::{Context as _, Result};

use super::{
    tools,
    volume::{Chunk, Volume},
    xhtml::{self, Medium, slug},
};
use project::escape;

const STYLE: &str = concat!(include_str!("common.css"), include_str!("print.css"));

/// The page and the figure whose picture stands on the cover: the site's own.
const COVER: (&str, &str) = ("index.html", "fig-cover");

/// Writes the PDF of `volume` to `file`, with `folder` for what is needed on the way.
pub(super) fn write(volume: &Volume, site: &Path, folder: &Path, file: &Path) -> Result<()> {
    let chunks = volume.chunks(site, Medium::Pdf)?;
    let words = volume.words;
    let mut body = cover(volume, site)?;
    let _ = write!(body, "<section class=\"titlepage\">\n{}</section>\n", title(volume));
    body += &contents(volume, &chunks);
    for chunk in &chunks {
        if let Some(title) = &chunk.title {
            let id = if chunk.flows { " id=\"listings\"" } else { "" };
            let title = escape(title);
            let _ = write!(body, "<section class=\"part\"{id}>\n<h1>{title}</h1>\n<ul>\n");
            for leaf in &chunk.leaves {
                let (slug, name) = (slug(&leaf.path), escape(&leaf.name));
                let _ = writeln!(body, "<li><a href=\"#{slug}\">{name}</a></li>");
            }
            body += "</ul>\n</section>\n";
        }
        let inside = match chunk {
            Chunk { flows: true, .. } => "chapter inside flows",
            Chunk { title: Some(_), .. } => "chapter inside",
            _ => "chapter",
        };
        for leaf in &chunk.leaves {
            let (slug, section) = (slug(&leaf.path), &leaf.section.body);
            let _ = writeln!(body, "<section class=\"{inside}\" id=\"{slug}\">{section}</section>");
        }
    }
    let head = format!(
        "<meta name=\"author\" content=\"{}\"/>\n<meta name=\"description\" content=\"{}\"/>\n\
         <meta name=\"dcterms.created\" content=\"{moment}\"/>\n\
         <meta name=\"dcterms.modified\" content=\"{moment}\"/>\n<style>{STYLE}</style>\n",
        escape(words.authors),
        escape(words.description),
        moment = volume.stamp.moment(),
    );
    let html = folder.join("book.html");
    fs::write(&html, xhtml::file(&volume.edition.code, &volume.edition.title, &head, &body))?;
    tools::weasyprint(&html, file, words.identifier)
}

/// The cover as a page of its own, for the EPUB.
pub(super) fn cover_alone(volume: &Volume, site: &Path) -> Result<String> {
    let head = format!("<style>{STYLE}</style>\n");
    Ok(xhtml::file(&volume.edition.code, &volume.edition.title, &head, &cover(volume, site)?))
}

/// The cover.
fn cover(volume: &Volume, site: &Path) -> Result<String> {
    let (page, figure) = COVER;
    let picture = xhtml::picture(&volume.page(site, page)?, figure)
        .with_context(|| format!("the cover wants a picture from {page}"))?;
    Ok(format!(
        "<section class=\"cover\">\n<p class=\"title\">{}</p>\n<p class=\"subtitle\">{}</p>\n\
         <div class=\"picture\">{picture}</div>\n</section>\n",
        escape(&volume.edition.title),
        escape(volume.words.subtitle),
    ))
}

/// What the title page says.
pub(super) fn title(volume: &Volume) -> String {
    let words = volume.words;
    format!(
        "<p class=\"title\">{}</p>\n<p class=\"subtitle\">{}</p>\n<p class=\"authors\">{}</p>\n\
         <div class=\"imprint\">\n<p>{}</p>\n<p>{}</p>\n<p>{} {}</p>\n</div>\n",
        escape(&volume.edition.title),
        escape(words.subtitle),
        escape(words.authors),
        escape(words.source),
        escape(words.licence),
        escape(words.state),
        volume.stamp.day(),
    )
}

/// The table of contents, by parts; the styles add the numbers of the pages.
fn contents(volume: &Volume, chunks: &[Chunk]) -> String {
    let mut out = format!("<nav class=\"contents\">\n<h1>{}</h1>\n", escape(volume.words.contents));
    for chunk in chunks {
        match &chunk.title {
            // Its own page says the rest.
            Some(title) if chunk.flows => {
                let _ = writeln!(out, "<h2><a href=\"#listings\">{}</a></h2>", escape(title));
                continue;
            }
            Some(title) => {
                let _ = writeln!(out, "<h2>{}</h2>", escape(title));
            }
            None => {}
        }
        out += "<ul>\n";
        for leaf in &chunk.leaves {
            let (slug, name) = (slug(&leaf.path), escape(&leaf.name));
            let _ = writeln!(out, "<li><a href=\"#{slug}\">{name}</a></li>");
        }
        out += "</ul>\n";
    }
    out + "</nav>\n"
}
