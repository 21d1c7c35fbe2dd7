//! The pictures: those of ideas, drawn from small models of what they show, and those of costs, drawn
//! from the measurements.
//!
//! Each picture is an SVG that stands inline in a page. See `svg` for how it is written and
//! `words` for its labels.

mod check;
mod choosing;
mod concepts;
mod costs;
mod figure;
mod flows;
mod lab;
mod lanes;
mod law;
mod measured;
mod mpi;
mod numbers;
mod plot;
mod pools;
mod race;
mod svg;
#[cfg(test)]
mod tests;
mod time;
mod timeline;
pub mod topic;
mod unit;
mod words;

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Context as _;

pub use check::check;
pub use figure::Figure;
pub use figure::write;
pub use measured::Program;
use words::Language;

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
    /// What the pages include: the path from the project's root, and the text.
    pub texts: Vec<(&'static str, String)>,
}

/// All pictures in all languages, and the numbers of the text, from `benches/data` under `root`.
///
/// # Errors
///
/// Where a file of measurements can't be read, or one is there and another is missing.
pub fn made(root: &Path) -> anyhow::Result<Made> {
    let mut figures = all();
    let mut texts = Vec::new();
    let topics = topic::read_all(root)?;
    if let Some(topics) = &topics {
        figures.extend(Language::ALL.into_iter().flat_map(|l| costs::in_language(l, topics)));
        texts.push(("benches/numbers.md", numbers::file(topics)));
    }
    if let Some(measured) = measured::read(root)? {
        figures.extend(Language::ALL.into_iter().flat_map(|l| measured::in_language(l, &measured)));
        texts.push(("benches/timeline.md", measured::numbers(&measured)));
        texts.push(("benches/lab.json", lab::file(&measured, topics.as_deref())?));
    }
    Ok(Made { figures, texts })
}

/// A picture's name, and how it is drawn with the words of a language under that name.
type Drawing = (&'static str, fn(&'static str, &words::Words) -> String);

const DRAWINGS: [Drawing; 18] = [
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
    ("mpi-model", mpi::model),
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
    for (path, text) in &made.texts {
        written.extend(write(root, path, text)?);
    }
    Ok(written)
}
