//! The program `timeline` and its twin: what the traces of any run hold, on one CPU or on many.
#![cfg(unix)]

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result, ensure};
use serde_json::Value;
use tests::{Ended, LIMIT, Stdout, example, examples, run, run_patiently};
use trace::{GAP, Kind, Trace, Way};

const PIECES: [&str; 11] =
    ["A1", "A2", "B1", "B2", "C1", "C2", "end", "main 1", "main 2", "main 3", "main 4"];

const WAYS: [&str; 4] = [
    "one after another",
    "threads on one core",
    "threads over the cores",
    "processes over the cores",
];

fn timeline(arguments: &[&str]) -> Result<Ended> {
    run(example("timeline", arguments)?, Stdout::Pipe, LIMIT)
}

fn text(path: &Path) -> Result<&str> {
    path.to_str().context("a path in UTF-8")
}

/// Both programs' traces, as JSON and as we read them.
fn traces() -> Result<Vec<(Value, Trace)>> {
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("trace.json");
    let mut traces = Vec::new();
    let mut add = || -> Result<()> {
        let json = fs::read_to_string(&path)?;
        traces.push((serde_json::from_str(&json)?, serde_json::from_str(&json)?));
        Ok(())
    };
    timeline(&["--length", "8", "--trace", text(&path)?])?.success()?;
    add()?;
    let mut twin = examples()?.command("python3 examples/python/timeline.py --length 8")?;
    twin.arg("--trace").arg(&path);
    match run_patiently(twin, Stdout::Pipe, LIMIT) {
        Ok(ended) => {
            ended.success()?;
            add()?;
        }
        Err(error) if std::env::var_os("CI").is_none() => eprintln!("without Python: {error:#}"),
        Err(error) => return Err(error),
    }
    Ok(traces)
}

fn ways(trace: &Trace) -> Result<[Way; 4]> {
    let ways = trace.ways();
    let names: Vec<&str> = ways.iter().map(|way| way.name.as_str()).collect();
    ensure!(names == WAYS, "the ways are {names:?}");
    ways.try_into().ok().context("four ways")
}

/// The slices of work: worker, piece, begin, end, CPU.
fn slices(way: &Way) -> Vec<(&str, &str, f64, f64, Option<usize>)> {
    let of_worker = way.workers.iter().flat_map(|worker| {
        let work = worker.events.iter().filter(|event| event.kind == Kind::Work);
        work.map(|e| (worker.worker.as_str(), e.name.as_str(), e.start, e.end(), e.cpu))
    });
    of_worker.collect()
}

#[test]
fn the_traces_hold_what_the_ways_promise() -> Result<()> {
    for (json, trace) in traces()? {
        let language = trace.about.get("language").context("a language")?;
        chrome_format(&json).with_context(|| language.clone())?;
        for way in ways(&trace)? {
            the_way_keeps_its_promise(&way).with_context(|| format!("{language}: {}", way.name))?;
        }
    }
    Ok(())
}

