//! The measurements: run by Criterion, kept in `benches/data`.

use std::{
    collections::BTreeSet,
    fs,
    io::{BufReader, IsTerminal as _, Read as _},
    path::{Path, PathBuf},
    process::{Command, Stdio},
    thread,
};

use anyhow::{Context as _, Result, bail, ensure};
use figures::topic::{Point, TOPICS, Topic, quartiles};
use indicatif::{ProgressBar, ProgressStyle};
use serde::Deserialize;

use crate::{machine::here, timeline};

use project::{complain, files};
use runner::{from_python, mpi};

/// Measures the topics, writes their data under `root`, draws every picture again, and returns the
/// files that have changed. No topic means all of them, and the timelines.
///
/// # Errors
/// [`run`]'s and [`figures::write_all`]'s.
pub fn write_all(root: &Path, topics: &[String]) -> Result<Vec<PathBuf>> {
    let folder = root.join("benches/data");
    let measured = run(root, topics)?;
    for topic in &measured {
        topic.write(&folder)?;
    }
    let mut files: Vec<PathBuf> =
        measured.iter().map(|topic| folder.join(format!("{}.json", topic.topic))).collect();
    if topics.is_empty() {
        files.extend(timeline::record(root, root)?);
    }
    files.extend(figures::write_all(root)?);
    Ok(files)
}

/// Measures the topics and makes a copy of the book in `target/mine` with its own data, pictures and
/// numbers; returns the copy's root. What stands under `root` is not touched.
///
/// Topics that were measured into the copy before and are not asked for now keep their data.
///
/// # Errors
/// [`run`]'s, and those of the file system.
pub fn mine(root: &Path, topics: &[String]) -> Result<PathBuf> {
    let measured = run(root, topics)?;
    let mine = root.join("target/mine");
    let data = mine.join("benches/data");
    let before: Vec<Topic> = TOPICS
        .iter()
        .filter_map(|name| Topic::read(&data.join(format!("{name}.json"))).ok())
        .collect();
    remove(&mine)?;
    copy_sources(root, &mine)
        .with_context(|| format!("can't copy the book to {}", mine.display()))?;
    for topic in before.iter().chain(&measured) {
        topic.write(&data)?;
    }
    if topics.is_empty() {
        timeline::record(root, &mine)?;
    }
    figures::write_all(&mine)?;
    Ok(mine)
}

/// Copies what the pages are made from: everything but what is built, hidden, or tests.
fn copy_sources(from: &Path, to: &Path) -> Result<()> {
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let (path, name) = (entry.path(), entry.file_name());
        let built = ["target", "book", "tests", "node_modules"].iter().any(|built| name == *built);
        if built || name.to_string_lossy().starts_with('.') {
            continue;
        }
        let below = files(&path)?.into_iter().map(|file| path.join(file));
        for file in below.chain(path.is_file().then(|| path.clone())) {
            let copy = to.join(file.strip_prefix(from)?);
            fs::create_dir_all(copy.parent().context("a file lies in a folder")?)?;
            fs::copy(&file, copy).with_context(|| file.display().to_string())?;
        }
    }
    Ok(())
}

fn remove(folder: &Path) -> Result<()> {
    if folder.exists() {
        fs::remove_dir_all(folder).with_context(|| format!("can't remove {}", folder.display()))?;
    }
    Ok(())
}

