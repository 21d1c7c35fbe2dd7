//! What each program promises beyond its text: it ends, with the right status, whatever its standard
//! output is; it leaves nothing behind; it answers a bad argument. And what only some promise.

use std::collections::{BTreeMap, BTreeSet};
use std::thread;

use anyhow::{Context as _, Result, ensure};
use libtest_mimic::Trial;
use runner::{Mode, normalise};
use tests::{Ended, LIMIT, Stdout, example, names, trial};

pub fn trials() -> Result<Vec<Trial>> {
    let mut trials = Vec::new();
    for name in names("examples", "rs")? {
        let here = tests::runs_here(&name)?;
        let test = |what: &str, test: fn(&str) -> Result<()>| {
            let program = name.clone();
            trial(format!("programs::properties: {name} {what}"), move || test(&program))
                .with_ignored_flag(!here)
        };
        trials.push(test("writes_the_same_into_a_pipe_a_file_and_a_terminal", same_everywhere));
        trials.push(test("ends_when_its_output_is_closed", ends_without_output));
        trials.push(test("answers_a_bad_argument", answers_a_bad_argument));
    }
    trials
        .push(trial("programs::properties: multi_process runs_as_many_as_it_says", multi_process));
    trials.push(trial("programs::properties: cpu_count runs_as_many_as_it_counts", cpu_count));
    trials.push(trial("programs::properties: single_process has_two_children", single_process));
    trials.push(trial(
        "programs::properties: producer_consumer passes_each_item_once_and_in_order",
        producer_consumer,
    ));
    trials.push(trial("programs::properties: order puts_results_in_order", order));
    trials.push(trial("programs::properties: process_pool yields_each_result_once", process_pool));
    Ok(trials)
}

fn run(name: &str, arguments: &[&str]) -> Result<Ended> {
    tests::run(example(name, arguments)?, Stdout::Pipe, LIMIT)?.success()
}

// ---------------------------------------------------------------------------------------------
// What all programs promise
// ---------------------------------------------------------------------------------------------

/// Arguments with which it has less to compute: with its own it is run by the test of its output.
fn light(name: &str) -> Result<&'static [&'static str]> {
    let help = tests::run(example(name, &["--help"])?, Stdout::Pipe, LIMIT)?;
    let lighter: [(_, &[&str]); 5] = [
        ("[--limit N]", &["--limit", "10000"]),
        ("[--times N]", &["--times", "10000", "--mib", "1"]),
        ("[--letters N]", &["--letters", "3"]),
        ("[--cpu N]", &["--cpu", "0"]),
        ("usage: ordering", &["--rounds", "20"]),
    ];
    let known = lighter.into_iter().find(|(option, _)| help.stdout.contains(option));
    Ok(known.map_or(&[], |(_, arguments)| arguments))
}

fn same_everywhere(name: &str) -> Result<()> {
    let arguments = light(name)?;
    let run = move |stdout: Stdout| -> Result<(Stdout, BTreeSet<String>)> {
        let ended = tests::run(example(name, arguments)?, stdout, LIMIT)?.success()?;
        Ok((stdout, ended.lines().map(|line| normalise(line, Mode::PerCpu)).collect()))
    };
    // At the same time: several programs wait for seconds.
    let seen = thread::scope(|scope| -> Result<Vec<_>> {
        let stdouts = [Stdout::Pipe, Stdout::File, Stdout::Terminal];
        let runs = stdouts.map(|stdout| scope.spawn(move || run(stdout)));
        runs.into_iter().map(|run| run.join().expect("a run does not panic")).collect()
    })?;
    for pair in seen.windows(2) {
        ensure!(pair[0].1 == pair[1].1, "{:#?}\nand\n{:#?}", pair[0], pair[1]);
    }
    ensure!(!seen[0].1.is_empty(), "it writes nothing");
    Ok(())
}

