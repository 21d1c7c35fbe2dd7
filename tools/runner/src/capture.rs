//! The capture files: run again, and rewritten where the output has changed.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context as _, Result};
use project::{complain, files_of};

use super::compare::{Mode, compare};
use super::examples::{Examples, run};
use super::shown::{Shown, parse};

/// Where the captures stand, from the root of the repository.
pub const OUTPUT_DIR: &str = "examples/output";

/// How long a shown command may run before its process group is killed.
pub const LIMIT: Duration = Duration::from_secs(60);

/// Runs every command of every capture file again and rewrites the files whose output has changed,
/// compared as the pages that show them compare it. So a second capture changes nothing. A line on
/// stderr tells of each command. Returns the files that were rewritten, relative to `root`.
///
/// # Errors
///
/// The examples don't build, a file can't be read or written, a command is not allowed or hangs.
pub fn capture_all(root: &Path) -> Result<Vec<PathBuf>> {
    let files = capture_files(root)?;
    let modes = modes_of_files(root)?;
    complain("building the examples");
    let examples = Examples::build(root, &[])?;
    let mut rewritten = Vec::new();
    for file in files {
        let name = display(root, &file);
        let text = fs::read_to_string(&file).with_context(|| name.clone())?;
        let mode = modes.get(&file).copied().unwrap_or_default();
        let mut fresh = String::new();
        let mut changed = false;
        for shown in parse(&text).with_context(|| name.clone())? {
            complain(format_args!("{name}: $ {}", shown.command));
            let output = run(&examples, &shown.command, LIMIT).with_context(|| name.clone())?;
            let output = if compare(mode, &shown.output, &output).is_ok() {
                shown.output
            } else {
                changed = true;
                output
            };
            let command = shown.command;
            let _ = write!(fresh, "{}", Shown { command, output });
        }
        if changed {
            let beside = file.with_extension("txt.new");
            fs::write(&beside, fresh).with_context(|| display(root, &beside))?;
            fs::rename(&beside, &file).with_context(|| name.clone())?;
            rewritten.push(PathBuf::from(name));
        }
    }
    Ok(rewritten)
}

fn display(root: &Path, file: &Path) -> String {
    file.strip_prefix(root).unwrap_or(file).display().to_string()
}

/// The capture files, sorted.
///
/// # Errors
///
/// The directory can't be read.
pub fn capture_files(root: &Path) -> Result<Vec<PathBuf>> {
    let folder = root.join(OUTPUT_DIR);
    Ok(files_of(&folder, "txt")?.iter().map(|name| folder.join(name)).collect())
}

/// For each capture file the loosest mode in which a page shows it.
fn modes_of_files(root: &Path) -> Result<BTreeMap<PathBuf, Mode>> {
    let folder = root.join("src");
    let mut pages: Vec<_> = files_of(&folder, "md")?.iter().map(|name| folder.join(name)).collect();
    pages.extend(["README.md", "README.zh-TW.md"].map(|readme| root.join(readme)));
    let mut modes: BTreeMap<PathBuf, Mode> = BTreeMap::new();
    for page in pages {
        let Ok(text) = fs::read_to_string(&page) else {
            continue;
        };
        let mut fence = None;
        for line in text.lines() {
            if let Some(info) = line.trim_start().strip_prefix("```") {
                fence = Mode::of_fence(info).with_context(|| display(root, &page))?;
            } else if let Some(mode) = fence
                && let Some(file) = included_capture(root, line)
            {
                let loosest = modes.entry(file).or_default();
                *loosest = mode.max(*loosest);
            }
        }
    }
    Ok(modes)
}

/// The capture file that a line like `{{#include ../../../examples/output/pool.txt}}` includes.
fn included_capture(root: &Path, line: &str) -> Option<PathBuf> {
    let path = line.trim().strip_prefix("{{#include ")?.strip_suffix("}}")?;
    let (_, name) = path.split_once("examples/output/")?;
    let name = name.split(':').next()?;
    Some(root.join(OUTPUT_DIR).join(name.trim()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_says_how_its_capture_is_compared() -> Result<()> {
        let root = tempfile::tempdir()?;
        let page = root.path().join("src/en/a.md");
        fs::create_dir_all(root.path().join("src/en"))?;
        fs::create_dir_all(root.path().join(OUTPUT_DIR))?;
        for name in ["a", "b", "c"] {
            fs::write(root.path().join(OUTPUT_DIR).join(name).with_extension("txt"), "")?;
        }
        fs::write(
            page,
            "```console,unordered\n{{#include ../../examples/output/a.txt}}\n```\n\
             ```console\n{{#include ../../examples/output/a.txt:1:2}}\n```\n\
             ```console,per-cpu\n{{#include ../../examples/output/b.txt}}\n```\n\
             {{#include ../../examples/output/c.txt}}\n",
        )?;
        let modes = modes_of_files(root.path())?;
        let files = capture_files(root.path())?;
        let modes: Vec<_> = files.iter().map(|file| modes.get(file).copied()).collect();
        assert_eq!(modes, [Some(Mode::Unordered), Some(Mode::PerCpu), None]);
        Ok(())
    }
}
