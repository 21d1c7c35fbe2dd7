//! The measured timelines: pictures and numbers from the traces of the program `timeline` and its
//! twin, which stand in `benches/data`.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{fs, io};

use anyhow::{Context as _, Result, ensure};
use trace::{Event, Kind, Trace, Way, svg};

use super::figure::Figure;
use super::svg::{
    Align, Canvas, Colour, FONT, LINE, Look, MARGIN, Pattern, Rect, WIDTH, text_width,
};
use super::unit::unbroken;
use super::words::{Language, Words, fill};

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
    fn measured_on(&self) -> String {
        let toolchain = match self.about("language") {
            "python" => format!("Python {}", self.about("python")),
            _ => format!("Rust {}", self.about("rustc")),
        };
        let [cpu, cpus, kernel, date] = ["cpu", "cpus", "kernel", "date"].map(|k| self.about(k));
        format!("{cpu} × {cpus}, {kernel}, {toolchain}, {date}")
    }
}

fn file(root: &Path, language: &str) -> PathBuf {
    root.join(format!("benches/data/timeline-{language}.json"))
}

/// The traces under `root`, or nothing where none is there.
///
/// # Errors
///
/// One is missing while the other is there; one can't be read or is no such trace.
pub fn read(root: &Path) -> Result<Option<Measured>> {
    let read = |language: &str| -> Result<Option<Program>> {
        let path = file(root, language);
        let text = match fs::read_to_string(&path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            text => text.with_context(|| format!("can't read {}", path.display()))?,
        };
        let program = serde_json::from_str(&text).map_err(Into::into).and_then(Program::new);
        program.map(Some).with_context(|| path.display().to_string())
    };
    match (read("rust")?, read("python")?) {
        (Some(rust), Some(python)) => Ok(Some(Measured { rust, python })),
        (None, None) => Ok(None),
        (rust, _) => {
            let missing = file(root, if rust.is_some() { "python" } else { "rust" });
            anyhow::bail!("{} is missing: run `cargo book figures`", missing.display())
        }
    }
}

/// The pictures in a language. All have one scale.
pub fn in_language(language: &Language, words: &Words, measured: &Measured) -> Vec<Figure> {
    let said = &words.measured;
    let Measured { rust, python } = measured;
    let pictures = [
        ("measured-threads-one-core", &rust.ways[1], said.threads_one_core, said.start_thread),
        ("measured-python-threads", &python.ways[2], said.python_threads, said.start_thread),
        ("measured-threads-cores", &rust.ways[2], said.threads_cores, said.start_thread),
        ("measured-processes", &rust.ways[3], said.processes, said.start_process),
        ("measured-python-processes", &python.ways[3], said.python_processes, said.start_process),
    ];
    let longest = pictures.iter().map(|picture| picture.1.length).fold(0.0, f64::max);
    let draw = |(name, way, title, start): (&str, &Way, &'static str, &'static str)| {
        let mut way = way.clone();
        for event in way.workers.iter_mut().flat_map(|worker| &mut worker.events) {
            if event.name == "end" {
                said.end.clone_into(&mut event.name);
            }
        }
        Figure {
            file_name: format!("{name}{}.svg", language.suffix()),
            svg: svg(std::slice::from_ref(&way), longest, name, &said.labels.labels(title, start)),
        }
    };
    let cover = Figure {
        file_name: format!("cover{}.svg", language.suffix()),
        svg: cover(words, measured),
    };
    pictures.into_iter().map(draw).chain([cover]).collect()
}