/// Measures the topics with the sources of `root`. It takes some minutes, and nothing is written but
/// into `target`.
///
/// # Errors
/// No Python 3; a topic that does not exist; a measurement that fails, with what it said.
pub fn run(root: &Path, topics: &[String]) -> Result<Vec<Topic>> {
    let all = topics.is_empty();
    let mut topics: Vec<&str> = match topics {
        [] => TOPICS.to_vec(),
        some => TOPICS.into_iter().filter(|name| some.iter().any(|topic| topic == name)).collect(),
    };
    let mut mpi_peer = None;
    if all && !mpi::missing().is_empty() {
        let missing = mpi::missing().join(", no ");
        complain(format_args!("mpi is not measured, and stays as it is: there is no {missing}"));
        topics.retain(|name| *name != "mpi");
    } else if topics.contains(&"mpi") {
        mpi_peer = Some(mpi::Programs::build(root, &[])?.peer()?.to_owned());
    }
    let mut module_python = None;
    let lacking = from_python::missing(root);
    if all && !lacking.is_empty() {
        let missing = lacking.join(", no ");
        complain(format_args!(
            "from_python is not measured, and stays as it is: there is no {missing}"
        ));
        topics.retain(|name| *name != "from_python");
    } else if topics.contains(&"from_python") {
        module_python = Some(from_python::build(root)?);
    }
    // Before anything takes its time.
    let here = here()?;
    let folder = root.join("target/figures");
    remove(&folder)?;
    fs::create_dir_all(&folder).with_context(|| format!("can't make {}", folder.display()))?;
    measure(root, &folder, &topics, mpi_peer.as_deref(), module_python.as_deref())?;
    let measured = topics.iter().map(|name| {
        let points = match *name {
            "usage" | "from_python" => counts(&folder.join(format!("{name}.json"))),
            "mpi" => times(&folder.join(name), name).and_then(|mut points| {
                points.extend(counts(&folder.join("mpi.json"))?);
                sort(&mut points);
                Ok(points)
            }),
            _ => times(&folder.join(name), name),
        };
        let points = points.with_context(|| format!("the measurement of {name}"))?;
        Ok(Topic { topic: (*name).to_owned(), measured: here.clone(), points })
    });
    let measured = measured.collect::<Result<Vec<_>>>()?;
    remove(&folder)?;
    Ok(measured)
}

// ---- Criterion

/// Runs Criterion on the topics; it leaves its samples in `folder`.
fn measure(
    root: &Path,
    folder: &Path,
    topics: &[&str],
    mpi_peer: Option<&Path>,
    module_python: Option<&Path>,
) -> Result<()> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let bench = |more: &[&str]| {
        let mut command = Command::new(&cargo);
        command.current_dir(root).args(["bench", "--package", "benches", "--bench", "costs"]);
        command.args(["--features", "criterion"]).args(more);
        command.env("CRITERION_HOME", folder).env("BENCHES_COUNTS", folder);
        if let Some(peer) = mpi_peer {
            command.env("BENCHES_MPI", peer).envs(mpi::ENVIRONMENT);
        }
        if let Some(python) = module_python {
            command.env("BENCHES_FROM_PYTHON", python);
        }
        command
    };
    let built = bench(&["--no-run"]).status().context("can't run cargo")?;
    ensure!(built.success(), "the measurements don't build ({built})");

    let mut process = bench(&["--quiet", "--"])
        .args(topics)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .context("can't run cargo")?;
    let errors = process.stderr.take().map(|mut errors| {
        thread::spawn(move || {
            let mut text = Vec::new();
            let _ = errors.read_to_end(&mut text);
            String::from_utf8_lossy(&text).into_owned()
        })
    });
    if let Some(lines) = process.stdout.take() {
        show_progress(BufReader::new(lines), expected(root, topics))?;
    }
    let status = process.wait()?;
    let said = errors.and_then(|thread| thread.join().ok()).unwrap_or_default();
    if !status.success() {
        let why = said.lines().skip_while(|line| !line.starts_with("error")).take(12);
        bail!(
            "a measurement failed, and what is committed stays as it is:\n{}",
            why.collect::<Vec<_>>().join("\n")
        );
    }
    Ok(())
}

/// About how many cases there are: as many as last time.
fn expected(root: &Path, topics: &[&str]) -> u64 {
    let cases = topics.iter().map(|name| {
        let file = root.join(format!("benches/data/{name}.json"));
        let Ok(topic) = Topic::read(&file) else { return 20 };
        let cases: BTreeSet<_> =
            topic.points.iter().map(|p| (&p.language, &p.case, p.x.map(f64::to_bits))).collect();
        // The sequential loops have no points.
        let loops = match *name {
            "speedup" => cases.len() as u64 * 2 / 3,
            "crossover" => 14,
            _ => 0,
        };
        cases.len() as u64 + loops
    });
    cases.sum()
}

/// Follows Criterion's lines: a bar in a terminal, otherwise a line a topic.
fn show_progress(lines: impl std::io::BufRead, expected: u64) -> Result<()> {
    let terminal = std::io::stderr().is_terminal();
    let bar = if terminal { ProgressBar::new(expected) } else { ProgressBar::hidden() };
    bar.set_style(ProgressStyle::with_template("{elapsed:>4} {bar:30} {pos}/{len} {msg}")?);
    let mut topic = String::new();
    for line in lines.lines() {
        let Some((case, step)) = benchmarking(&line?) else { continue };
        let name = case.split('/').next().unwrap_or_default().to_owned();
        if name != topic {
            if !terminal {
                complain(format_args!("measuring {name}"));
            }
            topic = name;
        }
        bar.set_message(case.clone());
        if step {
            if bar.length().is_some_and(|length| bar.position() >= length) {
                bar.inc_length(1);
            }
            bar.inc(1);
        }
    }
    bar.finish_and_clear();
    Ok(())
}

