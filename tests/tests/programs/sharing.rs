//! The programs `shared_memory`, `race_condition` and `locks`, and `mp::Semaphore`.
//!
//! What forks runs as a program: one of the book's, or a case of `src/bin/sharing_cases.rs`.
#![cfg(unix)]

use std::collections::BTreeSet;
use std::panic;
use std::process::Command;
use std::sync::Mutex;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use tests::rustc::{Fate, Workshop, changed};
use tests::{Ended, LIMIT, Running, Stdout, asked, example, processes, run};

fn run_example(name: &str, arguments: &[&str]) -> Result<Ended> {
    run(example(name, arguments)?, Stdout::Pipe, LIMIT)
}

fn ensure_prints(ended: &Ended, lines: &[&str]) -> Result<()> {
    ensure!(ended.lines().eq(lines.iter().copied()), "not {lines:#?} but\n{}", ended.output());
    Ok(())
}

// ------------------------------------------------------------------------------- mp::Semaphore

/// Runs a case to its end; the harness sees that it leaves no process behind.
fn case(name: &str) -> Result<()> {
    let mut command = Command::new(env!("CARGO_BIN_EXE_sharing_cases"));
    command.arg(name);
    run(command, Stdout::Pipe, 2 * LIMIT)?.success()?;
    Ok(())
}

#[test]
fn a_case_that_fails_is_noticed() {
    assert!(case("no such case").is_err());
}

#[test]
fn no_more_processes_inside_than_permits() -> Result<()> {
    case("processes")
}

#[test]
fn no_more_threads_inside_than_permits() -> Result<()> {
    case("threads")
}

#[test]
fn from_1_to_as_many_permits_as_a_pipe_surely_holds() -> Result<()> {
    case("bounds")
}

#[test]
fn acquire_timeout_waits_and_gives_up() -> Result<()> {
    case("timeout")
}

#[test]
fn a_killed_holder_takes_its_permit_with_it() -> Result<()> {
    case("killed_holder")
}

#[test]
fn a_panicking_holder_gives_its_permit_back() -> Result<()> {
    case("panicking_holder")
}

#[test]
fn a_permit_held_at_fork_is_given_back_once() -> Result<()> {
    case("guard_at_fork")
}

#[test]
fn a_permit_moved_into_a_child_is_given_back_once() -> Result<()> {
    case("guard_moved")
}

#[test]
fn a_signal_does_not_end_the_waiting() -> Result<()> {
    case("interrupted")
}

#[test]
fn a_release_wakes_one_of_64_that_wait() -> Result<()> {
    case("herd")
}

#[test]
fn killed_waiters_take_no_waking_along() -> Result<()> {
    case("killed_waiters")
}

#[test]
fn a_permit_without_a_free_descriptor() -> Result<()> {
    case("no_descriptors")
}

// ------------------------------------------------------------------- what the pages say of locks

#[test]
fn the_system_gives_back_a_file_lock_of_a_killed_process() -> Result<()> {
    case("file_lock")
}

#[test]
fn a_child_that_the_holder_forked_keeps_a_file_lock() -> Result<()> {
    let mut command = Command::new(env!("CARGO_BIN_EXE_sharing_cases"));
    command.arg("file_lock_of_a_holder_that_forked");
    // An orphan that has ended waits for init, not for the case.
    tests::run_patiently(command, Stdout::Pipe, 2 * LIMIT)?.success()?;
    Ok(())
}

#[cfg(target_os = "linux")]
#[test]
fn a_mutex_in_shared_memory_does_not_wake_another_process() -> Result<()> {
    case("mutex_in_shared_memory")
}

#[test]
fn four_threads_cannot_meet_inside_a_mutex() -> Result<()> {
    case("mutex_and_barrier")
}

#[test]
fn a_poisoned_mutex_still_has_its_data() {
    let mutex = Mutex::new(1);
    let ended = thread::scope(|scope| {
        let worker = scope.spawn(|| {
            *mutex.lock().expect("nobody has panicked yet") = 2;
            let _guard = mutex.lock().expect("nobody has panicked yet");
            panic::resume_unwind(Box::new("under the lock")); // without a message
        });
        worker.join()
    });
    assert!(ended.is_err());
    assert!(mutex.is_poisoned());
    let poisoned = mutex.lock().expect_err("it is poisoned");
    assert_eq!(*poisoned.into_inner(), 2);
}

