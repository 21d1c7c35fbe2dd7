//! The saves of one file.

use std::ffi::OsString;
use std::path::Path;
use std::sync::mpsc::{self, Receiver};
use std::time::Duration;

use anyhow::{Context as _, Result};
use notify::{Event, RecommendedWatcher, RecursiveMode, Watcher as _};

/// An editor saves in steps: a change counts when nothing more has come for this long.
const PAUSE: Duration = Duration::from_millis(150);

/// The changes of one file.
#[derive(Debug)]
pub struct Saves {
    name: OsString,
    events: Receiver<notify::Result<Event>>,
    _watcher: RecommendedWatcher,
}

impl Saves {
    /// Begins to watch. Editors replace a file, so its folder is watched.
    ///
    /// # Errors
    ///
    /// The folder can't be watched.
    pub fn of(file: &Path) -> Result<Saves> {
        let (sender, events) = mpsc::channel();
        let mut watcher = notify::recommended_watcher(sender)?;
        let folder = file.parent().context("a file stands in a folder")?;
        watcher
            .watch(folder, RecursiveMode::NonRecursive)
            .with_context(|| format!("can't watch {}", folder.display()))?;
        let name = file.file_name().context("a file has a name")?.to_owned();
        Ok(Saves { name, events, _watcher: watcher })
    }

    /// Waits for a save and for the pause after it; `false`: there will be none any more.
    #[must_use]
    pub fn wait(&self) -> bool {
        loop {
            let Ok(event) = self.events.recv() else { return false };
            if event.is_ok_and(|event| self.is_a_save(&event)) {
                while self.events.recv_timeout(PAUSE).is_ok() {}
                return true;
            }
        }
    }

    /// Reading is none.
    fn is_a_save(&self, event: &Event) -> bool {
        let named = |path: &std::path::PathBuf| path.file_name() == Some(&self.name);
        !event.kind.is_access() && event.paths.iter().any(named)
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn a_save_is_seen_also_when_the_file_is_replaced() -> Result<()> {
        let folder = tempfile::tempdir()?;
        let file = folder.path().join("a.rs");
        fs::write(&file, "1")?;
        let saves = Saves::of(&file)?;
        fs::write(folder.path().join("b.rs"), "other")?;
        fs::write(&file, "2")?;
        assert!(saves.wait());
        fs::write(folder.path().join("new"), "3")?;
        fs::rename(folder.path().join("new"), &file)?;
        assert!(saves.wait());
        Ok(())
    }
}
