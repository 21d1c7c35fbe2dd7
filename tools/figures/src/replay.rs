//! The replay of the measured run: what each worker does at each moment, from the traces, and in which line of the program.

use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result, ensure};
use serde::Serialize;
use trace::{GAP, Kind, Record, Way};

use crate::lab::WAYS;
use crate::measured::{Measured, Program};

/// `benches/replay.json`: what the replay shows. All times are whole microseconds.
#[derive(Debug, Serialize)]
struct Replay {
    /// How long the longest way takes: all have its scale.
    longest: f64,
    programs: Vec<Shown>,
}

#[derive(Debug, Serialize)]
struct Shown {
    id: &'static str,
    name: String,
    file: &'static str,
    ways: Vec<ShownWay>,
}

#[derive(Debug, Serialize)]
struct ShownWay {
    id: &'static str,
    length: f64,
    workers: Vec<String>,
    code: Vec<Function>,
    events: Vec<Span>,
}

/// A function of the program.
#[derive(Debug, Serialize)]
struct Function {
    /// The number of its first line in the file, from 1.
    first: usize,
    lines: Vec<String>,
}

/// Worker, kind, name, CPU, begin, end, and the line of the program; 0 for a switch, which is none.
type Span = (usize, &'static str, String, Option<usize>, f64, f64, usize);

/// Where a program's text says what it does: the functions of each way, and for what is done the piece of text that one line
/// of them has and no other.
struct Source {
    id: &'static str,
    name: &'static str,
    version: &'static str,
    file: &'static str,
    functions: [&'static [&'static str]; 4],
    lines: &'static [(&'static str, [&'static str; 4])],
}

/// For what a way doesn't do.
const NONE: &str = "";

const RUST: Source = Source {
    id: "rust",
    name: "Rust",
    version: "rustc",
    file: "examples/timeline.rs",
    functions: [
        &["fn task(", "fn one_after_another("],
        &["fn task(", "fn threads("],
        &["fn task(", "fn threads("],
        &["fn task(", "fn child(", "fn processes("],
    ],
    lines: &[
        ("first", ["{name}1"; 4]),
        ("second", ["{name}2"; 4]),
        ("main", ["piece(work, main, main_name)"; 4]),
        ("main 4", ["piece(work, main, MAIN[3])"; 4]),
        ("end", ["piece(work, main, MAIN[4])"; 4]),
        ("start", [NONE, "scope.spawn(", "scope.spawn(", "mp::Process::spawn("]),
        ("send", [NONE, NONE, NONE, "send(pipe, &bytes"]),
        ("receive", [NONE, NONE, NONE, "receive(&*pipe, length_of_result"]),
        ("wait", [NONE, "worker.join()", "worker.join()", "length(&*pipe).with_context"]),
    ],
};

const PYTHON: Source = Source {
    id: "python",
    name: "Python",
    version: "python",
    file: "examples/python/timeline.py",
    functions: [
        &["def task(", "def one_after_another("],
        &["def task(", "def threads("],
        &["def task(", "def threads("],
        &["def task(", "def child(", "def processes("],
    ],
    lines: &[
        ("first", ["name + \"1\""; 4]),
        ("second", ["name + \"2\""; 4]),
        ("main", ["piece(work, main, main_name)"; 4]),
        ("main 4", ["piece(work, main, MAIN[3])"; 4]),
        ("end", ["piece(work, main, MAIN[4])"; 4]),
        ("start", [NONE, "workers[-1].start()", "workers[-1].start()", "process.start()"]),
        ("send", [NONE, NONE, NONE, "pipe.send_bytes("]),
        ("receive", [NONE, NONE, NONE, "reader.recv_bytes()"]),
        ("wait", [NONE, "worker.join()", "worker.join()", "reader.recv(), bytearray()"]),
    ],
};

/// The text of `benches/replay.json`.
///
/// # Errors
/// A program of `root` can't be read, or doesn't have the lines that are looked for.
pub fn file(root: &Path, timelines: &Measured) -> Result<String> {
    let both = [(&RUST, &timelines.rust), (&PYTHON, &timelines.python)];
    let programs = both.into_iter().map(|(source, program)| shown(root, source, program));
    let all = [&timelines.rust, &timelines.python].into_iter().flat_map(|program| &program.ways);
    let longest = all.map(|way| way.length).fold(0.0, f64::max).ceil();
    let replay = Replay { longest, programs: programs.collect::<Result<_>>()? };
    // A line for each way and its parts: a change shows where it is.
    let mut text = serde_json::to_string(&replay)?;
    for start in ["{\"id\"", "\"code\"", "\"events\""] {
        text = text.replace(start, &format!("\n{start}"));
    }
    text.push('\n');
    Ok(text)
}

fn shown(root: &Path, source: &Source, program: &Program) -> Result<Shown> {
    let text = fs::read_to_string(root.join(source.file))
        .with_context(|| format!("can't read {}", source.file))?;
    let way = |(n, way): (usize, &Way)| -> Result<ShownWay> {
        let code: Vec<_> = source.functions[n]
            .iter()
            .map(|start| function(&text, start))
            .collect::<Result<_>>()
            .with_context(|| source.file)?;
        let lines = Lines { source, way: n, code: &code };
        let mut events = Vec::new();
        for (worker, record) in way.workers.iter().enumerate() {
            events.extend(spans(worker, record, &lines)?);
        }
        let workers = way.workers.iter().map(|record| record.worker.clone()).collect();
        Ok(ShownWay { id: WAYS[n], length: way.length.round(), workers, code, events })
    };
    Ok(Shown {
        id: source.id,
        name: format!("{} {}", source.name, program.about(source.version)),
        file: source.file,
        ways: program.ways.iter().enumerate().map(way).collect::<Result<_>>()?,
    })
}

/// A function of a text, from the line that begins with `start` to its end.
fn function(text: &str, start: &str) -> Result<Function> {
    let lines: Vec<&str> = text.lines().collect();
    let first = lines.iter().position(|line| line.starts_with(start));
    let first = first.with_context(|| format!("no function begins with `{start}`"))?;
    let inside = |line: &&&str| line.is_empty() || line.starts_with([' ', ')']);
    let mut end = first + 1 + lines[first + 1..].iter().take_while(inside).count();
    // Rust's own end; Python has none.
    end += usize::from(lines.get(end) == Some(&"}"));
    let mut lines: Vec<String> = lines[first..end].iter().map(|&line| line.to_owned()).collect();
    while lines.last().is_some_and(String::is_empty) {
        lines.pop();
    }
    Ok(Function { first: first + 1, lines })
}

/// The lines of a way.
struct Lines<'a> {
    source: &'a Source,
    way: usize,
    code: &'a [Function],
}