/// It may succeed or fail, but it ends and leaves nothing behind, which `run` checks.
fn ends_without_output(name: &str) -> Result<()> {
    let arguments = light(name)?;
    for stdout in [Stdout::Closed, Stdout::BrokenPipe] {
        let ended = tests::run(example(name, arguments)?, stdout, LIMIT);
        let ended = ended.with_context(|| format!("{stdout:?}"))?;
        // What a signal kills has not ended by itself.
        ensure!(ended.status.code().is_some(), "{stdout:?}: {}\n{}", ended.status, ended.output());
        // Where nobody reads, a panic of `println!` is nobody's news: `mp::args` sees to it.
        let told = ended.stderr.contains("failed printing to stdout");
        ensure!(!told, "{stdout:?}: {}", ended.output());
    }
    Ok(())
}

fn answers_a_bad_argument(name: &str) -> Result<()> {
    for bad in [&["--no-such-thing"][..], &["stray"], &["--no-such-thing=3"], &["-x"]] {
        let ended = tests::run(example(name, bad)?, Stdout::Pipe, LIMIT)?;
        let named = ended.stderr.contains(bad[0].trim_end_matches("=3"));
        ensure!(
            ended.status.code() == Some(2)
                && ended.stderr.contains("usage: ")
                && named
                && ended.stdout.is_empty(),
            "{bad:?}: expected exit status 2, usage on stderr and nothing on stdout, not {}\n{}",
            ended.status,
            ended.output()
        );
    }
    let ended = tests::run(example(name, &["--help"])?, Stdout::Pipe, LIMIT)?.success()?;
    ensure!(ended.stdout.starts_with("usage: "), "--help: {}", ended.output());
    // Each option that takes a number says which.
    let numbers = ended.stdout.lines().skip(1).filter(|line| !line.contains(" FILE "));
    for option in
        numbers.filter_map(|line| line.split_whitespace().find(|word| word.starts_with("--")))
    {
        for bad in ["none", "-1", "1.5", "99999999999999999999999"] {
            let ended = tests::run(example(name, &[option, bad])?, Stdout::Pipe, LIMIT)?;
            ensure!(
                ended.status.code() == Some(2)
                    && ended.stderr.contains(option)
                    && ended.stderr.contains(bad)
                    && ended.stderr.contains("from "),
                "{option} {bad}: {}\n{}",
                ended.status,
                ended.output()
            );
        }
    }
    Ok(())
}

// ---------------------------------------------------------------------------------------------
// What only one promises
// ---------------------------------------------------------------------------------------------

/// `BEFORE 12 (pid 34)REST` as 12, 34 and REST.
fn numbered<'a>(line: &'a str, before: &str) -> Option<(usize, u32, &'a str)> {
    let (number, rest) = line.strip_prefix(before)?.split_once(" (pid ")?;
    let (pid, rest) = rest.split_once(')')?;
    Some((number.parse().ok()?, pid.parse().ok()?, rest))
}

fn multi_process() -> Result<()> {
    for (arguments, count) in [(&[][..], 5), (&["--processes", "8"], 8), (&["--processes", "1"], 1)]
    {
        let ended = run("multi_process", arguments)?;
        let mut pids = BTreeSet::from([ended.pid]);
        let mut started = BTreeSet::new();
        let mut joined = Vec::new();
        for line in ended.lines() {
            if let Some((number, pid, "")) = numbered(line, "This is process ") {
                ensure!(pids.insert(pid), "the id of a child isn't its own: {line}");
                ensure!(started.insert(number), "a child wrote twice: {line}");
            } else {
                let number = line
                    .strip_prefix("process ")
                    .and_then(|line| line.strip_suffix(" has ended, exit status: 0"))
                    .with_context(|| format!("an unknown line: {line}"))?;
                let number: usize = number.parse()?;
                ensure!(started.contains(&number), "the parent reports before the child: {line}");
                joined.push(number);
            }
        }
        ensure!(started.len() == count, "{count} processes, but {started:?}");
        ensure!(joined == (0..count).collect::<Vec<_>>(), "joined out of order: {joined:?}");
    }
    Ok(())
}

