//! `cargo python`: builds the module of `python/` with maturin and runs one of the programs there, or says what
//! is missing.
//!
//! The module needs the feature `python`, which nothing else turns on: `PyO3` is behind it, and everybody else's
//! build must not wait for it. maturin stands in a folder of its own, `target/python`, with what it has built.

use std::env;
use std::fmt::Display;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Stdio};

use anyhow::{Context as _, Result, ensure};
use project::{UsageError, complain, files_of};

use super::start::python;

/// How the message begins that names what is missing.
pub const NEEDED: &str = "this needs Python. Missing here:";

/// What builds the module, as pip is told.
const MATURIN: &str = "maturin==1.16.0";

/// The Python that is asked for: the first whose stable interface has buffers.
const OLDEST: (u32, u32) = (3, 11);

/// A program of `python/` to be run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Call {
    /// Its name, without `.py`.
    pub program: String,
    /// What it is given.
    pub arguments: Vec<String>,
}

impl Call {
    /// A shown command, `cargo python PROGRAM [-- ARGUMENTS]`, as its words; `None` where it is another one.
    #[must_use]
    pub fn parse(words: &[&str]) -> Option<Call> {
        let (program, arguments) = match words {
            ["cargo", "python", program] => (program, &[][..]),
            ["cargo", "python", program, "--", arguments @ ..] => (program, arguments),
            _ => return None,
        };
        let is_plain = program.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
        let arguments = arguments.iter().map(|&word| word.to_owned()).collect();
        is_plain.then(|| Call { program: (*program).to_owned(), arguments })
    }
}

/// The environment with maturin and the module.
fn folder(root: &Path) -> PathBuf {
    root.join("target/python")
}

/// A program of that environment.
fn tool(root: &Path, name: &str) -> PathBuf {
    let (folder, programs) = (folder(root), if cfg!(windows) { "Scripts" } else { "bin" });
    folder.join(programs).join(name).with_extension(env::consts::EXE_EXTENSION)
}

/// What this machine lacks; empty where nothing is missing. What `cargo python` would install counts as missing
/// here: tests install nothing.
#[must_use]
pub fn missing(root: &Path) -> Vec<&'static str> {
    if !is_new_enough() {
        vec!["python3 of version 3.11 or newer"]
    } else if !tool(root, "maturin").is_file() {
        vec!["maturin, which `.ci/python install` or the first `cargo python from_python` installs"]
    } else {
        Vec::new()
    }
}

fn is_new_enough() -> bool {
    let asked = "import sys; print(*sys.version_info[:2])";
    let Ok(answer) = python().args(["-I", "-c", asked]).output() else { return false };
    let answer = String::from_utf8_lossy(&answer.stdout).into_owned();
    let mut numbers = answer.split_whitespace().map_while(|number| number.parse().ok());
    numbers.next().zip(numbers.next()).is_some_and(|version| version >= OLDEST)
}

fn needed(missing: impl Display) -> anyhow::Error {
    UsageError::new(format!("{NEEDED}\n  {missing}")).into()
}

/// Makes the environment with maturin, where there is none.
///
/// # Errors
/// Python is missing, or pip can't install maturin; it says why on stderr.
pub fn prepare(root: &Path) -> Result<()> {
    if !is_new_enough() {
        return Err(needed("python3 of version 3.11 or newer"));
    }
    if tool(root, "maturin").is_file() {
        return Ok(());
    }
    complain(format_args!("installing {MATURIN} into target/python"));
    let made = python().args(["-m", "venv"]).arg(folder(root)).stdin(Stdio::null()).status();
    if !made.is_ok_and(|status| status.success()) {
        return Err(needed(
            "python3's module venv (on Debian and Ubuntu: apt-get install python3-venv)",
        ));
    }
    let mut pip = Command::new(tool(root, "python"));
    pip.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", MATURIN]);
    if !pip.stdin(Stdio::null()).status().is_ok_and(|status| status.success()) {
        return Err(needed(format_args!("{MATURIN}, which pip could not install")));
    }
    Ok(())
}

/// Builds the module, optimised, into the environment; the answer is its Python.
///
/// # Errors
/// Something is missing, or the module doesn't compile; cargo's messages go to stderr.
pub fn build(root: &Path) -> Result<PathBuf> {
    prepare(root)?;
    let mut maturin = Command::new(tool(root, "maturin"));
    maturin.args(["develop", "--release", "--quiet", "--manifest-path", "python/Cargo.toml"]);
    maturin.current_dir(root).env("VIRTUAL_ENV", folder(root)).stdin(Stdio::null());
    // Only what has failed says something.
    let output = maturin.output().context("cannot run maturin")?;
    ensure!(
        output.status.success(),
        "the module does not build ({})\n{}{}",
        output.status,
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
    Ok(tool(root, "python"))
}

/// Builds the module and runs a program; its status is the answer.
///
/// # Errors
/// Something is missing, the module doesn't build, or there is no such program.
pub fn run(root: &Path, call: &Call) -> Result<ExitStatus> {
    let all = files_of(&root.join("python"), "py")?;
    let names = all.iter().filter_map(|file| file.to_str()?.strip_suffix(".py"));
    let names: Vec<_> = names.filter(|name| !name.contains(['/', '\\'])).collect();
    if !names.contains(&call.program.as_str()) {
        let names = names.join(", ");
        let text = format!("there is no program {}: take {names}", call.program);
        return Err(UsageError::new(text).into());
    }
    let mut program = Command::new(build(root)?);
    program.arg(format!("python/{}.py", call.program)).args(&call.arguments);
    program.current_dir(root).status().with_context(|| format!("cannot run {}", call.program))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shown_command_is_a_call() {
        let call = Call::parse(&["cargo", "python", "from_python", "--", "--limit", "9"]);
        let arguments = vec!["--limit".to_owned(), "9".to_owned()];
        assert_eq!(call, Some(Call { program: "from_python".to_owned(), arguments }));
        assert!(Call::parse(&["cargo", "python", "from_python"]).is_some());
        let wrong: [&[&str]; 4] = [
            &["cargo", "python"],
            &["cargo", "python", "../x"],
            &["cargo", "python", "from_python", "--limit"],
            &["cargo", "mpi", "hello"],
        ];
        for wrong in wrong {
            assert!(Call::parse(wrong).is_none(), "{wrong:?}");
        }
    }

    #[test]
    fn where_nothing_is_installed_something_is_missing() -> Result<()> {
        let root = tempfile::tempdir()?;
        assert_eq!(missing(root.path()).len(), 1);
        assert!(!folder(root.path()).exists(), "and nothing has been installed");
        Ok(())
    }
}
