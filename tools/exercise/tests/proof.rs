//! The checks are proved by programs: both solutions of each exercise pass, and each wrong program, though what it
//! writes is right, is refused with a sentence of its own.
#![cfg(all(target_os = "linux", target_env = "gnu"))]

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::process::Command;
use std::sync::OnceLock;
use std::{fs, thread};

use anyhow::{Context as _, Result, ensure};
use exercise::{EXERCISES, Exercise, Verdict, find, judge, source, timeline};
use witness::Witness;

/// The wrong programs, and the middle of the sentence that refuses each.
const WRONG: &[(&str, &[(&str, &str)])] = &[
    (
        "one_child",
        &[
            ("in_this_process", "The task ran in your program itself (pid "),
            ("in_a_thread", "The task ran in a thread of your program (pid "),
            (
                "made_up_code",
                "The child ended with exit status: 0, and your program wrote that it was code 7",
            ),
            ("no_join", "1 zombie was left: your program did not wait for child 1 (pid "),
            ("sleeps", "Your program slept "),
            ("busy", " times (wait"),
            ("early", "before child 1 (pid "),
        ],
    ),
    (
        "five_at_once",
        &[
            ("in_this_process", "All five tasks ran in your program itself (pid "),
            ("in_threads", "All five tasks ran in a thread of your program (pid "),
            ("one_by_one", "after your program had waited for child 1 (pid "),
            ("one_for_all", "ran more than one of the tasks"),
            ("no_join", "5 zombies were left: your program did not wait for child 1 (pid "),
            ("sleeps", "Your program slept once"),
            ("busy", " times (wait"),
            ("early", "Your program wrote `all five have ended` before child "),
        ],
    ),
    (
        "in_order",
        &[
            ("computed_here", "sent nothing through a pipe"),
            ("by_threads", "All five tasks ran in a thread"),
            ("one_by_one", "they were to run side by side"),
            ("by_exit_code", "sent nothing through a pipe"),
            ("by_luck", "The order was luck"),
            ("no_join", "5 zombies were left"),
            ("busy", " times (wait"),
        ],
    ),
    (
        "missing_close",
        &[
            ("killed", "was ended by signal 9"),
            ("told_to_end", "held the end for writing of its own requests"),
            ("one_by_one", "they were to run side by side"),
            ("by_threads", "ran in a thread of your program"),
            ("no_join", "2 zombies were left"),
            ("abandoned", "were left behind when your program ended"),
            ("swallowed", "Child 1 was killed on purpose, and your program ended with code 0"),
        ],
    ),
    (
        "as_many_as_cpus",
        &[
            ("in_this_process", "All pieces ran in your program itself (pid "),
            ("in_threads", "All pieces ran in a thread of your program (pid "),
            ("a_worker_each", ", and started 12 workers"),
            ("fixed", ", and started 3 workers"),
            ("all_of_the_machine", "Your program could use 1 CPU, and started"),
            ("one_for_all", " workers did all the pieces"),
            ("one_by_one", "they were to run side by side"),
            ("no_join", " left: your program did not wait for child 1 (pid "),
            ("busy", " times (wait"),
        ],
    ),
    (
        "same_bits",
        &[
            ("one_thread", "One thread added all the terms"),
            ("pool_of_one", "One thread added all the terms"),
            ("as_it_comes", "the additions were grouped in another way"),
            ("chunk_each", "the additions were grouped in another way"),
            ("in_a_mutex", "the additions were grouped in another way"),
            ("rounded", "what is rounded away at the end is lost"),
            ("own_threads", "With RAYON_NUM_THREADS=1 the terms were added by 4 threads"),
            ("by_processes", "Your program started 4 other processes"),
        ],
    ),
    (
        "survive_a_panic",
        &[
            ("in_this_process", "All five tasks ran in your program itself"),
            ("in_threads", "All five tasks ran in a thread"),
            ("known_beforehand", "In a second run task 1 panicked instead of task 3"),
            ("guessed", "Child 2 was killed on purpose, and your program wrote `1: it panicked`"),
            ("gives_up", "with it the results of the others were lost"),
            ("one_by_one", "they were to run side by side"),
            ("no_join", "5 zombies were left"),
            ("sleeps", "Your program slept once"),
        ],
    ),
    (
        "own_map",
        &[
            ("in_this_process", "All of the map ran in your program itself"),
            ("by_threads", "All of the map ran in a thread"),
            ("through_files", "sent 0 bytes through pipes, and its result has 200000"),
            ("one_by_one", "they were to run side by side"),
            ("swallowed", "Child 2 was killed on purpose, and your program ended with code 0"),
            ("no_join", "4 zombies were left"),
            ("sleeps", "Your program slept once"),
            ("leaked", "held the end for writing of the pipe of child"),
        ],
    ),
    (
        "backpressure",
        &[
            ("unbounded", "made while eight others had not been done yet"),
            ("room_for_the_pipe", "made while eight others had not been done yet"),
            ("all_made_first", "made while eight others had not been done yet"),
            ("one_at_a_time", "your program did not make eight jobs meanwhile"),
            ("by_the_clock", "Your program slept 24 times"),
            ("busy", " times (sched_yield) instead of waiting once"),
            ("one_worker", "Your program started 1 child; there should be 2"),
            ("swallowed", "Child 1 was killed on purpose, and your program ended with code 0"),
            ("in_threads", "All of the work ran in a thread"),
            ("no_join", "2 zombies were left"),
        ],
    ),
    (
        "one_seat",
        &[
            (
                "unlocked",
                "the first customer was slow between asking and buying, and the seat was sold",
            ),
            (
                "std_mutex",
                "the first customer was slow between asking and buying, and the seat was sold",
            ),
            (
                "a_lock_each",
                "the first customer was slow between asking and buying, and the seat was sold",
            ),
            (
                "locked_too_late",
                "the first customer was slow between asking and buying, and the seat was sold",
            ),
            (
                "given_back",
                "the first customer was slow between asking and buying, and the seat was sold",
            ),
            (
                "dropped_at_once",
                "the first customer was slow between asking and buying, and the seat was sold",
            ),
            ("decided_beforehand", "1 of the 5 customers asked whether the seat was free"),
            ("one_by_one", "they were to run side by side"),
            ("in_threads", "All of the sale ran in a thread"),
            ("no_join", "5 zombies were left"),
        ],
    ),
    (
        "transfers",
        &[
            ("as_given", "wait for each other: each has locked the account that the other needs"),
            ("not_at_once", "wait for each other: each has locked the account"),
            ("lock_for_all", "took long, and the one between 2 and 3 waited for it"),
            ("one_lock_at_a_time", " is free while "),
            ("asks_again", "asked 100 times for a lock"),
            ("one_by_one", "they were to run side by side"),
            ("in_threads", "All of the transfers ran in a thread"),
            ("no_join", "3 zombies were left"),
        ],
    ),
    (
        "shared_counter",
        &[
            ("load_and_store", "A load and a store are two steps"),
            ("strictest_order", "A load and a store are two steps"),
            ("in_this_process", "All of the counting ran in your program itself"),
            ("in_threads", "All of the counting ran in a thread"),
            ("one_by_one", "they were to run side by side"),
            ("sent_around", "sent something through a pipe"),
            ("not_counted", "In a second run millions of visitors came"),
            ("asks_for_the_number", "Your program slept"),
            ("no_join", "4 zombies were left"),
        ],
    ),
    (
        "a_deadline",
        &[
            ("left_running", "was left behind when your program ended"),
            ("not_reaped", "1 zombie was left: your program did not wait for child 2"),
            ("sleeps", "Your program slept once"),
            ("busy", " times (wait"),
            (
                "known_beforehand",
                "In a second run worker 0 hung instead of worker 1, and your program had not ended",
            ),
            ("one_by_one", "they were to run side by side"),
            ("in_threads", "All of the work ran in a thread"),
        ],
    ),
    (
        "ctrl_c",
        &[
            (
                "by_default",
                "SIGINT came to your program alone, ended your program, and child 1 (pid ",
            ),
            (
                "ends_at_once",
                "SIGINT came to your program alone, your program ended with code 130, and child 1 (pid ",
            ),
            (
                "ignores",
                "SIGINT came to your program alone, and your program had not ended after 5 s",
            ),
            ("too_late", " was left behind, still at work"),
            ("not_reaped", "and did not wait for child 1 (pid "),
            (
                "ends_well",
                "your program ended with code 0: who started it is to see that it was interrupted",
            ),
            ("one_forgotten", "your program ended with code 130, and child 1 (pid "),
            ("asks_now_and_then", "Your program slept"),
            ("one_by_one", "they were to run side by side"),
            ("in_threads", "All of the errands ran in a thread"),
        ],
    ),
    (
        "restart",
        &[
            ("in_this_process", "Each attempt ran in your program itself"),
            ("in_threads", "Each attempt ran in a thread"),
            ("without_limit", "In a second run each attempt failed, and your program"),
            ("one_too_many", "your program started 5 workers: there should be 4 attempts"),
            (
                "gives_up_in_silence",
                "In a second run each attempt failed, and your program ended with code 0",
            ),
            ("panics_only", "Child 1 was killed on purpose, and your program did not go on"),
            ("known_beforehand", "Your program started 1 child; there should be 3"),
            ("all_at_once", "it is not known yet whether another attempt is needed"),
            ("no_join", "3 zombies were left"),
        ],
    ),
    (
        "first_answer",
        &[
            ("searches_on", "others searched on to the end: in place 0, 1 and 3."),
            ("left_running", "were left behind when your program ended"),
            ("not_reaped", "zombies were left: your program did not wait for child 1"),
            ("all_but_one", "others searched on to the end: in place 0."),
            ("busy", " times (wait"),
            ("asks_now_and_then", "Your program slept"),
            ("one_by_one", "Your program started 1 child; there should be 4"),
            ("in_threads", "All of the search ran in a thread"),
        ],
    ),
    (
        "order_per_key",
        &[
            ("whoever_is_free", " began when "),
            ("in_turn", " began when "),
            ("one_lock", "and the other accounts waited for it"),
            ("one_at_a_time", "and the other accounts waited for it"),
            ("by_the_clock", "Your program slept 20 times"),
            ("one_worker", "Your program started 1 child; there should be 2"),
            ("booked_here", "was booked by your program itself"),
            ("swallowed", "Child 1 was killed on purpose, and your program ended with code 0"),
            ("in_threads", "All of the booking ran in a thread"),
            ("no_join", "2 zombies were left"),
        ],
    ),
    (
        "in_a_pipeline",
        &[
            ("in_batches", "Dish 3 was washed before dish 0 was cooked"),
            ("one_at_a_time", "Dish 2 was not washed while dish 0 was cooked"),
            ("a_process_each_dish", "Your program started 6 children; there should be 3"),
            ("shared_out", "by another process than the one before: a stage is one process"),
            ("last_first", "Dish 1 was cut out of its order"),
            ("one_by_one", "they were to run side by side"),
            ("in_threads", "All of the kitchen ran in a thread"),
            ("swallowed", "Child 2 was killed on purpose, and your program ended with code 0"),
            ("no_join", "3 zombies were left"),
        ],
    ),
    (
        "a_share",
        &[
            ("all_of_it", "and so did run 1: each item is done by one of them"),
            ("rest_forgotten", "Of --array=0-3, no run did item 8"),
            ("rest_to_the_last", "Of --array=0-3, run 3 did 4 items, and run 0 did 2"),
            (
                "from_zero",
                "Run 3 of --array=1-3 was started, and your program ended with exit code 2",
            ),
            ("runs_by_number", "Of --array=1-3, no run did item "),
            ("trusts", "which has no such run, and your program ended with exit status: 0"),
            (
                "no_number_is_none",
                "SLURM_ARRAY_TASK_ID was `x` in --array=0-3, which has no such run, and your program wrote",
            ),
            ("panics", "which has no such run, and your program ended with exit status: 101"),
        ],
    ),
    (
        "port_ten_lines",
        &[
            ("in_this_process", "All of the computing ran in your program itself"),
            ("in_threads", "All of the computing ran in a thread"),
            ("in_chunks", "took long, and other numbers waited behind it"),
            ("a_process_each", "Your program started 12 children; there should be 3"),
            ("as_they_come", "The lines are not in order"),
            ("by_the_workers", "in Python the loop writes"),
            ("swallowed", "Child 1 was killed on purpose, and your program ended with code 0"),
            ("no_join", "3 zombies were left"),
        ],
    ),
];