/// Two threads that add 1 so many times each, in two steps: every total that some schedule gives.
pub(super) fn totals(additions: u32) -> BTreeSet<u32> {
    // (total, what each has read, steps that each has done)
    fn explore(total: u32, seen: [u32; 2], steps: [u32; 2], ends: u32, totals: &mut BTreeSet<u32>) {
        if steps == [ends; 2] {
            totals.insert(total);
        }
        for thread in 0..2 {
            if steps[thread] < ends {
                let (mut total, mut seen, mut steps) = (total, seen, steps);
                if steps[thread].is_multiple_of(2) {
                    seen[thread] = total;
                } else {
                    total = seen[thread] + 1;
                }
                steps[thread] += 1;
                explore(total, seen, steps, ends, totals);
            }
        }
    }
    let mut totals = BTreeSet::new();
    explore(0, [0; 2], [0; 2], 2 * additions, &mut totals);
    totals
}

#[test]
fn the_smallest_total_in_two_steps_is_2() -> Result<()> {
    for additions in 2..=5 {
        let totals = totals(additions);
        ensure!(totals.last() == Some(&(2 * additions)));
        // However many there are, the smallest stays.
        let smallest = totals.first().context("there are some")?;
        asked("ask-smallest-total")?.number(usize::try_from(*smallest)?)?;
    }
    Ok(())
}

// ------------------------------------------------------------------------------- shared_memory

/// The primes below a limit, by a sieve.
fn primes_below(limit: usize) -> Vec<usize> {
    let mut is_prime = vec![true; limit];
    for n in 2..limit {
        if is_prime[n] {
            (n * n..limit).step_by(n).for_each(|multiple| is_prime[multiple] = false);
        }
    }
    (2..limit).filter(|&n| is_prime[n]).collect()
}

#[test]
fn shared_memory_finds_every_prime_whoever_fills_the_table() -> Result<()> {
    for (limit, workers) in [(2, 1), (3, 2), (1000, 64), (1001, 3), (99_999, 2), (1_000_000, 7)] {
        let arguments = ["--limit", &limit.to_string(), "--workers", &workers.to_string()];
        let ended = run_example("shared_memory", &arguments)?.success()?;
        let primes = primes_below(limit);
        let pairs = primes.windows(2).filter(|pair| pair[1] - pair[0] == 2).count();
        let mut expected = vec![
            "ordinary memory: 0 primes below 1000".to_owned(),
            format!("shared memory:   {} primes below {limit}", primes.len()),
        ];
        expected.extend(primes.last().map(|largest| format!("the largest is {largest}")));
        expected.push(format!("{pairs} times the next one is 2 away"));
        ensure_prints(&ended, &expected.iter().map(String::as_str).collect::<Vec<_>>())?;
    }
    Ok(())
}

/// `shared_memory`, in which the first worker that fills the shared table is killed before it begins.
fn first_worker_is_killed(more: &[(&str, &str)]) -> Result<(Workshop, Command)> {
    let work = "processes.push(mp::Process::spawn(|| fill(table, worker, workers))?);";
    let killed = "processes.push(mp::Process::spawn(|| {
            if worker == 0 && table.len() > 1000 {
                let _ = nix::sys::signal::raise(nix::sys::signal::Signal::SIGKILL);
            }
            fill(table, worker, workers)
        })?);";
    changed("shared_memory", &[&[(work, killed)], more].concat())
}

#[test]
fn shared_memory_says_which_worker_was_killed() -> Result<()> {
    let (_workshop, mut program) = first_worker_is_killed(&[])?;
    program.args(["--workers", "2"]);
    let ended = run(program, Stdout::Pipe, LIMIT)?;
    ensure!(ended.status.code() == Some(1), "{}", ended.output());
    let failed = "worker 0 failed, signal: 9 (SIGKILL)";
    ensure!(ended.stderr.contains(failed), "{}", ended.output());
    ensure!(!ended.stdout.contains("shared memory"), "{}", ended.output());
    Ok(())
}

// ------------------------------------------------------------------------------ race_condition

const LOST: [&str; 6] = [
    "threads, two steps:   not 9592 primes below 100000, some were lost",
    "threads, one step:    9592 primes below 100000",
    "20 seats, look, then sell: more tickets than seats",
    "20 seats, take, then sell: 20 tickets",
    "processes, two steps: not 9592 primes below 100000, some were lost",
    "processes, one step:  9592 primes below 100000",
];

