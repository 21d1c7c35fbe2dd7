//! The pictures: those of ideas, drawn from small models of what they show, and those of costs, drawn
//! from the measurements.
//!
//! Each picture is an SVG that stands inline in a page. See `svg` for how it is written and
//! `words` for its labels.

mod choosing;
mod concepts;
mod costs;
mod data;
mod flows;
mod lab;
mod lanes;
mod numbers;
mod plot;
mod pools;
mod race;
mod svg;
#[cfg(test)]
mod tests;
mod time;
mod timeline;
mod words;

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use anyhow::Context as _;

use words::Language;

/// A picture and the name of its file in `images/`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Figure {
    /// Such as `fork-join.svg`.
    pub file_name: String,
    /// The whole file: an `<svg>` element, with text alternative, to be included in a page.
    pub svg: String,
}

/// All pictures of ideas in all languages.
#[must_use]
pub fn all() -> Vec<Figure> {
    Language::ALL.into_iter().flat_map(in_language).collect()
}

/// What is made for a project, from its measurements where it has them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Made {
    /// The pictures, for `images/`.
    pub figures: Vec<Figure>,
    /// The numbers of the text, for `benches/numbers.md`.
    pub numbers: Option<String>,
    /// The data of the timeline lab, for `benches/lab.json`.
    pub lab: Option<String>,
}

/// All pictures in all languages, and the numbers of the text, from `benches/data` under `root`.
///
/// # Errors
///
/// Where a file of measurements can't be read, or some topics are measured and others are not.
pub fn made(root: &Path) -> anyhow::Result<Made> {
    let mut figures = all();
    let topics = data::read(root)?;
    if let Some(topics) = &topics {
        figures.extend(Language::ALL.into_iter().flat_map(|l| costs::in_language(l, topics)));
    }
    let lab = topics.as_deref().map(|topics| lab::file(root, topics)).transpose()?;
    Ok(Made { figures, numbers: topics.as_deref().map(numbers::file), lab })
}

/// A picture's name, and how it is drawn with the words of a language under that name.
type Drawing = (&'static str, fn(&'static str, &words::Words) -> String);

const DRAWINGS: [Drawing; 17] = [
    ("memory", concepts::memory),
    ("time-threads-one-core", time::threads_one_core),
    ("time-threads-cores", time::threads_cores),
    ("time-processes", time::processes),
    ("fork-join", concepts::fork_join),
    ("multi-process", concepts::multi_process),
    ("order", concepts::order),
    ("process-pool", pools::process_pool),
    ("thread-pool", pools::thread_pool),
    ("choosing", choosing::choosing),
    ("race", race::race),
    ("pipeline", flows::pipeline),
    ("order-per-key", flows::order_per_key),
    ("start-methods", lanes::start_methods),
    ("deadlock", lanes::deadlock),
    ("supervisor", lanes::supervisor),
    ("four-ways", lab::four_ways),
];

fn in_language(language: Language) -> impl Iterator<Item = Figure> {
    DRAWINGS.into_iter().map(move |(name, draw)| Figure {
        file_name: format!("{name}{}.svg", language.suffix()),
        svg: draw(name, language.words()),
    })
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
pub fn write_all(root: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let made = made(root)?;
    let folder = root.join("images");
    fs::create_dir_all(&folder).with_context(|| format!("can't make {}", folder.display()))?;
    let mut written = Vec::new();
    for figure in &made.figures {
        written.extend(write(&folder, &figure.file_name, &figure.svg)?);
    }
    if let Some(numbers) = &made.numbers {
        written.extend(write(&root.join("benches"), "numbers.md", numbers)?);
    }
    if let Some(lab) = &made.lab {
        written.extend(write(&root.join("benches"), "lab.json", lab)?);
    }
    Ok(written)
}

/// Writes a file, unless it already holds `text`; returns its path if it was written.
fn write(folder: &Path, name: &str, text: &str) -> anyhow::Result<Option<PathBuf>> {
    let path = folder.join(name);
    match fs::read(&path) {
        Ok(old) if old == text.as_bytes() => return Ok(None),
        Ok(_) => {}
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        Err(error) => return Err(error).context(format!("can't read {}", path.display())),
    }
    let beside = folder.join(format!(".{name}.{}", std::process::id()));
    fs::write(&beside, text)
        .and_then(|()| fs::rename(&beside, &path))
        .inspect_err(|_| drop(fs::remove_file(&beside)))
        .with_context(|| format!("can't write {}", path.display()))?;
    Ok(Some(path))
}
