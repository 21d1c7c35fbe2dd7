//! Every program of the book, while its processes are killed: each at several of its system calls, and the parent too.
//! Whoever dies, the program ends, tells, and leaves nobody.
//!
//! As a rule a few calls of each process are tried, spread over its run. `KILLS=6` tries 6 of each, as
//! `.ci/run` does.
#![cfg(all(target_os = "linux", target_env = "gnu"))]

use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use libtest_mimic::Trial;
use runner::{Mode, normalise};
use tests::{LIMIT, example, names, trial};
use witness::{Error, Fate, Moment, Process, Report, Witness};

/// The programs, and arguments with which each is quick and still does all that it does.
const PROGRAMS: &[(&str, &[&str])] = &[
    ("async_processes", &["--deadline", "1000", "--numbers", "1000"]),
    ("cpu_count", &["--workers", "3"]),
    ("deadlines", &["--deadline", "300"]),
    ("false_sharing", &["--times", "10000", "--mib", "1"]),
    ("first_answer", &["--letters", "3"]),
    ("fork_copies", &[]),
    ("fork_pitfalls", &[]),
    ("full_pipe", &[]),
    ("io_async", &[]),
    ("io_bound", &[]),
    ("job_array", &["--index", "0", "--count", "1000"]),
    ("limits", &["--cpu", "0"]),
    ("living_pool", &["--width", "64", "--workers", "2"]),
    ("locks", &[]),
    ("multi_process", &["--processes", "3"]),
    ("order", &["--tasks", "4"]),
    ("order_per_key", &[]),
    ("ordering", &["--rounds", "2"]),
    ("other_programs", &["--megabytes", "16", "--runs", "1"]),
    ("passing_descriptors", &["--workers", "2", "--clients", "20", "--kill", "1"]),
    ("philosophers", &["--meals", "1"]),
    ("pipeline", &[]),
    ("pipes", &["--radius", "100"]),
    ("pool", &[]),
    ("process_pool", &["--workers", "3", "--tasks", "6"]),
    ("procspawn", &["--limit", "1000"]),
    ("producer_consumer", &["--items", "3"]),
    ("progress", &["--limit", "100000", "--workers", "2"]),
    ("race_condition", &["--limit", "3000"]),
    ("rayon_tour", &[]),
    ("sandbox", &[]),
    ("send_and_sync", &[]),
    ("shared_memory", &["--limit", "10000", "--workers", "3"]),
    ("signals", &[]),
    ("single_process", &[]),
    ("start_methods", &["--limit", "1000", "--megabytes", "0", "--runs", "1"]),
    ("strangers", &[]),
    ("supervisor", &["--limit", "1000"]),
    // Under the other harnesses nobody asks how some children have ended: that is what they show.
    ("testing", &["--harness", "3"]),
    ("threads_and_processes", &[]),
    ("timeline", &["--length", "2"]),
    // In the last scene a process is stopped; so is each for a moment that is followed, and no look can tell.
    ("watching", &["--scene", "1"]),
    ("what_survives", &[]),
    ("whole_tree", &[]),
    ("work_queue", &["--size", "8", "--producers", "1", "--consumers", "2"]),
];

/// What it is told besides when one of its processes is killed: procspawn may wait for one that is dead until the program's own
/// limit. While nobody dies it needs no haste.
const HASTY: (&str, &[&str]) = ("procspawn", &["--seconds", "10"]);

/// How long those who are left may take: the longest that any of them waits before it looks around.
const GRACE: Duration = Duration::from_secs(20);

fn witness(name: &str, arguments: &[&str]) -> Result<Witness> {
    Ok(Witness::new(example(name, arguments)?).limit(2 * LIMIT).grace(GRACE))
}

/// What is determined of an output, in any order.
fn lines(output: &[u8]) -> Vec<String> {
    let text = String::from_utf8_lossy(output);
    let mut lines: Vec<_> = text.lines().map(|line| normalise(line, Mode::PerCpu)).collect();
    lines.sort();
    lines
}

/// How a program says that somebody was killed: an exit status does, a shell's number for it, or procspawn's error.
const TOLD: [&str; 3] = ["SIGKILL", "exit status: 137", "remote side closed"];

/// What is wrong with a run in which a process was killed, if anything is.
fn judge(report: &Report, whole: &Report) -> Result<()> {
    ensure!(!report.hung, "it hangs");
    // procspawn never waits for a worker that has died before its parent has heard of it, and leaves it to init.
    let excused = |process: &&Process| {
        process.fate == Fate::Zombie && report.main().program.ends_with("procspawn")
    };
    ensure!(report.left().all(|process| excused(&process)), "somebody is left behind");
    let main = report.main();
    if main.killed {
        return Ok(());
    }
    // A program may end in any way but by a signal, and an end with an error has its message.
    let code = main.code().context("it doesn't end by itself")?;
    ensure!(code == 0 || !report.stderr.is_empty(), "no message, exit code {code}");
    // Without an error either nothing was lost, or the program says who was killed.
    let told = [&report.stdout, &report.stderr]
        .iter()
        .any(|text| TOLD.iter().any(|told| String::from_utf8_lossy(text).contains(told)));
    ensure!(
        code != 0 || told || lines(&report.stdout) == lines(&whole.stdout),
        "another output, and no word of it"
    );
    Ok(())
}