fn root() -> PathBuf {
    project::root()
}

/// Where the programs stand. They are built once for all tests.
fn programs() -> Result<&'static PathBuf> {
    static FOLDER: OnceLock<Option<PathBuf>> = OnceLock::new();
    let build = || {
        let status = Command::new(env!("CARGO"))
            .args(["build", "--quiet", "--package", "exercises", "--bins"])
            .current_dir(root())
            .status();
        let this = PathBuf::from(env!("CARGO_BIN_EXE_exercise"));
        status.is_ok_and(|status| status.success()).then(|| this.with_file_name(""))
    };
    FOLDER.get_or_init(build).as_ref().context("the exercises don't build")
}

fn verdict(exercise: &Exercise, case: &str) -> Result<Verdict> {
    let program = programs()?.join("exercise-cases");
    let command = || {
        let mut command = Command::new(&program);
        command.args([exercise.name, case]);
        command
    };
    let verdict = judge(exercise, &command)?;
    ensure!(verdict.unchecked.is_empty(), "not checked: {:?}", verdict.unchecked);
    Ok(verdict)
}

/// `ONLY=NAME,NAME` is for whoever changes these exercises.
fn is_meant(name: &str) -> bool {
    std::env::var("ONLY").map_or(true, |only| only.split(',').any(|only| only == name))
}

