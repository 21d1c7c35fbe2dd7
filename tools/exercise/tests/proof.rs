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

fn told(verdict: &Verdict) -> String {
    let run = verdict.run.as_ref();
    let seen = run.map_or(String::new(), |run| format!("{}{run}", timeline::draw(run)));
    format!("{}\n{seen}", verdict.refused.as_deref().unwrap_or("accepted"))
}

#[test]
fn both_solutions_pass() -> Result<()> {
    // `ROUNDS=100` is for whoever changes a rule.
    let rounds = std::env::var("ROUNDS").ok().and_then(|rounds| rounds.parse().ok()).unwrap_or(1);
    for round in 0..rounds {
        for exercise in &EXERCISES {
            for case in ["solution", "second"] {
                let verdict = verdict(exercise, case)?;
                ensure!(
                    verdict.refused.is_none(),
                    "round {round}, {} {case}: {}",
                    exercise.name,
                    told(&verdict)
                );
            }
        }
    }
    Ok(())
}

#[test]
fn each_wrong_program_is_refused_with_its_sentence() -> Result<()> {
    let all = WRONG.iter().flat_map(|(name, cases)| cases.iter().map(move |case| (*name, *case)));
    let all: Vec<_> = all.collect();
    let judge_one = |name: &str, case: &str, sentence: &str| -> Result<()> {
        let exercise = find(name).context("there is such an exercise")?;
        let verdict = verdict(exercise, case)?;
        let refused = verdict.refused.as_deref().is_some_and(|said| said.contains(sentence));
        ensure!(refused, "{name} {case}, expected '{sentence}': {}", told(&verdict));
        Ok(())
    };
    // They wait most of their time.
    let failed: Vec<String> = thread::scope(|scope| {
        let shares = all.chunks(all.len().div_ceil(4));
        let threads = shares.map(|share| {
            scope.spawn(move || {
                let judged = share.iter().map(|(name, (case, said))| judge_one(name, case, said));
                judged.filter_map(Result::err).map(|error| format!("{error:#}")).collect::<Vec<_>>()
            })
        });
        let threads: Vec<_> = threads.collect();
        threads.into_iter().flat_map(|thread| thread.join().expect("no panic")).collect()
    });
    ensure!(failed.is_empty(), "{}", failed.join("\n"));
    Ok(())
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
    for (exercise, cases) in WRONG {
        ensure!(cases.len() >= 5, "{exercise} has five wrong programs or more");
        let right = lines(exercise, "solution")?;
        for (case, _) in *cases {
            ensure!(lines(exercise, case)? == right, "{exercise} {case} writes something else");
        }
    }
    Ok(())
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
    for exercise in &EXERCISES {
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
