//! The programs `pipes`, `full_pipe`, `work_queue` and `supervisor`, and what goes wrong in them:
//! frames cut anywhere, workers killed or stopped, signals at any moment, a supervisor that is killed.
#![cfg(unix)]

use std::collections::BTreeMap;
use std::os::unix::process::ExitStatusExt as _;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail, ensure};
use nix::errno::Errno;
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use tests::rustc::{Fate, Workshop, changed};
use tests::{Ended, LIMIT, Running, Stdout, asked, example, processes, read, run};

fn run_example(name: &str, arguments: &[&str]) -> Result<Ended> {
    run(example(name, arguments)?, Stdout::Pipe, LIMIT)
}

fn start(name: &str, arguments: &[&str]) -> Result<Running> {
    Running::start(example(name, arguments)?, Stdout::Pipe, 2 * LIMIT)
}

fn signal(pid: i32, signal: Signal) -> Result<()> {
    kill(Pid::from_raw(pid), signal).with_context(|| format!("{signal} to {pid}"))
}

/// The children of a running program that have not ended.
fn children(program: &Running) -> Result<Vec<i32>> {
    let parent = i32::try_from(program.pid())?;
    let mut group = processes::of_group(parent)?;
    group.retain(|process| process.parent == parent && process.state != "Z");
    Ok(group.into_iter().map(|process| process.pid).collect())
}

/// The children, as soon as there are so many.
fn wait_for_children(program: &Running, count: usize) -> Result<Vec<i32>> {
    let pid = i32::try_from(program.pid())?;
    let begin = Instant::now();
    loop {
        let children = children(program)?;
        if children.len() >= count {
            return Ok(children);
        }
        let group = processes::of_group(pid)?;
        let runs = group.iter().any(|process| process.pid == pid && process.state != "Z");
        ensure!(runs, "it has ended, and there were never {count} children");
        ensure!(begin.elapsed() < LIMIT, "there are never {count} children: {children:?}");
        thread::sleep(Duration::from_millis(1));
    }
}

/// Stops processes and waits until they are stopped; says how many are, for some may have ended.
/// Until then a signal that ends a process still does.
fn stop(program: &Running, pids: &[i32]) -> Result<usize> {
    for &pid in pids {
        let _ = signal(pid, Signal::SIGSTOP);
    }
    let begin = Instant::now();
    loop {
        let mut group = processes::of_group(i32::try_from(program.pid())?)?;
        group.retain(|process| pids.contains(&process.pid) && process.state != "Z");
        if group.iter().all(|process| process.state.starts_with('T')) {
            return Ok(group.len());
        }
        ensure!(begin.elapsed() < LIMIT, "they don't stop: {group:#?}");
        thread::sleep(Duration::from_millis(1));
    }
}

/// A number that differs from call to call, the same in each run.
fn spread(state: &mut u64) -> u64 {
    *state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
    *state >> 33
}

// --------------------------------------------------------------------------------------- pipes

/// Radius and points in the circle, as published: <https://oeis.org/A000328>.
const CIRCLES: [(&str, &str); 5] =
    [("1", "5"), ("2", "13"), ("7", "149"), ("100", "31417"), ("1000", "3141549")];

#[test]
fn pipes_counts_right_with_any_number_of_workers() -> Result<()> {
    for (radius, points) in CIRCLES {
        for workers in ["1", "2", "7", "64"] {
            let ended =
                run_example("pipes", &["--workers", workers, "--radius", radius])?.success()?;
            let line = format!("{points} points in the circle of radius {radius}");
            ensure!(ended.lines().any(|l| l == line), "{}", ended.output());
            let pieces = ended.lines().filter(|line| line.contains(" points from row ")).count();
            ensure!(pieces == workers.parse::<usize>()?, "{}", ended.output());
        }
    }
    Ok(())
}

