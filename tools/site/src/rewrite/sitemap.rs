//! What tells others of the site: `sitemap.xml` and `robots.txt` for search engines, and the pictures that
//! stand for the book where somebody links to it. All are known by whole addresses, so they are written
//! where the address of the site is known.

use std::{fmt::Write as _, fs, path::Path};

use anyhow::{Context as _, Result};

use super::{head, page::Shape};
use crate::about::Site;

/// Writes them into the site's folder.
pub(crate) fn write(site: &Site, shelf: &[Shape], folder: &Path) -> Result<()> {
    let Some(url) = &site.url else { return Ok(()) };
    fs::write(folder.join("sitemap.xml"), sitemap(site, url, shelf)?)?;
    fs::write(
        folder.join("robots.txt"),
        format!("User-agent: *\nAllow: /\nSitemap: {url}sitemap.xml\n"),
    )?;
    for Shape { edition, .. } in shelf {
        let name = head::preview(edition);
        let picture = edition.root.join("images").join(&name);
        if picture.is_file() {
            fs::copy(&picture, folder.join(&name))
                .with_context(|| format!("can't copy {}", picture.display()))?;
        }
    }
    Ok(())
}

/// Every section of every edition, with the day of its last change and the same page in other languages.
fn sitemap(site: &Site, url: &str, shelf: &[Shape]) -> Result<String> {
    let mut xml = String::from(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
         <urlset xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\" xmlns:xhtml=\"http://www.w3.org/1999/xhtml\">\n",
    );
    for shape in shelf {
        for (chapter, page) in shape.chapters.iter().zip(shape.pages()) {
            let alternates = head::alternates(url, shelf, &page);
            let own = alternates.iter().find(|(edition, _)| **edition == shape.edition);
            let Some((_, address)) = own else { continue };
            write!(xml, "<url><loc>{address}</loc>")?;
            if let Some(day) = site.changed.get(&shape.edition.source.join(&chapter.path)) {
                write!(xml, "<lastmod>{day}</lastmod>")?;
            }
            if alternates.len() > 1 {
                for (edition, address) in &alternates {
                    let code = &edition.code;
                    write!(
                        xml,
                        r#"<xhtml:link rel="alternate" hreflang="{code}" href="{address}"/>"#
                    )?;
                }
            }
            xml.push_str("</url>\n");
        }
    }
    xml.push_str("</urlset>\n");
    Ok(xml)
}
