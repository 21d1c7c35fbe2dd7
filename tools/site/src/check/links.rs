//! The links of a built site: each leads somewhere, and nothing is loaded from another host.
//!
//! mdbook-linkcheck2 reads Markdown: of the 5,126 links that are followed here it would see 948.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt, fs,
    path::{Component, Path, PathBuf},
};

use anyhow::{Context as _, Result};
use html::{Tag, TagKind, Token, attribute, tokens};
use project::files;

/// The page of an edition that a server shows at any address: it names its base from the root of the site.
const NOT_FOUND: &str = "404.html";

/// Something that is wrong on a page.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Problem {
    /// The page's file in the site.
    pub page: PathBuf,
    /// The link or the id.
    pub what: String,
    /// What is wrong with it, as the end of a sentence.
    pub why: &'static str,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {} {}", self.page.display(), self.what, self.why)
    }
}

/// What is wrong with the links of the site in the folder `site`, and how many were followed. `base` is the
/// way from the host's root to it: `/`, or `/name/`.
pub(super) fn problems(site: &Path, base: &str) -> Result<(usize, BTreeSet<Problem>)> {
    let files = read(site)?;
    let mut followed = 0;
    let mut problems = BTreeSet::new();
    for (name, page) in &files {
        let Some(page) = page else { continue };
        let mut wrong = |what: &str, why| {
            problems.insert(Problem { page: name.clone(), what: what.to_owned(), why });
        };
        for id in &page.twice {
            wrong(&format!("the id {id}"), "occurs twice");
        }
        for Link { target, loads } in &page.links {
            let problem = if is_external(target) {
                if !*loads || target.starts_with("data:") {
                    continue;
                }
                "is loaded from outside the site"
            } else {
                followed += 1;
                match follow(name, target, base, &files) {
                    Ok(()) => continue,
                    Err(problem) => problem,
                }
            };
            wrong(target, problem);
        }
    }
    Ok((followed, problems))
}

/// A page, as far as links are concerned.
#[derive(Default)]
struct Page {
    ids: BTreeSet<String>,
    twice: BTreeSet<String>,
    links: Vec<Link>,
}

/// A reference to another file or place.
struct Link {
    target: String,
    /// Whether the browser loads it by itself, or a reader follows it.
    loads: bool,
}

/// The files of the site, by their paths in it; those that are HTML with what is in them.
fn read(site: &Path) -> Result<BTreeMap<PathBuf, Option<Page>>> {
    let mut found = BTreeMap::new();
    for name in files(site)? {
        let is_html = name.extension().is_some_and(|extension| extension == "html");
        let page = if is_html {
            let text = fs::read_to_string(site.join(&name))
                .with_context(|| format!("can't read {}", name.display()))?;
            Some(parse(&text))
        } else {
            None
        };
        found.insert(name, page);
    }
    Ok(found)
}

/// Whether a link has a scheme or a host.
fn is_external(target: &str) -> bool {
    target.starts_with("//")
        || target.split_once(':').is_some_and(|(scheme, _)| {
            scheme.chars().all(|c| c.is_ascii_alphanumeric() || "+-.".contains(c))
        })
}

/// Looks where the link `target` on the page `name` leads.
fn follow(
    name: &Path,
    target: &str,
    base: &str,
    files: &BTreeMap<PathBuf, Option<Page>>,
) -> Result<(), &'static str> {
    let (path, fragment) = target.split_once('#').unwrap_or((target, ""));
    let path = path.split('?').next().unwrap_or(path);
    let from_root = path.strip_prefix(base).filter(|_| name.ends_with(NOT_FOUND));
    let mut file = match from_root {
        Some(_) => PathBuf::new(),
        None if path.is_empty() => name.to_owned(),
        None => name.parent().map(PathBuf::from).unwrap_or_default(),
    };
    for part in Path::new(from_root.unwrap_or(path)).components() {
        match part {
            Component::Normal(part) => file.push(part),
            Component::CurDir => {}
            Component::ParentDir if file.pop() => {}
            _ => return Err("leads out of the site"),
        }
    }
    let page = files.get(&file).or_else(|| files.get(&file.join("index.html")));
    match page.ok_or("leads to no file of the site")? {
        Some(page) if !fragment.is_empty() && !page.ids.contains(fragment) => {
            Err("leads to an id that the page hasn't")
        }
        _ => Ok(()),
    }
}

