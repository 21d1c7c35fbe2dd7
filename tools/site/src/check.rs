//! What is looked at in a built site: that mdBook has no warning, that the links lead somewhere, that
//! no other edition speaks English, and that no exercise is solved beside its page of solutions.

mod english;
mod links;
mod solutions;

use std::{collections::BTreeSet, fs, path::Path, thread};

use anyhow::{Context as _, Result, bail};

use crate::{
    about::Site,
    build::{Built, build},
    edition::{Edition, editions},
};
use links::Problem;

/// Builds the site of the project at `root` and looks at its pages: a line for each thing that was checked,
/// and everything that is wrong.
///
/// # Errors
/// A file can't be read or written.
pub fn run(root: &Path) -> Result<(Vec<String>, Vec<String>)> {
    let scratch = tempfile::tempdir().context("can't make a temporary folder")?;
    let site = scratch.path().join("book");
    let built = match build(root, &site, &Site::default()) {
        Ok(built) => built,
        Err(error) => return Ok((Vec::new(), vec![format!("{error:#}")])),
    };
    let (links, english) = thread::scope(|scope| {
        let links = scope.spawn(|| links::problems(&site, "/"));
        let english = english::problems(root, &site);
        (links.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)), english)
    });
    let mut passed: Vec<_> = built.iter().map(Built::summary).collect();
    let (followed, broken) = links?;
    passed.push(format!("links: {followed} followed"));
    let editions = editions(root);
    let mut problems: Vec<_> = broken
        .iter()
        .filter(|problem| !is_repeated(problem, &broken))
        .map(|problem| written(problem, &editions))
        .collect();
    problems.extend(english?);
    problems.extend(solutions::problems(root, &site)?);
    Ok((passed, problems))
}

/// Whether a problem of the page that holds all others is one of them.
fn is_repeated(problem: &Problem, all: &BTreeSet<Problem>) -> bool {
    let is_print = |problem: &Problem| problem.page.ends_with("print.html");
    let file = |problem: &Problem| problem.what.rsplit('/').next().map(str::to_owned);
    is_print(problem) && all.iter().any(|one| !is_print(one) && file(one) == file(problem))
}

/// A problem where its author has written it: in Markdown, on the line that has it, if one does.
fn written(problem: &Problem, editions: &[Edition]) -> String {
    // English has all pages that no other edition has in its folder.
    let of = editions.iter().rev().find_map(|edition| {
        let page = problem.page.strip_prefix(&edition.output).ok()?;
        let file = edition.source.join(page).with_extension("md");
        Some((fs::read_to_string(edition.root.join(&file)).ok()?, file))
    });
    let Some((text, file)) = of else { return problem.to_string() };
    let Problem { what, why, .. } = problem;
    let source = what.replacen(".html", ".md", 1);
    let line_of = |what: &str| text.lines().position(|line| line.contains(what));
    let (what, line) = match line_of(&source) {
        Some(line) => (&source, Some(line)),
        None => (what, line_of(what)),
    };
    let line = line.map(|line| format!(":{}", line + 1)).unwrap_or_default();
    format!("{}{line}: {what} {why}", file.display())
}

/// Follows the links of the site in the folder `site`, to which `base` leads from its host's root; returns a
/// line about it.
///
/// # Errors
/// Every link that leads nowhere, a line each.
pub fn links(site: &Path, base: &str) -> Result<String> {
    let (followed, broken) = links::problems(site, base)?;
    if !broken.is_empty() {
        bail!(broken.iter().map(Problem::to_string).collect::<Vec<_>>().join("\n"));
    }
    Ok(format!("links: {followed} followed"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_broken_link_is_named_where_it_was_written() -> Result<()> {
        let root = tempfile::tempdir()?;
        for code in ["en", "zh-TW"] {
            let source = root.path().join("src").join(code);
            fs::create_dir_all(source.join("part"))?;
            fs::write(source.join("SUMMARY.md"), "")?;
            fs::write(source.join("part/page.md"), format!("# {code}\n\n[gone](../gone.md#id)\n"))?;
        }
        let editions = editions(root.path());
        let written = |page: &str, what: &str| {
            let problem = Problem { page: page.into(), what: what.to_owned(), why: "is gone" };
            written(&problem, &editions)
        };
        for (page, source) in [("", "en"), ("zh-TW/", "zh-TW")] {
            assert_eq!(
                written(&format!("{page}part/page.html"), "../gone.html#id"),
                format!("src/{source}/part/page.md:3: ../gone.md#id is gone")
            );
        }
        assert_eq!(written("part/page.html", "the id a"), "src/en/part/page.md: the id a is gone");
        assert_eq!(written("own.html", "a.html"), "own.html: a.html is gone");

        let of = |page: &str, what: &str| Problem { page: page.into(), what: what.into(), why: "" };
        let all: BTreeSet<_> =
            [of("part/page.html", "gone.html"), of("print.html", "x.html")].into();
        assert!(is_repeated(&of("print.html", "part/gone.html"), &all));
        assert!(!is_repeated(&of("print.html", "x.html"), &all));
        assert!(!is_repeated(&of("part/page.html", "gone.html"), &all));
        Ok(())
    }
}
