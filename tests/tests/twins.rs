//! Twins: the Python program and the Rust program of a section write the same where their output is
//! determined.
//!
//! Without python3 these tests do nothing but say so; where the variable `CI` is set, they fail.

use std::process::{Command, Stdio};

use anyhow::{Context as _, Result, bail, ensure};
use libtest_mimic::Trial;
use tests::{LIMIT, Stdout};
use xtask::shown::{self, Mode};

/// How the outputs of twins are compared.
#[derive(Clone, Copy, Debug)]
enum Same {
    /// All lines.
    Lines(Mode),
    /// The lines that the function makes of each line; `None` drops it.
    Some(Mode, fn(&str) -> Option<&str>),
}

/// Every twin. A new one fails until it stands here.
const TWINS: &[(&str, Same)] = &[
    // Each language counts by its own functions; the workers are the same.
    (
        "cpu_count",
        Same::Some(Mode::Unordered, |line| {
            let end =
                line.find(", at this moment").or(line.find(", on a CPU")).unwrap_or(line.len());
            line.starts_with("This is worker").then(|| &line[..end])
        }),
    ),
    ("multi_process", Same::Lines(Mode::Unordered)),
    ("order", Same::Lines(Mode::Unordered)),
    ("pool", Same::Lines(Mode::Exact)),
    ("process_pool", Same::Lines(Mode::Unordered)),
    ("producer_consumer", Same::Lines(Mode::Unordered)),
    ("single_process", Same::Lines(Mode::Exact)),
    ("threads_and_processes", Same::Lines(Mode::Exact)),
];

fn main() {
    tests::main(trials());
}

fn trials() -> Result<Vec<Trial>> {
    let python = python()?;
    let mut trials = Vec::new();
    for name in tests::names("examples/python", "py")? {
        if !tests::root().join(format!("examples/{name}.rs")).is_file() {
            // tests/tests/book.rs asks for its twin or for a page that shows it.
            continue;
        }
        let trial = tests::trial(name.clone(), move || {
            let same = TWINS.iter().find(|(twin, _)| *twin == name).with_context(|| {
                format!(
                    "{name}: how are the outputs compared? Say so in TWINS in tests/tests/twins.rs"
                )
            })?;
            compare(&name, same.1)
        });
        trials.push(trial.with_ignored_flag(!python));
    }
    for (name, _) in TWINS {
        ensure!(
            tests::root().join(format!("examples/python/{name}.py")).is_file(),
            "TWINS has {name}, but there is no examples/python/{name}.py"
        );
    }
    Ok(trials)
}

/// Whether there is a python3.
fn python() -> Result<bool> {
    let found = Command::new("python3")
        .arg("--version")
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .status()
        .is_ok_and(|status| status.success());
    if !found {
        ensure!(
            std::env::var_os("CI").is_none(),
            "python3 is missing, and in CI the twins are never skipped"
        );
        eprintln!(
            "\n*** python3 is missing: THE PYTHON TWINS ARE NOT TESTED. Install python3. ***\n"
        );
    }
    Ok(found)
}

fn compare(name: &str, same: Same) -> Result<()> {
    let rust = tests::run(tests::example(name, &[])?, Stdout::Pipe, LIMIT)?.success()?;
    let script = format!("examples/python/{name}.py");
    let python = tests::examples()?.command(&format!("python3 {script}"))?;
    let python = tests::run(python, Stdout::Pipe, LIMIT).context(script)?.success()?;
    let (mode, wanted): (Mode, fn(&str) -> Option<&str>) = match same {
        Same::Lines(mode) => (mode, |line| Some(line)),
        Same::Some(mode, wanted) => (mode, wanted),
    };
    let lines = |text: &str| -> Vec<String> {
        text.lines().filter_map(wanted).map(str::to_owned).collect()
    };
    let (rust, python) = (lines(&rust.stdout), lines(&python.stdout));
    ensure!(!rust.is_empty(), "nothing is left to compare");
    if let Err(difference) = shown::compare(mode, &python, &rust) {
        bail!("- Python, + Rust\n{difference}");
    }
    Ok(())
}
