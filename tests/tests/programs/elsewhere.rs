//! Every program as it is on a system that is not Unix: with `unix` turned off in its text and in that
//! of `mp`, and without the crates that exist on Unix only.

use std::fs;
use std::path::Path;
use std::sync::OnceLock;

use anyhow::{Context as _, Result, anyhow, ensure};
use libtest_mimic::Trial;
use tests::rustc::Workshop;
use tests::{LIMIT, Stdout, names, read, root, trial};

/// The crates of the examples that exist everywhere.
const EVERYWHERE: [&str; 9] =
    ["anyhow", "crc32fast", "humantime", "lexopt", "num_cpus", "png", "postcard", "rayon", "serde"];

pub fn trials() -> Result<Vec<Trial>> {
    let trials = names("examples", "rs")?.into_iter();
    Ok(trials
        .map(|name| trial(format!("programs::elsewhere: {name}"), move || elsewhere(&name)))
        .collect())
}

/// The text of a program with Unix turned off: `any()` is what is never so.
fn not_unix(text: &str) -> String {
    text.replace("cfg(not(unix))", "cfg(not(any()))")
        .replace("cfg_attr(not(unix)", "cfg_attr(not(any())")
        .replace("cfg(unix)", "cfg(any())")
        .replace("target_os = \"linux\"", "any()")
        .replace("target_os = \"macos\"", "any()")
}

/// A place with `mp` as it is elsewhere, compiled once.
fn workshop() -> Result<&'static Workshop> {
    static WORKSHOP: OnceLock<Result<Workshop, String>> = OnceLock::new();
    let build = || -> Result<Workshop> {
        let mut workshop = Workshop::new(&EVERYWHERE)?;
        let library = workshop.folder().join("mp");
        copy(&root().join("mp"), &library)?;
        workshop.library("mp", &library.join("lib.rs"))?;
        Ok(workshop)
    };
    let workshop = WORKSHOP.get_or_init(|| build().map_err(|error| format!("{error:#}")));
    workshop.as_ref().map_err(|error| anyhow!("{error}"))
}

/// Copies a folder of sources as they are elsewhere.
fn copy(from: &Path, to: &Path) -> Result<()> {
    for name in project::files(from)? {
        let file = to.join(&name);
        fs::create_dir_all(file.parent().context("a file stands in a folder")?)?;
        fs::write(file, not_unix(&fs::read_to_string(from.join(name))?))?;
    }
    Ok(())
}

/// Whether a program can't do all of its work elsewhere: it has a second `main` that says so, or uses
/// what of `mp` forks, and not behind `cfg(unix)` only.
fn needs_unix(text: &str) -> bool {
    let forks = ["Process::spawn", "mp::Pool", "mp::Shared", "mp::Semaphore"];
    let forks = !text.contains("cfg(unix)") && forks.iter().any(|name| text.contains(name));
    forks || text.contains("mp::unix_only()") || text.contains("mp::linux_only()")
}

/// What such a program says.
const SAID: [&str; 2] =
    ["Error: this system has no fork", "Error: only Linux has what this program shows"];

fn elsewhere(name: &str) -> Result<()> {
    let text = read(format!("examples/{name}.rs"))?;
    // What only features bring is built by cargo alone, and on Windows by the workflow.
    let featured = ["indicatif", "tokio", "procspawn", "seccompiler", "serde_json"];
    if featured.iter().any(|feature| text.contains(&format!("{feature}::"))) {
        ensure!(
            needs_unix(&text) || ["async_processes", "io_async"].contains(&name),
            "it is neither for all systems, nor does it say that it needs Unix"
        );
        return Ok(());
    }
    let mut program = workshop()?.program(name, &not_unix(&text))?;
    program.env_remove("RUST_BACKTRACE").env_remove("RUST_LIB_BACKTRACE");
    let ended = tests::run(program, Stdout::Pipe, LIMIT)?;
    if needs_unix(&text) {
        let lines: Vec<&str> = ended.stderr.lines().collect();
        ensure!(
            ended.status.code() == Some(1)
                && matches!(lines[..], [line] if SAID.iter().any(|said| line.starts_with(said))),
            "it does not say in a line that it needs Unix and exit with 1, but with {}\n{}",
            ended.status,
            ended.output()
        );
    } else {
        ended.success()?;
    }
    Ok(())
}
