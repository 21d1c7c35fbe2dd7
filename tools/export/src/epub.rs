//! The EPUB: sections in files of their own, with what EPUB 3 wants around them.
//!
//! The package file is written here: epub-builder, which mdbook-epub takes too, doesn't mark the files that hold
//! SVG, 15 of these 55, and without the mark an EPUB isn't valid.

use std::{collections::BTreeSet, fmt::Write as _, fs, path::Path};

use anyhow::{Context as _, Result};

use super::{
    archive::Archive,
    pdf, tools,
    volume::{Chunk, Volume},
    xhtml::{self, Medium, file_of},
};
use project::escape;

const STYLE: &str = concat!(include_str!("common.css"), include_str!("epub.css"));

/// The fonts that may go into it: style, and path.
const FONTS: [(&str, &str); 2] =
    [("Regular", "fonts/chinese.woff2"), ("Bold", "fonts/chinese-bold.woff2")];

/// Their styles.
const FACES: &str = r#"@font-face { font-family: "Noto Serif CJK TC"; font-weight: 400; src: url(fonts/chinese.woff2) format("woff2"); }
@font-face { font-family: "Noto Serif CJK TC"; font-weight: 700; src: url(fonts/chinese-bold.woff2) format("woff2"); }
[lang|="zh"] { font-family: "Noto Serif CJK TC", serif; }
"#;

const CONTAINER: &str = r#"<?xml version="1.0" encoding="utf-8"?>
<container version="1.0" xmlns="urn:oasis:names:tc:opendocument:xmlns:container">
<rootfiles><rootfile full-path="book/package.opf" media-type="application/oebps-package+xml"/></rootfiles>
</container>
"#;

/// The width of the cover in pixels: two pixels for a point of the widest tablets.
const COVER_WIDTH: u32 = 1600;

/// Writes the EPUB of `volume` to `file`, with `folder` for what is needed on the way.
pub(super) fn write(volume: &Volume, site: &Path, folder: &Path, file: &Path) -> Result<()> {
    let chunks = volume.chunks(site, Medium::Epub)?;
    let cover = cover(volume, site, folder)?;
    let pages = pages(volume, &chunks);
    let is_chinese = volume.edition.code.starts_with("zh");
    let fonts = if is_chinese { fonts(&pages, folder)? } else { Vec::new() };
    let mut archive = Archive::create(file, &volume.stamp)?;
    // A reader knows the file by this entry: the first one, and not compressed.
    archive.add_stored("mimetype", "application/epub+zip")?;
    archive.add("META-INF/container.xml", CONTAINER)?;
    archive.add("book/package.opf", package(volume, &chunks, &fonts))?;
    let faces = if fonts.is_empty() { "" } else { FACES };
    archive.add("book/style.css", format!("{faces}{STYLE}"))?;
    for (name, font) in &fonts {
        archive.add_stored(&format!("book/{name}"), font)?;
    }
    archive.add_stored("book/cover.png", cover)?;
    for (name, page) in &pages {
        archive.add(&format!("book/{name}"), page)?;
    }
    archive.finish()
}

/// All pages, each with its path.
fn pages(volume: &Volume, chunks: &[Chunk]) -> Vec<(String, String)> {
    let mut pages = vec![
        ("nav.xhtml".to_owned(), nav(volume, chunks)),
        ("cover.xhtml".to_owned(), cover_page(volume)),
        ("title.xhtml".to_owned(), title_page(volume)),
    ];
    for leaf in chunks.iter().flat_map(|chunk| &chunk.leaves) {
        let up = "../".repeat(leaf.path.matches('/').count());
        let head = format!("<link rel=\"stylesheet\" href=\"{up}style.css\"/>\n");
        let body = format!(
            "<section epub:type=\"chapter\" role=\"doc-chapter\">\n{}\n</section>",
            leaf.section.body
        );
        let page = xhtml::file(&volume.edition.code, &leaf.name, &head, &body);
        pages.push((file_of(&leaf.path), page));
    }
    pages
}

/// The fonts of a Chinese book, cut down to their characters: many readers have none of their own, or
/// one with the forms of another country. Each has its path.
fn fonts(pages: &[(String, String)], folder: &Path) -> Result<Vec<(&'static str, Vec<u8>)>> {
    let characters: BTreeSet<char> = pages.iter().flat_map(|(_, page)| page.chars()).collect();
    let text: String = characters.into_iter().filter(|character| !character.is_control()).collect();
    FONTS
        .iter()
        .map(|(style, name)| {
            Ok((*name, tools::subset(tools::CHINESE_SERIF, style, &text, folder)?))
        })
        .collect()
}

/// The picture of the cover: the first page of the PDF.
fn cover(volume: &Volume, site: &Path, folder: &Path) -> Result<Vec<u8>> {
    let (html, page, png) =
        (folder.join("cover.html"), folder.join("cover.pdf"), folder.join("cover.png"));
    fs::write(&html, pdf::cover_alone(volume, site)?)?;
    tools::weasyprint(&html, &page, volume.words.identifier)?;
    tools::draw(&page, &png, COVER_WIDTH)?;
    fs::read(&png).with_context(|| format!("can't read {}", png.display()))
}

/// The page that shows the cover.
fn cover_page(volume: &Volume) -> String {
    let title = escape(&volume.edition.title);
    let body = format!(
        "<section epub:type=\"cover\" class=\"cover\"><img src=\"cover.png\" alt=\"{title}\"/></section>"
    );
    xhtml::file(&volume.edition.code, volume.words.cover, LINK, &body)
}