impl Lines<'_> {
    /// The line in which something is done, by its name in the trace.
    fn of(&self, name: &str) -> Result<usize> {
        let key = match name.split_once(' ') {
            Some(("main", "4")) => "main 4",
            Some((key, _)) => key,
            None if name.ends_with('1') => "first",
            None if name.ends_with('2') => "second",
            None if name == "begin" => "start",
            None => name,
        };
        let known = self.source.lines.iter().find(|(known, _)| *known == key);
        let (_, texts) = known.with_context(|| format!("no line is known for {name}"))?;
        let text = texts[self.way];
        let all = self.code.iter().flat_map(|function| (function.first..).zip(&function.lines));
        let found: Vec<_> = all.filter(|(_, line)| line.contains(text)).collect();
        ensure!(
            text != NONE && found.len() == 1,
            "{}: {} lines have `{text}`, in which {name} is done; expected one",
            self.source.file,
            found.len()
        );
        Ok(found[0].0)
    }
}

/// What a worker does, as its record has it, and between that what it waits for.
fn spans(worker: usize, record: &Record, lines: &Lines) -> Result<Vec<Span>> {
    let mut spans: Vec<Span> = Vec::new();
    let mut last: Option<&trace::Event> = None;
    for event in &record.events {
        let (start, end) = (event.start.round(), event.end().round());
        let kind = match event.kind {
            Kind::Work => "work",
            Kind::Start if worker > 0 => "begin",
            Kind::Start => "start",
            Kind::Switch => "switch",
            Kind::Move => "move",
            Kind::Way => continue,
        };
        if kind == "switch" {
            spans.push((worker, kind, event.name.clone(), event.cpu, start, end, 0));
            continue;
        }
        let line = lines.of(&event.name)?;
        if let Some(last) = last
            && start - last.end().round() > GAP.as_secs_f64() * 1e6
        {
            spans.push(pause(worker, last, event, lines)?);
        }
        spans.push((worker, kind, event.name.clone(), event.cpu, start, end, line));
        last = Some(event);
    }
    Ok(spans)
}