/// The case of a line of Criterion's, and whether the line ends it.
fn benchmarking(line: &str) -> Option<(String, bool)> {
    let rest = line.strip_prefix("Benchmarking ")?;
    let (case, step) = rest.split_once(": ")?;
    Some((case.to_owned(), step.starts_with("Analyzing")))
}

/// Criterion's `benchmark.json`, as far as it is needed.
#[derive(Deserialize)]
struct Benchmark {
    function_id: String,
    value_str: String,
    throughput: Option<Throughput>,
}

#[derive(Clone, Copy, Deserialize)]
enum Throughput {
    Elements(f64),
    Bytes(f64),
}

/// Criterion's `sample.json`: times in nanoseconds, each of a number of iterations.
#[derive(Deserialize)]
struct Samples {
    iters: Vec<f64>,
    times: Vec<f64>,
}

/// One case as Criterion has left it.
struct Case {
    language: String,
    name: String,
    x: Option<f64>,
    /// Nanoseconds, or bytes a second, of one operation.
    samples: Vec<f64>,
    unit: &'static str,
}

impl Case {
    fn read(benchmark: &Path) -> Result<Case> {
        let sample = benchmark.with_file_name("sample.json");
        let text =
            |file: &Path| fs::read_to_string(file).with_context(|| file.display().to_string());
        let about: Benchmark = serde_json::from_str(&text(benchmark)?)?;
        let samples: Samples = serde_json::from_str(&text(&sample)?)?;
        let (language, name) = about.function_id.split_once('/').context("language/case")?;
        let one = |(time, iterations): (&f64, &f64)| {
            let ns = time / iterations;
            match about.throughput {
                None => ns,
                Some(Throughput::Elements(tasks)) => ns / tasks,
                Some(Throughput::Bytes(bytes)) => bytes * 1e9 / ns,
            }
        };
        Ok(Case {
            language: language.to_owned(),
            name: name.to_owned(),
            x: about.value_str.parse().ok(),
            samples: samples.times.iter().zip(&samples.iters).map(one).collect(),
            unit: match about.throughput {
                Some(Throughput::Bytes(_)) => "bytes/s",
                _ => "ns",
            },
        })
    }
}

/// The points of a topic that Criterion has timed.
fn times(folder: &Path, topic: &str) -> Result<Vec<Point>> {
    let files = files(folder)?.into_iter().filter(|file| file.ends_with("new/benchmark.json"));
    let cases = files.map(|file| Case::read(&folder.join(file))).collect::<Result<Vec<_>>>()?;
    points(topic, &cases)
}

/// The points of the cases; ratios to the sequential loop where the topic has them.
fn points(topic: &str, cases: &[Case]) -> Result<Vec<Point>> {
    let mut points = Vec::new();
    for case in cases {
        let ratio = matches!(topic, "speedup" | "crossover");
        let (unit, samples) = if !ratio {
            (case.unit, case.samples.clone())
        } else if case.name == "sequential" {
            continue;
        } else {
            let sequential = cases.iter().find(|other| {
                let same = other.language == case.language && other.x == case.x;
                same && other.name == "sequential"
            });
            let sequential = sequential.and_then(|other| quartiles(&other.samples));
            let (_, base, _) = sequential.context("the sequential loop is missing")?;
            let one = |ns: &f64| if topic == "speedup" { base / ns } else { ns / base };
            ("ratio", case.samples.iter().map(one).collect())
        };
        let point = Point::of(&case.language, &case.name, case.x, unit, &samples);
        points.push(point.with_context(|| format!("{} has no samples", case.name))?);
    }
    sort(&mut points);
    Ok(points)
}

/// Rust before Python, and the cases by name and `x`, so that a new measurement is easy to compare.
fn sort(points: &mut [Point]) {
    points.sort_by(|a, b| {
        b.language
            .cmp(&a.language)
            .then_with(|| a.case.cmp(&b.case))
            .then_with(|| a.x.unwrap_or(-1.0).total_cmp(&b.x.unwrap_or(-1.0)))
            .then_with(|| a.unit.cmp(&b.unit))
    });
}

/// What is counted and not timed, over the runs of a way.
#[derive(Deserialize)]
struct Count {
    language: String,
    case: String,
    #[serde(default)]
    x: Option<f64>,
    unit: String,
    samples: Vec<f64>,
}

