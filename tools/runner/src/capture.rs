//! The capture files: run again, and rewritten where the output has changed.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, ensure};
use project::{UsageError, complain, files_of};

use super::compare::{Mode, compare};
use super::console::{Program, Shown, parse, parse_command};
use super::examples::Examples;
use super::run::LIMIT;
use super::start::python;
use super::{from_python, mpi};

/// Where the captures stand, from the root of the repository.
pub const OUTPUT_DIR: &str = "examples/output";

/// What capturing has done.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Captured {
    /// The files that were rewritten, relative to the root.
    pub rewritten: Vec<PathBuf>,
    /// The files that stay as they are since a tool is missing here: a line each, with what is missing.
    pub left: Vec<String>,
}

/// Runs every command of the capture files with some names, or of all where none is named, again, and
/// rewrites the files whose output has changed, compared as the pages that show them compare it. So a
/// second capture changes nothing. A line on stderr tells of each command.
///
/// # Errors
///
/// There is no such file, the examples don't build, a file can't be read or written, a command is not
/// allowed or hangs.
pub fn capture(root: &Path, names: &[String]) -> Result<Captured> {
    let modes = modes_of_files(root)?;
    let (mut jobs, mut examples) = (Vec::new(), BTreeSet::new());
    let mut captured = Captured::default();
    for file in named(root, names)? {
        let name = display(root, &file);
        let text = fs::read_to_string(&file).with_context(|| name.clone())?;
        let all = parse(&text).with_context(|| name.clone())?;
        let mut missing = BTreeSet::new();
        for shown in &all {
            let (program, _) = parse_command(&shown.command).with_context(|| name.clone())?;
            missing.extend(missing_for(root, &program));
            if let Program::Example { name, .. } = program {
                examples.insert(name);
            }
        }
        if missing.is_empty() {
            jobs.push((file, name, all));
        } else {
            let missing = missing.into_iter().collect::<Vec<_>>().join("; ");
            captured.left.push(format!("{name} stays as it is, for want of {missing}"));
        }
    }
    complain("building the examples");
    let examples = Examples::build_some(root, &examples)?;
    for (file, name, all) in jobs {
        let mode = modes.get(&file).copied().unwrap_or_default();
        let run = |shown: &Shown| -> Result<Vec<String>> {
            complain(format_args!("{name}: $ {}", shown.command));
            examples.run(&shown.command, LIMIT)
        };
        if let Some(fresh) = again(&all, mode, run).with_context(|| name.clone())? {
            let beside = file.with_extension("txt.new");
            fs::write(&beside, fresh).with_context(|| display(root, &beside))?;
            fs::rename(&beside, &file).with_context(|| name.clone())?;
            captured.rewritten.push(PathBuf::from(name));
        }
    }
    Ok(captured)
}

/// The text of a capture file whose commands are run again, if its output has changed.
fn again(
    all: &[Shown],
    mode: Mode,
    run: impl Fn(&Shown) -> Result<Vec<String>>,
) -> Result<Option<String>> {
    let mut fresh = String::new();
    let mut changed = false;
    for shown in all {
        let mut new = Shown { command: shown.command.clone(), output: run(shown)? };
        ensure!(
            !is_of_a_missing_tool(&new),
            "`{}` is no output of the program: it tells of what is missing here:\n{new}",
            shown.command
        );
        if compare(mode, &shown.output, &new.output).is_ok() {
            new.output.clone_from(&shown.output);
        } else {
            changed = true;
        }
        let _ = write!(fresh, "{new}");
    }
    Ok(changed.then_some(fresh))
}

/// Whether what a command wrote is not its program's output, but tells of a tool that is missing.
#[must_use]
pub fn is_of_a_missing_tool(shown: &Shown) -> bool {
    let names_it = |line: &String| {
        [mpi::NEEDED, from_python::NEEDED].iter().any(|needed| line.contains(needed))
    };
    lacks_the_system(shown) || shown.output.iter().any(names_it)
}

/// Whether a program has found that the system lacks what it needs, or doesn't allow it: it says so and ends with 2.
#[must_use]
pub fn lacks_the_system(shown: &Shown) -> bool {
    let says = |line: &String| line.starts_with("missing: ");
    shown.output.iter().any(says)
        && shown.output.last().is_some_and(|end| end.contains("status: 2"))
}

/// What a program needs and this machine lacks.
fn missing_for(root: &Path, program: &Program) -> Vec<&'static str> {
    match program {
        Program::Example { .. } => Vec::new(),
        Program::Mpi(_) => mpi::missing(),
        Program::FromPython(_) => from_python::missing(root),
        Program::Python(_) if python().arg("--version").output().is_ok() => Vec::new(),
        Program::Python(_) => vec!["python3"],
    }
}

/// The capture files with some names, or all.
fn named(root: &Path, names: &[String]) -> Result<Vec<PathBuf>> {
    let all = capture_files(root)?;
    if names.is_empty() {
        return Ok(all);
    }
    let find = |name: &String| {
        let stem = Path::new(name).file_stem();
        let found = all.iter().find(|file| file.file_stem() == stem).cloned();
        found.ok_or_else(|| {
            let all: Vec<_> = all.iter().filter_map(|file| file.file_stem()?.to_str()).collect();
            let expected = all.join(", ");
            UsageError::new(format!("there is no output '{name}'; expected one of {expected}"))
                .into()
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

    fn shown(output: &str) -> Vec<Shown> {
        let output = output.lines().map(str::to_owned).collect();
        vec![Shown { command: "cargo mpi hello".to_owned(), output }]
    }

    #[test]
    fn what_a_run_writes_is_taken_over_where_it_differs() -> Result<()> {
        let run = |output: &'static str| move |_: &Shown| Ok(vec![output.to_owned()]);
        assert_eq!(again(&shown("took 1 s"), Mode::Exact, run("took 2 s"))?, None);
        let fresh = again(&shown("took 1 s"), Mode::Exact, run("took ages"))?;
        assert_eq!(fresh.as_deref(), Some("$ cargo mpi hello\ntook ages\n"));
        Ok(())
    }

    #[test]
    fn a_tool_that_is_missing_is_no_output() {
        let run = |_: &Shown| Ok(vec![format!("error: {}", mpi::NEEDED), "  mpicc".to_owned()]);
        let error = again(&shown("rank 0"), Mode::Exact, run).expect_err("MPI is missing");
        assert!(error.to_string().contains("mpicc"), "{error}");
        let run =
            |_: &Shown| Ok(["missing: a cgroup", "[exit status: 2]"].map(str::to_owned).to_vec());
        let error = again(&shown("a worker"), Mode::Exact, run).expect_err("it is missing");
        assert!(error.to_string().contains("missing: a cgroup"), "{error}");
    }

    #[test]
    fn outputs_are_named_by_their_files() -> Result<()> {
        let root = tempfile::tempdir()?;
        fs::create_dir_all(root.path().join(OUTPUT_DIR))?;
        for name in ["a.txt", "b.txt"] {
            fs::write(root.path().join(OUTPUT_DIR).join(name), "")?;
        }
        let named = |names: &[&str]| {
            let names: Vec<String> = names.iter().map(|&name| name.to_owned()).collect();
            named(root.path(), &names).map(|files| files.len())
        };
        assert_eq!(
            (named(&[])?, named(&["b"])?, named(&["examples/output/a.txt", "b"])?),
            (2, 1, 2)
        );
        let error = named(&["c"]).expect_err("there is none");
        assert!(error.to_string().contains("expected one of a, b"), "{error}");
        Ok(())
    }
}