fn the_way_keeps_its_promise(way: &Way) -> Result<()> {
    let slices = slices(way);
    // Every piece was worked on, by its own worker, in order, and within the way.
    let pieces: BTreeSet<&str> = slices.iter().map(|slice| slice.1).collect();
    ensure!(pieces.iter().eq(&PIECES), "the pieces are {pieces:?}");
    for (worker, piece, start, end, _) in &slices {
        let own = if piece.len() == 2 { &piece[..1] } else { "main" };
        let expected = if way.name == WAYS[0] { "main" } else { own };
        ensure!(*worker == expected, "{worker} did {piece}");
        ensure!(
            0.0 <= *start && start <= end && *end <= way.length + 0.01,
            "{piece}: {start} to {end}"
        );
    }
    for worker in &way.workers {
        let own: Vec<_> = slices.iter().filter(|slice| slice.0 == worker.worker).collect();
        // A piece that is done does not come back: each is one run of slices.
        let mut order: Vec<&str> = own.iter().map(|slice| slice.1).collect();
        order.dedup();
        let distinct: BTreeSet<&str> = order.iter().copied().collect();
        ensure!(order.len() == distinct.len(), "{}: {order:?}", worker.worker);
        let apart = own.windows(2).all(|pair| pair[0].3 <= pair[1].2 + 0.01);
        ensure!(apart, "the pieces of {} overlap", worker.worker);
    }
    let pids: BTreeSet<u32> = way.workers.iter().map(|worker| worker.pid).collect();
    let threads: BTreeSet<(u32, u64)> = way.workers.iter().map(|w| (w.pid, w.tid)).collect();
    let (workers, processes) = match WAYS.iter().position(|name| *name == way.name) {
        Some(0) => (1, 1),
        Some(3) => (4, 4),
        _ => (4, 1),
    };
    ensure!(way.workers.len() == workers, "{} workers", way.workers.len());
    ensure!(threads.len() == workers && pids.len() == processes, "{threads:?}");
    let cpus: BTreeSet<Option<usize>> = slices.iter().map(|slice| slice.4).collect();
    if way.name == WAYS[1] {
        ensure!(cpus.len() == 1, "one core is {cpus:?}");
        let overlap = overlap(way);
        ensure!(overlap < 0.05, "on one core {overlap} of the time overlaps");
    }
    let moved = way.total(Kind::Move) > 0.0;
    ensure!(moved == (processes == 4), "moving took {} µs", way.total(Kind::Move));
    let started = way.total(Kind::Start) > 0.0;
    ensure!(started == (workers == 4), "starting took {} µs", way.total(Kind::Start));
    Ok(())
}

/// For which part of a way two workers were at work at the same time. What one core does does not
/// overlap: where another one works in a pause that is too short to be seen, so is what both share. A busy machine has many.
fn overlap(way: &Way) -> f64 {
    let slices = slices(way);
    let pairs = (0..slices.len()).flat_map(|n| (0..n).map(move |m| (n, m)));
    let both = pairs.map(|(n, m)| {
        let (one, other) = (slices[n], slices[m]);
        (one.3.min(other.3) - one.2.max(other.2)).max(0.0)
    });
    let seen = both.filter(|shared| *shared > GAP.as_secs_f64() * 1e6);
    seen.sum::<f64>() / way.length
}

#[test]
fn what_ran_on_several_cores_overlaps() -> Result<()> {
    for (language, several) in
        [("rust", [false, false, true, true]), ("python", [false, false, false, true])]
    {
        let path = format!("benches/data/timeline-{language}.json");
        let trace: Trace = serde_json::from_str(&tests::read(path)?)?;
        if trace.about.get("cpus").is_some_and(|cpus| cpus == "1") {
            continue;
        }
        for (way, several) in ways(&trace)?.iter().zip(several) {
            let overlap = overlap(way);
            ensure!((overlap > 0.05) == several, "{language}, {}: {overlap}", way.name);
        }
    }
    Ok(())
}

