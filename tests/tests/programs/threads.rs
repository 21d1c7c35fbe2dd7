//! What the pages on threads say: `send_and_sync`, `ordering` and `philosophers`.
#![cfg(unix)]

use std::process::Command;

use anyhow::{Context as _, Result, ensure};
use tests::rustc::{Fate, changed, fate};
use tests::{LIMIT, Running, Stdout, asked, example, run};

use super::questions::stuck;

// ------------------------------------------------------------------------------- send_and_sync

#[test]
fn send_and_sync_finds_the_same_with_any_number_of_threads() -> Result<()> {
    let all = run(example("send_and_sync", &[])?, Stdout::Pipe, LIMIT)?.success()?;
    ensure!(all.stdout.contains("together 114 letters"), "{}", all.output());
    for threads in ["1", "2", "22", "64"] {
        let program = example("send_and_sync", &["--threads", threads])?;
        let ended = run(program, Stdout::Pipe, LIMIT)?.success()?;
        ensure!(ended.stdout == all.stdout, "{threads} threads:\n{}", ended.output());
    }
    Ok(())
}

#[test]
fn send_and_sync_says_that_its_child_was_killed() -> Result<()> {
    let here = "        for word in words {\n            add(&mut groups.borrow_mut(), word);\n";
    let kill = "        nix::sys::signal::raise(nix::sys::signal::SIGKILL).expect(\"it ends\");\n";
    let (_workshop, program) = changed("send_and_sync", &[(here, &format!("{kill}{here}"))])?;
    let ended = run(program, Stdout::Pipe, LIMIT)?;
    ensure!(ended.status.code() == Some(1), "{}", ended.output());
    ensure!(ended.stderr.contains("the child failed"), "{}", ended.output());
    ensure!(!ended.stdout.contains("in the parent"), "{}", ended.output());
    Ok(())
}

/// The prediction: nobody joins the owners, and one of them is slow.
#[test]
fn without_the_joins_another_owner_is_left() -> Result<()> {
    let (_workshop, program) = changed(
        "send_and_sync",
        &[
            (
                "    for worker in workers {\n        worker.join().expect(\"no thread panics\");\n    }\n",
                "    let _ = workers;\n",
            ),
            (
                "        thread::spawn(move || {\n",
                "        thread::spawn(move || {\nthread::sleep(std::time::Duration::from_secs(1));\n",
            ),
        ],
    )?;
    let ended = run(program, Stdout::Pipe, LIMIT)?;
    let panics = ended.stderr.contains("the other owners have ended");
    let seen = match ended.status.code() {
        Some(0) => Fate::Ends,
        Some(101) if panics => Fate::Fails,
        _ => Fate::Differs,
    };
    asked("ask-no-join")?.one(
        &seen,
        &[
            ("It doesn't compile", Fate::Refused),
            ("It compiles, and always prints what it did before.", Fate::Ends),
            ("It compiles, and may panic.", Fate::Fails),
        ],
    )
}

// ------------------------------------------------------------------------------------ ordering

/// The prediction, of which loom knows the same: the old data and the new flag come of a mere order of the steps, which no
/// processor has to exchange.
#[test]
fn who_loads_the_data_first_may_miss_it_in_some_order() -> Result<()> {
    // One stores the data and then the flag; the other loads them in this order.
    let orders =
        [[0, 0, 1, 1], [0, 1, 0, 1], [0, 1, 1, 0], [1, 0, 0, 1], [1, 0, 1, 0], [1, 1, 0, 0]];
    let seen = |loads: [usize; 2], order: [usize; 4]| {
        let (mut memory, mut seen, mut steps) = ([0, 0], [0, 0], [0, 0]);
        for thread in order {
            match thread {
                0 => memory[steps[0]] = 1,
                _ => seen[loads[steps[1]]] = memory[loads[steps[1]]],
            }
            steps[thread] += 1;
        }
        seen
    };
    let may_miss = |loads| orders.into_iter().any(|order| seen(loads, order) == [0, 1]);
    ensure!(!may_miss([1, 0]), "the flag first, in order");
    asked("ask-data-first")?.each(&[
        ("No", !may_miss([0, 1])),
        ("Yes, on every processor.", may_miss([0, 1])),
        // It would have to be impossible in order.
        ("Yes, but not on x86.", !may_miss([0, 1])),
    ])
}

