//! A part of the house is built with what the whole is built with: `cargo test -p NAME` builds no crate again.

use std::collections::BTreeSet;

use anyhow::{Result, ensure};
use tests::root;

/// Those that depend on much.
const ROOMS: [&str; 9] =
    ["benches", "editions", "export", "figures", "runner", "site", "tests", "words", "xtask"];

/// The crates that cargo builds for some packages, each with its features.
fn crates(packages: &[&str]) -> Result<BTreeSet<String>> {
    let output = runner::cargo(&root())
        .args([
            "tree",
            "--locked",
            "--edges=normal,build,dev",
            "--prefix=none",
            "--format={p} [{f}]",
        ])
        .args(packages)
        .output()?;
    ensure!(output.status.success(), "cargo tree: {}", output.status);
    let text = String::from_utf8(output.stdout)?;
    Ok(text.lines().map(|line| line.trim_end_matches(" (*)").to_owned()).collect())
}

#[test]
fn a_part_builds_no_crate_that_the_whole_has_not() -> Result<()> {
    let whole = crates(&[])?;
    ensure!(whole.len() > 200, "the whole has {} crates", whole.len());
    let mut wrong = Vec::new();
    for room in ROOMS {
        let crates = crates(&["--package", room])?;
        let others: Vec<&str> = crates.difference(&whole).map(String::as_str).collect();
        if !others.is_empty() {
            wrong.push(format!("cargo test -p {room}: {}", others.join(", ")));
        }
    }
    ensure!(
        wrong.is_empty(),
        "built again, with other features; tools/unified/Cargo.toml has those of the whole:\n{}",
        wrong.join("\n")
    );
    Ok(())
}