/// A `main` for the program's own `send` and `receive`: every way to cut a frame in two, and to end
/// in the middle of one.
const FRAMES: &str = r#"
fn main() -> anyhow::Result<()> {
    let (mut reader, writer) = io::pipe()?;
    let sent = [(0..1, 0), (-5..1_000_000, 78_495), (i64::MIN..i64::MAX, usize::MAX)];
    for (rows, points) in sent.clone() {
        send(&writer, &Answer { rows, points })?;
    }
    drop(writer);
    let mut bytes = Vec::new();
    io::Read::read_to_end(&mut reader, &mut bytes)?;
    let mut borders = vec![0];
    while let Some(&at) = borders.last().filter(|at| **at < bytes.len()) {
        borders.push(at + 4 + u32::from_le_bytes(bytes[at..at + 4].try_into()?) as usize);
    }
    ensure!(borders.len() == 4 && borders[3] == bytes.len(), "{borders:?}");

    for end in 0..=bytes.len() {
        for capacity in [1, 2, 3, 7, 100] {
            let mut input = BufReader::with_capacity(capacity, &bytes[..end]);
            let mut received = Vec::new();
            let outcome = loop {
                match receive::<Answer>(&mut input) {
                    Ok(Some(answer)) => received.push((answer.rows, answer.points)),
                    Ok(None) => break None,
                    Err(error) => break Some(error.to_string()),
                }
            };
            let whole = borders[1..].iter().filter(|border| **border <= end).count();
            ensure!(received == sent[..whole], "{end}: {received:?}");
            let expected = (!borders.contains(&end)).then(|| CUT.to_owned());
            ensure!(outcome == expected, "{end}: {outcome:?}");
        }
    }
    for length in [LONGEST + 1, u32::MAX] {
        let bytes = length.to_le_bytes();
        let error = receive::<Answer>(&mut &bytes[..]).err().context("too long")?;
        ensure!(error.to_string().ends_with("bytes is too long"), "{error}");
    }
    let (_reader, writer) = io::pipe()?;
    ensure!(send(&writer, &vec![0_u8; LONGEST as usize]).is_err(), "too long to send");
    println!("{} ends tried", bytes.len() + 1);
    Ok(())
}
"#;

#[test]
fn a_frame_is_whole_or_an_error_wherever_it_is_cut() -> Result<()> {
    let text = read("examples/pipes.rs")?;
    let end = text.find("fn main()").context("pipes has a main")?;
    let workshop = Workshop::new(&["anyhow", "mp", "nix", "postcard", "serde"])?;
    let program = workshop.program("frames", &format!("{}{FRAMES}", &text[..end]))?;
    let ended = run(program, Stdout::Pipe, LIMIT)?.success()?;
    ensure!(ended.stdout.ends_with(" ends tried\n"), "{}", ended.output());
    Ok(())
}

/// It reports the death, and the other workers end by the closed pipes.
#[test]
fn pipes_reports_a_killed_worker() -> Result<()> {
    for victim in 0..4 {
        let program = start("pipes", &["--radius", "20000"])?;
        let workers = wait_for_children(&program, 4)?;
        signal(workers[victim], Signal::SIGKILL)?;
        // The others would count for long.
        thread::sleep(Duration::from_millis(20));
        for pid in children(&program)? {
            // One may have ended since it was seen.
            if let Err(error) = kill(Pid::from_raw(pid), Signal::SIGKILL) {
                ensure!(error == Errno::ESRCH, "SIGKILL to {pid}: {error}");
            }
        }
        let ended = program.end()?;
        ensure!(ended.status.code() == Some(1), "{}", ended.output());
        // The last worker may have died before it got its request.
        let told = ["a worker failed, signal: 9", "Broken pipe"];
        ensure!(told.iter().any(|told| ended.stderr.contains(told)), "{}", ended.output());
    }
    Ok(())
}

/// With workers that wait for requests: what tells them to end is dropped before they are joined.
#[test]
fn pipes_ends_its_workers_when_it_fails_halfway() -> Result<()> {
    let push = "        running.push(worker);\n";
    let fail = "        ensure!(number < 2, \"no more\");\n";
    let unsent =
        ("        send(&worker.requests, &Request { rows, radius })?;\n", "        drop(rows);\n");
    let (_workshop, program) = changed("pipes", &[unsent, (push, &format!("{fail}{push}"))])?;
    let ended = run(program, Stdout::Pipe, LIMIT)?;
    ensure!(ended.status.code() == Some(1), "{}", ended.output());
    ensure!(ended.stderr.contains("no more"), "{}", ended.output());
    Ok(())
}

