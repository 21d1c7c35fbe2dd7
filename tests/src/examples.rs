//! The examples, built; and Python for their twins.

use std::ffi::OsString;
use std::io::{self, ErrorKind, Write as _};
use std::process::Command;
use std::sync::OnceLock;

use anyhow::{Context as _, Result, anyhow, ensure};
use runner::{Ended, Examples, LIMIT, Stdout};

use crate::place::{profile_folder, root};

/// The examples, built once in this process, in the profile and the target directory of the test
/// that runs: cargo finds everything built already.
///
/// # Errors
///
/// The examples don't compile.
pub fn examples() -> Result<&'static Examples> {
    static EXAMPLES: OnceLock<Result<Examples, String>> = OnceLock::new();
    EXAMPLES
        .get_or_init(|| build_examples().map_err(|error| format!("{error:#}")))
        .as_ref()
        .map_err(|error| anyhow!("{error}"))
}

fn build_examples() -> Result<Examples> {
    let profile = profile_folder()?;
    let target = profile.parent().context("a profile stands in a folder")?;
    let profile = match profile.file_name() {
        Some(name) if name != "debug" => name.to_owned(),
        _ => "dev".into(),
    };
    let arguments: [OsString; 4] =
        ["--target-dir".into(), target.into(), "--profile".into(), profile];
    Examples::build(&root(), &arguments)
}

/// An example's program with arguments, in a clean environment.
///
/// # Errors
///
/// The examples don't compile or there is no such example.
pub fn example(name: &str, arguments: &[&str]) -> Result<Command> {
    let mut command = Command::new(examples()?.program(name)?);
    command.args(arguments).current_dir(root());
    runner::clean(&mut command);
    Ok(command)
}

/// Runs a program as somebody who is not root; nothing comes back where the folder of this repository is closed to others.
///
/// # Errors
///
/// It can't be run.
#[cfg(unix)]
pub fn run_as_nobody(mut program: Command) -> Result<Option<Ended>> {
    use std::os::unix::process::CommandExt as _;

    if nix::unistd::Uid::effective().is_root() {
        program.uid(65534).current_dir("/");
    }
    match runner::run(program, Stdout::Pipe, LIMIT) {
        Err(error) if error.to_string().contains("denied") => Ok(None),
        ended => ended.map(Some),
    }
}

/// Runs a command of Python, which must succeed; `None` where there is no Python, which is said, and fails in CI.
///
/// # Errors
///
/// As [`runner::run_patiently`].
pub fn run_python(python: Command) -> Result<Option<Ended>> {
    let ended = runner::run_patiently(python, Stdout::Pipe, LIMIT);
    let cause = ended.as_ref().err().and_then(|error| error.downcast_ref::<io::Error>());
    if cause.is_some_and(|cause| cause.kind() == ErrorKind::NotFound) {
        ensure!(std::env::var_os("CI").is_none(), "python3 is missing, and CI has it");
        // Not `eprintln!`: of a test that passes, nobody would see it.
        writeln!(io::stderr(), "\nSKIPPED: python3 is missing; install it to compare with it\n")?;
        return Ok(None);
    }
    ended?.success().map(Some)
}

/// Whether an example, given by its name or the command that runs it, runs on this system: some show what Linux alone
/// has, and elsewhere say so.
///
/// # Errors
///
/// Its source can't be read.
pub fn runs_here(command: &str) -> Result<bool> {
    let words: Vec<&str> = command.split_whitespace().collect();
    let named = words.iter().position(|word| *word == "--example").map(|place| words[place + 1]);
    let name = named.or(words.first().copied()).unwrap_or_default();
    let source = root().join(format!("examples/{name}.rs"));
    if cfg!(target_os = "linux") || !source.exists() {
        return Ok(true);
    }
    Ok(!std::fs::read_to_string(source)?.contains("mp::linux_only()"))
}

/// A program has found that it can't show something on this system. That is said, and is no fault where nobody has
/// promised more: in CI root has what the programs need, and `.ci/run` runs them as root.
///
/// # Errors
///
/// Stderr can't be written.
pub fn may_lack(what: &str, told: impl std::fmt::Display) -> Result<bool> {
    #[cfg(unix)]
    let is_root = nix::unistd::Uid::effective().is_root();
    #[cfg(not(unix))]
    let is_root = false;
    if is_root && std::env::var_os("CI").is_some() {
        return Ok(false);
    }
    writeln!(io::stderr(), "\nSKIPPED: {what}, since this system lacks it:\n{told}\n")?;
    Ok(true)
}
