//! The measured timelines: the program `timeline` and its twin, run and recorded.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result};
use figures::{Program, write};
use trace::{Kind, Trace};

use crate::machine::{here, output};

/// How often each program runs; the least disturbed run is kept.
const RUNS: usize = 9;

/// Runs the program `timeline`, built for release, and its twin in Python, some times each; writes
/// the traces of the least disturbed runs to `benches/data` under `dest`, with machine, toolchain
/// and date, and returns their paths. Each file is written whole or not at all.
///
/// # Errors
///
/// A program can't be built or run, or fails; a file can't be written.
pub fn record(root: &Path, dest: &Path) -> Result<Vec<PathBuf>> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let target = root.join("target/timeline");
    let mut build = Command::new(&cargo);
    build.args(["build", "--quiet", "--release", "--features", "trace", "--example", "timeline"]);
    build.arg("--target-dir").arg(&target).current_dir(root);
    output(&mut build)?;
    let rust = target.join("release/examples/timeline");
    let twin = root.join("examples/python/timeline.py");
    let rust = least_disturbed(|| Command::new(&rust))?;
    let python = least_disturbed(|| {
        let mut python = Command::new("python3");
        python.arg(&twin);
        python
    })?;
    let folder = dest.join("benches/data");
    fs::create_dir_all(&folder).with_context(|| format!("can't make {}", folder.display()))?;
    let machine = machine()?;
    let mut written = Vec::new();
    for (language, mut trace) in [("rust", rust), ("python", python)] {
        trace.about.extend(machine.clone());
        let name = format!("timeline-{language}.json");
        written.extend(write(&folder, &name, &a_line_an_event(&trace)?)?);
    }
    Ok(written)
}

/// Of some runs the trace of the one whose ways took the least time in sum, beside the time for which
/// the work ran: whatever else runs on the machine makes a way longer.
fn least_disturbed(command: impl Fn() -> Command) -> Result<Trace> {
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("trace.json");
    let mut runs = Vec::new();
    for _ in 0..RUNS {
        output(command().args(["--kib", "1024", "--trace"]).arg(&path))?;
        let program: Program = Program::new(serde_json::from_str(&fs::read_to_string(&path)?)?)?;
        let whole: f64 = program.ways.iter().map(|way| way.length).sum();
        runs.push((whole / program.ways[0].total(Kind::Work), program.trace));
    }
    runs.sort_by(|a, b| a.0.total_cmp(&b.0));
    Ok(runs.swap_remove(0).1)
}

/// Machine, toolchain and date, each under its key.
fn machine() -> Result<[(String, String); 6]> {
    let here = here()?;
    // The kernel's version without its last part: `Linux 6.1` of `Linux 6.1.0`.
    let kernel = here.kernel.splitn(3, '.').take(2).collect::<Vec<_>>().join(".");
    let values = [
        ("date", here.date),
        ("cpu", here.cpu),
        ("cpus", here.cpus.to_string()),
        ("kernel", kernel),
        ("rustc", here.rustc),
        ("python", here.python),
    ];
    Ok(values.map(|(key, value)| (key.to_owned(), value)))
}

/// The trace as JSON with a line an event, so that people can read it.
fn a_line_an_event(trace: &Trace) -> Result<String> {
    let file = serde_json::to_value(trace)?;
    let events = file["traceEvents"].as_array().context("a trace has events")?;
    let events: Vec<String> = events.iter().map(|event| format!("    {event}")).collect();
    Ok(format!(
        "{{\n  \"traceEvents\": [\n{}\n  ],\n  \"displayTimeUnit\": {},\n  \"otherData\": {}\n}}\n",
        events.join(",\n"),
        file["displayTimeUnit"],
        file["otherData"],
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn trace() -> Trace {
        let file = project::root().join("benches/data/timeline-rust.json");
        let text = fs::read_to_string(file).expect("a committed trace");
        serde_json::from_str(&text).expect("a trace")
    }

    #[test]
    fn a_trace_survives_its_file() {
        let trace = trace();
        let text = a_line_an_event(&trace).expect("JSON");
        assert_eq!(serde_json::from_str::<Trace>(&text).expect("a trace"), trace);
        assert!(text.lines().count() > trace.records.len());
    }

    #[test]
    fn what_is_no_trace_is_refused() {
        let good = a_line_an_event(&trace()).expect("JSON");
        for (from, to, fault) in [
            ("\"ph\":\"X\"", "\"ph\":\"Q\"", "ph Q"),
            ("\"cat\":\"work\"", "\"cat\":\"play\"", "play"),
            ("\"thread_name\"", "\"thread_nam\"", "ph M"),
            ("\"dur\":", "\"dur\":-", "no span"),
        ] {
            let bad = good.replacen(from, to, 1);
            assert_ne!(bad, good);
            let error = serde_json::from_str::<Trace>(&bad).expect_err(fault).to_string();
            assert!(error.contains(fault), "{error}");
        }
    }
}
