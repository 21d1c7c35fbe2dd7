//! The programs `fork_pitfalls`, `start_methods` and `procspawn`.
#![cfg(unix)]

use std::collections::BTreeSet;
use std::process::Command;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail, ensure};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use tests::processes::{self, Process};
use tests::rustc::{Fate, changed};
use tests::{Ended, LIMIT, Running, Stdout, asked, example, run};

fn run_example(name: &str, arguments: &[&str], stdout: Stdout) -> Result<Ended> {
    run(example(name, arguments)?, stdout, LIMIT)
}

// ------------------------------------------------------------------------------ fork_pitfalls

/// The lines of one scene: those that follow its title and are indented.
fn scene<'a>(ended: &'a Ended, title: &str) -> Result<Vec<&'a str>> {
    let mut lines = ended.lines().skip_while(|line| line.strip_suffix(':') != Some(title));
    lines.next().with_context(|| format!("there is no scene '{title}'\n{}", ended.output()))?;
    Ok(lines.map_while(|line| line.strip_prefix("  ")).collect())
}

fn ensure_scene(ended: &Ended, title: &str, expected: &[&str]) -> Result<()> {
    let lines = scene(ended, title)?;
    ensure!(lines == expected, "{title}: not {expected:#?} but {lines:#?}");
    Ok(())
}

fn pitfalls() -> Result<Ended> {
    run_example("fork_pitfalls", &[], Stdout::Pipe)?.success()
}

#[test]
fn buffered_text_comes_twice_and_once() -> Result<()> {
    for stdout in [Stdout::Pipe, Stdout::File, Stdout::Terminal] {
        let ended = run_example("fork_pitfalls", &[], stdout)?.success()?;
        let count = |title| -> Result<usize> {
            let lines = scene(&ended, title)?;
            Ok(lines.iter().filter(|line| line.contains("begun before the fork")).count())
        };
        ensure!(count("a buffer, wrong")? == 2, "{stdout:?}\n{}", ended.output());
        ensure!(count("a buffer, right")? == 1, "{stdout:?}\n{}", ended.output());
    }
    Ok(())
}

#[test]
fn a_panic_climbs_into_a_copy_of_the_parents_code() -> Result<()> {
    let ended = pitfalls()?;
    let twice = |status: &'static str| {
        ["the child deletes the folder", status, "the parent deletes the folder"]
    };
    ensure_scene(&ended, "a panic, wrong", &twice("the child: exit status: 101"))?;
    ensure_scene(&ended, "a panic in a thread, wrong", &twice("the child: exit status: 0"))?;
    let once = ["the child: exit status: 101", "the parent deletes the folder"];
    ensure_scene(&ended, "a panic, right", &once)?;
    let panics = ended.stderr.matches("panic: the task failed").count();
    ensure!(panics == 3, "{panics} panics\n{}", ended.output());
    let status = scene(&ended, "a panic in a thread, wrong")?[1].rsplit(' ').next();
    asked("ask-status-of-a-panic")?.number(status.context("a status")?.parse()?)
}

#[test]
fn a_lock_of_another_thread_stays_locked_in_the_child() -> Result<()> {
    let ended = pitfalls()?;
    let expected = [
        "the parent prints: its thread has opened the lock",
        "the child waits for ever: signal: SIGALRM",
    ];
    ensure_scene(&ended, "a lock, wrong", &expected)?;
    let right = scene(&ended, "a lock, right")?;
    ensure!(
        right.len() == 2
            && right[0].contains("more than one thread")
            && right[1] == "forked with one thread",
        "{right:#?}"
    );
    Ok(())
}

#[test]
fn endings_are_told_apart() -> Result<()> {
    let expected = [
        "it returns: exit status: 0",
        "it panics: exit status: 101",
        "it calls exit(3): exit status: 3",
        "it calls exit(256): exit status: 0",
        "it is killed: signal: 9 (SIGKILL)",
    ];
    let ended = pitfalls()?;
    ensure_scene(&ended, "how a child ends", &expected)?;
    let panics = scene(&ended, "how a child ends")?[1].rsplit(' ').next();
    asked("ask-panic-status")?.number(panics.context("a status")?.parse()?)
}

