//! The twins: a program and its counterpart in Python write the same, as far as it is determined.

use anyhow::{Context as _, Result, ensure};
use libtest_mimic::Trial;
use runner::{Mode, compare, normalise};
use tests::{LIMIT, Stdout, names, trial};

/// What the two have in common.
enum Same {
    /// All of their output, compared as a shown output is.
    All(Mode),
    /// What is left of each line after this function; lines for which it says `None` are their own.
    Of(fn(&str) -> Option<String>, Mode),
    /// What the Python program writes: the Rust program writes it too, and shows more besides.
    AllOfPython,
}

/// Every twin. One that is missing here fails the test.
const TWINS: &[(&str, Same)] = &[
    ("async_processes", Same::Of(job, Mode::Unordered)),
    ("cpu_count", Same::Of(worker, Mode::PerCpu)),
    ("deadlines", Same::Of(without_status, Mode::Unordered)),
    ("first_answer", Same::AllOfPython),
    ("fork_copies", Same::AllOfPython),
    ("fork_pitfalls", Same::AllOfPython),
    ("full_pipe", Same::Of(without_status, Mode::Exact)),
    ("io_async", Same::All(Mode::Exact)),
    ("io_bound", Same::All(Mode::Exact)),
    ("job_array", Same::All(Mode::Exact)),
    ("limits", Same::Of(of_the_kernel, Mode::Exact)),
    ("living_pool", Same::Of(picture, Mode::Exact)),
    ("locks", Same::All(Mode::Exact)),
    ("multi_process", Same::All(Mode::Unordered)),
    ("order", Same::All(Mode::Unordered)),
    ("order_per_key", Same::All(Mode::Exact)),
    ("other_programs", Same::Of(in_no_words, Mode::Exact)),
    ("passing_descriptors", Same::All(Mode::Exact)),
    ("philosophers", Same::All(Mode::Exact)),
    ("pipeline", Same::All(Mode::Exact)),
    ("pipes", Same::All(Mode::Exact)),
    ("pool", Same::All(Mode::Exact)),
    ("process_pool", Same::Of(without_pythons_own, Mode::Unordered)),
    ("producer_consumer", Same::Of(without_stamp, Mode::Unordered)),
    ("progress", Same::All(Mode::Unordered)),
    ("race_condition", Same::All(Mode::Exact)),
    ("rayon_tour", Same::Of(without_rayons_own, Mode::Unordered)),
    ("sandbox", Same::AllOfPython),
    ("send_and_sync", Same::Of(without_types, Mode::Exact)),
    ("shared_memory", Same::All(Mode::Exact)),
    ("signals", Same::Of(of_the_system, Mode::Exact)),
    ("single_process", Same::All(Mode::Exact)),
    ("start_methods", Same::All(Mode::Exact)),
    ("strangers", Same::All(Mode::Exact)),
    ("supervisor", Same::Of(without_status, Mode::Unordered)),
    ("testing", Same::Of(without_why, Mode::Exact)),
    ("threads_and_processes", Same::All(Mode::Exact)),
    ("timeline", Same::All(Mode::Exact)),
    ("watching", Same::Of(title, Mode::Exact)),
    ("what_survives", Same::Of(without_pools, Mode::Exact)),
    ("work_queue", Same::All(Mode::Unordered)),
];

