//! What a page of English said when blocks of it were accepted, from Git.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
};

use project::answer;
use similar::TextDiff;

use super::{
    blocks::{Block, blocks},
    record::Entry,
};

/// Blocks of English that the record names and the page no longer has.
#[derive(Default)]
pub(super) struct Past {
    /// Those that were found, by their hashes.
    pub blocks: BTreeMap<String, Block>,
    /// Why one was not, as the end of a sentence.
    pub why: &'static str,
}

impl Past {
    /// Looks for blocks with some hashes through the history of a page, from its last commit back.
    pub fn of(root: &Path, page: &Path, mut wanted: BTreeSet<&str>) -> Self {
        let mut past = Self::default();
        if wanted.is_empty() {
            return past;
        }
        let git = |arguments: &[&str]| answer(root, "git", arguments);
        let page = format!("./{}", page.display());
        let commits = git(&["log", "--format=%H", "--", &page]).unwrap_or_default();
        for commit in commits.lines() {
            let text = git(&["show", &format!("{commit}:{page}")]).unwrap_or_default();
            for block in blocks(&text, words::ENGLISH, true) {
                let hash = block.hash();
                if wanted.remove(hash.as_str()) {
                    past.blocks.insert(hash, block);
                }
            }
            if wanted.is_empty() {
                return past;
            }
        }
        past.why = match git(&["rev-parse", "--is-shallow-repository"]).as_deref() {
            None => "Git would tell, and this is no clone of the project",
            Some("true") => "this clone is shallow: `git fetch --unshallow` brings the history",
            Some(_) => "the history of the page doesn't have it",
        };
        past
    }
    /// Which of some lines of the record is of the block that is now `english`: the place of the likest.
    pub fn likest(&self, english: &Block, entries: &[Entry]) -> Option<usize> {
        let now = english.one_line();
        let now: Vec<&str> = now.split(' ').collect();
        let likeness = |entry: &Entry| {
            let then = self.blocks.get(&entry.english)?;
            let words = then.one_line();
            let words: Vec<&str> = words.split(' ').collect();
            (then.sort == english.sort).then(|| TextDiff::from_slices(&now, &words).ratio())
        };
        let all = entries.iter().enumerate();
        let likest = all.filter_map(|(at, entry)| Some((at, likeness(entry)?)));
        let likest = likest.max_by(|one, other| one.1.total_cmp(&other.1));
        likest.filter(|(_, likeness)| *likeness > 0.3).map(|(at, _)| at)
    }
}