/// A worker whose parent has gone ends at its next answer.
#[test]
fn workers_of_pipes_end_when_nobody_reads_their_answers() -> Result<()> {
    let program = start("pipes", &["--radius", "8000"])?;
    wait_for_children(&program, 4)?;
    signal(i32::try_from(program.pid())?, Signal::SIGKILL)?;
    program.all_gone(LIMIT)
}

#[test]
fn pipes_waits_for_ever_when_a_child_keeps_the_ends_of_others() -> Result<()> {
    let (_workshop, program) =
        changed("pipes", &[("        earlier.clear();\n", "        let _ = &earlier;\n")])?;
    let running = Running::start(program, Stdout::Pipe, LIMIT)?;
    running.wait_for_line(|line| line == "613312 points from row -1000 to row -501")?;
    thread::sleep(Duration::from_secs(2));
    let seen = if children(&running)?.len() == 4 {
        Fate::Hangs
    } else if running.end()?.status.success() {
        Fate::Ends
    } else {
        Fate::Fails
    };
    asked("ask-earlier")?.one(
        &seen,
        &[
            ("It ends as before", Fate::Ends),
            ("It prints the first line and then waits for ever.", Fate::Hangs),
            ("It ends with an error", Fate::Fails),
        ],
    )
}

// ----------------------------------------------------------------------------------- full_pipe

#[test]
fn full_pipe_ends_although_a_child_of_it_is_deadlocked() -> Result<()> {
    let ended = run_example("full_pipe", &[])?.success()?;
    let lines: Vec<&str> = ended.lines().collect();
    ensure!(lines.len() == 6, "{}", ended.output());
    let held = lines[0].strip_prefix("the pipe holds ").and_then(|l| l.split(' ').next());
    let held: usize = held.context("how many bytes fit")?.parse()?;
    ensure!((512..200 * 1024).contains(&held), "{held}");
    #[cfg(target_os = "linux")]
    {
        ensure!(held == capacity_of_a_pipe()?, "{held}");
        // A user who has very many pipes gets smaller ones.
        if held > 4096 {
            asked("ask-full-pipe")?.number(held)?;
        }
    }
    let rest = [
        "204800 bytes read, and the writer has ended, exit status: 0",
        "client and server wait for each other",
        "server: Broken pipe (os error 32)",
        "client: signal: 9 (SIGKILL); server: exit status: 0",
        "parent: 204800 bytes came back; server: exit status: 0",
    ];
    ensure!(lines[1..] == rest, "{}", ended.output());
    Ok(())
}

#[cfg(target_os = "linux")]
fn capacity_of_a_pipe() -> Result<usize> {
    let (reader, _writer) = std::io::pipe()?;
    Ok(usize::try_from(nix::fcntl::fcntl(&reader, nix::fcntl::FcntlArg::F_GETPIPE_SZ)?)?)
}

// ---------------------------------------------------------------------------------- work_queue

fn ensure_counted(ended: &Ended, line: &str) -> Result<()> {
    ensure!(ended.lines().filter(|l| *l == line).count() == 2, "{}", ended.output());
    let all = |l: &&str| l.starts_with("without a result: 0 of ");
    ensure!(ended.lines().filter(all).count() == 2, "{}", ended.output());
    Ok(())
}

#[test]
fn work_queue_counts_right_with_any_crew() -> Result<()> {
    // As published: <https://oeis.org/A000170>.
    for (size, solutions) in [("4", 2), ("5", 10), ("6", 4), ("8", 92), ("10", 724)] {
        for (producers, consumers) in [("1", "1"), ("1", "5"), ("5", "1"), ("3", "2"), ("20", "20")]
        {
            let arguments = ["--size", size, "--producers", producers, "--consumers", consumers];
            let line = format!("{solutions} solutions for {size} queens");
            ensure_counted(&run_example("work_queue", &arguments)?.success()?, &line)?;
        }
    }
    // It ends, or `run` would give up.
    let ended = run_example("work_queue", &["--consumers", "1", "--size", "8"])?;
    let right = ended.lines().filter(|line| *line == "92 solutions for 8 queens").count();
    let died = ended.stdout.contains("a worker has ended before its time");
    ensure!(died, "{}", ended.output());
    asked("ask-only-consumer")?.one(
        &(ended.status.success(), right),
        &[
            ("It hangs", (false, 1)),
            ("It ends with an error and without a sum.", (false, 0)),
            ("It ends, and the sum is right.", (true, 2)),
            ("It ends with a sum that is too small.", (true, 1)),
        ],
    )
}