fn counts(file: &Path) -> Result<Vec<Point>> {
    let text = fs::read_to_string(file).with_context(|| file.display().to_string())?;
    let counts: Vec<Count> = serde_json::from_str(&text)?;
    let points = counts.iter().map(|count| {
        Point::of(&count.language, &count.case, count.x, &count.unit, &count.samples)
            .with_context(|| format!("{} has no samples", count.case))
    });
    let mut points = points.collect::<Result<Vec<_>>>()?;
    sort(&mut points);
    Ok(points)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn case(language: &str, name: &str, x: Option<f64>, samples: &[f64]) -> Case {
        let (language, name) = (language.to_owned(), name.to_owned());
        Case { language, name, x, samples: samples.to_owned(), unit: "ns" }
    }

    #[test]
    fn criterions_files_become_points() -> Result<()> {
        let folder = tempfile::tempdir()?;
        for (name, throughput, value) in [
            ("a", "null", "-"),
            ("b", r#"{"Elements":10}"#, "100"),
            ("c", r#"{"Bytes":1000}"#, "64"),
        ] {
            let new = folder.path().join(name).join("new");
            fs::create_dir_all(&new)?;
            let about = format!(
                r#"{{"group_id":"g","function_id":"rust/{name}","value_str":"{value}","throughput":{throughput},"full_id":"f"}}"#
            );
            fs::write(new.join("benchmark.json"), about)?;
            let samples =
                r#"{"sampling_mode":"Flat","iters":[2.0,2.0,4.0],"times":[200.0,400.0,1200.0]}"#;
            fs::write(new.join("sample.json"), samples)?;
        }
        let points = times(folder.path(), "chunk")?;
        let told: Vec<_> = points.iter().map(|p| (&*p.case, p.x, &*p.unit, p.median)).collect();
        assert_eq!(
            told,
            [
                ("a", None, "ns", 200.0),
                ("b", Some(100.0), "ns", 20.0),
                ("c", Some(64.0), "bytes/s", 5e9),
            ]
        );
        Ok(())
    }

    #[test]
    fn ratios_are_taken_to_the_loop_of_the_same_language() -> Result<()> {
        let cases = [
            case("rust", "sequential", Some(2.0), &[100.0]),
            case("python", "sequential", Some(2.0), &[1000.0]),
            case("rust", "rayon", Some(2.0), &[50.0]),
            case("python", "pool", Some(2.0), &[250.0]),
        ];
        let medians: Vec<f64> = points("speedup", &cases)?.iter().map(|p| p.median).collect();
        assert_eq!(medians, [2.0, 4.0]);

        let cases = [
            case("rust", "sequential", Some(10.0), &[100.0]),
            case("rust", "sequential", Some(20.0), &[200.0]),
            case("rust", "rayon", Some(20.0), &[50.0]),
        ];
        assert_eq!(
            points("crossover", &cases)?.iter().map(|p| p.median).collect::<Vec<_>>(),
            [0.25]
        );
        assert!(points("crossover", &cases[..1])?.is_empty());
        assert!(points("crossover", &cases[2..]).is_err());
        Ok(())
    }

    #[test]
    fn lines_of_criterion() {
        let line = "Benchmarking start/rust/fork/-: Analyzing";
        assert_eq!(benchmarking(line), Some(("start/rust/fork/-".into(), true)));
        let line = "Benchmarking start/rust/fork/-: Warming up for 150.00 ms";
        assert_eq!(benchmarking(line), Some(("start/rust/fork/-".into(), false)));
        assert_eq!(benchmarking("start/rust/fork  time: [1 2 3]"), None);
    }

    #[test]
    fn a_copy_has_what_the_pages_are_made_from() -> Result<()> {
        let folder = tempfile::tempdir()?;
        let (from, to) = (folder.path().join("from"), folder.path().join("from/target/mine"));
        for file in ["book.toml", "src/en/a.md", "target/x", "book/y", ".git/z", "tests/t"] {
            let file = from.join(file);
            fs::create_dir_all(file.parent().context("a folder")?)?;
            fs::write(file, "")?;
        }
        copy_sources(&from, &to)?;
        let mut names = Vec::new();
        for entry in fs::read_dir(&to)? {
            names.push(entry?.file_name());
        }
        names.sort();
        assert_eq!(names, ["book.toml", "src"]);
        assert!(to.join("src/en/a.md").is_file());
        Ok(())
    }
}