#[cfg(target_os = "linux")]
#[test]
fn a_zombie_is_gone_after_join() -> Result<()> {
    let expected = ["the child has ended and is a zombie", "after join it is gone"];
    ensure_scene(&pitfalls()?, "until it is waited for", &expected)
}

/// Also in the scene whose child waits for a lock.
#[test]
fn ctrl_c_ends_all_pitfalls() -> Result<()> {
    let running = Running::start(example("fork_pitfalls", &[])?, Stdout::Pipe, LIMIT)?;
    running.wait_for_line(|line| line.contains("has opened the lock"))?;
    running.interrupt()?;
    let group = i32::try_from(running.pid())?;
    let _ = running.end(); // orphans are reaped by init, not by the program that was killed
    nobody_is_left(group)
}

fn nobody_is_left(group: i32) -> Result<()> {
    let end = Instant::now() + LIMIT;
    loop {
        let left = processes::of_group(group)?;
        if left.iter().all(|process| process.state == "Z") {
            return Ok(());
        }
        ensure!(Instant::now() < end, "left: {left:#?}");
        thread::sleep(Duration::from_millis(5));
    }
}

// ------------------------------------------------------------------------------ start_methods

/// A line `METHOD: COUNT primes below LIMIT, setting SETTING, pid PID`.
#[derive(Debug, PartialEq)]
struct Answer {
    method: String,
    count: usize,
    setting: usize,
    pid: u32,
}

fn answers(ended: &Ended) -> Result<Vec<Answer>> {
    let parse = |line: &str| {
        let (method, rest) = line.split_once(": ")?;
        let words: Vec<&str> = rest.split([' ', ',']).collect();
        let [count, "primes", "below", _, "", "setting", setting, "", "pid", pid] = words[..]
        else {
            return None;
        };
        let (count, setting) = (count.parse().ok()?, setting.parse().ok()?);
        Some(Answer { method: method.to_owned(), count, setting, pid: pid.parse().ok()? })
    };
    let answers: Vec<Answer> = ended.lines().filter_map(parse).collect();
    ensure!(answers.len() == 3, "three methods answer\n{}", ended.output());
    Ok(answers)
}

#[test]
fn all_start_methods_count_the_same() -> Result<()> {
    for (limit, primes) in [("1", 0), ("3", 1), ("100", 25), ("10007", 1229), ("100000", 9592)] {
        let arguments = ["--limit", limit, "--megabytes", "0", "--runs", "1"];
        let ended = run_example("start_methods", &arguments, Stdout::Pipe)?.success()?;
        for answer in answers(&ended)? {
            ensure!(answer.count == primes, "below {limit}: {answer:?}");
        }
    }
    Ok(())
}

#[test]
fn workers_are_processes_of_their_own_and_only_a_fork_sees_the_parents_memory() -> Result<()> {
    let ended = run_example("start_methods", &["--megabytes", "0"], Stdout::Pipe)?.success()?;
    let answers = answers(&ended)?;
    let methods: Vec<(&str, usize)> =
        answers.iter().map(|answer| (answer.method.as_str(), answer.setting)).collect();
    ensure!(methods == [("fork", 1), ("fork server", 0), ("the program again", 0)], "{methods:?}");
    let pids: BTreeSet<u32> = answers.iter().map(|answer| answer.pid).collect();
    ensure!(pids.len() == 3 && !pids.contains(&ended.pid), "{pids:?}, main is {}", ended.pid);
    let sees = |method| methods.contains(&(method, 1));
    asked("ask-setting")?.each(&[
        ("The one that is forked.", sees("fork")),
        ("The program that is started again.", sees("the program again")),
        ("The one that the fork server forks.", sees("fork server")),
    ])
}

/// The times of a line `  METHOD  BEFORE -> AFTER`, in seconds.
fn costs(ended: &Ended, method: &str) -> Result<(f64, f64)> {
    let seconds = |text: &str| -> Result<f64> {
        let (number, unit) = text.trim().split_once(' ').context("a number and its unit")?;
        let factor = match unit {
            "µs" => 1e-6,
            "ms" => 1e-3,
            _ => bail!("an unknown unit: {text}"),
        };
        Ok(number.parse::<f64>()? * factor)
    };
    let line = ended
        .lines()
        .find_map(|line| line.strip_prefix("  ")?.strip_prefix(method)?.strip_prefix("  "))
        .with_context(|| format!("no costs of '{method}'\n{}", ended.output()))?;
    let (before, after) = line.split_once(" -> ").context("before -> after")?;
    Ok((seconds(before)?, seconds(after)?))
}