/// The prediction: how often the parent ends the queue of tasks, when all goes well.
#[test]
fn work_queue_says_the_end_to_each_consumer() -> Result<()> {
    let put = "try_for_each(|_| tasks_in.put(&None::<Task>))";
    let told = "try_for_each(|_| { println!(\"None\"); tasks_in.put(&None::<Task>) })";
    let (_workshop, mut program) = changed("work_queue", &[(put, told)])?;
    program.args(["--producers", "2", "--consumers", "3", "--size", "6"]);
    let ended = run(program, Stdout::Pipe, LIMIT)?.success()?;
    let first = ended.lines().take_while(|line| !line.contains("solutions"));
    asked("ask-how-many-nones")?.number(first.filter(|line| *line == "None").count())
}

#[test]
fn work_queue_loses_what_a_consumer_held_and_does_it_again() -> Result<()> {
    for _ in 0..5 {
        let ended = run_example("work_queue", &["--size", "10"])?.success()?;
        let lines = [
            "without a result: 0 of 1000 tasks",
            "724 solutions for 10 queens",
            "a worker has ended before its time, signal: 9 (SIGKILL)",
            "without a result: 1 of 1000 tasks",
            "without a result: 0 of 1000 tasks",
            "724 solutions for 10 queens",
        ];
        ensure!(ended.lines().eq(lines), "{}", ended.output());
    }
    Ok(())
}

/// Whoever is killed, producer or consumer, at whatever moment: the count is right.
#[test]
fn work_queue_survives_the_death_of_any_of_its_workers() -> Result<()> {
    let (mut state, mut killed) = (1, 0);
    for _ in 0..8 {
        let program = start("work_queue", &["--size", "13"])?;
        // Under load it may have ended before anybody looks. Else its workers live for many times as long as
        // what is waited for here.
        if let Ok(workers) = wait_for_children(&program, 3) {
            thread::sleep(Duration::from_micros(spread(&mut state) % 30_000));
            let victim = workers[usize::try_from(spread(&mut state))? % workers.len()];
            killed += usize::from(signal(victim, Signal::SIGKILL).is_ok());
        }
        ensure_counted(&program.end()?.success()?, "73712 solutions for 13 queens")?;
    }
    ensure!(killed > 0, "nobody was killed");
    Ok(())
}

/// Stopped consumers are slow consumers: the queue fills, the producers wait, and nothing is lost.
#[test]
fn work_queue_waits_for_slow_consumers() -> Result<()> {
    let program = start("work_queue", &["--size", "13"])?;
    let workers = wait_for_children(&program, 5)?;
    // The producers come last: the process ids are given in order. A fast machine needs a fraction of
    // a second for all of the work, so the consumers are stopped at once.
    let consumers = &workers[..3];
    for &pid in consumers {
        signal(pid, Signal::SIGSTOP)?;
    }
    thread::sleep(Duration::from_millis(1500)); // the queue fills; longer than one wait of `End`
    for &pid in consumers {
        signal(pid, Signal::SIGCONT)?;
        thread::sleep(Duration::from_millis(100));
    }
    let ended = program.end()?.success()?;
    ensure!(ended.stderr.is_empty(), "a worker gave up\n{}", ended.output());
    ensure_counted(&ended, "73712 solutions for 13 queens")
}

