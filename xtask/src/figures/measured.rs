//! The measured timelines: pictures and numbers from the traces of the program `timeline` and its
//! twin, which stand in `benches/data`.

use std::ffi::OsString;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::{fs, io};

use anyhow::{Context as _, Result, ensure};
use mp::trace::{Event, Kind, Labels, Trace, Way, svg};

use super::Figure;
use super::numbers::unbroken;
use super::svg::{
    Align, Canvas, Colour, FONT, LINE, Look, MARGIN, Pattern, Rect, WIDTH, text_width,
};
use super::words::{Language, Words, fill};

/// How often each program runs; the least disturbed run is kept.
const RUNS: usize = 9;

/// The traces of the two programs.
pub struct Measured {
    pub rust: Program,
    pub python: Program,
}

/// A trace and its four ways.
pub struct Program {
    trace: Trace,
    pub ways: [Way; 4],
}

impl Program {
    fn new(trace: Trace) -> Result<Program> {
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
pub fn in_language(language: Language, measured: &Measured) -> Vec<Figure> {
    let words = &language.words().measured;
    let Measured { rust, python } = measured;
    let pictures = [
        ("measured-threads-one-core", &rust.ways[1], words.threads_one_core, words.start_thread),
        ("measured-python-threads", &python.ways[2], words.python_threads, words.start_thread),
        ("measured-threads-cores", &rust.ways[2], words.threads_cores, words.start_thread),
        ("measured-processes", &rust.ways[3], words.processes, words.start_process),
        ("measured-python-processes", &python.ways[3], words.python_processes, words.start_process),
    ];
    let longest = pictures.iter().map(|picture| picture.1.length).fold(0.0, f64::max);
    let draw = |(name, way, title, start): (&str, &Way, &'static str, &'static str)| {
        let mut way = way.clone();
        for event in way.workers.iter_mut().flat_map(|worker| &mut worker.events) {
            if event.name == "end" {
                words.end.clone_into(&mut event.name);
            }
        }
        let labels = Labels { title, start, ..words.labels };
        Figure {
            file_name: format!("{name}{}.svg", language.suffix()),
            svg: svg(std::slice::from_ref(&way), longest, name, &labels),
        }
    };
    let cover = Figure {
        file_name: format!("cover{}.svg", language.suffix()),
        svg: cover(language.words(), measured),
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
        written.extend(super::write(&folder, &name, &a_line_an_event(&trace)?)?);
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

/// What a program writes to stdout.
fn output(command: &mut Command) -> Result<String> {
    let name = command.get_program().to_owned();
    let output = command.output().with_context(|| format!("can't run {}", name.display()))?;
    let errors = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "{}: {}\n{errors}", name.display(), output.status);
    Ok(String::from_utf8(output.stdout)?.trim().to_owned())
}

/// Machine, toolchain and date, by the system's own programs.
fn machine() -> Result<Vec<(String, String)>> {
    let ask = |program: &str, arguments: &[&str]| {
        let arguments: Vec<OsString> = arguments.iter().map(Into::into).collect();
        output(Command::new(program).args(arguments))
    };
    let version = |text: &str| text.split(' ').nth(1).unwrap_or("?").to_owned();
    let cpus = std::thread::available_parallelism()?.to_string();
    let values = [
        ("date", ask("date", &["-u", "+%Y-%m-%d"])?),
        ("cpu", cpu().unwrap_or_else(|| "unknown processor".to_owned())),
        ("cpus", cpus),
        ("kernel", format!("{} {}", ask("uname", &["-s"])?, release(&ask("uname", &["-r"])?))),
        ("rustc", version(&ask("rustc", &["--version"])?)),
        ("python", version(&ask("python3", &["--version"])?)),
    ];
    Ok(values.into_iter().map(|(key, value)| (key.to_owned(), value)).collect())
}

/// `6.1` of `6.1.0-18-amd64`.
fn release(text: &str) -> String {
    text.split('.').take(2).collect::<Vec<_>>().join(".")
}

/// The processor's name, from Linux or else from macOS.
fn cpu() -> Option<String> {
    let name = match fs::read_to_string("/proc/cpuinfo") {
        Ok(text) => text.lines().find_map(|line| {
            let (key, value) = line.split_once(':')?;
            (key.trim() == "model name").then(|| value.to_owned())
        }),
        Err(_) => output(Command::new("sysctl").args(["-n", "machdep.cpu.brand_string"])).ok(),
    };
    let name = name?.replace("(R)", "").replace("(TM)", "");
    Some(name.split_whitespace().collect::<Vec<_>>().join(" "))
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
        let text = fs::read_to_string(file(&crate::root(), "rust")).expect("a committed trace");
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

    #[test]
    fn one_trace_without_the_other_is_an_error() {
        let root = tempfile::tempdir().expect("a folder");
        assert!(read(root.path()).expect("nothing").is_none());
        let path = file(root.path(), "rust");
        fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        fs::write(&path, a_line_an_event(&trace()).expect("JSON")).expect("a file");
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