fn told(verdict: &Verdict) -> String {
    let run = verdict.run.as_ref();
    let seen = run.map_or(String::new(), |run| format!("{}{run}", timeline::draw(run)));
    format!("{}\n{seen}", verdict.refused.as_deref().unwrap_or("accepted"))
}

/// Looks at all of something, a quarter in each of four threads: the programs wait most of their time.
fn each<T: Sync>(all: &[T], look: impl Fn(&T) -> Result<()> + Sync) -> Result<()> {
    let failed: Vec<String> = thread::scope(|scope| {
        let look = &look;
        let threads = (0..4).map(|first| {
            scope.spawn(move || {
                let looks = all.iter().skip(first).step_by(4).map(look);
                looks.filter_map(Result::err).map(|error| format!("{error:#}")).collect::<Vec<_>>()
            })
        });
        let threads: Vec<_> = threads.collect();
        threads.into_iter().flat_map(|thread| thread.join().expect("no panic")).collect()
    });
    ensure!(failed.is_empty(), "{}", failed.join("\n"));
    Ok(())
}

#[test]
fn both_solutions_pass() -> Result<()> {
    // `ROUNDS=100` is for whoever changes a rule.
    let rounds = std::env::var("ROUNDS").ok().and_then(|rounds| rounds.parse().ok()).unwrap_or(1);
    let meant = EXERCISES.iter().filter(|exercise| is_meant(exercise.name));
    let all: Vec<_> =
        meant.flat_map(|exercise| ["solution", "second"].map(|case| (exercise, case))).collect();
    for round in 1..=rounds {
        each(&all, |(exercise, case)| {
            let verdict = verdict(exercise, case)?;
            let name = exercise.name;
            ensure!(verdict.refused.is_none(), "round {round}, {name} {case}: {}", told(&verdict));
            Ok(())
        })?;
        if rounds > 1 {
            println!("{round} rounds of both solutions have passed");
        }
    }
    Ok(())
}