/// A wait with a limit of time ends early (EINTR) when its process was stopped and continued.
#[test]
fn work_queue_waits_for_a_slow_producer() -> Result<()> {
    let program = start("work_queue", &["--size", "13", "--producers", "1"])?;
    let workers = wait_for_children(&program, 4)?;
    let (&producer, consumers) = workers.split_last().context("four")?;
    signal(producer, Signal::SIGSTOP)?;
    thread::sleep(Duration::from_millis(1500)); // now the queue is empty
    for now in [Signal::SIGSTOP, Signal::SIGCONT] {
        for &pid in consumers {
            signal(pid, now)?;
        }
        thread::sleep(Duration::from_millis(100));
    }
    signal(producer, Signal::SIGCONT)?;
    let ended = program.end()?.success()?;
    ensure!(ended.stderr.is_empty(), "a worker gave up\n{}", ended.output());
    ensure_counted(&ended, "73712 solutions for 13 queens")
}

#[test]
fn workers_of_work_queue_end_when_the_parent_is_killed() -> Result<()> {
    for producers in ["1", "4"] {
        let program = start("work_queue", &["--size", "14", "--producers", producers])?;
        wait_for_children(&program, 4)?;
        signal(i32::try_from(program.pid())?, Signal::SIGKILL)?;
        program.all_gone(LIMIT)?;
    }
    Ok(())
}

#[test]
fn work_queue_hangs_when_the_parent_keeps_the_receiving_end() -> Result<()> {
    let (_workshop, mut program) = changed("work_queue", &[("    drop(tasks_out);\n", "")])?;
    program.args(["--producers", "1", "--consumers", "1", "--size", "10"]);
    let running = Running::start(program, Stdout::Pipe, LIMIT)?;
    running.wait_for_line(|line| line == "724 solutions for 10 queens")?;
    thread::sleep(Duration::from_secs(3));
    ensure!(!children(&running)?.is_empty(), "the producers have ended");
    Ok(())
}

// ---------------------------------------------------------------------------------- supervisor

/// `task B, attempt 2: REST` as B, 2 and REST.
fn attempt(line: &str) -> Option<(&str, u32, &str)> {
    let (name, rest) = line.strip_prefix("task ")?.split_once(", attempt ")?;
    let (attempt, rest) = rest.split_once(": ")?;
    Some((name, attempt.parse().ok()?, rest))
}

#[test]
fn supervisor_judges_each_kind_of_end() -> Result<()> {
    for workers in ["1", "3", "8"] {
        let arguments = ["--limit", "100000", "--workers", workers];
        let ended = run_example("supervisor", &arguments)?.success()?;
        let mut seen: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for (name, number, rest) in ended.lines().filter_map(attempt) {
            let attempts = seen.entry(name).or_default();
            attempts.push(rest);
            ensure!(attempts.len() == number as usize, "{}", ended.output());
        }
        let [panic, bad] = ["exit status: 101; again in ", "; the task is bad"];
        let [p1, p2, p3] = [50, 100, 200].map(|pause| format!("{panic}{pause} ms"));
        let expected = BTreeMap::from([
            ("A", vec!["3885 happy numbers".to_owned()]),
            ("B", vec![p1.clone(), p2.clone(), "3739 happy numbers".to_owned()]),
            ("C", vec!["signal: 9 (SIGKILL); again in 50 ms".into(), "3473 happy numbers".into()]),
            ("D", vec!["it hung; again in 50 ms".into(), "3280 happy numbers".into()]),
            ("E", vec![p1, p2, p3, format!("exit status: 101{bad}")]),
            ("F", vec![format!("exit status: 65{bad}")]),
        ]);
        let same = seen.len() == expected.len()
            && expected.iter().all(|(name, lines)| seen.get(name).is_some_and(|l| l == lines));
        ensure!(same, "{expected:#?}\n{}", ended.output());
        let ends = ended.lines().last();
        ensure!(ends == Some("14377 happy numbers up to 100000"), "{}", ended.output());
        // What becomes of F, whose worker ends with 65.
        let refused = seen["F"].as_slice();
        asked("ask-exit-65")?.each(&[
            ("It gives it to another worker", refused.len() > 1),
            ("It puts it aside as bad, at once.", refused == ["exit status: 65; the task is bad"]),
            ("It takes the result", refused.iter().any(|line| line.contains("happy"))),
            ("It ends the program.", !ended.status.success()),
        ])?;
    }
    Ok(())
}