/// The format, as its document has it: what each event must have, and of which type.
fn chrome_format(file: &Value) -> Result<()> {
    let keys = |value: &Value| -> Result<BTreeSet<String>> {
        Ok(value.as_object().context("an object")?.keys().cloned().collect())
    };
    let set = |names: &[&str]| -> BTreeSet<String> { names.iter().map(|&n| n.into()).collect() };
    ensure!(
        keys(file)? == set(&["traceEvents", "displayTimeUnit", "otherData"]),
        "{:?}",
        keys(file)
    );
    ensure!(matches!(file["displayTimeUnit"].as_str(), Some("ms" | "ns")), "displayTimeUnit");
    let other = file["otherData"].as_object().context("otherData")?;
    ensure!(other.values().all(Value::is_string), "otherData holds text");
    let (mut named, mut used) = (BTreeSet::new(), BTreeSet::new());
    let (mut processes, mut pids) = (BTreeSet::new(), BTreeSet::new());
    for event in file["traceEvents"].as_array().context("traceEvents")? {
        let name = event["name"].as_str().filter(|name| !name.is_empty()).context("a name")?;
        let pid = event["pid"].as_u64().with_context(|| format!("{event}: pid"))?;
        let tid = event["tid"].as_u64().with_context(|| format!("{event}: tid"))?;
        match event["ph"].as_str() {
            Some("M") => {
                ensure!(keys(event)? == set(&["name", "ph", "pid", "tid", "args"]), "{event}");
                let shown = event["args"]["name"].as_str().is_some_and(|name| !name.is_empty());
                ensure!(shown && keys(&event["args"])?.len() == 1, "{event}");
                let new = match name {
                    "process_name" => processes.insert(pid),
                    "thread_name" => named.insert((pid, tid)),
                    other => anyhow::bail!("{other} is no name of metadata that we write"),
                };
                ensure!(new, "{event}: a second time");
            }
            Some("X") => {
                let all = set(&["name", "cat", "ph", "ts", "dur", "pid", "tid", "args"]);
                ensure!(keys(event)? == all, "{event}");
                let categories = ["way", "work", "start", "switch", "move"];
                ensure!(event["cat"].as_str().is_some_and(|c| categories.contains(&c)), "{event}");
                for key in ["ts", "dur"] {
                    let micros = event[key].as_f64().with_context(|| format!("{event}: {key}"))?;
                    // An hour at most: a time in nanoseconds would be far more.
                    ensure!((0.0..3.6e9).contains(&micros), "{event}: {key}");
                }
                let cpu = &event["args"]["cpu"];
                ensure!(cpu.is_null() || cpu.is_u64(), "{event}: cpu");
                used.insert((pid, tid));
                pids.insert(pid);
            }
            other => anyhow::bail!("{event}: ph {other:?}"),
        }
    }
    ensure!(named == used && processes == pids, "names of {named:?}, events of {used:?}");
    Ok(())
}

#[test]
fn the_check_of_the_format_finds_what_is_wrong() -> Result<()> {
    let committed = fs::read_to_string(tests::root().join("benches/data/timeline-rust.json"))?;
    chrome_format(&serde_json::from_str(&committed)?)?;
    let python = fs::read_to_string(tests::root().join("benches/data/timeline-python.json"))?;
    chrome_format(&serde_json::from_str(&python)?)?;
    for (from, to) in [
        ("\"ph\":\"X\"", "\"ph\":\"B\""),
        ("\"ph\":\"X\"", "\"ph\":\"M\""),
        ("\"ts\":", "\"t\":"),
        ("\"dur\":", "\"dur\":-1"),
        ("\"dur\":", "\"dur\":1111111111"),
        ("\"cat\":\"work\"", "\"cat\":\"wrok\""),
        ("\"thread_name\"", "\"process_name\""),
        ("\"pid\":", "\"pid\":0."),
        ("\"tid\":", "\"tid\":-"),
        ("\"cpu\":", "\"cpu\":-1"),
        ("\"ms\"", "\"s\""),
    ] {
        let bad = committed.replacen(from, to, 1);
        ensure!(bad != committed, "{from} is not there");
        let found = serde_json::from_str(&bad).map_err(Into::into).and_then(|v| chrome_format(&v));
        ensure!(found.is_err(), "{from} as {to} is not found");
    }
    Ok(())
}

#[test]
fn a_picture_is_written_whole_and_well_formed() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("ways.svg");
    timeline(&["--length", "1", "--svg", text(&path)?])?.success()?;
    let svg = fs::read_to_string(&path)?;
    ensure!(svg.starts_with("<svg xmlns=") && svg.ends_with("</svg>\n"), "no svg");
    well_formed(&svg)?;
    for word in
        ["<title", "<desc", "threads on one core", "processes over the cores", ">main</text>"]
    {
        ensure!(svg.contains(word), "{word} is missing");
    }
    ensure!(!svg.contains("<style") && !svg.contains('{'), "a style or a placeholder");
    let files = folder.path().read_dir()?.count();
    ensure!(files == 1, "{files} files where one was asked for");
    ensure!(well_formed(&svg.replacen("</text>", "</tspan>", 1)).is_err(), "unbalanced tags pass");
    Ok(())
}

