//! Changes of the book's sources, gathered until they pause.

use std::{
    path::{Path, PathBuf},
    sync::mpsc::{self, Receiver},
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result};
use notify::{Event, RecommendedWatcher, RecursiveMode, Watcher as _};

use crate::solutions;

/// What the pages are made of, relative to the root of the project.
const SOURCES: [&str; 7] =
    ["book.toml", "examples", solutions::SOURCES, "images", "mp", "src", "theme"];

/// A change counts when nothing more has come for this long: an editor writes a file in steps.
const PAUSE: Duration = Duration::from_millis(150);

/// It counts after this long in any case.
const LIMIT: Duration = Duration::from_secs(2);

/// The changes of the sources of one project.
pub(super) struct Changes {
    root: PathBuf,
    events: Receiver<notify::Result<Event>>,
    watcher: RecommendedWatcher,
    watched: Vec<&'static str>,
}

impl Changes {
    /// Begins to watch the sources in the folder `root`.
    pub(super) fn new(root: &Path) -> Result<Self> {
        let root = root.canonicalize().context("can't find the project")?;
        let (sender, events) = mpsc::channel();
        let mut watcher = notify::recommended_watcher(sender)?;
        // The root itself tells of book.toml, which editors replace, and of folders that appear.
        watcher.watch(&root, RecursiveMode::NonRecursive)?;
        let mut changes = Self { root, events, watcher, watched: Vec::new() };
        changes.watch_folders()?;
        Ok(changes)
    }

    /// Waits for a change and for the pause after it; returns the first path, relative to the root.
    pub(super) fn wait(&mut self) -> Option<PathBuf> {
        let first = loop {
            let event = self.events.recv().ok()?;
            if let Some(path) = self.source(event) {
                break path;
            }
        };
        let limit = Instant::now() + LIMIT;
        while Instant::now() < limit && self.events.recv_timeout(PAUSE).is_ok() {}
        // A folder that can't be watched is one that has gone again.
        let _ = self.watch_folders();
        Some(first)
    }

    /// The source that an event is about, relative to the root. Reading a file is no change.
    fn source(&self, event: notify::Result<Event>) -> Option<PathBuf> {
        let event = event.ok().filter(|event| !event.kind.is_access())?;
        event.paths.iter().find_map(|path| {
            let path = path.strip_prefix(&self.root).ok()?;
            SOURCES.iter().any(|source| path.starts_with(source)).then(|| path.to_owned())
        })
    }

    /// Watches the folders of the sources that have appeared, and forgets those that have gone.
    fn watch_folders(&mut self) -> notify::Result<()> {
        for source in SOURCES {
            let path = self.root.join(source);
            let known = self.watched.iter().position(|watched| *watched == source);
            match known {
                None if path.is_dir() => {
                    self.watcher.watch(&path, RecursiveMode::Recursive)?;
                    self.watched.push(source);
                }
                Some(index) if !path.is_dir() => {
                    self.watched.swap_remove(index);
                }
                _ => {}
            }
        }
        Ok(())
    }
}
