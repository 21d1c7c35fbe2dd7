//! What neither skeptic nor the other tests see: that the site builds without a warning, that its links
//! lead somewhere and that the figures are those that the code draws.

mod links;
mod words;

use std::{collections::BTreeSet, fs, path::Path, thread};

use anyhow::{Context as _, Result, bail};

use crate::{book, editions, figures};

/// Checks the project at `root`; returns a line for each thing that was checked.
///
/// # Errors
/// Everything that is wrong, a line each.
pub fn run(root: &Path) -> Result<Vec<String>> {
    let (site, texts, made) = thread::scope(|scope| {
        let site = scope.spawn(|| built(root));
        let texts = editions::check(root);
        let made = figures::made(root);
        (site.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)), texts, made)
    });
    let (mut passed, mut problems) = site?;
    let (compared, differences) = texts?;
    passed.extend(compared);
    problems.extend(differences);
    let made = made?;
    let mut stale = stale_figures(&root.join("images"), &made.figures)?;
    stale.extend(stale_texts(root, &made.texts));
    if stale.is_empty() {
        passed.push(format!("figures: {} up to date", made.figures.len()));
    }
    problems.extend(stale);
    if !problems.is_empty() {
        bail!(problems.join("\n"));
    }
    Ok(passed)
}

/// Builds the site and looks at its pages: what was checked, and what is wrong.
fn built(root: &Path) -> Result<(Vec<String>, Vec<String>)> {
    let scratch = tempfile::tempdir().context("can't make a temporary folder")?;
    let site = scratch.path().join("book");
    let editions = match book::build(root, &site, &book::Site::default()) {
        Ok(editions) => editions,
        Err(error) => return Ok((Vec::new(), vec![format!("{error:#}")])),
    };
    let (links, words) = thread::scope(|scope| {
        let links = scope.spawn(|| links::problems(&site, "/"));
        let words = words::problems(root, &site);
        (links.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)), words)
    });
    let mut passed: Vec<_> = editions.iter().map(book::Built::summary).collect();
    let (followed, mut problems) = links?;
    passed.push(format!("links: {followed} followed"));
    problems.extend(words?);
    Ok((passed, problems))
}

/// Follows the links of the site in the folder `site`, to which `base` leads from its host's root; returns a
/// line about it.
///
/// # Errors
/// Every link that leads nowhere, a line each.
pub(crate) fn links(site: &Path, base: &str) -> Result<String> {
    let (followed, broken) = links::problems(site, base)?;
    if !broken.is_empty() {
        bail!(broken.join("\n"));
    }
    Ok(format!("links: {followed} followed"))
}

/// A line for each figure in `folder` that is missing, differs from `drawn` or isn't in it.
fn stale_figures(folder: &Path, drawn: &[figures::Figure]) -> Result<Vec<String>> {
    let mut problems = Vec::new();
    let mut names = BTreeSet::new();
    for figure in drawn {
        let file = folder.join(&figure.file_name);
        names.insert(figure.file_name.as_str());
        let problem = match fs::read_to_string(&file) {
            Ok(svg) if svg == figure.svg => continue,
            Ok(_) => "is out of date",
            Err(_) => "is missing",
        };
        problems.push(format!("{} {problem}: run `cargo book figures --draw`", file.display()));
    }
    let Ok(entries) = fs::read_dir(folder) else {
        return Ok(problems);
    };
    for entry in entries {
        let file = entry.with_context(|| format!("can't list {}", folder.display()))?.path();
        let is_svg = file.extension().is_some_and(|extension| extension == "svg");
        let is_drawn = file.file_name().and_then(|n| n.to_str()).is_some_and(|n| names.contains(n));
        if is_svg && !is_drawn {
            problems.push(format!("{} is drawn by no code: delete it", file.display()));
        }
    }
    Ok(problems)
}

/// A line for each text made from the measurements that is missing or differs from `made`.
fn stale_texts(root: &Path, made: &[(&str, String)]) -> Vec<String> {
    let stale = |(path, text): &&(&str, String)| {
        fs::read_to_string(root.join(path)).ok().as_deref() != Some(text)
    };
    let say = |(path, _): &(&str, String)| {
        format!("{path} is not what the measurements give: run `cargo book figures --draw`")
    };
    made.iter().filter(stale).map(say).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn figure(svg: &str) -> figures::Figure {
        figures::Figure { file_name: "a.svg".to_owned(), svg: svg.to_owned() }
    }

    #[test]
    fn a_stale_a_missing_and_an_orphaned_figure_are_named() -> Result<()> {
        let folder = tempfile::tempdir()?;
        let missing = stale_figures(folder.path(), &[figure("<svg/>")])?;
        assert!(missing[0].contains("a.svg is missing"), "{missing:?}");

        fs::write(folder.path().join("a.svg"), "<svg/>")?;
        assert_eq!(stale_figures(folder.path(), &[figure("<svg/>")])?, [""; 0]);
        let stale = stale_figures(folder.path(), &[figure("<svg></svg>")])?;
        assert!(stale[0].contains("a.svg is out of date"), "{stale:?}");

        let orphan = stale_figures(folder.path(), &[])?;
        assert!(orphan[0].contains("a.svg is drawn by no code"), "{orphan:?}");
        Ok(())
    }

    #[test]
    fn texts_that_are_stale_or_missing_are_named() -> Result<()> {
        let root = tempfile::tempdir()?;
        let problems = |text: &str| stale_texts(root.path(), &[("numbers.md", text.to_owned())]);
        assert!(problems("a")[0].contains("numbers.md is not what the measurements give"));
        fs::write(root.path().join("numbers.md"), "a")?;
        assert!(problems("a").is_empty());
        assert_eq!(problems("b").len(), 1);
        Ok(())
    }
}
