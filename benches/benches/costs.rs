//! What things cost: every topic's cases, as Criterion measures them.
//!
//! `cargo bench -p benches -F criterion` for all; `cargo bench -p benches -F criterion -- start chunk` for some topics.
//! `cargo book figures` runs it too and keeps the samples.

use std::{
    env, fs,
    path::PathBuf,
    process::{Command, ExitCode},
    thread,
    time::Duration,
};

use anyhow::{Context as _, Result, bail};
use benches::peer::Peer;
use criterion::{BenchmarkGroup, Criterion, SamplingMode, Throughput, measurement::WallTime};
use figures::topic::TOPICS;
use serde_json::{Map, Value};

const KIB: u64 = 1024;
const MIB: u64 = 1024 * KIB;
const GIB: u64 = 1024 * MIB;

type Group<'a> = BenchmarkGroup<'a, WallTime>;

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<()> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    // `cargo test --benches` and `--list` measure nothing; tests/peers.rs runs every case once.
    if !arguments.iter().any(|argument| argument == "--bench")
        || arguments.iter().any(|argument| argument == "--test" || argument == "--list")
    {
        return Ok(());
    }
    let wanted: Vec<&String> =
        arguments.iter().filter(|argument| !argument.starts_with("--")).collect();
    if let Some(bad) = wanted.iter().find(|name| !TOPICS.contains(&name.as_str())) {
        bail!("no topic {bad:?}; expected some of {}", TOPICS.join(", "));
    }
    let mut criterion = Criterion::default()
        .sample_size(10)
        .warm_up_time(Duration::from_millis(150))
        .measurement_time(Duration::from_millis(600))
        .without_plots();
    for topic in TOPICS {
        if !wanted.is_empty() && !wanted.iter().any(|name| *name == topic) {
            continue;
        }
        if topic == "usage" {
            usage()?;
            continue;
        }
        if topic == "from_python" {
            if wanted.is_empty() && env::var_os(MODULE_PYTHON).is_none() {
                eprintln!(
                    "from_python: left out, since {MODULE_PYTHON} names no Python; \
                     `cargo book figures` does"
                );
            } else {
                from_python()?;
            }
            continue;
        }
        if topic == "mpi" && wanted.is_empty() && env::var_os(MPI_PEER).is_none() {
            eprintln!(
                "mpi: left out, since {MPI_PEER} names no program; `cargo book figures` does"
            );
            continue;
        }
        let mut group = criterion.benchmark_group(topic);
        group.sampling_mode(SamplingMode::Flat);
        match topic {
            "start" => start(&mut group),
            "fork_memory" => fork_memory(&mut group),
            "chunk" => chunk(&mut group),
            "result" => result(&mut group),
            "moving" => moving(&mut group),
            "speedup" => speedup(&mut group),
            "mpi" => mpi(&mut group),
            _ => crossover(&mut group),
        }?;
        group.finish();
    }
    Ok(())
}

/// A fresh peer for a case.
fn peer(language: &str, topic: &str, case: &str, numbers: &[u64]) -> Result<Peer> {
    let mut command = if language == "rust" {
        Command::new(env!("CARGO_BIN_EXE_peer"))
    } else {
        let mut python = Command::new("python3");
        python.arg(concat!(env!("CARGO_MANIFEST_DIR"), "/peer.py"));
        python
    };
    command.args([topic, case]).args(numbers.iter().map(u64::to_string));
    Peer::start(command)
}

/// Measures a case: `language/case`, and `x` in the topic's files.
fn case(
    group: &mut Group,
    topic: &str,
    (language, case): (&str, &str),
    x: Option<u64>,
    numbers: &[u64],
) -> Result<()> {
    measure(group, (language, case), x, peer(language, topic, case, numbers)?)
}

/// Measures what a peer does.
fn measure(
    group: &mut Group,
    (language, case): (&str, &str),
    x: Option<u64>,
    mut peer: Peer,
) -> Result<()> {
    // Starts what the peer keeps, and fails here rather than in the midst of a measurement.
    peer.time(1)?;
    let mut failure = None;
    let parameter = x.map_or("-".to_owned(), |x| x.to_string());
    let id = criterion::BenchmarkId::new(format!("{language}/{case}"), parameter);
    group.bench_function(id, |bencher| {
        bencher.iter_custom(|n| match (&failure, peer.time(n)) {
            (None, Ok(time)) => time.max(Duration::from_nanos(1)),
            (None, Err(error)) => {
                failure = Some(error);
                Duration::from_secs(1)
            }
            _ => Duration::from_secs(1),
        });
    });
    failure.map_or(Ok(()), Err)
}

