//! The map of what survives, `benches/data/failures.json`, sampled: what the page `what_survives` says of `mp` holds at moments of
//! every kind, and doesn't any more in a copy of `mp` without one line.
//!
//! As a rule a few moments of each kind are tried; `KILLS=6` tries 6 of each.
#![cfg(all(target_os = "linux", target_env = "gnu"))]

use std::fs;
use std::path::Path;
use std::process::Command;
use std::sync::{Mutex, PoisonError};
use std::thread;

use anyhow::{Context as _, Result, ensure};
use benches::failures::{Attempt, attempt, attempts, chosen, whole};
use figures::failures::{Failures, Library, Moment, Verdict};
use nix::errno::Errno;
use tests::asked;
use tests::rustc::Workshop;
use tests::{example, read, root};
use witness::{Error, Fate, Report};

/// The program of the page with one of its ways.
fn way(number: &str, deadline: bool) -> Result<Command> {
    let deadline = if deadline { "2000" } else { "0" };
    example("what_survives", &["--way", number, "--deadline", deadline])
}

/// `None` where nobody may be traced, which is said.
fn whole_run(program: &impl Fn(bool) -> Result<Command>) -> Result<Option<Report>> {
    match whole(program) {
        Err(error)
            if matches!(error.downcast_ref(), Some(Error::NotAllowed(_)))
                && std::env::var_os("CI").is_none() =>
        {
            eprintln!("not tested: {error}");
            Ok(None)
        }
        whole => whole.map(Some),
    }
}

/// Whether nobody can help it: who is stopped isn't dead, and without a deadline everybody waits for it.
fn nobody_can_know(moment: Moment) -> bool {
    matches!(moment, Moment::StopTask | Moment::StopElse)
}

/// Tries some of all that can be done to a way of `mp`.
fn survives(number: &str) -> Result<()> {
    let program = |deadline| way(number, deadline);
    let Some(whole) = whole_run(&program)? else { return Ok(()) };
    let dense = std::env::var("KILLS").ok().and_then(|kills| kills.parse().ok());
    let jobs: Vec<Attempt> = attempts(&whole)
        .iter()
        .filter(|(moment, _)| !nobody_can_know(**moment))
        .flat_map(|(moment, attempts)| {
            let few = match moment {
                Moment::KillBegin | Moment::KillDeliver | Moment::ParentBegin => 2,
                Moment::DeadlineElse => 3,
                Moment::FailBegin | Moment::FailLater => 4,
                Moment::ParentFailBegin | Moment::ParentFailLater => 6,
                _ => 1,
            };
            chosen(attempts, dense.unwrap_or(few))
        })
        .collect();
    ensure!(jobs.len() >= 20, "{jobs:?}");
    let jobs = Mutex::new(jobs.into_iter());
    let try_all = || -> Result<()> {
        loop {
            let job = jobs.lock().unwrap_or_else(PoisonError::into_inner).next();
            let Some(job) = job else { return Ok(()) };
            let Some(outcome) = attempt(&program, &job)? else { continue };
            let (verdict, report) = (outcome.verdict, &outcome.report);
            let zombie = report.processes.iter().any(|process| process.fate == Fate::Zombie);
            ensure!(
                matches!(verdict, Verdict::Right | Verdict::Told) && !zombie,
                "{job:?} at {}: {verdict:?}\n{report}",
                outcome.call
            );
            let silent =
                report.main().code().is_some_and(|code| code != 0) && report.stderr.is_empty();
            // Whoever closes the output, as `head` does, wants no message; the parent writes nowhere else.
            let closed =
                job.process == 0 && outcome.call == "write" && job.errno == Some(Errno::EPIPE);
            ensure!(
                silent == closed,
                "{job:?} at {}: an end without a message is {}\n{report}",
                outcome.call,
                if closed { "expected" } else { "wrong" }
            );
        }
    };
    // Most of them wait most of the time.
    thread::scope(|scope| {
        let threads = [(); 4].map(|()| scope.spawn(try_all));
        threads.into_iter().try_for_each(|thread| thread.join().expect("no panic"))
    })
}

