//! A page of the site as a section of a book: XHTML without what needs a browser.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write as _,
};

use anyhow::{Context as _, Result, anyhow, bail};
use project::escape;
use scraper::{ElementRef, Html, Selector, node::Node};

use super::{code::Lines, words::Words};

/// A section of the book.
#[derive(Clone, Debug, Default)]
pub(super) struct Section {
    /// What stands between `<body>` and `</body>`.
    pub body: String,
    /// Its headings of the second rank: id, and text as XHTML.
    pub headings: Vec<(String, String)>,
    /// Whether a picture stands in it.
    pub has_svg: bool,
    /// The programs of which it shows a part.
    pub listings: Vec<Listing>,
}

/// A whole program.
#[derive(Clone, Debug)]
pub(super) struct Listing {
    /// Its file, as XHTML.
    pub file: String,
    /// Its lines and what stands below them, as XHTML.
    pub body: String,
    /// Where it stands in the section of listings.
    pub id: String,
}

/// What the sections are for, and so where they stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Medium {
    /// Each stands in a file of its own, which has the page's path and another ending.
    Epub,
    /// All stand in one file: ids have the section's name before them.
    Pdf,
}

/// The sections that a link can lead to: paths of pages from the folder of the edition.
pub(super) type Pages = BTreeSet<String>;

/// Makes sections from pages.
pub(super) struct Maker<'a> {
    pub words: &'a Words,
    pub pages: &'a Pages,
    /// Where a link to the cover of the site leads.
    pub first: &'a str,
}

/// What is of no use in a book: controls, and what only a script fills.
const DROPPED: [&str; 9] =
    ["button", "form", "iframe", "input", "label", "noscript", "script", "style", "template"];

/// The elements that a section may have, besides those of pictures.
const KEPT: [&str; 40] = [
    "a",
    "abbr",
    "aside",
    "b",
    "blockquote",
    "br",
    "caption",
    "cite",
    "code",
    "dd",
    "del",
    "dfn",
    "div",
    "dl",
    "dt",
    "em",
    "figcaption",
    "figure",
    "h1",
    "h2",
    "h3",
    "h4",
    "hr",
    "i",
    "kbd",
    "li",
    "ol",
    "p",
    "pre",
    "s",
    "section",
    "small",
    "span",
    "strong",
    "sub",
    "sup",
    "table",
    "tbody",
    "thead",
    "ul",
];

/// The attributes that an element keeps.
const ATTRIBUTES: [&str; 9] =
    ["class", "colspan", "dir", "lang", "rowspan", "scope", "start", "title", "value"];

const XHTML: &str = "http://www.w3.org/1999/xhtml";
const SVG: &str = "http://www.w3.org/2000/svg";

impl Maker<'_> {
    /// The section of the page `path`, whose HTML is `html`.
    ///
    /// # Errors
    /// The page has no `<main>`, a link leads to no section, or something stands in it that this
    /// module doesn't know: each one is named.
    pub(super) fn section(&self, path: &str, html: &str, medium: Medium) -> Result<Section> {
        let page = Html::parse_document(html);
        let main = first(&page, "main").context("the page has no <main>")?;
        let mut writer = Writer {
            maker: self,
            path,
            medium,
            section: Section::default(),
            problems: BTreeSet::new(),
        };
        writer.children(main)?;
        if !writer.problems.is_empty() {
            bail!(Vec::from_iter(writer.problems).join("\n"));
        }
        Ok(writer.section)
    }

    /// The section with the whole programs of which the section of the page `path` shows a part: its path
    /// and itself. `name` is the title of that section.
    pub(super) fn listings(
        path: &str,
        name: &str,
        shown: &Section,
        medium: Medium,
    ) -> (String, Section) {
        let here = listings_of(path);
        let mut section = Section::default();
        let back = target(&here, path, "", medium);
        let id = if medium == Medium::Pdf { "top" } else { "programs" };
        let _ = writeln!(
            section.body,
            "<h1 id=\"{}\"><a href=\"{back}\">{}</a></h1>",
            place(medium, &here, id),
            escape(name)
        );
        for listing in &shown.listings {
            let id = place(medium, &here, &listing.id);
            let Listing { file, body, .. } = listing;
            let _ = writeln!(section.body, "<h2 id=\"{id}\"><code>{file}</code></h2>\n{body}");
            section.headings.push((id, file.clone()));
        }
        (here, section)
    }
}