fn cpus() -> u64 {
    thread::available_parallelism().map_or(1, |n| n.get() as u64)
}

fn start(group: &mut Group) -> Result<()> {
    let rust = ["thread", "scoped_thread", "fork", "mp_process", "command", "procspawn"];
    let python = ["thread", "fork", "forkserver", "spawn"];
    let all = rust.map(|name| ("rust", name)).into_iter().chain(python.map(|n| ("python", n)));
    // What takes microseconds gets more samples: they spread more.
    group.sample_size(20).measurement_time(Duration::from_secs(1));
    for way in all {
        case(group, "start", way, None, &[])?;
    }
    Ok(())
}

/// How much memory a case may fill: half of what is free.
fn spare_memory() -> u64 {
    let text = fs::read_to_string("/proc/meminfo").unwrap_or_default();
    let line = text.lines().find_map(|line| line.strip_prefix("MemAvailable:"));
    let kib: Option<u64> = line.and_then(|line| line.split_whitespace().next()?.parse().ok());
    kib.map_or(u64::MAX, |kib| kib * KIB / 2)
}

fn fork_memory(group: &mut Group) -> Result<()> {
    for x in [0, 64 * MIB, 256 * MIB, 512 * MIB, GIB, 2 * GIB] {
        if x > spare_memory() {
            eprintln!("fork_memory: no room for {} MiB, left out", x / MIB);
            continue;
        }
        for way in [("rust", "fork"), ("rust", "command"), ("python", "fork")] {
            case(group, "fork_memory", way, Some(x), &[x])?;
        }
    }
    Ok(())
}

const POOLS: [(&str, &str); 5] = [
    ("rust", "mp_pool"),
    ("rust", "procspawn"),
    ("rust", "rayon"),
    ("python", "pool"),
    ("python", "executor"),
];

fn chunk(group: &mut Group) -> Result<()> {
    for x in [None, Some(1), Some(10), Some(100), Some(1000), Some(10_000)] {
        for way in POOLS.into_iter().chain([("rust", "imap_unordered"), ("rust", "mp_ranges")]) {
            // So many that a call lasts some milliseconds to half a second.
            let tasks = match (way.1, x) {
                // It has no default: a task is what is sent.
                ("procspawn" | "mp_ranges", None) => continue,
                ("procspawn" | "pool", Some(1)) => 10_000,
                ("executor", None | Some(1)) => 2000,
                ("procspawn" | "pool" | "executor", Some(10)) => 50_000,
                // As many as `mp_pool` has where that is quick enough: so all results are as large.
                ("procspawn", Some(1000..)) => 1_000_000,
                ("mp_ranges", Some(..1000))
                | ("imap_unordered" | "procspawn" | "pool" | "executor", _) => 200_000,
                _ => 1_000_000,
            };
            let tasks = tasks.max(4 * cpus() * x.unwrap_or(1));
            group.throughput(Throughput::Elements(tasks));
            case(group, "chunk", way, x, &[x.unwrap_or(0), tasks])?;
        }
    }
    Ok(())
}

fn result(group: &mut Group) -> Result<()> {
    for x in [8, 64, KIB, 16 * KIB, 64 * KIB, MIB] {
        for way in POOLS {
            let most = match way {
                ("rust", "mp_pool" | "rayon") => 100_000,
                ("python", "pool") => 20_000,
                _ => 2000,
            };
            let tasks = (32 * MIB / x).clamp(32, most);
            group.throughput(Throughput::Elements(tasks));
            case(group, "result", way, Some(x), &[x, tasks])?;
        }
    }
    Ok(())
}

fn moving(group: &mut Group) -> Result<()> {
    let ways = [
        ("rust", "pipe"),
        ("rust", "socketpair"),
        ("rust", "shared_memory"),
        ("rust", "memcpy"),
        ("python", "pipe"),
        ("rust", "mp_pool"),
    ];
    for x in [64, KIB, 4 * KIB, 16 * KIB, 64 * KIB, 256 * KIB, MIB, 4 * MIB] {
        for way in ways {
            let count = match way.1 {
                "mp_pool" if x != MIB => continue,
                "mp_pool" => 64,
                _ => (4 * MIB / x).clamp(2, 1000),
            };
            group.throughput(Throughput::Bytes(count * x));
            case(group, "moving", way, Some(x), &[x, count])?;
        }
    }
    Ok(())
}