/// The picture on the cover: the same work as threads and as processes, in Python and in Rust. Time runs
/// to the right here, so that four ways find room in a screen.
fn cover(words: &Words, measured: &Measured) -> String {
    const LANE: f64 = 11.0;
    const PITCH: f64 = 14.0;
    let Measured { rust, python } = measured;
    let ways = [&python.ways[2], &python.ways[3], &rust.ways[2], &rust.ways[3]];
    let said = &words.measured.cover;
    let longest = ways.iter().map(|way| way.length).fold(0.0, f64::max);
    let scale = (WIDTH - 2.0 * MARGIN) / longest;
    let mut canvas = Canvas::new("cover");
    let mut description = vec![said.work.to_owned()];
    let mut y = 0.0;
    for (way, name) in ways.iter().zip(said.ways) {
        let took = time(way.length);
        description.push(fill(said.took, &[("way", name), ("time", &took)]));
        canvas.heading((MARGIN, y + LINE / 2.0), Align::Start, name);
        let end = MARGIN + way.length * scale;
        canvas.heading((end, y + LINE / 2.0), Align::End, &took);
        y += LINE + 4.0;
        for (number, worker) in way.workers.iter().enumerate() {
            canvas.band(Rect::new(MARGIN, y, way.length * scale, LANE));
            // Short costs are drawn last, so that no work hides them.
            let (work, costs): (Vec<_>, Vec<_>) = worker
                .events
                .iter()
                .filter(|event| event.kind != Kind::Switch && event.cpu.is_some())
                .partition(|event| event.kind == Kind::Work);
            for event in work.into_iter().chain(costs) {
                let x = MARGIN + event.start * scale;
                let look = match event.kind {
                    Kind::Work => lane_look(number),
                    _ => Look::patterned(Colour::Cost, Pattern::Hatched),
                };
                let place = Rect::new(x, y, (event.duration * scale).max(2.0), LANE);
                canvas.bar(place, look);
            }
            y += PITCH;
        }
        y += 16.0;
    }
    let mut x = MARGIN;
    y += LINE / 2.0 - 4.0;
    let costs = Look::patterned(Colour::Cost, Pattern::Hatched);
    let lanes = [said.main, "A", "B", "C"].into_iter().enumerate();
    let key = lanes.map(|(number, name)| (lane_look(number), name)).chain([(costs, said.costs)]);
    for (look, text) in key {
        canvas.bar(Rect::new(x, y - LANE / 2.0, 22.0, LANE), look);
        canvas.text((x + 29.0, y), Align::Start, text);
        x += 29.0 + text_width(text, FONT) + 20.0;
    }
    canvas.finish(y + LINE / 2.0, said.title, &description.join(words.sentence_joint))
}

/// How the work of a worker looks on the cover.
fn lane_look(number: usize) -> Look {
    Look::plain([Colour::Ink, Colour::Blue, Colour::Green, Colour::Purple][number % 4])
}

/// The numbers of the text, for `benches/timeline.md`: a fragment a line.
pub fn numbers(measured: &Measured) -> String {
    let mut text = String::from(
        "<!-- Made by `cargo book figures` from benches/data/timeline-*.json; don't edit. -->\n",
    );
    for (language, program) in [("rust", &measured.rust), ("python", &measured.python)] {
        let mut add = |key: &str, value: &str| {
            let value = unbroken(value);
            let key = format!("{language}_{key}");
            let _ = write!(text, "<!-- ANCHOR: {key} -->\n{value}\n<!-- ANCHOR_END: {key} -->\n");
        };
        add("measured_on", &program.measured_on());
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
fn time(micros: f64) -> String {
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
    fn one_trace_without_the_other_is_an_error() {
        let root = tempfile::tempdir().expect("a folder");
        assert!(read(root.path()).expect("nothing").is_none());
        let path = file(root.path(), "rust");
        fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        fs::copy(file(&project::root(), "rust"), &path).expect("a committed trace");
        let error = read(root.path()).err().expect("an error").to_string();
        assert!(error.contains("timeline-python.json is missing"), "{error}");
        fs::write(file(root.path(), "python"), "{}").expect("a file");
        assert!(read(root.path()).is_err());
    }

    #[test]
    fn times_have_two_or_three_digits() {
        let times = [4.0, 265.2, 999.6, 9_949.0, 9_951.0, 113_400.0].map(time);
        assert_eq!(times, ["4 µs", "265 µs", "1.0 ms", "9.9 ms", "10 ms", "113 ms"]);
    }
}
