//! What each program promises besides its text. The programs are found in `examples/`; every one is
//! held to the same rules, and some to rules of their own ([`SPECIAL`]).

use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

use anyhow::{Context as _, Result, bail, ensure};
use libtest_mimic::Trial;
use tests::{Ended, LIMIT, Running, Stdout};
use xtask::shown::{self, Mode};

/// A test of one program: the program's name, the test's, the test.
type Special = (&'static str, &'static str, fn() -> Result<()>);

/// What single programs promise. To hold a program to a promise, add a line here.
const SPECIAL: &[Special] = &[
    ("multi_process", "five_by_default", || multi_process(&[], 5)),
    ("multi_process", "as_many_as_asked", || multi_process(&["--processes", "8"], 8)),
    ("multi_process", "one", || multi_process(&["--processes", "1"], 1)),
    ("cpu_count", "a_worker_for_each_cpu", || cpu_count(&[], None)),
    ("cpu_count", "as_many_as_asked", || cpu_count(&["--workers", "3"], Some(3))),
    ("order", "results_stand_in_order", order),
    ("pool", "any_number_of_workers", || same_results("pool", &["1", "2", "7"], |_| true)),
    ("process_pool", "any_number_of_workers", || {
        let in_order = |line: &str| !line.starts_with("input ");
        same_results("process_pool", &["1", "2", "7"], in_order)
    }),
    ("producer_consumer", "every_item_arrives", every_item_arrives),
    ("producer_consumer", "ctrl_c_stops_both", ctrl_c_stops_both),
];

/// Programs whose lines differ from run to run beyond what is normalised (a race is their subject):
/// they are not compared between a pipe, a file and a terminal, only run.
const LINES_DIFFER: &[(&str, &str)] = &[];

fn main() {
    tests::main(trials());
}

fn trials() -> Result<Vec<Trial>> {
    let mut trials = Vec::new();
    let names = tests::names("examples", "rs")?;
    for name in &names {
        let rules: [(&str, fn(&str) -> Result<()>); 4] = [
            ("same_to_pipe_file_and_terminal", same_everywhere),
            ("ends_with_stdout_closed", |name| ends_without_stdout(name, Stdout::Closed)),
            ("ends_with_stdout_broken", |name| ends_without_stdout(name, Stdout::BrokenPipe)),
            ("refuses_bad_arguments", refuses_bad_arguments),
        ];
        for (rule, test) in rules {
            let program = name.clone();
            trials.push(tests::trial(format!("{name}::{rule}"), move || test(&program)));
        }
    }
    for (name, rule, test) in SPECIAL {
        ensure!(names.iter().any(|n| n == name), "there is no example {name}");
        trials.push(tests::trial(format!("{name}::{rule}"), test));
    }
    for (name, reason) in LINES_DIFFER {
        ensure!(names.iter().any(|n| n == name) && !reason.is_empty(), "{name} differs: why?");
    }
    trials.extend(harness());
    Ok(trials)
}

fn run(name: &str, arguments: &[&str], stdout: Stdout) -> Result<Ended> {
    let run = || tests::run(tests::example(name, arguments)?, stdout, LIMIT);
    run().with_context(|| format!("{name} {arguments:?}, stdout: {stdout:?}"))
}

// ---------------------------------------------------------------------------------------------
// Of every program
// ---------------------------------------------------------------------------------------------

/// It ends by itself, succeeds, leaves nothing behind, and writes the same lines to a pipe, a file
/// and a terminal.
fn same_everywhere(name: &str) -> Result<()> {
    let lines = |stdout| -> Result<Vec<String>> {
        let ended = run(name, &[], stdout)?.success()?;
        ensure!(!ended.stdout.is_empty(), "it wrote nothing to stdout: {stdout:?}");
        Ok(ended.lines().map(str::to_owned).collect())
    };
    let to_pipe = lines(Stdout::Pipe)?;
    for stdout in [Stdout::File, Stdout::Terminal] {
        let there = lines(stdout)?;
        if LINES_DIFFER.iter().any(|(differs, _)| *differs == name) {
            continue;
        }
        if let Err(difference) = shown::compare(Mode::Unordered, &to_pipe, &there) {
            bail!("- to a pipe, + to: {stdout:?}\n{difference}");
        }
    }
    Ok(())
}

/// With its stdout closed or broken it may fail, but it ends and leaves nothing behind.
fn ends_without_stdout(name: &str, stdout: Stdout) -> Result<()> {
    let ended = run(name, &[], stdout)?;
    // A program killed by a signal has not ended by itself.
    ensure!(ended.status.code().is_some(), "{}\n{}", ended.status, ended.output());
    Ok(())
}