/// The picture of the figure `id` on a page, as XHTML.
pub(super) fn picture(html: &str, id: &str) -> Result<String> {
    let page = Html::parse_document(html);
    let svg = first(&page, &format!("figure[id={id}] > svg"))
        .with_context(|| format!("there is no figure {id}"))?;
    let mut out = String::new();
    write_svg(svg, WIDE, &|id| id.to_owned(), &mut out);
    Ok(out)
}

/// The first element that `selector` finds.
fn first<'a>(page: &'a Html, selector: &str) -> Option<ElementRef<'a>> {
    let selector = Selector::parse(selector).ok()?;
    page.select(&selector).next()
}

/// The id of a section among all of them.
pub(super) fn slug(path: &str) -> String {
    path.trim_end_matches(".html").replace('/', "-")
}

/// Writes one section.
struct Writer<'a, 'm> {
    maker: &'a Maker<'m>,
    path: &'a str,
    medium: Medium,
    section: Section,
    problems: BTreeSet<String>,
}

impl Writer<'_, '_> {
    /// Writes what stands in `element`.
    fn children(&mut self, element: ElementRef<'_>) -> Result<()> {
        for child in element.children() {
            match child.value() {
                Node::Text(text) => self.section.body += &escape(text),
                Node::Element(_) => {
                    if let Some(element) = ElementRef::wrap(child) {
                        self.element(element)?;
                    }
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// Writes `element`, or what takes its place.
    fn element(&mut self, element: ElementRef<'_>) -> Result<()> {
        let name = element.value().name();
        let class = |class: &str| element.value().classes().any(|c| c == class);
        match name {
            _ if element.attr("hidden").is_some() || class("twins-tabs") => Ok(()),
            // What a question is answered with stays as words; the rest of it is for a script.
            "label" if has_parent(element, "ask-choice") => self.children(element),
            "div" | "p" if ["ask-do", "ask-number", "ask-clear"].into_iter().any(class) => Ok(()),
            // On the page of its part a question stands once more, without its answer.
            _ if is_answer(element) => Ok(()),
            // Nothing folds here, and who wants a hint asks `cargo exercise` for it.
            "details" if has_parent(element, "exercise") => Ok(()),
            _ if DROPPED.contains(&name) => Ok(()),
            // The sign of a callout is drawn by the styles.
            "svg"
                if element
                    .ancestors()
                    .any(|node| has_class(node.value(), "blockquote-tag-title")) =>
            {
                Ok(())
            }
            "svg" => {
                self.section.has_svg = true;
                let (medium, path) = (self.medium, self.path);
                let layout = if medium == Medium::Epub { NARROW } else { WIDE };
                write_svg(element, layout, &|id| place(medium, path, id), &mut self.section.body);
                Ok(())
            }
            // The heading's link to itself.
            "a" if class("header") => self.children(element),
            "pre" => self.block(element),
            "div" if class("program") => self.program(element),
            // They need a script; what stands in their place is in them.
            "schedule-explorer" | "time-replay" | "timeline-lab" | "nav" => self.children(element),
            // Nothing folds.
            "details" => self.write("div", element, "details"),
            "summary" => self.write("div", element, "summary"),
            "th" | "td" | "tr" => self.write(name, element, ""),
            "div" if class("twins-rust") => self.twin(element, "Rust"),
            "div" if class("twins-python") => self.twin(element, "Python"),
            _ if KEPT.contains(&name) => self.write(name, element, ""),
            _ => {
                self.problems.insert(format!("{}: a book can't show <{name}>", self.path));
                Ok(())
            }
        }
    }

    /// A program beside its twin, with its language above it.
    fn twin(&mut self, element: ElementRef<'_>, language: &str) -> Result<()> {
        let _ =
            write!(self.section.body, "<div class=\"twin\">\n<p class=\"label\">{language}</p>");
        self.children(element)?;
        self.section.body += "</div>";
        Ok(())
    }

    /// Writes `element` as `name`, with `class` beside the classes that it has.
    fn write(&mut self, name: &str, element: ElementRef<'_>, class: &str) -> Result<()> {
        if name == "h2" {
            let id = element.attr("id").map(|id| place(self.medium, self.path, id));
            self.section.headings.extend(id.map(|id| (id, escape(&text(element)))));
        }
        let mut attributes = Vec::new();
        if let Some(id) = element.attr("id") {
            attributes.push(("id", place(self.medium, self.path, id)));
        } else if name == "h1" && self.medium == Medium::Pdf {
            attributes.push(("id", place(self.medium, self.path, "top")));
        }
        for (attribute, value) in element.value().attrs() {
            match attribute {
                "class" => {}
                "href" => attributes.push(("href", self.link(value))),
                "style" if matches!(name, "th" | "td") => attributes.push(("style", value.into())),
                _ if ATTRIBUTES.contains(&attribute) => attributes.push((attribute, value.into())),
                _ => {}
            }
            if attribute == "lang" {
                attributes.push(("xml:lang", value.into()));
            }
        }
        let classes = [element.attr("class").unwrap_or_default(), class].join(" ");
        if !classes.trim().is_empty() {
            attributes.push(("class", classes.trim().to_owned()));
        }
        open(&mut self.section.body, name, &attributes);
        if matches!(name, "br" | "hr") {
            self.section.body.truncate(self.section.body.len() - 1);
            self.section.body += "/>";
            return Ok(());
        }
        self.children(element)?;
        let _ = write!(self.section.body, "</{name}>");
        Ok(())
    }

    /// A block of code.
    fn block(&mut self, pre: ElementRef<'_>) -> Result<()> {
        let code = self.code(pre)?;
        let language = language(code);
        let (class, label) = match language {
            "console" => ("output", Some(self.maker.words.output)),
            _ if code.value().classes().any(|class| class == "compile_fail") => {
                ("program fails", Some(self.maker.words.fails))
            }
            _ => ("program", None),
        };
        let label = label.map(|label| format!("<p class=\"label\">{label}</p>"));
        let _ = write!(
            self.section.body,
            "<div class=\"{class}\">{}{}</div>",
            label.unwrap_or_default(),
            Lines::of(code).whole()
        );
        Ok(())
    }

    /// A program, or a part of the library, with the name of its file above and its command below. Of a
    /// long program there is the part that is seen on the site while it is folded, and a link to the whole.
    fn program(&mut self, program: ElementRef<'_>) -> Result<()> {
        self.section.body += "<div class=\"program\">";
        let (mut file, mut whole) = (String::new(), None);
        for child in program.child_elements() {
            let class = |class: &str| child.value().classes().any(|c| c == class);
            match child.value().name() {
                "p" if class("program-file") => {
                    file = text(child);
                    self.write("p", child, "")?;
                }
                "pre" => {
                    let lines = Lines::of(self.code(child)?);
                    self.section.body += &lines.folded(self.maker.words.left_out);
                    whole = Some(lines.whole());
                }
                "details" if class("program-more") => {
                    let id = file.replace(['/', '.'], "-");
                    let href = target(self.path, &listings_of(self.path), &id, self.medium);
                    let words = escape(text(child).trim());
                    let _ = write!(
                        self.section.body,
                        "<p class=\"program-whole\"><a href=\"{href}\">{words}</a></p>"
                    );
                    let code = whole.take();
                    let code = code.with_context(|| format!("{}: nothing to unfold", self.path))?;
                    let body = format!("<div class=\"program\">{code}</div>");
                    self.section.listings.push(Listing { file: escape(&file), body, id });
                }
                "p" if class("program-run") => self.write("p", child, "")?,
                "button" => {}
                name => {
                    self.problems.insert(format!(
                        "{}: a book can't show <{name}> around a program",
                        self.path
                    ));
                }
            }
        }
        self.section.body += "</div>";
        Ok(())
    }

    /// The code in a block.
    fn code<'a>(&self, pre: ElementRef<'a>) -> Result<ElementRef<'a>> {
        let code = pre.child_elements().find(|child| child.value().name() == "code");
        code.ok_or_else(|| anyhow!("{}: a <pre> without <code>", self.path))
    }

    /// Where a link of this page leads in the book.
    fn link(&mut self, href: &str) -> String {
        let is_external = href.starts_with("//")
            || href.find(':').is_some_and(|colon| !href[..colon].contains(['/', '#', '?']));
        if is_external {
            return href.to_owned();
        }
        let (page, fragment) = href.split_once('#').unwrap_or((href, ""));
        let page = if page.is_empty() { self.path.to_owned() } else { join(self.path, page) };
        let page = if page == "index.html" { self.maker.first.to_owned() } else { page };
        if !self.maker.pages.contains(&page) {
            self.problems.insert(format!("{}: {href} leads out of the book", self.path));
        }
        target(self.path, &page, fragment, self.medium)
    }
}

/// The link from the section of the page `from` to a place in the section of the page `to`.
fn target(from: &str, to: &str, fragment: &str, medium: Medium) -> String {
    match medium {
        Medium::Pdf if fragment.is_empty() => format!("#{}", slug(to)),
        Medium::Pdf => format!("#{}", place(medium, to, fragment)),
        Medium::Epub => {
            let up = "../".repeat(from.matches('/').count());
            let is_here = to == from && !fragment.is_empty();
            let file = if is_here { String::new() } else { format!("{up}{}", file_of(to)) };
            let hash = if fragment.is_empty() { "" } else { "#" };
            format!("{file}{hash}{fragment}")
        }
    }
}

/// The path of the section with the whole programs of the page `path`.
fn listings_of(path: &str) -> String {
    format!("listings/{path}")
}

/// Whether an element stands directly in one of a class.
fn has_parent(element: ElementRef<'_>, class: &str) -> bool {
    element.parent().is_some_and(|node| has_class(node.value(), class))
}

/// Whether an element tells the answer of a question on the page of a part.
fn is_answer(element: ElementRef<'_>) -> bool {
    let tells = element.value().name() == "details"
        || ["ask-mark", "ask-because", "ask-cases"]
            .iter()
            .any(|class| element.value().classes().any(|own| own == *class));
    tells && element.ancestors().any(|node| has_class(node.value(), "ask-part"))
}

/// The language of a block of code.
fn language(code: ElementRef<'_>) -> &str {
    code.value().classes().find_map(|class| class.strip_prefix("language-")).unwrap_or_default()
}

/// The file of the section that was the page `path`.
pub(super) fn file_of(path: &str) -> String {
    format!("{}.xhtml", path.trim_end_matches(".html"))
}

/// What the id `id` of the page `path` is in the book.
fn place(medium: Medium, path: &str, id: &str) -> String {
    match medium {
        Medium::Epub => id.to_owned(),
        Medium::Pdf => format!("{}--{id}", slug(path)),
    }
}

/// The path to which `href` leads from the page `path`.
fn join(path: &str, href: &str) -> String {
    let mut parts: Vec<_> = path.split('/').collect();
    parts.pop();
    for part in href.split('/') {
        match part {
            "." | "" => {}
            ".." => {
                parts.pop();
            }
            part => parts.push(part),
        }
    }
    parts.join("/")
}

/// Whether a node is an element of the class `class`.
fn has_class(node: &Node, class: &str) -> bool {
    node.as_element().is_some_and(|element| element.classes().any(|c| c == class))
}

/// The text in `element`, without the lines that mdBook hides.
fn text(element: ElementRef<'_>) -> String {
    let mut out = String::new();
    for child in element.children() {
        match child.value() {
            Node::Text(text) => out += text,
            _ if has_class(child.value(), "boring") => {}
            _ => out += &ElementRef::wrap(child).map(text).unwrap_or_default(),
        }
    }
    out
}

/// Writes a start tag.
fn open(out: &mut String, name: &str, attributes: &[(&str, String)]) {
    let _ = write!(out, "<{name}");
    for (attribute, value) in attributes {
        let _ = write!(out, " {attribute}=\"{}\"", escape(value));
    }
    *out += ">";
}

/// The classes of a picture's two layouts: pages of an EPUB may be small, those of paper are wide.
const NARROW: &str = "narrow";
const WIDE: &str = "wide";

/// Writes a picture, in one of its layouts: the theme's colours become those of paper, and styles become attributes, which
/// more readers understand.
fn write_svg(
    element: ElementRef<'_>,
    layout: &str,
    place: &impl Fn(&str) -> String,
    out: &mut String,
) {
    let name = element.value().name();
    let mut attributes = BTreeMap::new();
    // The layout's own frame becomes that of the whole; the other layout goes.
    let is_layout = |e: &ElementRef| {
        [NARROW, WIDE].iter().any(|class| e.value().classes().any(|c| c == *class))
    };
    let mut layouts = element.child_elements().filter(is_layout);
    if let Some(chosen) = layouts.find(|e| e.value().classes().any(|c| c == layout)) {
        for attribute in ["viewBox", "font-size"] {
            attributes.extend(chosen.attr(attribute).map(|value| (attribute, value.to_owned())));
        }
    }
    if name == "svg" {
        attributes.insert("xmlns", SVG.to_owned());
        // WeasyPrint gives a picture nothing of the page's styles.
        attributes.insert("font-family", "Noto Sans, Noto Sans CJK TC, sans-serif".to_owned());
    }
    for (attribute, value) in element.value().attrs() {
        let value = colours(value);
        match attribute {
            "xmlns" => {}
            "id" => {
                attributes.insert("id", place(&value));
            }
            "aria-labelledby" | "aria-describedby" => {
                let ids: Vec<_> = value.split_whitespace().map(place).collect();
                attributes.insert(attribute, ids.join(" "));
            }
            // How wide a picture is, the book says.
            "style" if name == "svg" => {}
            "style" => {
                for (property, value) in value.split(';').filter_map(|part| part.split_once(':')) {
                    if let Some(known) =
                        PRESENTATION.iter().find(|known| **known == property.trim())
                    {
                        attributes.insert(known, value.trim().to_owned());
                    }
                }
            }
            "href" if value.starts_with('#') => {
                attributes.insert("href", format!("#{}", place(&value[1..])));
            }
            _ => {
                attributes.insert(attribute, in_urls(&value, place));
            }
        }
    }
    open(out, name, &Vec::from_iter(attributes));
    for child in element.children() {
        match child.value() {
            Node::Text(text) => *out += &escape(text),
            Node::Element(_) => {
                let Some(child) = ElementRef::wrap(child) else { continue };
                if !is_layout(&child) {
                    write_svg(child, layout, place, out);
                } else if child.value().classes().any(|c| c == layout) {
                    for part in child.child_elements() {
                        write_svg(part, layout, place, out);
                    }
                }
            }
            _ => {}
        }
    }
    let _ = write!(out, "</{name}>");
}

/// The properties of a style that are attributes in SVG as well.
const PRESENTATION: [&str; 8] = [
    "color",
    "fill",
    "fill-opacity",
    "opacity",
    "paint-order",
    "stroke",
    "stroke-opacity",
    "stroke-width",
];

/// `url(#id)` with the id where it is in the book.
fn in_urls(value: &str, place: &impl Fn(&str) -> String) -> String {
    match value.split_once("url(#") {
        None => value.to_owned(),
        Some((before, rest)) => match rest.split_once(')') {
            None => value.to_owned(),
            Some((id, after)) => {
                format!("{before}url(#{}){}", place(id), in_urls(after, place))
            }
        },
    }
}

/// The value with each `var(--name, fallback)` replaced by its fallback; the names without one are
/// those of text and page.
pub(super) fn colours(value: &str) -> String {
    let Some((before, rest)) = value.split_once("var(") else {
        return value.to_owned();
    };
    // Fallbacks may be calls themselves.
    let mut depth = 1;
    let end = rest.find(|c| {
        depth += match c {
            '(' => 1,
            ')' => -1,
            _ => 0,
        };
        depth == 0
    });
    let Some(end) = end else { return value.to_owned() };
    let colour = match rest[..end].split_once(',') {
        Some((_, fallback)) => colours(fallback.trim()),
        None if rest[..end].trim() == "--bg" => "#fff".to_owned(),
        None => "currentColor".to_owned(),
    };
    format!("{before}{colour}{}", colours(&rest[end + 1..]))
}

/// A whole file of XHTML around `body`.
pub(super) fn file(lang: &str, title: &str, head: &str, body: &str) -> String {
    let title = escape(title);
    format!(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<!DOCTYPE html>\n\
         <html xmlns=\"{XHTML}\" xmlns:epub=\"http://www.idpf.org/2007/ops\" lang=\"{lang}\" xml:lang=\"{lang}\">\n\
         <head>\n<meta charset=\"utf-8\"/>\n<title>{title}</title>\n{head}</head>\n<body>\n{body}\n</body>\n</html>\n"
    )
}