/// Workers killed in mid-work are bad luck, as long as it doesn't strike a task too often.
#[test]
fn supervisor_survives_killed_workers() -> Result<()> {
    let mut state = 7;
    for _ in 0..3 {
        let program = start("supervisor", &["--limit", "1000000"])?;
        program.wait_for_line(|line| line.starts_with("task F, attempt 1"))?;
        // D has used one attempt, C too, B two of four: one more is allowed to each.
        thread::sleep(Duration::from_millis(spread(&mut state) % 200));
        let victim = *wait_for_children(&program, 1)?.first().context("a child")?;
        let _ = signal(victim, Signal::SIGKILL);
        let ended = program.end()?.success()?;
        ensure!(
            ended.lines().last() == Some("143071 happy numbers up to 1000000"),
            "{}",
            ended.output()
        );
    }
    Ok(())
}

/// A stopped worker gives no sign of life: it hangs, and SIGKILL ends it all the same.
#[test]
fn supervisor_kills_a_stopped_worker() -> Result<()> {
    // On a busy machine a task can be done before anybody finds its worker.
    for _ in 0..10 {
        let arguments = ["--limit", "10000000", "--rounds", "1000", "--workers", "1"];
        let program = start("supervisor", &arguments)?;
        let worker = wait_for_children(&program, 1)?[0];
        let _ = signal(worker, Signal::SIGSTOP); // it may have ended
        let first = program.wait_for_line(|line| line.starts_with("task A, attempt 1: "))?;
        signal(i32::try_from(program.pid())?, Signal::SIGTERM)?;
        ensure_shut_down(&program.end()?, Signal::SIGTERM)?;
        if first == "task A, attempt 1: it hung; again in 50 ms" {
            return Ok(());
        }
        ensure!(first == "task A, attempt 1: 353267 happy numbers", "{first}");
    }
    bail!("each of ten workers was done before it could be stopped")
}

/// It has said how many it told to end, and then the signal has ended it as it ends other programs; the
/// harness sees that nothing is left.
fn ensure_shut_down(ended: &Ended, by: Signal) -> Result<()> {
    let signal = ended.status.signal();
    ensure!(signal == Some(by as i32), "{}\n{}", ended.status, ended.output());
    let last = ended.lines().last().unwrap_or_default();
    ensure!(last.starts_with("told to end: "), "{}", ended.output());
    Ok(())
}

#[test]
fn supervisor_ends_in_order_on_ctrl_c_and_sigterm_at_any_moment() -> Result<()> {
    let mut state = 3;
    for round in 0..16 {
        let program = start("supervisor", &["--rounds", "1000", "--workers", "5"])?;
        wait_for_children(&program, 1)?; // so the handlers are in place
        thread::sleep(Duration::from_millis(spread(&mut state) % 300));
        let pid = i32::try_from(program.pid())?;
        let by = if round % 3 < 2 { Signal::SIGINT } else { Signal::SIGTERM };
        match round % 3 {
            0 => program.interrupt()?, // to all of the group, as a terminal does
            _ => signal(pid, by)?,
        }
        let ended = program.end()?;
        ensure_shut_down(&ended, by)?;
        ensure!(ended.stdout.ends_with("; killed: 0\n"), "{}", ended.output());
    }
    Ok(())
}

/// Stopped workers don't act on SIGTERM: after the grace period they are killed.
#[test]
fn supervisor_kills_what_does_not_end() -> Result<()> {
    let mut program = start("supervisor", &["--limit", "10000000", "--rounds", "1000"])?;
    program.wait_for_line(|line| line.starts_with("task F"))?;
    let stopped = stop(&program, &wait_for_children(&program, 3)?)?;
    program.interrupt()?;
    program = still_there_after(program, Duration::from_millis(300))?;
    let ended = program.end()?;
    ensure_shut_down(&ended, Signal::SIGINT)?;
    let killed = ended.stdout.trim_end().rsplit_once("; killed: ").context("the last line")?.1;
    ensure!((1..=stopped).contains(&killed.parse()?), "{}", ended.output());
    Ok(())
}