#[test]
fn map_survives() -> Result<()> {
    survives("2")
}

#[test]
fn imap_unordered_survives() -> Result<()> {
    survives("3")
}

/// What the caller sees when a worker of a program is killed in a task.
fn killed_in_a_task(program: &impl Fn(bool) -> Result<Command>) -> Result<Option<Verdict>> {
    let Some(whole) = whole_run(program)? else { return Ok(None) };
    let all = attempts(&whole);
    let job = all.get(&Moment::KillTask).and_then(|all| all.get(1)).context("it has tasks")?;
    let outcome = attempt(program, job)?.context("it has made this call again")?;
    Ok(Some(outcome.verdict))
}

/// A pipe of one's own loses what the dead worker would have sent, and says nothing.
#[test]
fn a_pipe_alone_gives_a_wrong_result() -> Result<()> {
    let verdict = killed_in_a_task(&|deadline| way("1", deadline))?;
    ensure!(verdict.is_none_or(|verdict| verdict == Verdict::Wrong), "{verdict:?}");
    Ok(())
}

/// The cure of the page's last question: without the line that tells of the task of a dead worker, the rest is done by another
/// and the result is wrong.
#[test]
fn without_one_line_of_mp_the_result_is_wrong() -> Result<()> {
    const CURE: &str = "            deliver(Err(error))?;\n";
    let mut workshop = Workshop::new(&[
        "anyhow",
        "crc32fast",
        "humantime",
        "lexopt",
        "nix",
        "num_cpus",
        "postcard",
        "rayon",
        "serde",
    ])?;
    let copy = workshop.folder().join("mp");
    fs::create_dir(&copy)?;
    for name in project::files(&root().join("mp"))? {
        let text = read(Path::new("mp").join(&name).display().to_string())?;
        let text = if name == Path::new("workers.rs") {
            ensure!(text.matches(CURE).count() == 1, "mp/workers.rs has the line once");
            text.replace(CURE, "            drop(error);\n")
        } else {
            text
        };
        fs::write(copy.join(name), text)?;
    }
    workshop.library("mp", &copy.join("lib.rs"))?;
    let program = workshop.program("what_survives", &read("examples/what_survives.rs")?)?;
    let path = program.get_program().to_owned();
    let program = |_| {
        let mut program = Command::new(&path);
        runner::clean(&mut program);
        program.args(["--way", "3"]);
        Ok(program)
    };
    let Some(verdict) = killed_in_a_task(&program)? else { return Ok(()) };
    asked("ask-one-line-less")?.one(
        &verdict,
        &[
            ("It waits for ever", Verdict::Hangs),
            ("Seven results", Verdict::Wrong),
            ("An error", Verdict::Told),
        ],
    )
}

/// What the page says of the measured map.
#[test]
fn the_map_is_as_the_page_says() -> Result<()> {
    let failures = Failures::read(&root())?;
    for run in &failures.runs {
        let ours = matches!(run.library, Library::Map | Library::Imap);
        let good = matches!(run.verdict, Verdict::Right | Verdict::Told);
        ensure!(!ours || good || nobody_can_know(run.moment), "{run:?}");
        // Nobody tells a stopped worker from a slow one.
        ensure!(run.moment != Moment::StopTask || run.verdict == Verdict::Hangs, "{run:?}");
    }
    let answers = |library| {
        let stopped = failures.count(library, Moment::StopTask, None);
        stopped > failures.count(library, Moment::StopTask, Some(Verdict::Hangs))
    };
    asked("ask-who-waits")?.each(&[
        ("`mp::Pool::map`", answers(Library::Map)),
        ("procspawn's pool", answers(Library::Procspawn)),
        ("Python's `ProcessPoolExecutor`", answers(Library::Executor)),
        ("nobody", !Library::ALL.iter().any(|&library| answers(library))),
    ])
}