#[test]
fn race_condition_loses_updates_in_two_steps_and_none_in_one() -> Result<()> {
    for _ in 0..5 {
        ensure_prints(&run_example("race_condition", &[])?.success()?, &LOST)?;
    }
    Ok(())
}

#[cfg(target_os = "linux")]
#[test]
fn race_condition_loses_updates_on_one_cpu_too() -> Result<()> {
    use nix::sched::{CpuSet, sched_getaffinity, sched_setaffinity};

    tests::examples()?; // built on all CPUs
    let this_thread = Pid::from_raw(0);
    let all = sched_getaffinity(this_thread)?;
    let is_ours = |&cpu: &usize| all.is_set(cpu).unwrap_or(false);
    let first = (0..CpuSet::count()).find(is_ours).context("it runs on a CPU")?;
    let mut one = CpuSet::new();
    one.set(first)?;
    sched_setaffinity(this_thread, &one)?; // what this thread starts inherits it
    for _ in 0..5 {
        ensure_prints(&run_example("race_condition", &[])?.success()?, &LOST)?;
    }
    Ok(())
}

#[test]
fn race_condition_with_one_worker_loses_nothing() -> Result<()> {
    for limit in ["1", "2", "1000", "1001", "10000"] {
        let arguments = ["--workers", "1", "--limit", limit];
        let ended = run_example("race_condition", &arguments)?.success()?;
        let count = primes_below(limit.parse()?).len();
        let [all, tickets] = [format!(" {count} primes below {limit}"), ": 20 tickets".into()];
        let right = |line: &str| line.ends_with(&all) || line.ends_with(&tickets);
        ensure!(ended.lines().count() == 6 && ended.lines().all(right), "{}", ended.output());
    }
    Ok(())
}

#[test]
fn race_condition_in_one_step_is_right_with_many_workers() -> Result<()> {
    let arguments = ["--workers", "64", "--limit", "100000"];
    let ended = run_example("race_condition", &arguments)?.success()?;
    for line in [LOST[1], LOST[3], LOST[5]] {
        ensure!(ended.lines().any(|l| l == line), "{}", ended.output());
    }
    Ok(())
}

// --------------------------------------------------------------------------------------- locks

#[test]
fn locks_ends_although_a_child_of_it_is_deadlocked() -> Result<()> {
    let program = Running::start(example("locks", &[])?, Stdout::Pipe, LIMIT)?;
    let pid = program.pid();
    program.wait_for_line(|line| line.starts_with("lock across processes"))?;
    let ended = program.end()?.success()?; // with nothing left behind
    ensure!(ended.pid == pid);
    let lines = [
        "mutex: 9592 primes below 100000, the largest is 99991",
        "condvar: 4 results came, together 9592 primes",
        "semaphore: 8 processes, never more than 2 at once",
        "lock across processes: 8 times 100 is 800",
        "giver first: not done after a second, killed, signal: 9 (SIGKILL)",
        "same order: the accounts hold 500 and 500",
    ];
    ensure_prints(&ended, &lines)
}

/// Every thread of the child sleeps: it is a deadlock and not a long computation.
#[cfg(target_os = "linux")]
#[test]
fn the_deadlocked_child_of_locks_sleeps() -> Result<()> {
    let (_workshop, program) =
        changed("locks", &[("Duration::from_secs(1)", "Duration::from_secs(60)")])?;
    let program = Running::start(program, Stdout::Pipe, LIMIT)?;
    program.wait_for_line(|line| line.starts_with("lock across processes"))?;
    let parent = i32::try_from(program.pid())?;
    let begin = Instant::now();
    loop {
        let group = processes::of_group(parent)?;
        let mut children = group.iter().filter(|process| process.parent == parent);
        if children.any(|child| all_threads_sleep(child.pid)) {
            return Ok(());
        }
        ensure!(begin.elapsed() < LIMIT, "its threads are not all asleep: {group:#?}");
        thread::sleep(Duration::from_millis(10));
    }
}

#[cfg(target_os = "linux")]
fn all_threads_sleep(pid: i32) -> bool {
    let stats = |pid: i32| {
        let tasks = std::fs::read_dir(format!("/proc/{pid}/task")).ok()?;
        let stat = |task: std::fs::DirEntry| std::fs::read_to_string(task.path().join("stat"));
        tasks.map(|task| stat(task.ok()?).ok()).collect::<Option<Vec<String>>>()
    };
    let sleeps = |stat: &String| stat.rsplit_once(") ").is_some_and(|(_, s)| s.starts_with('S'));
    // Twice the same, used time and all, with a pause between.
    let Some(first) = stats(pid) else { return false };
    thread::sleep(Duration::from_millis(100));
    first.len() == 4 && first.iter().all(sleeps) && stats(pid) == Some(first)
}