/// 1 to twice the processors: each number of them up to 8, then powers of two.
fn numbers_of_workers() -> Vec<u64> {
    let most = 2 * cpus();
    let mut all: Vec<u64> = (1..=most.min(8)).collect();
    all.extend((4..).map(|power| 1 << power).take_while(|n| *n <= most));
    all.extend([cpus(), most]);
    all.sort_unstable();
    all.dedup();
    all
}

fn speedup(group: &mut Group) -> Result<()> {
    for (language, cases, limit) in
        [("rust", ["mp_pool", "rayon"].as_slice(), 1_000_000), ("python", &["pool"], 100_000)]
    {
        // The loop is measured each time, next to what is compared with it.
        for x in numbers_of_workers() {
            for name in ["sequential"].iter().chain(cases) {
                case(group, "speedup", (language, name), Some(x), &[x, limit])?;
            }
        }
    }
    Ok(())
}

/// The whole of the work, in nanoseconds.
const WORK: u64 = 400_000_000;
/// What is enough of it where nothing has to be started.
const LITTLE_WORK: u64 = WORK / 4;
/// What is tried first of it.
const TRIAL: u64 = 20_000_000;
/// A way that takes so many times as long as the loop is left out.
const TOO_DEAR: u32 = 10;

#[expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a number of turns that takes about the wanted time"
)]
fn crossover(group: &mut Group) -> Result<()> {
    for (language, cases) in [("rust", ["rayon", "mp_pool"]), ("python", ["threads", "processes"])]
    {
        let turns = 1_000_000;
        let mut calibrator = peer(language, "calibrate", "spin", &[turns])?;
        let times = (0..10).map(|_| calibrator.time(1)).collect::<Result<Vec<_>>>()?;
        let turn = times.into_iter().min().context("a time")?.as_nanos() as f64 / turns as f64;
        drop(calibrator);
        for x in (2..=8).map(|power| 10_u64.pow(power)) {
            let spins = ((x as f64 / turn).round() as u64).max(1);
            let numbers = |work: u64| [spins, (work / x).max(1)];
            // A task's time is what is compared, so the loop and what is dear do with less work.
            let mut measured = |name, work| {
                let [spins, tasks] = numbers(work);
                group.throughput(Throughput::Elements(tasks));
                case(group, "crossover", (language, name), Some(x), &[spins, tasks])
            };
            measured("sequential", LITTLE_WORK)?;
            for name in cases {
                let mut work = WORK;
                if x < TRIAL {
                    let mut trial = peer(language, "crossover", name, &numbers(TRIAL))?;
                    // The first time starts the workers.
                    trial.time(1)?;
                    let time = trial.time(1)?;
                    if time > TOO_DEAR * Duration::from_nanos(TRIAL) {
                        continue;
                    }
                    if time > 2 * Duration::from_nanos(TRIAL) {
                        work = LITTLE_WORK;
                    }
                }
                measured(name, work)?;
            }
        }
    }
    Ok(())
}

/// Names the program `mpi_peer`, which is built with MPI and outside of this package.
const MPI_PEER: &str = "BENCHES_MPI";

/// A fresh peer of so many ranks.
fn ranks(ranks: u64, arguments: &[&str]) -> Result<Peer> {
    let program = env::var_os(MPI_PEER).with_context(|| {
        format!("{MPI_PEER} names no program: `cargo book figures --only mpi` builds it and does")
    })?;
    let mut command = Command::new("mpirun");
    command.arg("-n").arg(ranks.to_string()).arg(program).args(arguments);
    Peer::start(command)
}