/// A name, arguments of the Rust program, and changes of the Python program's text.
type Shorter = (&'static str, &'static [&'static str], &'static [(&'static str, &'static str)]);

/// Twins that would count for seconds, and one that would not have the time on a machine with much to do. Both are
/// run with other numbers: the Rust program by its arguments, the Python program by changes of its text, each of
/// which must find its place.
const SHORTER: &[Shorter] = &[
    // A child in Python is an interpreter that starts, on a machine with much to do.
    (
        "async_processes",
        &["--deadline", "15000", "--numbers", "1000"],
        &[("default=2000", "default=15000"), ("default=10_000", "default=1000")],
    ),
    ("deadlines", &["--deadline", "4000"], &[("DEADLINE = 2", "DEADLINE = 4")]),
    ("first_answer", &["--letters", "3"], &[("\"rust\"", "\"rus\"")]),
    ("limits", &["--cpu", "0"], &[("CPU = 1", "CPU = 0")]),
    (
        "job_array",
        &["--index", "3", "--count", "20"],
        &[("sys.argv[1:]", "['--index', '3', '--count', '20']")],
    ),
    ("living_pool", &["--width", "130"], &[("width = 384", "width = 130")]),
    ("other_programs", &["--megabytes", "16"], &[("MEGABYTES = 128", "MEGABYTES = 16")]),
    ("pipes", &["--radius", "100"], &[("radius = 1000", "radius = 100"), ("3_141_549", "31_417")]),
    ("progress", BELOW_100_000, &[ONE_MILLION, ("78_498", "9_592")]),
    ("rayon_tour", BELOW_100_000, &[ONE_MILLION, ("78498", "9592")]),
    ("shared_memory", BELOW_100_000, &[ONE_MILLION]),
    ("start_methods", &["--megabytes", "16", "--runs", "1"], &[("128, 9", "16, 1")]),
    ("supervisor", BELOW_100_000, &[ONE_MILLION, ("143_071", "14_377")]),
    ("work_queue", &["--size", "10"], &[("SIZE = 12", "SIZE = 10"), ("14_200", "724")]),
];

const BELOW_100_000: &[&str] = &["--limit", "100000"];
const ONE_MILLION: (&str, &str) = ("1_000_000", "100_000");

/// What isn't about rayon itself, and not the words in which each language reports a panic.
fn without_rayons_own(line: &str) -> Option<String> {
    let own = ["a pool of", " buffers for ", " tasks on ", "a task panics", "the caller", "1 to 8"];
    (!own.iter().any(|words| line.contains(words))).then(|| line.to_owned())
}

/// What isn't about Python's own pools.
fn without_pythons_own(line: &str) -> Option<String> {
    (!line.starts_with("a worker of ")).then(|| line.to_owned())
}

/// A line up to where each language tells in its own words how a process has ended.
#[expect(clippy::unnecessary_wraps, reason = "it stands in the table")]
fn without_status(line: &str) -> Option<String> {
    let words = [": signal", ": exit code", ": exit status"];
    let end = words.iter().filter_map(|word| line.find(word)).min();
    Some(line[..end.unwrap_or(line.len())].to_owned())
}

/// What isn't about the pools of either language.
fn without_pools(line: &str) -> Option<String> {
    let own = ["  map", "  imap_unordered", "  Pool", "  ProcessPoolExecutor"];
    (!own.iter().any(|name| line.starts_with(name))).then(|| line.to_owned())
}

/// How many jobs there are, and what became of each.
fn job(line: &str) -> Option<String> {
    (line.starts_with("  ") || line.contains(" jobs, ")).then(|| line.to_owned())
}

/// As [`without_status`], and without the name of an error.
fn in_no_words(line: &str) -> Option<String> {
    let line = without_status(line)?;
    let end = line.find("no process, ").unwrap_or(line.len());
    Some(line[..end].to_owned())
}

/// Whether a test has failed, and not in which words.
#[expect(clippy::unnecessary_wraps, reason = "it stands in the table")]
fn without_why(line: &str) -> Option<String> {
    let copy = if line.ends_with("(a copy tells)") { " (a copy tells)" } else { "" };
    let told = line.split_once("FAILED").map(|(test, _)| format!("{test}FAILED{copy}"));
    Some(told.unwrap_or_else(|| line.to_owned()))
}

/// What each scene is called. What a process tells of itself and what others see of it differ.
fn title(line: &str) -> Option<String> {
    (!line.starts_with(' ')).then(|| line.to_owned())
}

/// The lines that tell of a whole picture.
fn picture(line: &str) -> Option<String> {
    line.contains("checksum").then(|| line.to_owned())
}

/// A line up to the type that holds what it counts; what only Rust has is its own.
fn without_types(line: &str) -> Option<String> {
    let own = line.starts_with("lent:") || line.contains("Arc<");
    let end = line.rfind(" in ").unwrap_or(line.len());
    (!own).then(|| line[..end].to_owned())
}

/// A line on what the system does with a signal. What each language makes of it, and of a call that a signal
/// interrupts, is its own.
fn of_the_system(line: &str) -> Option<String> {
    let own = ["without", "the first one blocks it"];
    (!own.iter().any(|words| line.contains(words))).then(|| line.to_owned())
}

/// A line on what the system answers. What each language makes of that, and how many descriptors a child takes, is
/// its own.
fn of_the_kernel(line: &str) -> Option<String> {
    let own = [
        "  try_reserve",
        "  bytearray",
        "  a thread",
        "  who takes",
        "  a child: ",
        "files closed",
    ];
    (!own.iter().any(|words| line.contains(words))).then(|| line.to_owned())
}

/// `This is worker 0 (pid 1)`, whatever follows.
fn worker(line: &str) -> Option<String> {
    let end = line.strip_prefix("This is worker ")?.find(')')?;
    Some(line[..="This is worker ".len() + end].to_owned())
}

/// A line of the log from the name on: the languages write the time in different ways.
fn without_stamp(line: &str) -> Option<String> {
    let name =
        ["producer", "consumer", "main"].iter().find_map(|name| line.find(&format!(":{name}:")));
    name.map(|start| line[start..].to_owned())
}

pub fn trials() -> Result<Vec<Trial>> {
    let mut trials = vec![trial("programs::twins: every_twin_is_compared", every_twin_is_compared)];
    for (name, same) in TWINS {
        let twins = trial(format!("programs::twins: {name}"), move || twins(name, same));
        trials.push(twins.with_ignored_flag(!tests::runs_here(name)?));
    }
    Ok(trials)
}

fn every_twin_is_compared() -> Result<()> {
    let mut listed: Vec<&str> = TWINS.iter().map(|(name, _)| *name).collect();
    listed.sort_unstable();
    ensure!(
        listed == names("examples/python", "py")?,
        "the table in tests/tests/programs/twins.rs and examples/python differ: {listed:?}"
    );
    Ok(())
}

fn twins(name: &str, same: &Same) -> Result<()> {
    let shorter = SHORTER.iter().find(|(shorter, ..)| *shorter == name);
    let (arguments, changes) = shorter.map_or((&[][..], &[][..]), |(_, a, c)| (*a, *c));
    let ours = tests::run(tests::example(name, arguments)?, Stdout::Pipe, LIMIT)?.success()?;
    let text = tests::changed(&format!("examples/python/{name}.py"), changes)?;
    let folder = tempfile::tempdir()?;
    let file = folder.path().join(format!("{name}.py"));
    std::fs::write(&file, text)?;
    let mut python = runner::python();
    // With PYTHONUNBUFFERED a line is written in two pieces.
    runner::clean(&mut python);
    python.arg(file);
    let twin = tests::run_python(python).with_context(|| format!("examples/python/{name}.py"))?;
    let Some(twin) = twin else { return Ok(()) };
    let (pick, mode): (fn(&str) -> Option<String>, Mode) = match same {
        Same::All(mode) => (|line| Some(line.to_owned()), *mode),
        Same::Of(pick, mode) => (*pick, *mode),
        // As a set, which is what this mode compares.
        Same::AllOfPython => (|line| Some(line.to_owned()), Mode::PerCpu),
    };
    let picked = |ended: &tests::Ended| ended.lines().filter_map(pick).collect::<Vec<_>>();
    let (mut ours, twin) = (picked(&ours), picked(&twin));
    if matches!(same, Same::AllOfPython) {
        let known: Vec<String> = twin.iter().map(|line| normalise(line, mode)).collect();
        ours.retain(|line| known.contains(&normalise(line, mode)));
    }
    ensure!(!ours.is_empty(), "nothing of the output was compared");
    compare(mode, &ours, &twin)
        .map_err(|difference| anyhow::anyhow!("- is Rust, + is Python\n{difference}"))
}