// ------------------------------------------------------------------- the answers to predictions

#[test]
fn a_table_with_gaps_gives_a_number_that_is_too_small() -> Result<()> {
    let check = r#"anyhow::ensure!(status.success(), "worker {worker} failed, {status}");"#;
    let (_workshop, mut program) = first_worker_is_killed(&[(check, "let _ = (worker, status);")])?;
    program.args(["--workers", "2", "--limit", "999999"]);
    // It ends, or `run` would give up.
    let ended = run(program, Stdout::Pipe, LIMIT)?;
    let line = ended.lines().find(|line| line.starts_with("shared memory:"));
    let count = line.and_then(|line| line.split_whitespace().nth(2));
    let seen = match count.map(str::parse::<usize>).transpose()? {
        Some(..78_498) => Fate::Differs,
        Some(_) => Fate::Ends,
        None => Fate::Fails,
    };
    asked("ask-gaps")?.one(
        &seen,
        &[
            ("It hangs.", Fate::Hangs),
            ("It stops with an error.", Fate::Fails),
            ("It prints a number that is too small.", Fate::Differs),
        ],
    )
}

#[test]
fn a_panic_with_the_lock_lets_the_others_go_on() -> Result<()> {
    let from = "            total.store(before + 1, Relaxed);\n";
    let to = "total.store(before + 1, Relaxed);\nassert!(before != 150, \"with the permit\");\n";
    let (_workshop, program) = changed("locks", &[(from, to)])?;
    let ended = run(program, Stdout::Pipe, LIMIT)?;
    ensure!(ended.status.code() == Some(1), "{}", ended.output());
    ensure!(ended.stderr.contains("a process failed, exit status: 101"), "{}", ended.output());
    // It has ended, or `run` would give up.
    let gave_up = ended.stderr.matches("a permit does not come back").count();
    asked("ask-panic-with-permit")?.one(
        &Some(gave_up),
        &[
            ("No: the panic gives the permit back.", Some(0)),
            ("No: each gives up after ten seconds.", Some(7)),
            ("Yes, for ever.", None),
        ],
    )
}

/// Seven wait in vain for a permit that the eighth took with it; then each says so.
#[test]
fn a_kill_with_the_lock_is_told_by_those_who_wait() -> Result<()> {
    let from = "            total.store(before + 1, Relaxed);\n";
    let kill = "if before == 10 { nix::sys::signal::raise(nix::sys::signal::SIGKILL)?; }\n";
    let patience = ("Duration::from_secs(10)", "Duration::from_secs(2)");
    let (_workshop, program) = changed("locks", &[(from, &format!("{from}{kill}")), patience])?;
    let ended = run(program, Stdout::Pipe, LIMIT)?; // and nobody is left
    ensure!(ended.status.code() == Some(1), "{}", ended.output());
    let told = ended.stderr.matches("a permit does not come back").count();
    ensure!(told == 7, "{told} of 7 say it\n{}", ended.output());
    ensure!(ended.stderr.contains("a process failed"), "{}", ended.output());
    ensure!(!ended.stdout.contains("lock across processes"), "{}", ended.output());
    Ok(())
}

/// The deadlocked child of `locks` ends, too, when the parent that would have killed it is killed.
#[test]
fn the_deadlocked_child_of_locks_does_not_outlive_its_parent_for_long() -> Result<()> {
    let program = Running::start(example("locks", &[])?, Stdout::Pipe, 2 * LIMIT)?;
    program.wait_for_line(|line| line.starts_with("lock across processes"))?;
    let pid = i32::try_from(program.pid())?;
    thread::sleep(Duration::from_millis(300));
    kill(Pid::from_raw(pid), Signal::SIGKILL)?;
    let begin = Instant::now();
    loop {
        let mut left = processes::of_group(pid)?;
        left.retain(|process| process.state != "Z");
        if left.is_empty() {
            return Ok(());
        }
        ensure!(begin.elapsed() < LIMIT, "left behind: {left:#?}");
        thread::sleep(Duration::from_millis(20));
    }
}