/// A program that has not ended a moment later.
fn still_there_after(program: Running, pause: Duration) -> Result<Running> {
    thread::sleep(pause);
    let pid = i32::try_from(program.pid())?;
    let group = processes::of_group(pid)?;
    if group.iter().any(|process| process.pid == pid && process.state != "Z") {
        return Ok(program);
    }
    let ended = program.end()?;
    anyhow::bail!("it has ended with {}\n{}", ended.status, ended.output())
}

/// The second signal cuts the grace period short: with a grace period without end it ends, too.
#[test]
fn supervisor_ends_at_once_on_the_second_ctrl_c() -> Result<()> {
    let grace = (
        "const GRACE: Duration = Duration::from_secs(1);",
        "const GRACE: Duration = Duration::MAX;",
    );
    let (_workshop, mut program) = changed("supervisor", &[grace])?;
    program.args(["--limit", "10000000", "--rounds", "1000"]);
    let mut program = Running::start(program, Stdout::Pipe, LIMIT)?;
    program.wait_for_line(|line| line.starts_with("task F"))?;
    ensure!(stop(&program, &wait_for_children(&program, 3)?)? > 0, "nobody is stopped");
    program.interrupt()?;
    program = still_there_after(program, Duration::from_secs(1))?;
    program.interrupt()?;
    ensure_shut_down(&program.end()?, Signal::SIGINT)
}

/// A shell goes on after a program that has handled Ctrl-C and ends with a code, and ends with one that
/// the signal has ended.
#[test]
fn a_shell_loop_ends_with_the_supervisor_on_ctrl_c() -> Result<()> {
    let program = example("supervisor", &[])?;
    let mut shell = std::process::Command::new("bash");
    shell.args([
        "-c",
        "for round in 1 2 3; do \"$0\" --limit 10000000; echo \"after $round\"; done",
    ]);
    shell.arg(program.get_program());
    let running = Running::start(shell, Stdout::Pipe, 2 * LIMIT)?;
    running.wait_for_line(|line| line.starts_with("task F"))?;
    running.interrupt()?;
    let ended = running.end()?;
    ensure!(ended.status.signal() == Some(Signal::SIGINT as i32), "{}", ended.output());
    ensure!(!ended.stdout.contains("after"), "{}", ended.output());
    Ok(())
}

#[test]
fn workers_end_with_a_supervisor_that_is_killed() -> Result<()> {
    let mut state = 11;
    for _ in 0..8 {
        let program =
            start("supervisor", &["--limit", "10000000", "--rounds", "1000", "--workers", "6"])?;
        wait_for_children(&program, 3)?;
        thread::sleep(Duration::from_millis(spread(&mut state) % 200));
        signal(i32::try_from(program.pid())?, Signal::SIGKILL)?;
        program.all_gone(Duration::from_secs(10))?;
    }
    Ok(())
}

#[test]
fn workers_that_hold_the_lifeline_outlive_the_supervisor() -> Result<()> {
    let change = ("            self.held = None;\n", "            let _ = &self.held;\n");
    let (_workshop, mut program) = changed("supervisor", &[change])?;
    program.args(["--limit", "10000000", "--rounds", "1000"]);
    let program = Running::start(program, Stdout::Pipe, LIMIT)?;
    program.wait_for_line(|line| line.starts_with("task F"))?;
    wait_for_children(&program, 2)?;
    signal(i32::try_from(program.pid())?, Signal::SIGKILL)?;
    let gone = program.all_gone(Duration::from_secs(2)).is_ok();
    asked("ask-orphans")?.one(
        &gone,
        &[
            ("They are gone at once", true),
            ("They live on until their tasks are done.", false),
            ("The system ends them", true),
        ],
    )
}

/// Whether a process ignores a signal: one that it ignores is gone as soon as it is sent.
#[cfg(target_os = "linux")]
fn ignores(pid: i32, signal: Signal) -> Result<bool> {
    let path = format!("/proc/{pid}/status");
    let status = std::fs::read_to_string(&path).with_context(|| path)?;
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    let mask = u64::from_str_radix(mask.context("a line SigIgn")?.trim(), 16)?;
    Ok(mask >> (signal as i32 - 1) & 1 == 1)
}

