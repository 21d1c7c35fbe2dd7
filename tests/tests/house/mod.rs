//! The house: the tests see what they are there to see.

mod circles;
mod members;
mod unified;
mod workers;

use anyhow::{Result, ensure};
use serde_json::Value;
use tests::root;

/// The packages of this project, as cargo knows them.
fn metadata() -> Result<Value> {
    let output = runner::cargo(&root())
        .args(["metadata", "--no-deps", "--format-version=1", "--locked"])
        .output()?;
    ensure!(output.status.success(), "cargo metadata: {}", output.status);
    Ok(serde_json::from_slice(&output.stdout)?)
}
