//! Changes to mdBook's own scripts and styles, which have no selectors: a text stands for another.

use std::{fs, path::Path};

use anyhow::{Context as _, Result, bail};
use sha2::{Digest as _, Sha256};

use super::change::Times;

/// One change to a script or a style.
pub(super) struct Patch {
    /// The file, without the hash that mdBook puts into its name: `book.js`, `css/chrome.css`.
    pub file: &'static str,
    /// What stands there.
    pub from: String,
    /// What shall stand there.
    pub to: String,
    /// How often it stands there.
    pub times: Times,
    /// What for; completes "so that".
    pub why: &'static str,
}

/// Makes the changes in the site at `folder`. A changed file gets the hash of its new content as
/// part of its name, since a reader's browser may keep the old one; gives each old and new name.
pub(super) fn apply(patches: &[Patch], folder: &Path) -> Result<Vec<(String, String)>> {
    let mut renamed = Vec::new();
    let mut problems = Vec::new();
    let mut files: Vec<_> = patches.iter().map(|patch| patch.file).collect();
    files.sort_unstable();
    files.dedup();
    for file in files {
        let (parent, stem, extension) = parts(file);
        let folder = folder.join(parent);
        let Some(old) = find(&folder, stem, extension)? else {
            problems.push(format!("{file} is not in the site"));
            continue;
        };
        let path = folder.join(&old);
        let mut text =
            fs::read_to_string(&path).with_context(|| format!("can't read {}", path.display()))?;
        for Patch { from, to, times, why, .. } in patches.iter().filter(|patch| patch.file == file)
        {
            let found = text.matches(from.as_str()).count();
            if !times.allows(found) {
                problems.push(format!(
                    "{file}: `{from}` stands there {found} times, expected {times}, so that {why}"
                ));
            }
            text = text.replace(from.as_str(), to);
        }
        fs::write(&path, &text).with_context(|| format!("can't write {}", path.display()))?;
        if old != format!("{stem}{extension}") {
            let new = format!("{stem}-{}{extension}", hash(&text));
            fs::rename(&path, folder.join(&new))?;
            renamed.push((old, new));
        }
    }
    if !problems.is_empty() {
        bail!(problems.join("\n"));
    }
    Ok(renamed)
}

/// Removes a file of mdBook's, by its name without the hash.
pub(super) fn remove(file: &str, folder: &Path) -> Result<()> {
    let (parent, stem, extension) = parts(file);
    let folder = folder.join(parent);
    let name =
        find(&folder, stem, extension)?.with_context(|| format!("{file} is not in the site"))?;
    Ok(fs::remove_file(folder.join(name))?)
}

/// The folder of a file, its stem, and the rest of its name with the point: `clipboard.min.js` ends in
/// `.min.js`.
fn parts(file: &str) -> (&str, &str, &str) {
    let (parent, name) = file.rsplit_once('/').unwrap_or(("", file));
    let (stem, extension) = name.split_at(name.find('.').unwrap_or(name.len()));
    (parent, stem, extension)
}

/// The file in `folder` with this stem and ending, with or without mdBook's hash between them.
pub(super) fn find(folder: &Path, stem: &str, extension: &str) -> Result<Option<String>> {
    let entries =
        fs::read_dir(folder).with_context(|| format!("can't list {}", folder.display()))?;
    for entry in entries {
        let name = entry?.file_name().to_string_lossy().into_owned();
        let between = name.strip_prefix(stem).and_then(|rest| rest.strip_suffix(extension));
        let is_hash =
            |text: &str| text.len() == 9 && text[1..].chars().all(|c| c.is_ascii_hexdigit());
        if between.is_some_and(|text| text.is_empty() || text.starts_with('-') && is_hash(text)) {
            return Ok(Some(name));
        }
    }
    Ok(None)
}

/// Eight hexadecimal digits of a text's SHA-256, as mdBook names its files.
pub(super) fn hash(text: &str) -> String {
    let digest = Sha256::digest(text);
    digest.iter().take(4).map(|byte| format!("{byte:02x}")).collect()
}