/// The page with the title, and what stands below it.
fn title_page(volume: &Volume) -> String {
    let body = format!("<section epub:type=\"titlepage\" class=\"titlepage\">\n{}</section>", {
        pdf::title(volume)
    });
    xhtml::file(&volume.edition.code, &volume.edition.title, LINK, &body)
}

const LINK: &str = "<link rel=\"stylesheet\" href=\"style.css\"/>\n";

/// The table of contents, by parts.
fn nav(volume: &Volume, chunks: &[Chunk]) -> String {
    let words = volume.words;
    let mut list = String::new();
    for chunk in chunks {
        if let Some(title) = &chunk.title {
            let _ = writeln!(list, "<li><span>{}</span>\n<ol>", escape(title));
        }
        for leaf in &chunk.leaves {
            let file = file_of(&leaf.path);
            let _ = write!(list, "<li><a href=\"{file}\">{}</a>", escape(&leaf.name));
            if !leaf.section.headings.is_empty() {
                list += "\n<ol>\n";
                for (id, heading) in &leaf.section.headings {
                    let _ = writeln!(list, "<li><a href=\"{file}#{id}\">{heading}</a></li>");
                }
                list += "</ol>";
            }
            list += "</li>\n";
        }
        if chunk.title.is_some() {
            list += "</ol></li>\n";
        }
    }
    let begin = chunks.iter().flat_map(|chunk| &chunk.leaves).next();
    let begin = begin.map(|leaf| file_of(&leaf.path)).unwrap_or_default();
    let contents = words.contents;
    let body = format!(
        "<nav epub:type=\"toc\" role=\"doc-toc\" id=\"toc\">\n<h1>{contents}</h1>\n<ol>\n{list}</ol>\n</nav>\n\
         <nav epub:type=\"landmarks\" hidden=\"hidden\">\n<ol>\n\
         <li><a epub:type=\"cover\" href=\"cover.xhtml\">{}</a></li>\n\
         <li><a epub:type=\"toc\" href=\"nav.xhtml\">{contents}</a></li>\n\
         <li><a epub:type=\"bodymatter\" href=\"{begin}\">{}</a></li>\n</ol>\n</nav>",
        words.cover,
        escape(&volume.edition.title),
    );
    xhtml::file(&volume.edition.code, contents, LINK, &body)
}

/// The package file: what the book is, what belongs to it, and in which order it is read.
fn package(volume: &Volume, chunks: &[Chunk], fonts: &[(&str, Vec<u8>)]) -> String {
    let words = volume.words;
    let mut manifest = String::new();
    let mut spine = String::new();
    for (n, (path, _)) in fonts.iter().enumerate() {
        let _ =
            writeln!(manifest, "<item id=\"font-{n}\" href=\"{path}\" media-type=\"font/woff2\"/>");
    }
    for leaf in chunks.iter().flat_map(|chunk| &chunk.leaves) {
        let id = xhtml::slug(&leaf.path);
        let svg = if leaf.section.has_svg { " properties=\"svg\"" } else { "" };
        let _ = writeln!(
            manifest,
            "<item id=\"{id}\" href=\"{}\" media-type=\"application/xhtml+xml\"{svg}/>",
            file_of(&leaf.path)
        );
        let _ = writeln!(spine, "<itemref idref=\"{id}\"/>");
    }
    format!(
        r##"<?xml version="1.0" encoding="utf-8"?>
<package xmlns="http://www.idpf.org/2007/opf" version="3.0" unique-identifier="identifier" xml:lang="{code}">
<metadata xmlns:dc="http://purl.org/dc/elements/1.1/">
<dc:identifier id="identifier">{identifier}</dc:identifier>
<dc:title id="title">{title}</dc:title>
<meta refines="#title" property="title-type">main</meta>
<dc:title id="subtitle">{subtitle}</dc:title>
<meta refines="#subtitle" property="title-type">subtitle</meta>
<dc:language>{code}</dc:language>
<dc:creator id="creator">{authors}</dc:creator>
<meta refines="#creator" property="role" scheme="marc:relators">aut</meta>
<dc:description>{description}</dc:description>
<dc:rights>{licence}</dc:rights>
<dc:date>{day}</dc:date>
<meta property="dcterms:modified">{moment}</meta>
<meta property="schema:accessMode">textual</meta>
<meta property="schema:accessMode">visual</meta>
<meta property="schema:accessModeSufficient">textual</meta>
<meta property="schema:accessibilityFeature">alternativeText</meta>
<meta property="schema:accessibilityFeature">longDescription</meta>
<meta property="schema:accessibilityFeature">readingOrder</meta>
<meta property="schema:accessibilityFeature">structuralNavigation</meta>
<meta property="schema:accessibilityFeature">tableOfContents</meta>
<meta property="schema:accessibilityHazard">none</meta>
<meta name="cover" content="cover"/>
</metadata>
<manifest>
<item id="nav" href="nav.xhtml" media-type="application/xhtml+xml" properties="nav"/>
<item id="style" href="style.css" media-type="text/css"/>
<item id="cover" href="cover.png" media-type="image/png" properties="cover-image"/>
<item id="cover-page" href="cover.xhtml" media-type="application/xhtml+xml"/>
<item id="title-page" href="title.xhtml" media-type="application/xhtml+xml"/>
{manifest}</manifest>
<spine>
<itemref idref="cover-page"/>
<itemref idref="title-page"/>
<itemref idref="nav"/>
{spine}</spine>
</package>
"##,
        code = volume.edition.code,
        identifier = words.identifier,
        title = escape(&volume.edition.title),
        subtitle = escape(words.subtitle),
        authors = escape(words.authors),
        description = escape(words.description),
        licence = escape(words.licence),
        day = volume.stamp.day(),
        moment = volume.stamp.moment(),
    )
}
