//! All that is made: the pictures, and the numbers of the text. It is written here, and compared with what stands there.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use project::files_of;

use crate::figure::{Figure, write};
use crate::sheet::Data;
use crate::{lab, measured, numbers, pictures, replay};

/// What is made for a project.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Made {
    /// The pictures, for `images/`.
    pub figures: Vec<Figure>,
    /// What the pages include: the path from the project's root, and the text.
    pub texts: Vec<(&'static str, String)>,
}

/// All pictures in all languages, and the numbers of the text, from `benches/data` under `root`.
///
/// # Errors
/// A measurement is missing or can't be read; a language lacks a word.
pub fn made(root: &Path) -> Result<Made> {
    let data = Data::read(root)?;
    let read = keys_read(root)?;
    let is_read = |key: &str| read.contains(key);
    let failures = numbers::lines(data.failures.fragments(), is_read);
    let texts = vec![
        (NUMBERS, numbers::file(&data.topics, is_read) + &failures),
        ("benches/timeline.md", measured::numbers(&data.timelines)),
        ("benches/lab.json", lab::file(&data)?),
        ("benches/replay.json", replay::file(root, &data.timelines)?),
    ];
    Ok(Made { figures: pictures::all(root, &data)?, texts })
}

/// The file of the numbers that pages include.
const NUMBERS: &str = "benches/numbers.md";

/// The keys of the numbers that the pages under `root` include: no other is kept.
fn keys_read(root: &Path) -> Result<BTreeSet<String>> {
    let folder = root.join("src");
    let mut keys = BTreeSet::new();
    for page in files_of(&folder, "md")? {
        let text = fs::read_to_string(folder.join(&page))
            .with_context(|| format!("can't read src/{}", page.display()))?;
        let after = text.split(NUMBERS).skip(1).filter_map(|rest| rest.strip_prefix(':'));
        let is_key = |c: char| c.is_ascii_alphanumeric() || "_.".contains(c);
        keys.extend(after.map(|rest| rest.chars().take_while(|&c| is_key(c)).collect::<String>()));
    }
    Ok(keys)
}

/// Draws all pictures into `images/` under `root`, writes the numbers of the text, and returns the
/// files that have changed.
///
/// A file that is as it should be is not touched. A reader never sees half a file: each is
/// written beside its place and then renamed.
///
/// # Errors
///
/// Where a file can't be read, written or renamed; the error names it.
pub fn write_all(root: &Path) -> Result<Vec<PathBuf>> {
    let made = made(root)?;
    let folder = root.join("images");
    let mut written = Vec::new();
    for figure in &made.figures {
        written.extend(write(&folder, &figure.file_name, &figure.svg)?);
    }
    for (path, text) in &made.texts {
        written.extend(write(root, path, text)?);
    }
    Ok(written)
}

/// Compares what is made for the project at `root` with what stands there: a line for what was checked,
/// and everything that is wrong.
///
/// # Errors
/// The measurements can't be read.
pub fn check(root: &Path) -> Result<(Vec<String>, Vec<String>)> {
    let made = made(root)?;
    let mut stale = stale_figures(&root.join("images"), &made.figures)?;
    stale.extend(stale_texts(root, &made.texts));
    let passed = format!("figures: {} up to date", made.figures.len());
    Ok((if stale.is_empty() { vec![passed] } else { Vec::new() }, stale))
}
/// A line for each figure in `folder` that is missing, differs from `drawn` or isn't in it.
fn stale_figures(folder: &Path, drawn: &[Figure]) -> Result<Vec<String>> {
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
    for name in files_of(folder, "svg")? {
        if !name.to_str().is_some_and(|name| names.contains(name)) {
            let file = folder.join(name);
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

    fn figure(svg: &str) -> Figure {
        Figure { file_name: "a.svg".to_owned(), svg: svg.to_owned() }
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