#[cfg(target_os = "linux")]
#[test]
fn the_cost_of_fork_grows_with_the_memory() -> Result<()> {
    // With huge pages the list of pages is 512 times shorter, and its growth may not show.
    let huge = std::fs::read_to_string("/sys/kernel/mm/transparent_hugepage/enabled");
    if huge.is_ok_and(|setting| setting.contains("[always]")) {
        return Ok(());
    }
    // Here about 70 times as much; 3 leaves room for a busy machine.
    let arguments = ["--limit", "10", "--megabytes", "512"];
    let ended = run_example("start_methods", &arguments, Stdout::Pipe)?.success()?;
    let (before, after) = costs(&ended, "fork")?;
    ensure!(after > 3.0 * before, "{before} s, then {after} s\n{}", ended.output());
    for method in ["fork server", "the program again"] {
        costs(&ended, method)?;
    }
    Ok(())
}

/// A process of the program for which `wanted` holds, as soon as there is one.
fn find(running: &Running, wanted: impl Fn(&Process, &[Process]) -> bool) -> Result<Pid> {
    let group = i32::try_from(running.pid())?;
    let end = Instant::now() + LIMIT;
    loop {
        let all = processes::of_group(group)?;
        if let Some(found) = all.iter().find(|process| wanted(process, &all)) {
            return Ok(Pid::from_raw(found.pid));
        }
        ensure!(Instant::now() < end, "not found among {all:#?}");
        thread::sleep(Duration::from_millis(2));
    }
}

/// Starts the program with a long job, kills the process for which `wanted` holds once a line that
/// begins with `after` has come, and returns what the program says.
fn with_one_killed(
    after: Option<&str>,
    wanted: impl Fn(&Process, &[Process]) -> bool,
) -> Result<Ended> {
    let command = example("start_methods", &["--limit", "1000003", "--megabytes", "0"])?;
    let running = Running::start(command, Stdout::Pipe, 2 * LIMIT)?;
    if let Some(start) = after {
        running.wait_for_line(|line| line.starts_with(start))?;
    }
    kill(find(&running, wanted)?, Signal::SIGKILL)?;
    let ended = running.end()?; // and nothing is left behind
    ensure!(ended.status.code() == Some(1), "{}\n{}", ended.status, ended.output());
    Ok(ended)
}

fn ensure_says(ended: &Ended, what: &str) -> Result<()> {
    ensure!(ended.stderr.contains(what), "stderr doesn't say '{what}'\n{}", ended.output());
    Ok(())
}

/// Whether `process` is a child of the program itself.
fn child(process: &Process) -> bool {
    process.parent == process.group
}

#[test]
fn a_killed_worker_is_reported_by_fork() -> Result<()> {
    // The program has two children: the server, and the worker that it started after it.
    let ended = with_one_killed(None, |process, all| {
        child(process) && all.iter().any(|other| child(other) && other.pid < process.pid)
    })?;
    ensure_says(&ended, "the worker failed, signal: 9")
}

#[test]
fn a_killed_worker_is_reported_by_the_fork_server() -> Result<()> {
    let ended = with_one_killed(Some("fork: "), |process, _| {
        !child(process) && process.pid != process.group
    })?;
    ensure_says(&ended, "the worker failed, signal: 9")
}

/// Whether `process` is the program again.
#[cfg(target_os = "linux")]
fn again(process: &Process) -> bool {
    let environment = std::fs::read(format!("/proc/{}/environ", process.pid)).unwrap_or_default();
    environment.split(|byte| *byte == 0).any(|entry| entry == b"START_METHODS_WORKER=1")
}

#[cfg(target_os = "linux")]
#[test]
fn a_killed_worker_is_reported_when_it_is_the_program_again() -> Result<()> {
    let ended =
        with_one_killed(Some("fork server: "), |process, _| child(process) && again(process))?;
    ensure_says(&ended, "the worker failed, signal: 9")
}