/// The prediction, of which loom knows the same: additions to one variable are not lost.
#[test]
fn relaxed_additions_are_all_there_after_the_join() -> Result<()> {
    use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

    let mut is_missing = false;
    for _ in 0..200 {
        let counter = AtomicUsize::new(0);
        std::thread::scope(|scope| {
            for _ in 0..2 {
                scope.spawn(|| {
                    for _ in 0..1000 {
                        counter.fetch_add(1, Relaxed);
                    }
                });
            }
        });
        is_missing |= counter.load(Relaxed) != 2000;
    }
    asked("ask-relaxed-counter")?.each(&[
        ("Yes: `Relaxed` promises nothing", is_missing),
        ("Yes, unless the last load is `Acquire`.", is_missing),
        ("No.", !is_missing),
    ])
}

/// What no schedule and no processor may show, however often it is tried, also where the two sides have one CPU.
#[test]
fn ordering_never_shows_what_is_excluded() -> Result<()> {
    let one_cpu = |program: Command| {
        let mut taskset = Command::new("taskset");
        taskset.args(["--cpu-list", "0"]).arg(program.get_program()).args(program.get_args());
        taskset
    };
    let mut programs = vec![example("ordering", &["--rounds", "400"])?];
    if cfg!(target_os = "linux") && on_cpu_0() {
        programs.push(one_cpu(example("ordering", &["--rounds", "20"])?));
    }
    for program in programs {
        let ended = run(program, Stdout::Pipe, LIMIT)?.success()?;
        let (store_buffering, message_passing) =
            ended.stdout.split_once("the flag is seen").context("it has two tests")?;
        let never = |part: &str, name: &str| {
            let lines: Vec<&str> = part.lines().filter(|line| line.contains(name)).collect();
            lines.len() == 2 && lines.iter().all(|line| line.ends_with(" seen: 0"))
        };
        ensure!(never(store_buffering, "SeqCst"), "{}", ended.output());
        ensure!(never(message_passing, "Release, Acquire"), "{}", ended.output());
    }
    Ok(())
}

#[cfg(target_os = "linux")]
fn on_cpu_0() -> bool {
    use nix::sched::sched_getaffinity;
    let allowed = sched_getaffinity(nix::unistd::Pid::from_raw(0));
    allowed.is_ok_and(|allowed| allowed.is_set(0).unwrap_or(false))
}

#[cfg(not(target_os = "linux"))]
fn on_cpu_0() -> bool {
    false
}

/// Both sides wait awake; whose other side is dead gives up, the parent as the child.
#[test]
fn ordering_ends_when_a_side_is_killed() -> Result<()> {
    let soon = ("Duration::from_secs(5)", "Duration::from_millis(300)");
    let kill = "nix::sys::signal::raise(nix::sys::signal::SIGKILL)?;";
    let child = "mp::Process::spawn(|| self.run(&places, 1).map(drop))?;";
    let child_dies =
        format!("mp::Process::spawn(|| {{ {kill} self.run(&places, 1).map(drop) }})?;");
    let (_workshop, program) = changed("ordering", &[soon, (child, &child_dies)])?;
    let ended = run(program, Stdout::Pipe, LIMIT)?; // with nothing left behind
    ensure!(ended.status.code() == Some(1), "{}", ended.output());
    ensure!(ended.stderr.contains("the other side doesn't come"), "{}", ended.output());

    let parent_dies = format!("{child}\n{kill}");
    let (_workshop, program) = changed("ordering", &[soon, (child, &parent_dies)])?;
    ends_after_its_parent(program)
}

// -------------------------------------------------------------------------------- philosophers

