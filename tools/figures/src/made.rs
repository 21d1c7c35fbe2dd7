//! All that is made: the pictures of ideas by this list, those of measurements, and the numbers of the text.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use project::files_of;

use super::figure::{Figure, write};
use super::words::{self, Language, Words, languages};
use super::{
    choosing, concepts, costs, flows, lab, lanes, measured, mpi, numbers, pools, race, threads,
    time, topic,
};

/// All pictures of ideas in all languages of the project at `root`.
///
/// # Errors
///
/// A language lacks a word.
pub fn all(root: &Path) -> anyhow::Result<Vec<Figure>> {
    let drawn = languages(root)?.into_iter().map(|l| Ok(in_language(l, words::of(l)?)));
    Ok(drawn.collect::<anyhow::Result<Vec<_>>>()?.into_iter().flatten().collect())
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
/// Where a file of measurements can't be read, or one is there and another is missing; a language lacks a word.
pub fn made(root: &Path) -> anyhow::Result<Made> {
    let languages = languages(root)?;
    let spoken =
        languages.iter().map(|l| Ok((*l, words::of(l)?))).collect::<anyhow::Result<Vec<_>>>()?;
    let mut figures = all(root)?;
    let mut texts = Vec::new();
    let topics = topic::read_all(root)?;
    if let Some(topics) = &topics {
        figures.extend(spoken.iter().flat_map(|(l, w)| costs::in_language(l, w, topics)));
        let read = keys_read(root)?;
        texts.push((NUMBERS, numbers::file(topics, |key| read.contains(key))));
    }
    if let Some(measured) = measured::read(root)? {
        figures.extend(spoken.iter().flat_map(|(l, w)| measured::in_language(l, w, &measured)));
        texts.push(("benches/timeline.md", measured::numbers(&measured)));
        texts.push(("benches/lab.json", lab::file(&measured, topics.as_deref())?));
    }
    Ok(Made { figures, texts })
}

/// The file of the numbers that pages include.
const NUMBERS: &str = "benches/numbers.md";

/// The keys of the numbers that the pages under `root` include: no other is kept.
fn keys_read(root: &Path) -> anyhow::Result<BTreeSet<String>> {
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

/// A picture's name, and how it is drawn with the words of a language under that name.
type Drawing = (&'static str, fn(&'static str, &Words) -> String);

const DRAWINGS: [Drawing; 22] = [
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
    ("living-pool", lanes::living_pool),
    ("four-ways", lab::four_ways),
    ("mpi-model", mpi::model),
    ("border", threads::border),
    ("store-buffer", threads::store_buffer),
    ("philosophers", threads::philosophers),
];

fn in_language(language: &Language, words: &Words) -> Vec<Figure> {
    let draw = |(name, draw): Drawing| Figure {
        file_name: format!("{name}{}.svg", language.suffix()),
        svg: draw(name, words),
    };
    DRAWINGS.into_iter().map(draw).collect()
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
