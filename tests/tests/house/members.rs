//! No package is left out of plain `cargo test` by a list that forgot it.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context as _, Result, ensure};
use serde_json::Value;

use super::metadata;

/// The packages that plain `cargo test` leaves out, and why.
const LEFT_OUT: [(&str, &str); 9] = [
    ("mpi-programs", "needs MPI, and has programs only, which `cargo mpi` builds"),
    ("from-python", "is a module of Python, which `cargo python` builds"),
    ("collected", "is an attribute, which the tests use"),
    ("exercise", "runs the programs of `exercises`; CI runs its tests"),
    ("exercises", "has programs only, which `cargo exercise` builds"),
    ("schedules", "needs a model checker; CI runs it"),
    ("snippets", "is used by the tests"),
    ("testing", "plants bugs and builds its tests with each of them; CI runs it"),
    ("unified", "has nothing but the features of others"),
];

#[test]
fn plain_cargo_test_leaves_out_what_is_named_here_only() -> Result<()> {
    let metadata = metadata()?;
    let list = |value: &Value| -> Result<Vec<Value>> {
        value.as_array().cloned().context("metadata has a list there")
    };
    let text = |value: &Value| -> Result<String> {
        value.as_str().map(str::to_owned).context("metadata has a text there")
    };
    let mut names = BTreeMap::new();
    for package in list(&metadata["packages"])? {
        names.insert(text(&package["id"])?, text(&package["name"])?);
    }
    for id in list(&metadata["workspace_default_members"])? {
        names.remove(&text(&id)?).context("a default member is a member")?;
    }
    let left_out: BTreeSet<&str> = names.values().map(String::as_str).collect();
    let excused: BTreeSet<&str> = LEFT_OUT.iter().map(|(name, _)| *name).collect();
    ensure!(left_out == excused, "plain `cargo test` leaves out {left_out:?}");
    Ok(())
}
