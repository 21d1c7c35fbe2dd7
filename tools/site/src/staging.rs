//! A site that is built aside and put in its place when it is whole, file by file: what a build has written it
//! notes in a list, and a later build removes what stands in that list and nothing else.

use std::{
    collections::BTreeSet,
    fs, io,
    path::{Path, PathBuf},
    time::Duration,
};

use anyhow::{Context as _, Result};
use project::{UsageError, files};

use crate::scratch::Scratch;

/// What mdBook writes near the top of every page.
const MARK: &str = "<!-- Book generated using mdBook -->";

/// The list of what the last build wrote, in the site's folder.
pub const LIST: &str = ".book-files";

/// A file on its way into the site's folder.
const NEW: &str = ".book-new";

/// A site on its way to its folder; what is unfinished goes away with the value.
pub struct Fresh {
    scratch: Scratch,
    site: PathBuf,
}

impl Fresh {
    /// A fresh, empty folder for the site that shall stand at `dest`.
    ///
    /// # Errors
    /// [`UsageError`] when `dest` holds something else than a built book, beside hidden files and `CNAME`.
    pub fn for_site(dest: &Path) -> Result<Self> {
        if !is_for_a_book(dest) {
            return Err(UsageError::new(format!(
                "{} holds something else than a built book; expected a new or an empty folder",
                dest.display()
            ))
            .into());
        }
        let scratch = Scratch::new()?;
        let site = scratch.path().join("new");
        fs::create_dir(&site).with_context(|| format!("can't write to {}", site.display()))?;
        Ok(Self { scratch, site })
    }

    /// The folder to build into.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.site
    }

    /// The folder to build a part of the site into that shall stand at `output` in it; nothing is lost in it
    /// when another part's folder is emptied.
    pub(crate) fn part(&self, output: &Path) -> PathBuf {
        if output.as_os_str().is_empty() {
            self.site.clone()
        } else {
            self.scratch.path().join("parts").join(output)
        }
    }

    /// Puts a part in its place once the site itself has been built.
    pub(crate) fn put_in(&self, output: &Path) -> Result<()> {
        let (part, place) = (self.part(output), self.site.join(output));
        if part != self.site {
            fs::rename(&part, &place)
                .with_context(|| format!("can't write {}", place.display()))?;
        }
        Ok(())
    }

    /// Puts the site's files into `dest`, those that differ from what stands there, and removes what an earlier
    /// build has written and this one hasn't.
    ///
    /// # Errors
    /// A file can't be read or written, or one stands there that no build has written.
    pub fn put(self, dest: &Path) -> Result<()> {
        let mut new: BTreeSet<PathBuf> = files(&self.site)?.into_iter().collect();
        new.remove(Path::new(LIST));
        let old = written(dest);
        if let Some(foreign) = new.iter().find(|name| {
            old.as_ref().is_some_and(|old| !old.contains(*name)) && dest.join(name).exists()
        }) {
            return Err(UsageError::new(format!(
                "{} stands there and was written by no build: move it away, or take another folder",
                dest.join(foreign).display()
            ))
            .into());
        }
        fs::create_dir_all(dest).with_context(|| format!("can't write to {}", dest.display()))?;
        // Whatever comes in between, no file is left that the list hasn't.
        let old = old.unwrap_or_default();
        note(dest, old.union(&new))?;
        for name in &new {
            put(&self.site.join(name), &dest.join(name), &dest.join(NEW))?;
        }
        for name in old.difference(&new) {
            remove(dest, name)?;
        }
        note(dest, new.iter())?;
        sweep(dest);
        Ok(())
    }
}

/// Copies a file to its place by way of `aside`, in the same folder or one of the same file system, unless the
/// same stands there.
///
/// # Errors
/// It can't be read or written.
pub fn put(from: &Path, to: &Path, aside: &Path) -> Result<()> {
    let text = fs::read(from).with_context(|| format!("can't read {}", from.display()))?;
    if fs::read(to).is_ok_and(|there| there == text) {
        return Ok(());
    }
    let folder = to.parent().unwrap_or(to);
    fs::create_dir_all(folder)
        .and_then(|()| fs::write(aside, text))
        .and_then(|()| fs::rename(aside, to))
        .with_context(|| format!("can't write {}", to.display()))
}

/// Removes a file of the site, and the folders that it leaves empty.
fn remove(dest: &Path, name: &Path) -> Result<()> {
    let file = dest.join(name);
    match fs::remove_file(&file) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            return Err(error).with_context(|| format!("can't remove {}", file.display()));
        }
        _ => {}
    }
    for folder in name.ancestors().skip(1).take_while(|folder| !folder.as_os_str().is_empty()) {
        if fs::remove_dir(dest.join(folder)).is_err() {
            break;
        }
    }
    Ok(())
}

/// Writes the list.
fn note<'a>(dest: &Path, names: impl Iterator<Item = &'a PathBuf>) -> Result<()> {
    let list: String = names.map(|name| format!("{}\n", name.display())).collect();
    let (file, aside) = (dest.join(LIST), dest.join(NEW));
    fs::write(&aside, list)
        .and_then(|()| fs::rename(&aside, &file))
        .with_context(|| format!("can't write {}", file.display()))
}

/// What builds have written into a folder; `None` for a book that was built before there was a list.
fn written(dest: &Path) -> Option<BTreeSet<PathBuf>> {
    let inside =
        |name: &Path| name.components().all(|part| matches!(part, std::path::Component::Normal(_)));
    match fs::read_to_string(dest.join(LIST)) {
        Ok(list) => Some(list.lines().map(PathBuf::from).filter(|name| inside(name)).collect()),
        Err(_) if is_marked(dest) => None,
        Err(_) => Some(BTreeSet::new()),
    }
}

/// Whether `dest` is absent, a book that was built, or has nothing but hidden files and the name of its host.
fn is_for_a_book(dest: &Path) -> bool {
    match fs::read_dir(dest) {
        Ok(entries) => {
            dest.join(LIST).is_file()
                || is_marked(dest)
                || entries.flatten().all(|entry| {
                    let name = entry.file_name();
                    name == "CNAME" || name.to_string_lossy().starts_with('.')
                })
        }
        Err(error) => error.kind() == io::ErrorKind::NotFound,
    }
}

/// Whether mdBook has written the first page of a folder.
fn is_marked(dest: &Path) -> bool {
    fs::read_to_string(dest.join("index.html")).is_ok_and(|page| page.contains(MARK))
}

/// Removes what builds of earlier versions left beside `dest` when they were interrupted: `.book-XXXXXX` with
/// a half-built site in it.
fn sweep(dest: &Path) {
    const LONG_AGO: Duration = Duration::from_secs(60 * 60);
    let Ok(dest) = std::path::absolute(dest) else { return };
    let Some(Ok(entries)) = dest.parent().map(fs::read_dir) else { return };
    for entry in entries.flatten() {
        let name = entry.file_name();
        let random = name.to_str().and_then(|name| name.strip_prefix(".book-")).unwrap_or_default();
        let is_left = random.len() == 6
            && random.chars().all(|c| c.is_ascii_alphanumeric())
            && entry.path().join("new").is_dir()
            && entry
                .metadata()
                .and_then(|about| about.modified())
                .is_ok_and(|time| time.elapsed().is_ok_and(|age| age > LONG_AGO));
        if is_left {
            // What can't be removed stays as it was.
            let _ = fs::remove_dir_all(entry.path());
        }
    }
}
