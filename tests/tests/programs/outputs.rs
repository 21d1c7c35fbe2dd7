//! Shown outputs: every command that a page shows is run again, and what it writes is compared with
//! what the page shows. And every capture is shown, and nothing else is.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::path::PathBuf;
use std::sync::OnceLock;

use anyhow::{Context as _, Result, ensure};
use libtest_mimic::Trial;
use runner::{self as shown, Mode, Shown};
use tests::blocks;

/// How a command begins that runs a program over MPI.
const OVER_MPI: &str = "cargo mpi ";

/// How a command begins that runs a Python program with a module of ours.
const FROM_PYTHON: &str = "cargo python ";

/// A `console` block of a page.
struct Console {
    page: String,
    line: usize,
    mode: Mode,
    shown: Vec<Shown>,
}

pub fn trials() -> Result<Vec<Trial>> {
    let consoles = consoles()?;
    let captures = captures()?;
    let no_mpi = !runner::mpi::missing().is_empty();
    let no_maturin = !runner::from_python::missing(&tests::root()).is_empty();
    let mut trials = Vec::new();
    // A command that several pages show in one mode with one output is run once.
    let mut known = BTreeSet::new();
    for console in &consoles {
        for shown in &console.shown {
            if !known.insert((shown.to_string(), console.mode)) {
                continue;
            }
            let name =
                format!("programs::outputs: {}:{}: {}", console.page, console.line, shown.command);
            let (shown, mode) = (shown.clone(), console.mode);
            let lacks = shown.command.starts_with(OVER_MPI) && no_mpi
                || shown.command.starts_with(FROM_PYTHON) && no_maturin;
            let here = tests::runs_here(&shown.command)?;
            let trial = tests::trial(name, move || compare(&shown, mode));
            // In CI it fails for want of MPI or maturin; elsewhere the count of ignored tests says so.
            let ignored = lacks && std::env::var_os("CI").is_none();
            trials.push(trial.with_ignored_flag(ignored || !here));
        }
    }
    trials.push(tests::trial("programs::outputs: console_blocks_are_captures", move || {
        all_shown(&consoles, &captures)
    }));
    Ok(trials)
}

/// The `console` blocks of all pages.
fn consoles() -> Result<Vec<Console>> {
    let mut consoles = Vec::new();
    for page in blocks::pages()? {
        for block in &page.blocks {
            let place = || format!("{} {block}", page.path);
            let info = block.words.join(",");
            if let Some(mode) = Mode::of_fence(&info).with_context(place)? {
                consoles.push(Console {
                    page: page.path.clone(),
                    line: block.line,
                    mode,
                    shown: shown::parse(&block.code).with_context(place)?,
                });
            }
        }
    }
    Ok(consoles)
}

/// The captures: file name and what it holds.
fn captures() -> Result<BTreeMap<String, Vec<Shown>>> {
    let mut captures = BTreeMap::new();
    for file in shown::capture_files(&tests::root())? {
        let name = file.strip_prefix(tests::root())?.display().to_string();
        let text = fs::read_to_string(&file).with_context(|| name.clone())?;
        let parsed = shown::parse(&text).with_context(|| name.clone())?;
        captures.insert(name, parsed);
    }
    Ok(captures)
}

/// A machine that lacks MPI or Python says so, and that is no output of a program.
#[test]
fn no_capture_tells_of_a_missing_tool() -> Result<()> {
    let mut problems = String::new();
    for (file, all) in captures()? {
        for shown in all.iter().filter(|shown| shown::is_of_a_missing_tool(shown)) {
            let _ = writeln!(problems, "{file}: this is no output of a program:\n{shown}");
        }
    }
    ensure!(problems.is_empty(), "{problems}");
    Ok(())
}

fn compare(shown: &Shown, mode: Mode) -> Result<()> {
    if shown.command.starts_with(OVER_MPI) {
        // Before the time of the program is limited.
        mpi_is_built()?;
    }
    if shown.command.starts_with(FROM_PYTHON) {
        module_is_built()?;
    }
    let run = tests::examples()?.run(&shown.command, tests::LIMIT)?;
    let fresh = Shown { command: shown.command.clone(), output: run };
    if shown::lacks_the_system(&fresh) && tests::may_lack("what is shown", &fresh)? {
        return Ok(());
    }
    if let Err(difference) = shown::compare(mode, &shown.output, &fresh.output) {
        anyhow::bail!(
            "{difference}If the new output is right, `cargo book capture NAME` takes it over:\n{fresh}"
        );
    }
    Ok(())
}

/// Builds the programs over MPI, once.
fn mpi_is_built() -> Result<()> {
    static BUILT: OnceLock<Result<(), String>> = OnceLock::new();
    let build = || runner::mpi::prepare(&tests::root()).map_err(|error| format!("{error:#}"));
    BUILT.get_or_init(build).clone().map_err(anyhow::Error::msg)
}

/// Builds the module for Python, once, and tells which Python has it. In CI nothing is installed for it here:
/// `.ci/python install` has to.
pub fn module_is_built() -> Result<PathBuf> {
    static BUILT: OnceLock<Result<PathBuf, String>> = OnceLock::new();
    let build = || {
        let missing = runner::from_python::missing(&tests::root());
        if !missing.is_empty() {
            return Err(format!("{} {}", runner::from_python::NEEDED, missing.join(", ")));
        }
        let python =
            runner::from_python::build(&tests::root()).map_err(|error| format!("{error:#}"))?;
        let status = runner::cargo(&tests::root())
            .args(["build", "--quiet", "--bin", "xtask"])
            .status()
            .map_err(|error| error.to_string())?;
        if status.success() { Ok(python) } else { Err(format!("xtask does not build ({status})")) }
    };
    BUILT.get_or_init(build).clone().map_err(anyhow::Error::msg)
}

fn all_shown(consoles: &[Console], captures: &BTreeMap<String, Vec<Shown>>) -> Result<()> {
    let mut problems = String::new();
    let known: Vec<&Shown> = captures.values().flatten().collect();
    for console in consoles {
        for shown in console.shown.iter().filter(|shown| !known.contains(shown)) {
            let (page, line) = (&console.page, console.line);
            let _ = writeln!(problems, "{page}:{line}: no capture holds this:\n{shown}");
        }
    }
    let on_pages: Vec<&Shown> = consoles.iter().flat_map(|console| &console.shown).collect();
    for (file, all) in captures {
        for shown in all.iter().filter(|shown| !on_pages.contains(shown)) {
            let _ = writeln!(problems, "{file}: no page shows `$ {}`", shown.command);
        }
    }
    ensure!(problems.is_empty(), "{problems}");
    Ok(())
}