/// `x` is the number of ranks that compute; a pool has its root besides.
fn mpi(group: &mut Group) -> Result<()> {
    let mut computing = numbers_of_workers();
    // The text names what two of them do.
    computing.retain(|&x| x <= cpus().max(2));
    let mut compared = Vec::new();
    for x in computing {
        measure(group, ("rust", "messages"), Some(x), ranks(x, &["messages"])?)?;
        for (case, size) in [("primes", x), ("pool", x + 1)] {
            let mut peer = ranks(size, &[case])?;
            peer.ask(1)?;
            let (mut ratios, mut shares) = (Vec::new(), Vec::new());
            for _ in 0..20 {
                let answer = peer.ask(1)?;
                let answer: Value = serde_json::from_str(&answer)
                    .with_context(|| format!("mpi_peer {case} answered {answer:?}"))?;
                ratios.push(answer["ratio"].clone());
                shares.push(answer["share"].clone());
            }
            let waiting = format!("{case}_waiting");
            for (case, unit, samples) in [(case, "ratio", ratios), (&waiting, "share", shares)] {
                compared.push(serde_json::json!({
                    "language": "rust", "case": case, "x": x, "unit": unit, "samples": samples,
                }));
            }
        }
    }
    // There and back, so two of them.
    group.throughput(Throughput::Elements(2));
    measure(group, ("rust", "message"), None, ranks(2, &["message"])?)?;
    group.throughput(Throughput::Bytes(2 * MIB));
    measure(group, ("rust", "transfer"), None, ranks(2, &["transfer"])?)?;
    keep("mpi", &compared)
}

/// Names the Python that has the module of `python/`.
const MODULE_PYTHON: &str = "BENCHES_FROM_PYTHON";

/// Ratios to Python's own loop, which the peer takes beside each of them.
fn from_python() -> Result<()> {
    let python = env::var_os(MODULE_PYTHON).with_context(|| {
        format!("{MODULE_PYTHON} names no Python: `cargo book figures --only from_python` does")
    })?;
    let mut points = Vec::new();
    for (language, case) in
        [("python", "threads"), ("python", "pool"), ("rust", "rust_one"), ("rust", "rust")]
    {
        let mut command = Command::new(&python);
        command.arg(concat!(env!("CARGO_MANIFEST_DIR"), "/from_python.py")).args([case, "100000"]);
        let mut peer = Peer::start(command)?;
        peer.ask(1)?;
        let mut samples: Vec<Value> = Vec::new();
        for _ in 0..20 {
            let answer = peer.ask(1)?;
            let ratio: f64 = answer.parse().with_context(|| format!("{case}: {answer:?}"))?;
            samples.push(ratio.into());
        }
        // As Criterion begins its lines.
        println!("Benchmarking from_python/{language}/{case}: Analyzing");
        points.push(serde_json::json!({
            "language": language, "case": case, "unit": "ratio", "samples": samples,
        }));
    }
    keep("from_python", &points)
}

/// Writes what Criterion has not timed to `TOPIC.json` in the folder that `BENCHES_COUNTS` names, as a list
/// of language, case, unit and samples.
fn keep(topic: &str, points: &[Value]) -> Result<()> {
    if let Some(folder) = env::var_os("BENCHES_COUNTS").map(PathBuf::from) {
        let file = folder.join(format!("{topic}.json"));
        fs::write(&file, serde_json::to_string(points)?)
            .with_context(|| format!("can't write {}", file.display()))?;
    }
    Ok(())
}

/// No times, so nothing for Criterion: printed, and kept.
fn usage() -> Result<()> {
    let ways = [
        ("rust", ["sequential", "threads", "rayon", "mp_pool"].as_slice(), 1_000_000),
        ("python", &["sequential", "threads", "processes"], 100_000),
    ];
    let mut points = Vec::new();
    for (language, cases, limit) in ways {
        for case in cases {
            let mut samples: Map<String, Value> = Map::new();
            for _ in 0..10 {
                let answer = peer(language, "usage", case, &[limit])?.ask(1)?;
                let counts: Map<String, Value> = serde_json::from_str(&answer)
                    .with_context(|| format!("usage {language} {case} answered {answer:?}"))?;
                for (unit, count) in counts {
                    let all = samples.entry(unit).or_insert_with(|| Value::Array(Vec::new()));
                    all.as_array_mut().context("a list")?.push(count);
                }
            }
            // As Criterion begins its lines.
            println!("Benchmarking usage/{language}/{case}: Analyzing");
            for (unit, samples) in samples {
                println!("{:40} {unit}: {samples}", format!("usage/{language}/{case}"));
                points.push(serde_json::json!({
                    "language": language, "case": case, "unit": unit, "samples": samples,
                }));
            }
        }
    }
    keep("usage", &points)
}