#[cfg(target_os = "linux")]
#[test]
fn a_killed_fork_server_is_reported() -> Result<()> {
    // While the third method's worker computes, the program's other child is the server. It must have
    // reaped its own worker by then, or that one would be left behind as a zombie.
    let ended = with_one_killed(Some("fork server: "), |process, all| {
        let has_child = all.iter().any(|other| other.parent == process.pid);
        let third = all.iter().any(|other| child(other) && again(other));
        child(process) && !again(process) && !has_child && third
    })?;
    let says = ["the server has ended", "Broken pipe", "Connection reset"];
    ensure!(says.iter().any(|what| ended.stderr.contains(what)), "{}", ended.output());
    Ok(())
}

/// The prediction: who doesn't ask first whether it is a worker does all that its parent does. The group is killed with
/// the program.
#[test]
fn a_worker_that_asks_too_late_starts_workers() -> Result<()> {
    let first = "    if env::var_os(WORKER).is_some() {
        return work(&io::read_to_string(io::stdin())?, io::stdout());
    }
";
    let behind = "    let mut costs = Vec::new();\n";
    let (_workshop, program) =
        changed("start_methods", &[(first, ""), (behind, &format!("{first}{behind}"))])?;
    let running = Running::start(program, Stdout::Pipe, LIMIT)?;
    let group = i32::try_from(running.pid())?;
    let end = Instant::now() + LIMIT;
    // The program has a server and a worker: twelve are four generations.
    let seen = loop {
        let all = processes::of_group(group)?;
        if all.len() >= 12 {
            break Fate::Hangs;
        }
        if all.iter().all(|process| process.state == "Z") {
            break if running.end()?.status.success() { Fate::Ends } else { Fate::Fails };
        }
        ensure!(Instant::now() < end, "{all:#?}");
        thread::sleep(Duration::from_millis(5));
    };
    asked("ask-too-late")?.one(
        &seen,
        &[
            ("As before", Fate::Ends),
            ("It doesn't compile.", Fate::Refused),
            ("The worker starts workers, and these start workers, without end.", Fate::Hangs),
        ],
    )
}

#[test]
fn a_worker_takes_a_job_from_stdin_and_refuses_a_bad_one() -> Result<()> {
    let worker = |job| -> Result<Ended> {
        let mut shell = Command::new("sh");
        shell.args(["-c", r#"printf %s "$1" | "$0""#]);
        shell.arg(example("start_methods", &[])?.get_program()).arg(job);
        shell.env("START_METHODS_WORKER", "1");
        run(shell, Stdout::Pipe, LIMIT)
    };
    for (job, start) in [("0 100", "25 0 "), ("2 3\n", "1 0 ")] {
        let ended = worker(job)?.success()?;
        ensure!(ended.stdout.starts_with(start), "'{job}'\n{}", ended.output());
    }
    for job in ["", "7", "a b"] {
        let ended = worker(job)?;
        ensure!(
            ended.status.code() == Some(1) && ended.stdout.is_empty() && !ended.stderr.is_empty(),
            "'{job}': {}\n{}",
            ended.status,
            ended.output()
        );
    }
    Ok(())
}

// ---------------------------------------------------------------------------------- procspawn

#[test]
fn procspawn_passes_arguments_results_and_panics() -> Result<()> {
    for (workers, limit, largest, primes) in
        [("1", "10", 7, 4), ("2", "100", 97, 25), ("5", "100000", 99_991, 9592)]
    {
        let arguments = ["--workers", workers, "--limit", limit];
        let ended = run_example("procspawn", &arguments, Stdout::Pipe)?.success()?;
        let expected = [
            format!("{largest} is the largest prime below {limit}"),
            format!("{primes} primes below {limit}, counted by a pool"),
            "process spawn error: panic: no prime in 24..29".to_owned(),
            "process spawn error: timed out".to_owned(),
        ];
        ensure!(ended.lines().eq(expected.iter().map(String::as_str)), "{}", ended.output());
        ensure!(ended.stderr.is_empty(), "{}", ended.output());
    }
    Ok(())
}
