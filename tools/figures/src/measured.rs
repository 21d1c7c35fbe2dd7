//! The measured timelines: pictures and numbers from the traces of the program `timeline` and its
//! twin, which stand in `benches/data`.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, ensure};
use trace::{Event, Kind, Trace, Way};

use crate::numbers::measured_on;
use crate::topic;
use crate::unit::unbroken;

/// The traces of the two programs.
pub struct Measured {
    pub rust: Program,
    pub python: Program,
}

/// A trace and its four ways.
pub struct Program {
    /// What was recorded.
    pub trace: Trace,
    /// One after another, in threads on one core, in threads, in processes.
    pub ways: [Way; 4],
}

impl Program {
    /// The program of a trace.
    ///
    /// # Errors
    ///
    /// It hasn't four ways with workers that ran.
    pub fn new(trace: Trace) -> Result<Program> {
        let ways = <[Way; 4]>::try_from(trace.ways());
        let ways = ways.ok().context("a timeline has four ways")?;
        let complete = ways.iter().all(|way| !way.workers.is_empty() && way.length > 0.0);
        ensure!(complete, "a way of the timeline is empty");
        Ok(Program { trace, ways })
    }

    /// A fact about the machine or the run.
    pub fn about(&self, key: &str) -> &str {
        self.trace.about.get(key).map_or("?", String::as_str)
    }

    /// Where and when it was measured.
    fn measured(&self) -> topic::Measured {
        let [date, cpu, kernel, rustc, python] =
            ["date", "cpu", "kernel", "rustc", "python"].map(|key| self.about(key).to_owned());
        let cpus = self.about("cpus").parse().unwrap_or(1);
        topic::Measured { date, cpu, cpus, memory_gib: 0, kernel, rustc, python }
    }
}

fn file(root: &Path, language: &str) -> PathBuf {
    root.join(format!("benches/data/timeline-{language}.json"))
}

/// The traces under `root`.
///
/// # Errors
///
/// One can't be read or is no such trace.
pub fn read(root: &Path) -> Result<Measured> {
    let read = |language: &str| -> Result<Program> {
        let path = file(root, language);
        let text = fs::read_to_string(&path)
            .with_context(|| format!("can't read {}: run `cargo book figures`", path.display()))?;
        let program = serde_json::from_str(&text).map_err(Into::into).and_then(Program::new);
        program.with_context(|| path.display().to_string())
    };
    Ok(Measured { rust: read("rust")?, python: read("python")? })
}

/// The numbers of the text, for `benches/timeline.md`: a fragment a line.
pub fn numbers(measured: &Measured) -> String {
    let mut text = String::from(
        "<!-- Made by `cargo book figures` from benches/data/timeline-*.json; don't edit. -->\n",
    );
    let on = [measured.rust.measured(), measured.python.measured()];
    let on = unbroken(&measured_on(&on));
    let _ = write!(text, "<!-- ANCHOR: measured_on -->\n{on}\n<!-- ANCHOR_END: measured_on -->\n");
    for (language, program) in [("rust", &measured.rust), ("python", &measured.python)] {
        let mut add = |key: &str, value: &str| {
            let value = unbroken(value);
            let key = format!("{language}_{key}");
            let _ = write!(text, "<!-- ANCHOR: {key} -->\n{value}\n<!-- ANCHOR_END: {key} -->\n");
        };
        add("cpus", program.about("cpus"));
        add("piece", program.about("length"));
        add("result", program.about("result"));
        for (key, way) in
            ["sequential", "one_core", "threads", "processes"].iter().zip(&program.ways)
        {
            add(key, &time(way.length));
            add(&format!("{key}_switches"), &way.switches().to_string());
            add(&format!("{key}_turn"), &time(median(slices(way))));
            let calls = |e: &&Event| e.kind == Kind::Start && e.name.starts_with("start");
            let main = way.workers[0].events.iter();
            add(&format!("{key}_start"), &time(median(main.filter(calls).map(|e| e.duration))));
            let until = |e: &&Event| e.kind == Kind::Start && e.name == "begin";
            let others = way.workers[1..].iter().flat_map(|worker| &worker.events);
            add(&format!("{key}_begin"), &time(median(others.filter(until).map(|e| e.duration))));
            add(&format!("{key}_move"), &time(way.total(Kind::Move)));
        }
    }
    text
}

/// How long the slices of work were.
fn slices(way: &Way) -> impl Iterator<Item = f64> {
    let events = way.workers.iter().flat_map(|worker| &worker.events);
    events.filter(|event| event.kind == Kind::Work).map(|event| event.duration)
}

fn median(values: impl Iterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(0.0)
}

/// Microseconds with a unit, two or three digits.
pub fn time(micros: f64) -> String {
    match micros {
        us if us < 999.5 => format!("{us:.0} µs"),
        us if us < 9_950.0 => format!("{:.1} ms", us / 1e3),
        us => format!("{:.0} ms", us / 1e3),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_trace_that_is_missing_or_another_is_named() {
        let root = tempfile::tempdir().expect("a folder");
        let path = file(root.path(), "rust");
        fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        fs::copy(file(&project::root(), "rust"), &path).expect("a committed trace");
        let error = || format!("{:#}", read(root.path()).err().expect("an error"));
        assert!(error().contains("timeline-python.json: run `cargo book figures`"), "{}", error());
        fs::write(file(root.path(), "python"), "{}").expect("a file");
        assert!(error().contains("timeline-python.json"), "{}", error());
    }

    #[test]
    fn times_have_two_or_three_digits() {
        let times = [4.0, 265.2, 999.6, 9_949.0, 9_951.0, 113_400.0].map(time);
        assert_eq!(times, ["4 µs", "265 µs", "1.0 ms", "9.9 ms", "10 ms", "113 ms"]);
    }
}
