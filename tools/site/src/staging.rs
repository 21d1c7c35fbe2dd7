//! A site that takes the old one's place when it is whole.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use anyhow::{Context as _, Result};
use tempfile::TempDir;

use project::UsageError;

/// What mdBook writes near the top of every page.
const MARK: &str = "<!-- Book generated using mdBook -->";

/// A folder beside the site's own, on the same file system, that goes away with the value.
pub struct Fresh {
    staging: TempDir,
    site: PathBuf,
}

impl Fresh {
    /// A fresh, empty folder for the site that shall stand at `dest`.
    pub fn beside(dest: &Path) -> Result<Self> {
        if !replaceable(dest) {
            return Err(UsageError::new(format!(
                "{} holds something else than a built book; expected a new or an empty folder",
                dest.display()
            ))
            .into());
        }
        let dest = std::path::absolute(dest)?;
        let parent = dest.parent().unwrap_or(&dest);
        let staging = fs::create_dir_all(parent)
            .and_then(|()| tempfile::Builder::new().prefix(".book-").tempdir_in(parent))
            .with_context(|| format!("can't write to {}", parent.display()))?;
        let site = staging.path().join("new");
        fs::create_dir(&site)?;
        Ok(Self { staging, site })
    }

    /// The folder to build into.
    pub fn path(&self) -> &Path {
        &self.site
    }

    /// The folder to build a part of the site into that shall stand at `output` in it; nothing is lost in it
    /// when another part's folder is emptied.
    pub fn part(&self, output: &Path) -> PathBuf {
        if output.as_os_str().is_empty() {
            self.site.clone()
        } else {
            self.staging.path().join("parts").join(output)
        }
    }

    /// Puts a part in its place once the site itself has been built.
    pub fn put_in(&self, output: &Path) -> Result<()> {
        let (part, place) = (self.part(output), self.site.join(output));
        if part != self.site {
            fs::rename(&part, &place)
                .with_context(|| format!("can't write {}", place.display()))?;
        }
        Ok(())
    }

    /// Moves the folder to `dest`; what was there goes away.
    pub fn replace(self, dest: &Path) -> Result<()> {
        let old = self.staging.path().join("old");
        let had_old = match fs::rename(dest, &old) {
            Ok(()) => true,
            Err(error) if error.kind() == io::ErrorKind::NotFound => false,
            Err(error) => {
                return Err(error).context(format!("can't replace {}", dest.display()));
            }
        };
        if let Err(error) = fs::rename(&self.site, dest) {
            if had_old {
                // The old site is better than none; the first error is the one to tell.
                let _ = fs::rename(&old, dest);
            }
            return Err(error).context(format!("can't write {}", dest.display()));
        }
        Ok(())
    }
}

/// Whether `dest` is absent, an empty folder or a book that mdBook has built.
fn replaceable(dest: &Path) -> bool {
    match fs::read_dir(dest) {
        Ok(mut entries) => {
            entries.next().is_none()
                || fs::read_to_string(dest.join("index.html")).is_ok_and(|page| page.contains(MARK))
        }
        Err(error) => error.kind() == io::ErrorKind::NotFound,
    }
}
