//! Which tests find which bug: each bug is planted, and all tests of the other files are run. What came of it stands in
//! `found.txt`, which the page shows as a table, and what some of them say in `shown/`.
//! `TAKE_OVER=1 cargo test -p testing --test found` writes both anew.
#![cfg(all(target_os = "linux", target_env = "gnu"))]

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context as _, Result, ensure};
use serde_json::Value;

const KINDS: [&str; 6] =
    ["outputs", "forks", "delays", "schedules", "properties", "faults"];

/// The features of this package; without one all tests pass.
const BUGS: [&str; 8] = [
    "lost_update",
    "two_orders",
    "data_race",
    "out_of_nothing",
    "unseen",
    "left_behind",
    "torn",
    "",
];

/// Where luck decides: two threads may disturb each other at a place where nothing delays them.
const BY_LUCK: [(&str, &str); 1] = [("data_race", "delays")];

/// Some lines: how the first begins, and how many they are.
type Part = (&'static str, usize);

/// What the page shows of what tests say: with a bug, of which tests, which lines.
const SHOWN: [(&str, &str, &[Part]); 6] = [
    ("lost_update", "delays", &[("assertion", 3)]),
    ("lost_update", "schedules", &[("failing schedule", 4), ("assertion", 3)]),
    ("two_orders", "schedules", &[("failing schedule", 4), ("deadlock", 1)]),
    ("out_of_nothing", "properties", &[("Test failed", 3), ("minimal", 12)]),
    (
        "unseen",
        "faults",
        &[("Error: process", 4), ("--- stdout", 2), ("    a wrong", 1)],
    ),
    ("torn", "faults", &[("Error: write", 4), ("    the file", 1)]),
];

/// The programs of the tests, built with a bug.
fn programs(bug: &str) -> Result<BTreeMap<String, PathBuf>> {
    let mut cargo = Command::new(env!("CARGO"));
    cargo.args([
        "test",
        "--package=testing",
        "--no-run",
        "--message-format=json",
        "--quiet",
    ]);
    cargo.args(KINDS.map(|kind| format!("--test={kind}"))).arg("--test=hidden");
    let cargo = cargo.arg(format!("--features={bug}")).output()?;
    let stderr = String::from_utf8_lossy(&cargo.stderr);
    ensure!(cargo.status.success(), "'{bug}' doesn't compile:\n{stderr}");
    let mut programs = BTreeMap::new();
    for line in String::from_utf8(cargo.stdout)?.lines() {
        let message: Value = serde_json::from_str(line)?;
        let name = message["target"]["name"].as_str().unwrap_or_default();
        if let Some(program) = message["executable"].as_str()
            && (KINDS.contains(&name) || name == "hidden")
        {
            programs.insert(name.to_owned(), program.into());
        }
    }
    ensure!(programs.len() == KINDS.len() + 1, "{programs:?}");
    Ok(programs)
}

/// Whether tests fail, and what they say.
fn fails(program: &Path) -> Result<(bool, String)> {
    let mut said = tempfile::NamedTempFile::new()?;
    let file: &File = said.as_file_mut();
    let mut command = Command::new(program);
    command.stdin(Stdio::null()).stdout(file.try_clone()?).stderr(file.try_clone()?);
    let status = command.env("RUST_BACKTRACE", "0").status()?;
    let code =
        status.code().with_context(|| format!("{}: {status}", program.display()))?;
    Ok((code != 0, fs::read_to_string(said.path())?))
}

/// What the page shows of it.
fn excerpt(said: &str, parts: &[Part]) -> Result<String> {
    let mut excerpt = String::new();
    for (begin, count) in parts {
        let mut lines =
            said.lines().skip_while(|line| !line.starts_with(begin)).take(*count);
        let first =
            lines.next().with_context(|| format!("no line '{begin}' in\n{said}"))?;
        excerpt.extend([first].into_iter().chain(lines).flat_map(|line| [line, "\n"]));
    }
    Ok(excerpt)
}

/// What stays the same: no numbers, no processor time, which is told if it is long enough, and no name of a call, which is
/// the C library's.
fn same(text: &str) -> Vec<&str> {
    let stays = |word: &&str| {
        let number = word.contains(|c: char| c.is_ascii_digit());
        !number && !word.contains('_') && !["of", "CPU", "CPU,"].contains(word)
    };
    text.split_whitespace().filter(stays).collect()
}

fn shows(name: &str, now: &str) -> Result<()> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(name);
    if std::env::var_os("TAKE_OVER").is_some() {
        return Ok(fs::write(path, now)?);
    }
    let committed = fs::read_to_string(&path)?;
    let alike =
        now == committed || name != "found.txt" && same(now) == same(&committed);
    ensure!(alike, "now:\n{now}\n{name}:\n{committed}");
    Ok(())
}

#[test]
fn each_bug_is_found_by_the_tests_that_the_page_names() -> Result<()> {
    let mut table = format!(
        "{:16}{}\n",
        "",
        KINDS.map(|kind| format!("{kind:12}")).concat().trim_end()
    );
    let mut built = BTreeMap::new();
    for bug in BUGS {
        built = programs(bug)?;
        let mut row = format!("{:16}", if bug.is_empty() { "none" } else { bug });
        for kind in KINDS {
            let (fails, said) = fails(&built[kind])?;
            for (_, _, parts) in
                SHOWN.iter().filter(|shown| (shown.0, shown.1) == (bug, kind))
            {
                let command =
                    format!("$ cargo test -p testing --features {bug} --test {kind}\n");
                let name = format!("shown/{bug}_{kind}.txt");
                shows(&name, &(command + &excerpt(&said, parts)?))?;
            }
            ensure!(!(bug.is_empty() && fails), "{kind} fails without a bug:\n{said}");
            let cell = match fails {
                _ if BY_LUCK.contains(&(bug, kind)) => "by luck",
                true => "fails",
                false => "passes",
            };
            let _ = write!(row, "{cell:12}");
        }
        let _ = writeln!(table, "{}", row.trim_end());
    }
    shows("found.txt", &table)?;

    // One after the other, so that they come in one order.
    let mut hidden = Command::new(&built["hidden"]);
    let output = hidden.arg("--test-threads=1").output()?;
    let said = String::from_utf8(output.stdout)?;
    let message =
        String::from_utf8_lossy(&output.stderr).contains("something is wrong");
    ensure!(!message, "the children's messages are seen");
    let command = "$ cargo test -p testing --test hidden -- --test-threads=1\n";
    shows(
        "shown/hidden.txt",
        &format!("{command}{}", excerpt(&said, &[("running", 4)])?),
    )
}