/// Why a worker doesn't run between two things that it does, and in which line.
fn pause(worker: usize, last: &trace::Event, next: &trace::Event, lines: &Lines) -> Result<Span> {
    let (kind, name) = match (last.kind, next.kind) {
        // The other end of the pipe has nothing for it, or no room.
        (Kind::Move, Kind::Move) if last.name == next.name => ("wait", next.name.as_str()),
        // Main has done its own pieces, and needs what others do.
        _ if worker == 0 && (last.name == "main 4" || last.kind == Kind::Move) => ("wait", "wait"),
        _ => ("turn", next.name.as_str()),
    };
    let line = lines.of(name)?;
    Ok((worker, kind, next.name.clone(), None, last.end().round(), next.start.round(), line))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::measured;

    fn timelines() -> Result<Measured> {
        measured::read(&project::root())
    }

    fn each(check: impl Fn(&Source, &Shown, &Program) -> Result<()>) -> Result<()> {
        let Measured { rust, python } = timelines()?;
        for (source, program) in [(&RUST, &rust), (&PYTHON, &python)] {
            check(source, &shown(&project::root(), source, program)?, program)?;
        }
        Ok(())
    }

    fn shown_ways() -> Result<Vec<(&'static str, Vec<Span>)>> {
        let Measured { rust, python } = timelines()?;
        let mut all = Vec::new();
        for (source, program) in [(&RUST, &rust), (&PYTHON, &python)] {
            let ways = shown(&project::root(), source, program)?.ways;
            all.extend(ways.into_iter().map(|way| (way.id, way.events)));
        }
        Ok(all)
    }

    #[test]
    fn the_bars_are_those_of_the_trace() -> Result<()> {
        each(|_, shown, program| {
            for (shown, way) in shown.ways.iter().zip(&program.ways) {
                let bars = |worker: usize| {
                    let own = shown.events.iter().filter(move |event| event.0 == worker);
                    own.filter(|event| !["wait", "turn"].contains(&event.1))
                };
                for (worker, record) in way.workers.iter().enumerate() {
                    ensure!(shown.workers[worker] == record.worker);
                    ensure!(bars(worker).count() == record.events.len(), "{}", way.name);
                    for (bar, event) in bars(worker).zip(&record.events) {
                        let same = bar.2 == event.name && bar.3 == event.cpu;
                        let (start, end) = (bar.4 - event.start, bar.5 - event.end());
                        ensure!(
                            same && start.abs() <= 0.5 && end.abs() <= 0.5,
                            "{bar:?} {event:?}"
                        );
                    }
                }
                ensure!(shown.workers.len() == way.workers.len());
                ensure!((shown.length - way.length).abs() <= 0.5);
            }
            Ok(())
        })
    }

    #[test]
    fn who_pauses_does_nothing_else() -> Result<()> {
        let mut kinds = std::collections::BTreeSet::new();
        for (way, events) in shown_ways()? {
            for pause in events.iter().filter(|event| ["wait", "turn"].contains(&event.1)) {
                kinds.insert((way, pause.1));
                let others = events.iter().filter(|event| event.0 == pause.0 && *event != pause);
                for other in others.filter(|event| event.1 != "switch") {
                    ensure!(other.5 <= pause.4 || pause.5 <= other.4, "{pause:?} {other:?}");
                }
                ensure!(pause.5 - pause.4 > 500.0, "{pause:?} is too short to be known");
            }
        }
        // One after another main waits for nobody, but the system may have had other things to do.
        ensure!(!kinds.contains(&("sequential", "wait")), "{kinds:?}");
        for way in ["one_core", "threads", "processes"] {
            ensure!(kinds.contains(&(way, "wait")) && kinds.contains(&(way, "turn")), "{kinds:?}");
        }
        Ok(())
    }

    #[test]
    fn each_thing_is_done_in_a_line_that_is_shown() -> Result<()> {
        each(|source, shown, _| {
            let text = fs::read_to_string(project::root().join(source.file))?;
            for way in &shown.ways {
                let all = || way.code.iter().flat_map(|part| (part.first..).zip(&part.lines));
                for (number, line) in all() {
                    ensure!(text.lines().nth(number - 1) == Some(line), "line {number}: {line}");
                }
                for event in way.events.iter().filter(|event| event.1 != "switch") {
                    let line = all().find(|(number, _)| *number == event.6);
                    let (_, line) = line.with_context(|| format!("{event:?}"))?;
                    let part = match event.2.as_str() {
                        "A1" | "B1" | "C1" => "1\"",
                        "A2" | "B2" | "C2" => "2\"",
                        "end" if event.1 == "work" => "MAIN[4]",
                        name if name.starts_with("send") => "send",
                        name if name.starts_with("receive") && event.1 == "move" => "rec",
                        _ => "",
                    };
                    ensure!(line.contains(part), "{event:?} in `{line}`");
                }
            }
            Ok(())
        })
    }

    #[test]
    fn a_line_that_is_gone_or_there_twice_is_named() -> Result<()> {
        let Measured { rust, .. } = timelines()?;
        let root = tempfile::tempdir()?;
        let path = root.path().join(RUST.file);
        fs::create_dir_all(path.parent().context("a folder")?)?;
        let text = fs::read_to_string(project::root().join(RUST.file))?;
        let with = |from: &str, to: &str| -> Result<String> {
            let changed = text.replace(from, to);
            ensure!(changed != text, "{from} is not there");
            fs::write(&path, changed)?;
            let error = shown(root.path(), &RUST, &rust).err().context("it is accepted")?;
            Ok(format!("{error:#}"))
        };
        let gone = with("worker.join()", "worker.wait()")?;
        ensure!(gone.contains("0 lines have `worker.join()`, in which"), "{gone}");
        let twice = with("piece(work, main, MAIN[3]);", "piece(work, main, main_name);")?;
        ensure!(twice.contains("2 lines have `piece(work, main, main_name)`"), "{twice}");
        let other = with("fn task(", "fn work(")?;
        ensure!(other.contains("no function begins with `fn task(`"), "{other}");
        Ok(())
    }
}