fn survives(name: &str, arguments: &[&str]) -> Result<()> {
    let whole = match witness(name, arguments)?.count_calls().run() {
        Err(error @ Error::NotAllowed(_)) if std::env::var_os("CI").is_none() => {
            eprintln!("not tested: {error}");
            return Ok(());
        }
        whole => whole?,
    };
    ensure!(whole.main().code() == Some(0) && whole.left().count() == 0, "{whole}");
    let hasty = if name == HASTY.0 { HASTY.1 } else { &[] };
    let arguments = &[arguments, hasty].concat();
    let jobs = Mutex::new(kills(&whole).into_iter());
    let next = || jobs.lock().unwrap_or_else(PoisonError::into_inner).next();
    let try_all = || {
        while let Some((place, call)) = next() {
            let report = witness(name, arguments)?.kill(place, Moment::Call(call)).run()?;
            judge(&report, &whole).with_context(|| {
                format!("{name} {arguments:?}, process {place} killed at call {call}\n{report}")
            })?;
        }
        Ok(())
    };
    // Most of them wait most of the time.
    thread::scope(|scope| {
        let threads = [(); 8].map(|()| scope.spawn(try_all));
        threads.into_iter().try_for_each(|thread| thread.join().expect("no panic"))
    })
}

/// Which process is killed at which of its calls.
fn kills(whole: &Report) -> Vec<(usize, u64)> {
    let dense = std::env::var("KILLS").ok().and_then(|kills| kills.parse::<u64>().ok());
    // As a rule the parent, three of its children or less, and one call of each that differs from child to child.
    let (victims, tries) = if dense.is_some() { (usize::MAX, dense) } else { (4, None) };
    let count = whole.processes.len();
    let step = count.div_ceil(victims).max(1);
    let mut kills = Vec::new();
    for (place, process) in whole.processes.iter().enumerate().step_by(step) {
        let tries = tries.unwrap_or(if place == 0 { 2 } else { 1 }).min(process.calls);
        for number in 0..tries {
            let shift = (place as u64 * process.calls / count as u64) / tries.max(1);
            kills.push((place, 1 + number * process.calls / tries + shift));
        }
    }
    kills
}

/// The tests, one a program.
#[expect(clippy::unnecessary_wraps, reason = "as the others")]
pub fn trials() -> Result<Vec<Trial>> {
    let trials = PROGRAMS.iter().map(|(name, arguments)| {
        trial(format!("programs::killed::{name}"), move || survives(name, arguments))
    });
    Ok(trials.collect())
}

#[test]
fn every_program_is_tried() -> Result<()> {
    let listed: Vec<_> = PROGRAMS.iter().map(|(name, _)| *name).collect();
    ensure!(names("examples", "rs")? == listed, "{listed:?} are tried");
    Ok(())
}

/// The judge itself, on programs that do what none may.
#[test]
fn what_may_not_be_is_seen() -> Result<()> {
    let shell = |script: &str| {
        let mut command = std::process::Command::new("sh");
        command.args(["-c", script]);
        let limit = if script.contains("|| sleep") { Duration::from_secs(3) } else { LIMIT };
        Witness::new(command).limit(limit).grace(Duration::from_millis(200))
    };
    let whole = shell("(echo 1); (echo 2)").run()?;
    let kill = Moment::Named("write", 1);
    for (script, wrong) in [
        ("(echo 1); (echo 2)", "another output, and no word of it"),
        ("exec 2>/dev/null; (echo 1) || exit 1", "no message, exit code 1"),
        ("(echo 1) || sleep 600; :", "it hangs"),
        ("sleep 600 & (echo 1) || echo SIGKILL", "somebody is left behind"),
        ("(echo 1) || kill -9 $$", "it doesn't end by itself"),
    ] {
        // The first child in the order of starts that writes.
        let place = if script.starts_with("sleep") { 2 } else { 1 };
        let report = shell(script).kill(place, kill).run()?;
        ensure!(report.killed().count() == 1, "{report}");
        let error = judge(&report, &whole).err().with_context(|| format!("{script}\n{report}"))?;
        ensure!(error.to_string() == wrong, "{script}: {error}\n{report}");
    }
    for script in ["(echo 1) || echo it died >&2; exit 1", "(echo 1) || echo SIGKILL"] {
        judge(&shell(script).kill(1, kill).run()?, &whole)?;
    }
    Ok(())
}
