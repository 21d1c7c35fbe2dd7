//! The capture files: run again, and rewritten where the output has changed.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context as _, Result};
use project::{UsageError, complain, files_of};

use super::compare::{Mode, compare};
use super::examples::{Examples, run};
use super::shown::{Shown, parse};

/// Where the captures stand, from the root of the repository.
pub const OUTPUT_DIR: &str = "examples/output";

/// How long a shown command may run before its process group is killed.
pub const LIMIT: Duration = Duration::from_secs(60);

/// What a program says that can't do its work here: that is no output of it.
const REFUSALS: [&str; 2] = ["this needs ", "only Unix (Linux, macOS) can fork"];

/// Whether an output says that something is missing here.
fn is_refusal(output: &[String]) -> bool {
    output.iter().any(|line| REFUSALS.iter().any(|refusal| line.contains(refusal)))
}

/// Runs the commands of capture files again and rewrites the files whose output has changed, compared as
/// the pages that show them compare it. So a second capture changes nothing. A line on stderr tells of each
/// command, and of each file that stays because this machine can't run its program. Returns the files that
/// were rewritten, relative to `root`. `names` are those of files, such as `pool`; none is all of them.
///
/// # Errors
///
/// There is no file of a name, an example doesn't build, a file can't be read or written, a command is not
/// allowed or hangs.
pub fn capture(root: &Path, names: &[String]) -> Result<Vec<PathBuf>> {
    let files = wanted(root, names)?;
    let modes = modes_of_files(root)?;
    let mut captures = Vec::new();
    for file in files {
        let name = display(root, &file);
        let text = fs::read_to_string(&file).with_context(|| name.clone())?;
        captures.push((file, parse(&text).with_context(|| name.clone())?, name));
    }
    complain("building the examples");
    let examples = if names.is_empty() {
        Examples::build(root, &[])?
    } else {
        let commands = captures.iter().flat_map(|(_, shown, _)| shown);
        Examples::build_for(root, commands.map(|shown| shown.command.as_str()))?
    };
    let mut rewritten = Vec::new();
    for (file, all, name) in captures {
        let mode = modes.get(&file).copied().unwrap_or_default();
        let mut fresh = String::new();
        let (mut changed, mut refused) = (false, None);
        for shown in all {
            complain(format_args!("{name}: $ {}", shown.command));
            let output = run(&examples, &shown.command, LIMIT).with_context(|| name.clone())?;
            if is_refusal(&output) {
                refused = Some(output.join("\n"));
                break;
            }
            let output = if compare(mode, &shown.output, &output).is_ok() {
                shown.output
            } else {
                changed = true;
                output
            };
            let command = shown.command;
            let _ = write!(fresh, "{}", Shown { command, output });
        }
        if let Some(said) = refused {
            complain(format_args!("{name} stays as it is: its program doesn't run here\n{said}"));
        } else if changed {
            let beside = file.with_extension("txt.new");
            fs::write(&beside, fresh).with_context(|| display(root, &beside))?;
            fs::rename(&beside, &file).with_context(|| name.clone())?;
            rewritten.push(PathBuf::from(name));
        }
    }
    Ok(rewritten)
}

/// The capture files of these names; of all where there is none.
fn wanted(root: &Path, names: &[String]) -> Result<Vec<PathBuf>> {
    let files = capture_files(root)?;
    if names.is_empty() {
        return Ok(files);
    }
    let find = |name: &String| {
        let file = root.join(OUTPUT_DIR).join(name).with_extension("txt");
        files.contains(&file).then_some(file).ok_or_else(|| {
            let text =
                format!("there is no {OUTPUT_DIR}/{name}.txt: begin it with the line `$ COMMAND`");
            UsageError::new(text).into()
        })
    };
    names.iter().map(find).collect()
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

    /// A capture of "this needs MPI" would pass every test: where it was made, and on the page.
    #[test]
    fn no_capture_is_that_of_a_program_that_did_not_run() -> Result<()> {
        assert!(is_refusal(&["error: this needs MPI. Missing here:".to_owned()]));
        let root = project::root();
        let files = capture_files(&root)?;
        assert!(!files.is_empty());
        for file in files {
            for shown in parse(&fs::read_to_string(&file)?)? {
                assert!(!is_refusal(&shown.output), "{}: {shown}", display(&root, &file));
            }
        }
        Ok(())
    }

    #[test]
    fn a_file_that_is_not_there_is_named() -> Result<()> {
        let error = wanted(&project::root(), &["nosuch".to_owned()]).expect_err("no such file");
        assert!(error.is::<UsageError>() && error.to_string().contains("nosuch.txt"), "{error}");
        assert_eq!(wanted(&project::root(), &["pool".to_owned()])?.len(), 1);
        Ok(())
    }

    /// A project whose one program says that something is missing, and its capture.
    #[cfg(unix)]
    #[test]
    fn what_does_not_run_here_keeps_its_capture() -> Result<()> {
        let root = tempfile::tempdir()?;
        let [python, output] =
            ["examples/python", OUTPUT_DIR].map(|folder| root.path().join(folder));
        fs::create_dir_all(&python)?;
        fs::create_dir_all(&output)?;
        fs::write(
            root.path().join("Cargo.toml"),
            "[package]\nname = \"a\"\n[lib]\npath = \"a.rs\"\n",
        )?;
        fs::write(root.path().join("a.rs"), "")?;
        let capture_of = "$ python3 examples/python/a.py\nan output\n";
        fs::write(output.join("a.txt"), capture_of)?;
        for (said, kept) in [("this needs MPI", true), ("another output", false)] {
            fs::write(python.join("a.py"), format!("print('{said}')"))?;
            let rewritten = capture(root.path(), &["a".to_owned()])?;
            assert_eq!(rewritten.is_empty(), kept, "{rewritten:?}");
            assert_eq!(fs::read_to_string(output.join("a.txt"))? == capture_of, kept);
        }
        Ok(())
    }
}
