//! What the page of `from_python` says of memory and of processes, held by Python's own tests of the module.

use std::process::Command;

use anyhow::{Context as _, Result, ensure};
use runner::{Stdout, run_patiently};
use tests::asked;

/// Runs one of Python's tests, where maturin is installed; in CI it has to be.
fn python_says(test: &str) -> Result<()> {
    let missing = runner::from_python::missing(&tests::root());
    if !missing.is_empty() {
        eprintln!("{test} is NOT TESTED, since there is no {}", missing.join(", no "));
        ensure!(std::env::var_os("CI").is_none(), "CI has to install maturin: .ci/python install");
        return Ok(());
    }
    let mut python = Command::new(super::outputs::module_is_built()?);
    python.args(["-m", "unittest", &format!("test_from_python.{test}")]);
    python.current_dir(tests::root().join("python/tests"));
    runner::clean(&mut python);
    let ended = run_patiently(python, Stdout::Together, tests::LIMIT)?;
    ended.success().with_context(|| test.to_owned())?;
    Ok(())
}

#[test]
fn an_array_that_is_lent_can_not_grow() -> Result<()> {
    python_says("Marking.test_lent_memory_stays_where_it_is")?;
    asked("ask-append-to-a-loan")?.one(
        &"an error",
        &[
            ("The 7 may be counted", "counted or not"),
            ("Rust reads memory", "freed memory"),
            ("`append` raises", "an error"),
            ("`append` waits", "a wait"),
        ],
    )
}

#[test]
fn a_pool_before_the_first_call_counts() -> Result<()> {
    python_says("Processes.test_a_pool_before_the_first_call_is_fine")?;
    asked("ask-fork-after-rayon")?.one(
        &"all count",
        &[
            ("Parent and workers count.", "all count"),
            ("The workers hang.", "a hang"),
            ("The workers raise", "an error"),
        ],
    )
}