fn refuses_bad_arguments(name: &str) -> Result<()> {
    for argument in ["--no-such-thing", "stray"] {
        let ended = run(name, &[argument], Stdout::Pipe)?;
        ensure!(
            ended.status.code() == Some(2)
                && ended.stdout.is_empty()
                && ended.stderr.contains("usage")
                && ended.stderr.contains(argument),
            "given `{argument}` it ends with 2 and stderr says why and shows the usage; but: {}\n{}",
            ended.status,
            ended.output()
        );
    }
    Ok(())
}

// ---------------------------------------------------------------------------------------------
// Of single programs
// ---------------------------------------------------------------------------------------------

/// The number N and the process id in a line `PREFIX N (pid P)REST`.
fn number_and_pid(line: &str, prefix: &str) -> Option<(usize, u32)> {
    let (number, rest) = line.strip_prefix(prefix)?.split_once(" (pid ")?;
    let (pid, _) = rest.split_once(')')?;
    Some((number.parse().ok()?, pid.parse().ok()?))
}

/// The lines of `count` children: each number once, each from a process of its own that isn't the
/// parent. Returns where the line of each number stands.
fn distinct_children(ended: &Ended, prefix: &str, count: usize) -> Result<BTreeMap<usize, usize>> {
    let mut places = BTreeMap::new();
    let mut pids = BTreeSet::from([ended.pid]);
    for (place, line) in ended.lines().enumerate() {
        if let Some((number, pid)) = number_and_pid(line, prefix) {
            ensure!(pids.insert(pid), "`{line}`: another process has this id, or the parent");
            ensure!(places.insert(number, place).is_none(), "`{line}`: the number comes twice");
        }
    }
    ensure!(
        places.keys().copied().eq(0..count),
        "the children are 0 to {}, not {:?}\n{}",
        count - 1,
        places.keys(),
        ended.output()
    );
    Ok(places)
}

fn multi_process(arguments: &[&str], count: usize) -> Result<()> {
    let ended = run("multi_process", arguments, Stdout::Pipe)?.success()?;
    let children = distinct_children(&ended, "This is process ", count)?;
    let lines: Vec<&str> = ended.lines().collect();
    let mut last = 0;
    for (number, &child) in &children {
        let report = format!("process {number} has ended, exit status: 0");
        let place = lines
            .iter()
            .position(|line| *line == report)
            .with_context(|| format!("no `{report}`\n{}", ended.output()))?;
        ensure!(place > child, "`{report}` stands before the child's own line");
        ensure!(place >= last, "`{report}` is out of order");
        last = place;
    }
    ensure!(lines.len() == 2 * count, "two lines for each process\n{}", ended.output());
    Ok(())
}

fn cpu_count(arguments: &[&str], count: Option<usize>) -> Result<()> {
    let ended = run("cpu_count", arguments, Stdout::Pipe)?.success()?;
    let available = ended
        .lines()
        .find_map(|line| {
            let number = line.strip_prefix("std::thread::available_parallelism:")?;
            number.trim().strip_suffix(" CPUs")?.parse::<usize>().ok()
        })
        .with_context(|| format!("it doesn't say how many CPUs std sees\n{}", ended.output()))?;
    distinct_children(&ended, "This is worker ", count.unwrap_or(available))?;
    Ok(())
}

/// The results stand in the order of their index after every task is done.
fn order() -> Result<()> {
    for (arguments, count) in [(&[][..], 5), (&["--tasks", "8"][..], 8), (&["--tasks", "1"][..], 1)]
    {
        let ended = run("order", arguments, Stdout::Pipe)?.success()?;
        let lines: Vec<&str> = ended.lines().collect();
        ensure!(lines.len() == 2 * count, "two lines a task\n{}", ended.output());
        let (done, results) = lines.split_at(count);
        let done: BTreeSet<&str> = done.iter().copied().collect();
        let tasks: Vec<String> = (0..count).map(|n| format!("task {n} is done")).collect();
        ensure!(
            done == tasks.iter().map(String::as_str).collect(),
            "each task is done once\n{}",
            ended.output()
        );
        let squares: Vec<String> =
            (0..count).map(|n| format!("{n} squared is {}", n * n)).collect();
        ensure!(results == squares, "the results stand in order\n{}", ended.output());
    }
    Ok(())
}

/// The same lines in the same order for any number of workers; only lines that `counts` are compared.
fn same_results(name: &str, workers: &[&str], counts: fn(&str) -> bool) -> Result<()> {
    let mut first: Option<Vec<String>> = None;
    for number in workers {
        let ended = run(name, &["--workers", number, "--tasks", "6"], Stdout::Pipe)?.success()?;
        let lines: Vec<String> =
            ended.lines().filter(|line| counts(line)).map(str::to_owned).collect();
        ensure!(lines.len() >= 6, "a line for each task\n{}", ended.output());
        ensure!(lines[5].ends_with(" primes below 6000"), "in order\n{}", ended.output());
        let first = first.get_or_insert_with(|| lines.clone());
        ensure!(*first == lines, "{number} workers: {lines:?}, not {first:?}");
    }
    Ok(())
}

