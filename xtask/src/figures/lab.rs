//! The timeline lab: the picture that stands in its place, and the data of its presets.

use std::{collections::BTreeMap, fs, io, path::Path};

use anyhow::Context as _;
use serde::{Deserialize, Serialize};

use super::data::Topic;
use super::svg::{Align, Canvas, Colour, LINE, Look, MARGIN, Rect, WIDTH};
use super::time;
use super::words::{Words, fill};

/// The four ways as bars: how long each takes in the pictures of ideas.
pub fn four_ways(name: &'static str, words: &Words) -> String {
    let lengths = time::lengths(words);
    let longest = lengths.into_iter().fold(0.0, f64::max);
    let mut canvas = Canvas::new(name);
    let mut y = MARGIN + LINE / 2.0;
    let colours = [Colour::Ink, Colour::Blue, Colour::Green, Colour::Purple];
    let mut spoken = Vec::new();
    for ((way, length), colour) in words.lab.ways.iter().zip(lengths).zip(colours) {
        canvas.text((MARGIN, y), Align::Start, way);
        let width = (WIDTH - 2.0 * MARGIN) * length / longest;
        canvas.area(Rect::new(MARGIN, y + 13.0, width, 18.0), Look::plain(colour));
        let percent = format!("{:.0}", 100.0 * length / lengths[0]);
        spoken.push(fill(words.lab.spoken, &[("way", way), ("percent", &percent)]));
        y += 52.0;
    }
    let spoken = spoken.join(words.list_joint);
    let description = fill(words.lab.alternative.description, &[("ways", &spoken)]);
    canvas.finish(y - LINE / 2.0, words.lab.alternative.title, &description)
}

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
    kind: String,
    label: String,
    start_us: f64,
    end_us: f64,
}

/// A trace, as far as the lab needs it.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Trace {
    trace_events: Vec<Event>,
}

#[derive(Debug, Deserialize)]
struct Event {
    name: String,
    #[serde(default)]
    cat: String,
    #[serde(default)]
    ts: f64,
    #[serde(default)]
    dur: f64,
    pid: u64,
    tid: u64,
}

/// The names of the ways in the lab, in the order in which a trace has them.
const WAYS: [&str; 4] = ["sequential", "one_core", "threads", "processes"];

/// A language, its name, and its cases in the topics `start` and `chunk`.
const LANGUAGES: [(&str, &str, [&str; 3]); 2] = [
    ("rust", "Rust", ["thread", "mp_process", "mp_pool"]),
    ("python", "Python", ["thread", "fork", "pool"]),
];

/// Where no trace tells more: three tasks of 20 ms, and 2 µs a switch.
const TASK: f64 = 20_000.0;
const SWITCH: f64 = 2.0;