/// The ids and links of a page.
fn parse(html: &str) -> Page {
    let mut page = Page::default();
    for token in tokens(html) {
        if let Token::TagToken(tag) = token
            && tag.kind == TagKind::StartTag
        {
            page.note(&tag);
        }
    }
    page
}

impl Page {
    /// Notes the id and the links of a tag.
    fn note(&mut self, tag: &Tag) {
        // These only name an address of this page, or of the same page in another language.
        let names = matches!(attribute(tag, "rel"), Some("canonical" | "alternate"));
        for attribute in &tag.attrs {
            let value = attribute.value.to_string();
            match &*attribute.name.local {
                "id" => {
                    if let Some(id) = self.ids.replace(value) {
                        self.twice.insert(id);
                    }
                }
                "href" | "src" | "poster" | "data" => {
                    let loads = !names && !matches!(&*tag.name, "a" | "area" | "base");
                    self.links.push(Link { target: value, loads });
                }
                _ => {}
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(site: &Path, base: &str) -> Result<Vec<String>> {
        Ok(problems(site, base)?.1.iter().map(Problem::to_string).collect())
    }

    /// The problems of a site with two pages, the first with the text `html`.
    fn check(html: &str) -> Result<Vec<String>> {
        let site = tempfile::tempdir()?;
        fs::create_dir(site.path().join("part"))?;
        fs::write(site.path().join("index.html"), r#"<p id="there">"#)?;
        fs::write(site.path().join("part/page.html"), html)?;
        found(site.path(), "/")
    }

    #[test]
    fn good_links_are_no_problem() -> Result<()> {
        let html = r##"<p id="here"><a href="#here">1</a> <a href="../index.html#there">2</a>
            <a href="..">3</a> <a href="https://doc.rust-lang.org/std/">4</a> <a href="page.html">5</a>
            <script>const text = '<a href="absent.html">';</script>"##;
        assert_eq!(check(html)?, [""; 0]);
        Ok(())
    }

    #[test]
    fn a_broken_link_is_named() -> Result<()> {
        let problem = "part/page.html: absent.html leads to no file of the site";
        assert_eq!(check(r#"<a href="absent.html">"#)?, [problem]);
        let problem = "part/page.html: ../index.html#gone leads to an id that the page hasn't";
        assert_eq!(check(r#"<a href="../index.html#gone">"#)?, [problem]);
        let problem = "part/page.html: ../../secret leads out of the site";
        assert_eq!(check(r#"<a href="../../secret">"#)?, [problem]);
        Ok(())
    }

    #[test]
    fn an_id_that_occurs_twice_is_named() -> Result<()> {
        let problem = "part/page.html: the id a occurs twice";
        assert_eq!(check(r#"<p id="a"><svg id="a"></svg>"#)?, [problem]);
        Ok(())
    }

    #[test]
    fn what_would_be_loaded_from_another_host_is_named() -> Result<()> {
        let problem = "part/page.html: https://example.org/a.js is loaded from outside the site";
        assert_eq!(check(r#"<script src="https://example.org/a.js"></script>"#)?, [problem]);
        Ok(())
    }

    #[test]
    fn a_site_that_knows_its_address_names_it() -> Result<()> {
        let site = tempfile::tempdir()?;
        let page = r#"<link rel="canonical" href="https://a.org/name/"><link rel="alternate" href="https://a.org/name/zh/">"#;
        fs::write(site.path().join("index.html"), page)?;
        fs::write(
            site.path().join("404.html"),
            r#"<base href="/name/"><a href="/name/index.html">"#,
        )?;
        assert_eq!(found(site.path(), "/name/")?, [""; 0]);
        let wrong = found(site.path(), "/")?;
        assert_eq!(wrong[0], "404.html: /name/ leads to no file of the site");
        Ok(())
    }
}