#[cfg(target_os = "linux")]
#[test]
fn a_worker_of_the_supervisor_is_ended_by_a_signal_of_its_own() -> Result<()> {
    let program =
        start("supervisor", &["--limit", "10000000", "--rounds", "1000", "--workers", "1"])?;
    let worker = wait_for_children(&program, 1)?[0];
    // Its task ends by itself some time, so there is none to lose.
    let begin = Instant::now();
    while !ignores(worker, Signal::SIGINT)? {
        ensure!(begin.elapsed() < LIMIT, "SIGINT would end a worker");
        thread::sleep(Duration::from_millis(1));
    }
    signal(worker, Signal::SIGINT)?;
    signal(worker, Signal::SIGTERM)?;
    program
        .wait_for_line(|line| line == "task A, attempt 1: signal: 15 (SIGTERM); again in 50 ms")?;
    program.interrupt()?;
    ensure_shut_down(&program.end()?, Signal::SIGINT)
}

/// The first thread of a worker hangs where it ends, in a handler that some library has registered.
#[test]
fn a_worker_that_hangs_in_exit_ends_with_the_supervisor() -> Result<()> {
    let begin = "    (task.fault)(task.attempt);\n";
    let hangs = "    extern \"C\" fn hang() { thread::sleep(Duration::from_secs(600)); }
    // SAFETY: the handler is a function of this program.
    unsafe { nix::libc::atexit(hang) };
    println!(\"a worker ends\");
    process::exit(7);\n";
    let change = (begin, &*format!("{begin}{hangs}"));
    let (_workshop, program) = changed("supervisor", &[change])?;
    let program = Running::start(program, Stdout::Pipe, LIMIT)?;
    program.wait_for_line(|line| line == "a worker ends")?;
    wait_for_children(&program, 1)?;
    signal(i32::try_from(program.pid())?, Signal::SIGKILL)?;
    program.all_gone(Duration::from_secs(10))
}

/// A signal that interrupts the thread with the lifeline is not the supervisor's end.
#[test]
fn a_signal_at_the_lifeline_ends_no_worker() -> Result<()> {
    let start = "    let mut lifeline = lifeline.try_clone()?;\n";
    let handler = "    extern \"C\" fn nothing(_: i32) {}
    let flags = nix::sys::signal::SaFlags::empty();
    let handler = nix::sys::signal::SigHandler::Handler(nothing);
    let set = nix::sys::signal::SigSet::empty();
    let action = nix::sys::signal::SigAction::new(handler, flags, set);
    // SAFETY: the handler does nothing.
    unsafe { nix::sys::signal::sigaction(nix::sys::signal::SIGUSR1, &action)? };\n";
    let end = "    Ok(())\n}\n\n#[cfg(unix)]\nstruct Worker {";
    let block = "    let mut blocked = nix::sys::signal::SigSet::empty();
    blocked.add(nix::sys::signal::SIGUSR1);
    blocked.thread_block()?; // so that it goes to the other thread
    println!(\"a worker is ready\");\n";
    let step = "        at.store(n, Relaxed);\n";
    let slow = format!("{step}        thread::sleep(Duration::from_millis(1));\n");
    let changes = [
        (start, &*format!("{handler}{start}")),
        (end, &*format!("{block}{end}")),
        (step, &*slow), // it outlives the test on whichever machine
    ];
    let (_workshop, mut program) = changed("supervisor", &changes)?;
    program.args(["--limit", "10000000", "--workers", "1"]);
    let program = Running::start(program, Stdout::Pipe, LIMIT)?;
    program.wait_for_line(|line| line == "a worker is ready")?;
    let worker = wait_for_children(&program, 1)?[0];
    for _ in 0..5 {
        thread::sleep(Duration::from_millis(50));
        signal(worker, Signal::SIGUSR1)?;
    }
    thread::sleep(Duration::from_millis(200));
    ensure!(children(&program)? == [worker], "the signal has ended it");
    program.interrupt()?;
    ensure_shut_down(&program.end()?, Signal::SIGINT)
}
