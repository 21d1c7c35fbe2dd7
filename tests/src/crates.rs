//! The crates that the snippets may use, in a folder where skeptic finds them and no other.
//!
//! skeptic looks for crates among the fingerprints that cargo keeps of all it has built. Of two builds of one
//! crate, such as one for a build script, it takes the later one, and a snippet fails to compile with it.
//! And it compiles all snippets again when any crate that it finds was built again. So it is shown the
//! builds that the package `snippets` was built with: the fingerprints of these, in a folder beside cargo's. The compiler
//! finds by itself what these were built with; were it shown, too, skeptic would choose by chance among the versions of
//! one crate, and what it has compiled with one choice is lost for the other.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, ensure};

/// The package whose dependencies they are.
const PACKAGE: &str = "snippets";

/// A library that cargo has built.
struct Library {
    /// Its fingerprint's JSON, such as `.fingerprint/serde-1234/lib-serde.json`.
    file: PathBuf,
    /// The hashes of what it was built with.
    built_with: BTreeSet<u64>,
    /// Whether it is linked into programs, and not loaded by the compiler.
    is_linked: bool,
}

/// Makes the folder anew, in the folder of a profile.
///
/// # Errors
///
/// Cargo's fingerprints are not where they were, or the folder can't be written.
pub fn folder(profile: &Path) -> Result<PathBuf> {
    let (libraries, ours) = built(profile)?;
    let shown = profile.join(PACKAGE);
    if shown.join(".fingerprint").exists() {
        fs::remove_dir_all(shown.join(".fingerprint"))?;
    }
    fs::create_dir_all(&shown)?;
    // Made anew: a folder of builds that was moved takes a link along that leads to where it was.
    let _ = fs::remove_file(shown.join("deps"));
    symlink(profile.join("deps"), shown.join("deps"))?;
    // It holds what skeptic has found in here before.
    let _ = fs::remove_file(shown.join(".skeptic-cache"));
    let own = libraries.get(&ours).map(|library| &library.built_with);
    let mut count = 0;
    for hash in own.into_iter().flatten() {
        let Some(library) = libraries.get(hash).filter(|library| library.is_linked) else {
            continue;
        };
        let file = shown.join(library.file.strip_prefix(profile)?);
        fs::create_dir_all(file.parent().context("a file stands in a folder")?)?;
        for extension in ["", "json"] {
            let extended = |file: &Path| file.with_extension(extension);
            symlink(extended(&library.file), extended(&file))?;
        }
        count += 1;
    }
    ensure!(count > 1, "cargo keeps no fingerprint of what {PACKAGE} was built with");
    Ok(shown)
}

/// The libraries of a profile by their hashes, and the hash of the package that this test was built with.
fn built(profile: &Path) -> Result<(BTreeMap<u64, Library>, u64)> {
    let test = std::env::current_exe()?;
    let test = test.file_stem().and_then(|name| name.to_str()).unwrap_or_default();
    let unit = test.rsplit_once('-').map_or("", |(_, unit)| unit);
    let (mut libraries, mut ours) = (BTreeMap::new(), None);
    let folder = profile.join(".fingerprint");
    for entry in fs::read_dir(&folder).with_context(|| folder.display().to_string())? {
        let folder = entry?.path();
        let own = folder.to_string_lossy().ends_with(&format!("-{unit}"));
        for entry in fs::read_dir(&folder).with_context(|| folder.display().to_string())? {
            let file = entry?.path();
            let name = file.file_name().map(|name| name.to_string_lossy().into_owned());
            let name = name.unwrap_or_default();
            let json = file.extension().is_some_and(|extension| extension == "json");
            if json && own && name.starts_with("test-") {
                let hashes = built_with(&file, |name| name == PACKAGE)?;
                ours = hashes.first().copied();
            } else if json && name.starts_with("lib-") {
                // A build that was interrupted has left it in part.
                let Some(hash) = hash(&file) else { continue };
                let stem =
                    folder.file_name().unwrap_or_default().to_string_lossy().replace('-', "_");
                let rlib =
                    stem.rsplit_once('_').map(|(name, unit)| format!("lib{name}-{unit}.rlib"));
                let is_linked = rlib.is_some_and(|rlib| profile.join("deps").join(rlib).exists());
                let built_with = built_with(&file, |_| true)?;
                libraries.insert(hash, Library { file, built_with, is_linked });
            }
        }
    }
    let ours = ours.with_context(|| format!("cargo keeps no fingerprint of {test}"))?;
    Ok((libraries, ours))
}

/// The hash of a build: it stands beside the JSON as the hexadecimal digits of its bytes.
fn hash(json: &Path) -> Option<u64> {
    let text = fs::read_to_string(json.with_extension("")).ok()?;
    u64::from_str_radix(text.trim(), 16).ok().map(u64::swap_bytes)
}

/// The hashes of builds that a build was made with, of the crates with certain names.
fn built_with(json: &Path, wanted: impl Fn(&str) -> bool) -> Result<BTreeSet<u64>> {
    let text = fs::read_to_string(json).with_context(|| json.display().to_string())?;
    let build: serde_json::Value = serde_json::from_str(&text)?;
    // Each is a number, a name, whether it is public, and the hash.
    let all = build["deps"].as_array().into_iter().flatten();
    let wanted = all.filter(|dep| dep[1].as_str().is_some_and(&wanted));
    Ok(wanted.filter_map(|dep| dep[3].as_u64()).collect())
}