fn cpu_count() -> Result<()> {
    let counted = std::thread::available_parallelism()?.get();
    for (arguments, count) in [(&[][..], counted), (&["--workers", "3"], 3)] {
        let ended = run("cpu_count", arguments)?;
        let says = format!("available_parallelism: {counted} CPUs");
        ensure!(ended.stdout.contains(&says), "{}", ended.output());
        let workers: BTreeMap<usize, u32> = ended
            .lines()
            .filter_map(|line| numbered(line, "This is worker "))
            .map(|(number, pid, _)| (number, pid))
            .collect();
        let pids: BTreeSet<u32> = workers.values().copied().chain([ended.pid]).collect();
        ensure!(workers.keys().copied().eq(0..count), "workers: {workers:?}");
        ensure!(pids.len() == count + 1, "ids are not distinct: {workers:?}");
    }
    Ok(())
}

fn single_process() -> Result<()> {
    let ended = run("single_process", &[])?;
    let one = ["Task in the process.", "1 2", "The child has ended, exit status: 0"];
    ensure!(ended.lines().eq([one, one].concat()), "{}", ended.output());
    Ok(())
}

/// The messages of one task of the log, in the order in which it wrote them, and its process ids.
fn log<'a>(ended: &'a Ended, name: &str) -> (Vec<&'a str>, BTreeSet<u32>) {
    let fields = |line: &'a str| -> Option<(&'a str, u32)> {
        let (_, rest) = line.split_once(&format!(":{name}:ThreadId("))?;
        let (_, rest) = rest.split_once("):INFO:")?;
        let (pid, message) = rest.split_once(':')?;
        Some((message, pid.parse().ok()?))
    };
    let lines: Vec<(&str, u32)> = ended.lines().filter_map(fields).collect();
    (
        lines.iter().map(|(message, _)| *message).collect(),
        lines.iter().map(|(_, pid)| *pid).collect(),
    )
}

fn producer_consumer() -> Result<()> {
    for (arguments, items) in [(&[][..], 5), (&["--items", "0"], 0), (&["--items", "9"], 9)] {
        let ended = run("producer_consumer", arguments)?;
        let expected = |verb: &str| -> Vec<String> {
            let lines = (1..=items).map(|item| format!("{verb} item {item}"));
            lines.chain(["stops".to_owned()]).collect()
        };
        let (made, producers) = log(&ended, "producer");
        let (taken, consumers) = log(&ended, "consumer");
        ensure!(made == expected("makes"), "{}", ended.output());
        ensure!(taken == expected("takes"), "{}", ended.output());
        ensure!(
            producers == BTreeSet::from([ended.pid]),
            "the producer is a thread: {producers:?}"
        );
        ensure!(consumers.len() == 1 && consumers != producers, "the consumer is a process");
    }
    Ok(())
}

fn order() -> Result<()> {
    for (arguments, tasks) in [(&[][..], 5), (&["--tasks", "20"], 20), (&["--tasks", "1"], 1)] {
        let ended = run("order", arguments)?;
        let done = ended.lines().filter(|line| line.ends_with(" is done")).collect::<BTreeSet<_>>();
        ensure!(done.len() == tasks, "{}", ended.output());
        let results = ended.lines().skip(tasks).map(str::to_owned);
        let squares = (0..tasks).map(|n| format!("{n} squared is {}", n * n));
        ensure!(results.eq(squares), "{}", ended.output());
    }
    Ok(())
}

fn process_pool() -> Result<()> {
    for (arguments, tasks) in [
        (&[][..], 10),
        (&["--tasks", "0"], 0),
        (&["--workers", "7", "--tasks", "3"], 3),
        (&["--workers", "1", "--tasks", "40"], 40),
    ] {
        let ended = run("process_pool", arguments)?;
        let threads = run("pool", arguments)?;
        let ordered: Vec<&str> = ended.lines().take(tasks).collect();
        ensure!(threads.lines().eq(ordered.iter().copied()), "processes and threads differ");
        let mut indices: Vec<usize> = Vec::new();
        for line in ended.lines().skip(tasks + 1) {
            let index = line.strip_prefix("input ").and_then(|line| line.split(' ').next());
            indices.push(index.with_context(|| format!("an unknown line: {line}"))?.parse()?);
        }
        indices.sort_unstable();
        ensure!(indices.into_iter().eq(0..tasks), "each input once: {}", ended.output());
    }
    Ok(())
}