fn well_formed(xml: &str) -> Result<()> {
    let mut open = Vec::new();
    for tag in xml.split('<').skip(1) {
        let tag = tag.split('>').next().context("a tag ends")?;
        if let Some(name) = tag.strip_prefix('/') {
            ensure!(open.pop() == Some(name), "</{name}>");
        } else if !tag.ends_with('/') {
            open.push(tag.split(' ').next().unwrap_or_default());
        }
        ensure!(tag.matches('"').count() % 2 == 0, "a quote in {tag}");
    }
    ensure!(open.is_empty(), "{open:?} are not closed");
    Ok(())
}

#[test]
fn what_can_not_be_written_is_said_and_leaves_nothing() -> Result<()> {
    let folder = tempfile::tempdir()?;
    // A folder stands where the file should be.
    let taken = folder.path().join("taken");
    fs::create_dir(&taken)?;
    for option in ["--trace", "--svg"] {
        for path in [taken.clone(), folder.path().join("no/such/folder")] {
            let ended = timeline(&["--length", "1", option, text(&path)?])?;
            let name = format!("can't write {}", path.display());
            ensure!(ended.status.code() == Some(1), "{}", ended.status);
            ensure!(ended.stderr.contains(&name), "{}", ended.output());
        }
    }
    let files: Vec<_> = folder.path().read_dir()?.flatten().map(|entry| entry.path()).collect();
    ensure!(files == [taken], "{files:?} are left");
    Ok(())
}

#[test]
fn a_file_that_is_there_is_replaced() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("trace.json");
    fs::write(&path, "old")?;
    timeline(&["--length", "1", "--trace", text(&path)?])?.success()?;
    let trace: Trace = serde_json::from_str(&fs::read_to_string(&path)?)?;
    ways(&trace).map(drop)
}

#[test]
fn bad_arguments_end_with_2() -> Result<()> {
    for bad in [&["--trace"][..], &["--svg="], &["--length", "0"], &["--length=1001"], &["--kib=x"]]
    {
        let ended = timeline(bad)?;
        let named = bad[0].split('=').next().unwrap_or_default();
        ensure!(
            ended.status.code() == Some(2)
                && ended.stderr.contains(named)
                && ended.stdout.is_empty(),
            "{bad:?}: {}\n{}",
            ended.status,
            ended.output()
        );
    }
    Ok(())
}

#[test]
fn every_row_has_the_same_width() -> Result<()> {
    let ended = timeline(&["--length", "1"])?.success()?;
    let rows: Vec<&str> = ended.lines().filter(|line| line.contains('│')).collect();
    ensure!(rows.len() == 1 + 3 * 4, "{} rows", rows.len());
    for row in &rows {
        ensure!(row.chars().count() == 71, "{row}");
    }
    for way in WAYS {
        let heads = ended.lines().filter(|line| line.starts_with(&format!("{way}: "))).count();
        ensure!(heads == 1, "{way} stands {heads} times");
    }
    Ok(())
}

/// The other workers would write for ever into pipes that nobody reads, if a sibling kept their readers.
#[cfg(all(target_os = "linux", target_env = "gnu"))]
#[test]
fn a_worker_that_is_killed_is_told_and_ends_all_of_it() -> Result<()> {
    use witness::{Moment, Witness};

    for (worker, name) in [(1, "A"), (2, "B"), (3, "C")] {
        let report = Witness::new(example("timeline", &["--length", "5"])?)
            .limit(2 * LIMIT)
            .kill(worker, Moment::Named("write", 1))
            .run()?;
        let told =
            String::from_utf8_lossy(&report.stderr).contains(&format!("task {name} has ended"));
        let right = told && !report.hung && report.left().count() == 0;
        ensure!(report.killed().count() == 1 && right, "{report}");
        ensure!(report.main().code() == Some(1), "{report}");
    }
    Ok(())
}