#[test]
fn philosophers_eat_as_often_as_they_are_to() -> Result<()> {
    for meals in ["1", "7"] {
        let program = example("philosophers", &["--meals", meals])?;
        let ended = run(program, Stdout::Pipe, LIMIT)?.success()?; // with nothing left behind
        let all = 5 * meals.parse::<usize>()?;
        let lines = [
            "left first:             not done after a second, killed, signal: 9 (SIGKILL)"
                .to_owned(),
            format!("the lower number first: {all} meals"),
            format!("with a waiter:          {all} meals"),
            "trying, the same pause: 0 meals in 1000 ticks".to_owned(),
            format!("trying, a random pause: {all} meals"),
        ];
        ensure!(ended.lines().eq(lines.iter()), "{}", ended.output());
    }
    Ok(())
}

/// The parent can't kill the child that is deadlocked: it ends itself.
#[test]
fn the_deadlocked_philosophers_outlive_a_killed_parent_for_a_while_only() -> Result<()> {
    let kill = "    nix::sys::signal::raise(nix::sys::signal::SIGKILL)?;\n";
    let wait = "    if let Some(status) = child.join_timeout(";
    let (_workshop, program) = changed(
        "philosophers",
        &[
            ("Duration::from_secs(10)", "Duration::from_millis(500)"),
            (wait, &format!("{kill}{wait}")),
        ],
    )?;
    ends_after_its_parent(program)
}

/// What each of five locks, in this order: the left fork first, or the right one for those who are left-handed.
fn dinner(is_left_handed: impl Fn(usize) -> bool) -> Vec<Vec<Vec<usize>>> {
    let forks = |seat: usize| {
        let (left, right) = (seat, (seat + 1) % 5);
        vec![if is_left_handed(seat) { vec![right, left] } else { vec![left, right] }]
    };
    (0..5).map(forks).collect()
}

/// The prediction: one who begins on the other side is enough.
#[test]
fn one_left_handed_philosopher_breaks_the_circle() -> Result<()> {
    let (_workshop, program) = changed(
        "philosophers",
        &[
            (
                "        eat(forks, left.min(right), left.max(right));\n",
                "        if seat == 0 { eat(forks, right, left) } else { eat(forks, left, right) }\n",
            ),
            ("Duration::from_millis(1)", "Duration::from_millis(20)"),
        ],
    )?;
    let ended = run(program, Stdout::Pipe, LIMIT)?.success()?;
    ensure!(ended.stdout.contains("the lower number first: 15 meals"), "{}", ended.output());
    // At which seats one who takes the right fork first prevents every deadlock.
    let prevents = |seat: &usize| stuck(&dinner(|other| other == *seat), 5).is_none();
    let seats: Vec<usize> = (0..5).filter(prevents).collect();
    asked("ask-left-handed")?.one(
        &seats,
        &[
            ("Yes", vec![]),
            ("No.", vec![0, 1, 2, 3, 4]),
            ("Only if it is the philosopher at seat 0.", vec![0]),
        ],
    )
}

/// The prediction: with as many permits as seats the waiter prevents nothing. The pause between the two forks is so long
/// that all have taken their first one.
#[test]
fn a_waiter_who_lets_all_in_prevents_nothing() -> Result<()> {
    let (_workshop, program) = changed(
        "philosophers",
        &[
            ("mp::Semaphore::new(SEATS - 1)", "mp::Semaphore::new(SEATS)"),
            ("Duration::from_millis(1)", "Duration::from_millis(500)"),
        ],
    )?;
    let seen = fate(program, &["--meals", "1"], "the lower number first")?;
    ensure!(seen == Fate::Hangs, "{seen:?}");
    // With five at the table there is a way into the circle, where nobody goes on; with four there is none.
    let circle = stuck(&dinner(|_| false), 5);
    ensure!(stuck(&dinner(|_| false), 4).is_none());
    asked("ask-five-at-the-table")?.one(
        &circle,
        &[
            ("Nothing changes", None),
            ("The dinner can stop for ever.", Some(5)),
            ("One of the five starves", Some(1)),
        ],
    )
}

/// Runs a program whose parent kills itself at once, and waits until its children have ended too.
pub fn ends_after_its_parent(program: Command) -> Result<()> {
    let running = Running::start(program, Stdout::Pipe, LIMIT)?;
    running.all_gone(LIMIT)
}