#[test]
fn each_wrong_program_is_refused_with_its_sentence() -> Result<()> {
    let all = WRONG.iter().flat_map(|(name, cases)| cases.iter().map(move |case| (*name, *case)));
    let all: Vec<_> = all.filter(|(name, _)| is_meant(name)).collect();
    each(&all, |(name, (case, sentence))| {
        let exercise = find(name).context("there is such an exercise")?;
        let verdict = verdict(exercise, case)?;
        let refused = verdict.refused.as_deref().is_some_and(|said| said.contains(sentence));
        ensure!(refused, "{name} {case}, expected '{sentence}': {}", told(&verdict));
        Ok(())
    })
}

/// Without a check of how, nobody could tell them from a solution.
#[test]
fn each_wrong_program_writes_what_the_solution_writes() -> Result<()> {
    let programs = programs()?;
    let lines = |exercise: &str, case: &str| -> Result<BTreeSet<String>> {
        let mut command = Command::new(programs.join("exercise-cases"));
        command.args([exercise, case]);
        // Some leave processes behind, which hold its output open.
        let report = Witness::new(command).run()?;
        ensure!(report.main().code() == Some(0), "{exercise} {case}: {report}");
        Ok(String::from_utf8(report.stdout)?.lines().map(str::to_owned).collect())
    };
    let meant: Vec<_> = WRONG.iter().filter(|(name, _)| is_meant(name)).collect();
    each(&meant, |(exercise, cases)| {
        ensure!(cases.len() >= 5, "{exercise} has five wrong programs or more");
        let right = lines(exercise, "solution")?;
        for (case, _) in *cases {
            ensure!(lines(exercise, case)? == right, "{exercise} {case} writes something else");
        }
        Ok(())
    })
}