/// The text of `benches/lab.json`, from the measurements under `root`.
///
/// # Errors
/// A case that the lab needs is missing, or a trace can't be read.
pub fn file(root: &Path, topics: &[Topic]) -> anyhow::Result<String> {
    let mut presets = Vec::new();
    for (language, name, cases) in LANGUAGES {
        let path = root.join(format!("benches/data/timeline-{language}.json"));
        let trace = match fs::read_to_string(&path) {
            Ok(text) => Some(
                serde_json::from_str(&text).with_context(|| format!("in {}", path.display()))?,
            ),
            Err(error) if error.kind() == io::ErrorKind::NotFound => None,
            Err(error) => return Err(error).context(format!("can't read {}", path.display())),
        };
        presets.push(preset(language, name, cases, topics, trace.as_ref())?);
    }
    let mut text = serde_json::to_string(&Lab { presets })?;
    // A line a preset and a way: a change shows where it is. No line is blank: the file stands in a page.
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

fn preset(
    id: &'static str,
    name: &str,
    [thread, process, pool]: [&str; 3],
    topics: &[Topic],
    trace: Option<&Trace>,
) -> anyhow::Result<Preset> {
    let topic = |name: &str| {
        topics.iter().find(|t| t.topic == name).with_context(|| format!("no topic {name}"))
    };
    let (start, chunk) = (topic("start")?, topic("chunk")?);
    let started = |case: &str| -> anyhow::Result<f64> {
        let sample = start.single(id, case);
        Ok(sample.with_context(|| format!("start: no {id} {case}"))?.median / 1e3)
    };
    let moved = chunk.at(id, pool, 1.0).with_context(|| format!("chunk: no {id} {pool}"))?;
    let at = &start.measured;
    let name = match id {
        "python" => format!("{name} {}", at.python),
        _ => format!("{name} {}", at.rustc),
    };
    let mut preset = Preset {
        id,
        name,
        cores: at.cpus,
        tasks: 3,
        pieces: 2,
        task_us: TASK,
        main_us: 0.0,
        switch_us: SWITCH,
        thread_us: rounded(started(thread)?),
        process_us: rounded(started(process)?),
        move_us: rounded(moved / 1e3),
        lock: id == "python",
        measured: BTreeMap::new(),
    };
    if let Some(trace) = trace {
        preset.measured = ways(trace);
        if let Some(pieces) = preset.measured.get("sequential") {
            let (main, tasks): (Vec<_>, Vec<_>) =
                pieces.iter().partition(|p| p.label.starts_with("main") || p.label == "end");
            let sum = |pieces: &[&Piece]| pieces.iter().map(|p| p.end_us - p.start_us).sum::<f64>();
            preset.task_us = rounded(sum(&tasks) / 3.0);
            preset.main_us = rounded(sum(&main));
        }
        let switches = preset.measured.get("one_core").into_iter().flatten();
        let mut switches: Vec<f64> =
            switches.filter(|p| p.kind == "switch").map(|p| p.end_us - p.start_us).collect();
        switches.sort_by(f64::total_cmp);
        if let Some(&median) = switches.get(switches.len() / 2) {
            preset.switch_us = rounded(median);
        }
    }
    Ok(preset)
}

/// The pieces of each way, from its begin; those of main are those of worker 0.
fn ways(trace: &Trace) -> BTreeMap<&'static str, Vec<Piece>> {
    let mut spans: Vec<&Event> = trace.trace_events.iter().filter(|e| e.cat == "way").collect();
    spans.sort_by(|a, b| a.ts.total_cmp(&b.ts));
    let mut ways = BTreeMap::new();
    for (name, span) in WAYS.into_iter().zip(spans) {
        let mut workers = vec![(span.pid, span.tid)];
        let mut pieces = Vec::new();
        let mut events: Vec<&Event> = trace.trace_events.iter().collect();
        events.sort_by(|a, b| a.ts.total_cmp(&b.ts));
        for event in events {
            let inside = event.ts >= span.ts - 1.0 && event.ts <= span.ts + span.dur;
            // Until a worker runs it is on no core; the starting is main's.
            let drawn = ["work", "start", "switch", "move"].contains(&event.cat.as_str());
            if !inside || !drawn || event.name == "begin" {
                continue;
            }
            let id = (event.pid, event.tid);
            let worker = workers.iter().position(|w| *w == id).unwrap_or_else(|| {
                workers.push(id);
                workers.len() - 1
            });
            pieces.push(Piece {
                worker,
                kind: event.cat.clone(),
                label: event.name.clone(),
                start_us: (event.ts - span.ts).round(),
                end_us: (event.ts + event.dur - span.ts).round(),
            });
        }
        ways.insert(name, pieces);
    }
    ways
}

/// Three digits: more than that isn't known.
fn rounded(value: f64) -> f64 {
    format!("{value:.2e}").parse().unwrap_or(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_trace_is_cut_into_its_ways() -> anyhow::Result<()> {
        let trace: Trace = serde_json::from_str(
            r#"{"traceEvents":[
            {"name":"thread_name","ph":"M","pid":1,"tid":1,"args":{"name":"main"}},
            {"name":"one","cat":"way","ph":"X","ts":10,"dur":30,"pid":1,"tid":1},
            {"name":"A1","cat":"work","ph":"X","ts":12,"dur":20,"pid":1,"tid":1},
            {"name":"two","cat":"way","ph":"X","ts":50,"dur":30,"pid":1,"tid":1},
            {"name":"begin","cat":"start","ph":"X","ts":51,"dur":3,"pid":1,"tid":2},
            {"name":"A1","cat":"work","ph":"X","ts":55,"dur":20,"pid":1,"tid":2}]}"#,
        )?;
        let ways = ways(&trace);
        assert_eq!(ways.len(), 2);
        let [one] = &ways["sequential"][..] else { panic!("{ways:?}") };
        assert_eq!((one.worker, one.start_us, one.end_us), (0, 2.0, 22.0));
        let [two] = &ways["one_core"][..] else { panic!("{ways:?}") };
        assert_eq!((two.worker, two.start_us, two.end_us), (1, 5.0, 25.0));
        Ok(())
    }

    #[test]
    fn three_digits_are_kept() {
        let text = [265.43, 0.012_345, 74_812.0, 0.0].map(|value| rounded(value).to_string());
        assert_eq!(text, ["265", "0.0123", "74800", "0"]);
    }
}
