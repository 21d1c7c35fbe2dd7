//! The timeline lab: the data of its presets.

use std::collections::BTreeMap;

use anyhow::Context as _;
use serde::Serialize;
use trace::{Kind, Way};

use crate::measured::Program;
use crate::sheet::Data;

/// `benches/lab.json`: what the lab starts from. All times are in microseconds.
#[derive(Debug, Serialize)]
struct Lab {
    presets: Vec<Preset>,
}

#[derive(Debug, Serialize)]
struct Preset {
    id: &'static str,
    name: String,
    cores: u32,
    tasks: usize,
    pieces: usize,
    /// Who gets a worker: each `task` or each `core`.
    workers: &'static str,
    task_us: f64,
    main_us: f64,
    switch_us: f64,
    thread_us: f64,
    process_us: f64,
    move_us: f64,
    lock: bool,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    measured: BTreeMap<&'static str, Vec<Piece>>,
}

#[derive(Debug, Serialize)]
struct Piece {
    worker: usize,
    kind: &'static str,
    label: String,
    start_us: f64,
    end_us: f64,
}

/// The names of the ways in the lab, in the order in which a trace has them.
pub const WAYS: [&str; 4] = ["sequential", "one_core", "threads", "processes"];

/// The text of `benches/lab.json`: presets from the timelines, and two pools.
///
/// # Errors
/// A case that the lab needs is missing.
pub fn file(data: &Data) -> anyhow::Result<String> {
    let presets = vec![
        timeline("rust", "Rust", "rustc", &data.timelines.rust),
        timeline("python", "Python", "python", &data.timelines.python),
        pool("rust-pool", "rust", ["thread", "mp_process", "mp_pool"], data)?,
        pool("python-pool", "python", ["thread", "fork", "pool"], data)?,
    ];
    // A line for each preset and each way: a change shows where it is. None is blank, since the file
    // stands in a page.
    let mut text = serde_json::to_string(&Lab { presets })?;
    for start in [
        "{\"id\"",
        "\"measured\"",
        "\"one_core\"",
        "\"processes\"",
        "\"sequential\"",
        "\"threads\"",
    ] {
        text = text.replace(start, &format!("\n{start}"));
    }
    text.push('\n');
    Ok(text)
}

/// What the timeline of a program was made of, and the timeline itself.
fn timeline(id: &'static str, name: &str, version: &str, program: &Program) -> Preset {
    let [sequential, one_core, threads, processes] = &program.ways;
    let work = |of_main: bool| {
        let all = events(sequential).filter(|(_, e)| e.kind == Kind::Work);
        let is_main = |name: &str| name.starts_with("main") || name == "end";
        all.filter(|(_, e)| is_main(&e.name) == of_main).map(|(_, e)| e.duration).sum::<f64>()
    };
    // What main spends: the calls that start a worker, and receiving the results.
    let of_main = |way: &Way, kind| {
        median(events(way).filter(|(w, e)| *w == 0 && e.kind == kind).map(|(_, e)| e.duration))
    };
    // A call that lasts longer than until its worker runs waits for its turn after that.
    let until_it_runs = |way: &Way| {
        let begun = events(way).filter(|(w, e)| *w > 0 && e.kind == Kind::Start);
        begun.map(|(_, e)| e.duration).fold(f64::INFINITY, f64::min)
    };
    let start = |way| rounded(of_main(way, Kind::Start).min(until_it_runs(way)));
    let switches = events(one_core).filter(|(_, e)| e.kind == Kind::Switch);
    Preset {
        id,
        name: format!("{name} {}", program.about(version)),
        cores: program.about("cpus").parse().unwrap_or(1),
        tasks: 3,
        pieces: 2,
        workers: "task",
        task_us: rounded(work(false) / 3.0),
        main_us: rounded(work(true)),
        switch_us: rounded(median(switches.map(|(_, e)| e.duration))),
        thread_us: start(threads),
        process_us: start(processes),
        move_us: rounded(of_main(processes, Kind::Move)),
        lock: id == "python",
        measured: WAYS.into_iter().zip(program.ways.iter().map(pieces)).collect(),
    }
}

/// What a pool costs: its workers are started once, and each task is handed over alone.
fn pool(
    id: &'static str,
    language: &str,
    [thread, process, pool]: [&str; 3],
    data: &Data,
) -> anyhow::Result<Preset> {
    let (start, chunk) = (data.topic("start")?, data.topic("chunk")?);
    let started = |case: &str| -> anyhow::Result<f64> {
        let sample = start.single(language, case);
        Ok(sample.with_context(|| format!("start: no {language} {case}"))?.median / 1e3)
    };
    let moved = chunk.at(language, pool, 1.0);
    let moved = moved.with_context(|| format!("chunk: no {language} {pool}"))?;
    let at = &start.measured;
    let name = match language {
        "python" => format!("Pool (Python {})", at.python),
        _ => format!("mp::Pool (Rust {})", at.rustc),
    };
    Ok(Preset {
        id,
        name,
        cores: at.cpus,
        tasks: 100,
        pieces: 1,
        workers: "core",
        task_us: 1000.0,
        main_us: 0.0,
        switch_us: 10.0,
        thread_us: rounded(started(thread)?),
        process_us: rounded(started(process)?),
        move_us: rounded(moved / 1e3),
        lock: language == "python",
        measured: BTreeMap::new(),
    })
}

/// The events of a way with the number of their worker; main is the first.
fn events(way: &Way) -> impl Iterator<Item = (usize, &trace::Event)> {
    let workers = way.workers.iter().enumerate();
    workers.flat_map(|(i, record)| record.events.iter().map(move |event| (i, event)))
}

/// What the lab draws of a way.
fn pieces(way: &Way) -> Vec<Piece> {
    let kind = |kind| match kind {
        Kind::Work => Some("work"),
        Kind::Start => Some("start"),
        Kind::Switch => Some("switch"),
        Kind::Move => Some("move"),
        Kind::Way => None,
    };
    // Until a worker runs it is on no core; the call that starts it is main's.
    let drawn = events(way).filter(|(worker, event)| event.kind != Kind::Start || *worker == 0);
    drawn
        .filter_map(|(worker, event)| {
            Some(Piece {
                worker,
                kind: kind(event.kind)?,
                label: event.name.clone(),
                start_us: event.start.round(),
                end_us: event.end().round(),
            })
        })
        .collect()
}

fn median(values: impl Iterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(0.0)
}

/// Three digits: more than that isn't known.
fn rounded(value: f64) -> f64 {
    format!("{value:.2e}").parse().unwrap_or(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn three_digits_are_kept() {
        let texts = [265.43, 0.012_345, 74_812.0, 0.0].map(|v| rounded(v).to_string());
        assert_eq!(texts, ["265", "0.0123", "74800", "0"]);
    }

    #[test]
    fn the_median_of_nothing_is_nothing() {
        assert_eq!(median([3.0, 1.0, 2.0].into_iter()).to_string(), "2");
        assert_eq!(median(std::iter::empty()).to_string(), "0");
    }
}