#[test]
fn no_program_is_forgotten() -> Result<()> {
    for exercise in &EXERCISES {
        let folder = root().join("exercises/cases").join(exercise.name);
        let mut files = BTreeSet::new();
        for entry in fs::read_dir(folder)? {
            files.insert(
                entry?.path().file_stem().context("a name")?.to_string_lossy().into_owned(),
            );
        }
        let cases = WRONG.iter().find(|(name, _)| *name == exercise.name);
        let cases = cases.context("each exercise has wrong programs")?.1;
        let known = cases.iter().map(|(case, _)| *case).chain(["solution", "second"]);
        ensure!(known.map(str::to_owned).collect::<BTreeSet<_>>() == files, "{files:?}");
        ensure!(root().join("src/en").join(exercise.page).exists(), "{}", exercise.page);
        ensure!(!exercise.hints.is_empty(), "{} has hints", exercise.name);
    }
    Ok(())
}

/// Also what the reader begins with is refused, with a sentence that says what is to be done.
#[test]
fn stubs_are_those_of_their_sources_and_refused() -> Result<()> {
    for exercise in EXERCISES.iter().filter(|exercise| is_meant(exercise.name)) {
        let stub = source::stub(&fs::read_to_string(source::of(&root(), exercise.name))?);
        let edited = fs::read_to_string(source::edited(&root(), exercise.name))?;
        ensure!(stub == edited, "exercises/{}.rs is not the stub of its source", exercise.name);
        let program = programs()?.join(exercise.name);
        let verdict = judge(exercise, &|| Command::new(&program))?;
        let said = verdict.refused.as_deref().context("it is refused")?;
        if exercise.name == "missing_close" {
            let names = said.matches("whose end for writing was open in").count();
            ensure!(names > 0 && said.contains("had not ended after 5 s"), "{}", told(&verdict));
        }
    }
    Ok(())
}
