//! Which tests find which bug: each bug is planted, and all tests of the other files are run. What came of it stands in
//! `found.txt`, which the page shows as a table. `TAKE_OVER=1 cargo test -p testing --test found` writes it anew.
#![cfg(all(target_os = "linux", target_env = "gnu"))]

use std::collections::BTreeMap;
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

/// The programs of the tests, built with a bug.
fn programs(bug: &str) -> Result<BTreeMap<String, PathBuf>> {
    let arguments =
        ["test", "--package=testing", "--no-run", "--message-format=json", "--quiet"];
    let cargo = Command::new(env!("CARGO"))
        .args(arguments)
        .args(["--features", bug])
        .output()?;
    let stderr = String::from_utf8_lossy(&cargo.stderr);
    ensure!(cargo.status.success(), "'{bug}' doesn't compile:\n{stderr}");
    let mut programs = BTreeMap::new();
    for line in String::from_utf8(cargo.stdout)?.lines() {
        let message: Value = serde_json::from_str(line)?;
        let name = message["target"]["name"].as_str().unwrap_or_default();
        if let Some(program) = message["executable"].as_str()
            && KINDS.contains(&name)
        {
            programs.insert(name.to_owned(), program.into());
        }
    }
    ensure!(programs.len() == KINDS.len(), "{programs:?}");
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

#[test]
fn each_bug_is_found_by_the_tests_that_the_page_names() -> Result<()> {
    let mut table = format!(
        "{:16}{}\n",
        "",
        KINDS.map(|kind| format!("{kind:12}")).concat().trim_end()
    );
    for bug in BUGS {
        let programs = programs(bug)?;
        let mut row = format!("{:16}", if bug.is_empty() { "none" } else { bug });
        for kind in KINDS {
            let (fails, said) = fails(&programs[kind])?;
            ensure!(!(bug.is_empty() && fails), "{kind} fails without a bug:\n{said}");
            let cell = match fails {
                _ if BY_LUCK.contains(&(bug, kind)) => "by luck",
                true => "fails",
                false => "passes",
            };
            row += &format!("{cell:12}");
        }
        table += &format!("{}\n", row.trim_end());
    }
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("found.txt");
    if std::env::var_os("TAKE_OVER").is_some() {
        return Ok(fs::write(path, table)?);
    }
    let committed = fs::read_to_string(&path)?;
    ensure!(table == committed, "found now:\n{table}\ncommitted:\n{committed}");
    Ok(())
}