fn every_item_arrives() -> Result<()> {
    let ended = run("producer_consumer", &["--items", "3"], Stdout::Pipe)?.success()?;
    let place = |text: &str| {
        ended
            .lines()
            .position(|line| line.ends_with(text))
            .with_context(|| format!("no line ends with `{text}`\n{}", ended.output()))
    };
    for item in 1..=3 {
        // The producer logs before it sends, the consumer after it has received.
        ensure!(
            place(&format!("makes item {item}"))? < place(&format!("takes item {item}"))?,
            "item {item} is taken before it is made\n{}",
            ended.output()
        );
    }
    let process_of = |name: &str| -> BTreeSet<&str> {
        ended
            .lines()
            .filter(|line| line.contains(&format!(":{name}:")))
            .filter_map(|line| line.split(":INFO:").nth(1)?.split(':').next())
            .collect()
    };
    let (producer, consumer) = (process_of("producer"), process_of("consumer"));
    ensure!(
        producer == BTreeSet::from([ended.pid.to_string().as_str()])
            && consumer.len() == 1
            && producer != consumer,
        "the producer runs in the parent, the consumer in one other process\n{}",
        ended.output()
    );
    Ok(())
}

/// Ctrl-C reaches both processes; both stop, long before the hundred items are made.
fn ctrl_c_stops_both() -> Result<()> {
    let command = tests::example("producer_consumer", &["--items", "100"])?;
    let running = Running::start(command, Stdout::Pipe, LIMIT)?;
    running.wait_for_line(|line| line.ends_with("takes item 1"))?;
    running.interrupt()?;
    let ended = running.end()?.success()?;
    for text in [
        ":interrupted, stops both",
        ":producer:ThreadId(2):",
        "the consumer has ended, exit status: 0",
    ] {
        ensure!(ended.stdout.contains(text), "no `{text}`\n{}", ended.output());
    }
    ensure!(!ended.stdout.contains("item 100"), "it has not stopped\n{}", ended.output());
    Ok(())
}

// ---------------------------------------------------------------------------------------------
// Of the harness itself: it sees what it is there to see
// ---------------------------------------------------------------------------------------------

fn shell(script: &str) -> Command {
    let mut command = Command::new("sh");
    command.args(["-c", script]);
    command
}

fn harness() -> Vec<Trial> {
    let limit = std::time::Duration::from_millis(300);
    let error = move |script, limit| match tests::run(shell(script), Stdout::Pipe, limit) {
        Ok(ended) => bail!("nothing was seen\n{}", ended.output()),
        Err(error) => Ok(format!("{error:#}")),
    };
    vec![
        tests::trial("harness::sees_what_is_left_behind", move || {
            let message = error("echo began; sleep 600 & exit 0", LIMIT)?;
            ensure!(message.contains("left behind:\n  sleep (pid "), "{message}");
            ensure!(message.contains("began"), "{message}");
            Ok(())
        }),
        tests::trial("harness::kills_what_does_not_end", move || {
            let message = error("echo began; sleep 600", limit)?;
            ensure!(message.contains("has not ended within 0.3 s"), "{message}");
            ensure!(message.contains("began"), "{message}");
            Ok(())
        }),
        tests::trial("harness::gives_the_stdout_asked_for", || {
            let script = "if [ -t 1 ]; then echo terminal; elif [ -p /dev/fd/1 ]; then echo pipe; \
                          elif [ -f /dev/fd/1 ]; then echo file; fi; [ -e /dev/fd/1 ] || echo closed >&2; \
                          echo more || exit 3";
            for (stdout, expected) in
                [(Stdout::Terminal, "terminal"), (Stdout::Pipe, "pipe"), (Stdout::File, "file")]
            {
                let ended = tests::run(shell(script), stdout, LIMIT)?.success()?;
                ensure!(ended.stdout == format!("{expected}\nmore\n"), "{}", ended.output());
            }
            let closed = tests::run(shell(script), Stdout::Closed, LIMIT)?;
            ensure!(closed.stderr.contains("closed\n"), "{}", closed.output());
            ensure!(closed.status.code() == Some(3), "{}", closed.status);
            let broken =
                tests::run(shell("trap '' PIPE; echo more || exit 4"), Stdout::BrokenPipe, LIMIT)?;
            ensure!(broken.status.code() == Some(4), "{}", broken.status);
            Ok(())
        }),
        tests::trial("harness::waits_for_a_line_in_vain", || {
            let running = Running::start(shell("echo other"), Stdout::Pipe, LIMIT)?;
            let error = running.wait_for_line(|line| line == "this").err();
            ensure!(error.is_some_and(|e| e.to_string().contains("did not come")));
            running.end()?;
            Ok(())
        }),
    ]
}
