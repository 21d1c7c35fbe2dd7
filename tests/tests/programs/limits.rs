//! What the pages on limits say: `deadlines` and `first_answer`.
#![cfg(unix)]

use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use tests::rustc::{Fate, changed, fate};
use tests::{Ended, LIMIT, Stdout, asked, example, run};

use super::threads::ends_after_its_parent;

// ----------------------------------------------------------------------------------- deadlines

/// The two parts of the program.
const FIRST: &str = "started(&[\"*17*.jpg\", \"*\"])";
const SECOND: &str = "started(&[\"*17*.jpg\", \"*\", \"[0-9]*\", \"-\"])";
/// Without the worker that hangs: so a deadline can be far away, for a machine that has much to do.
const NONE_HANGS: (&str, &str) = (SECOND, "started(&[\"*17*.jpg\", \"*\", \"[0-9]*\"])");
const NO_FIRST_PART: (&str, &str) = (FIRST, "started(&[])");
const FAR_AWAY: [&str; 2] = ["--deadline", "20000"];

/// What the program says of a pattern when it reads first.
fn outcome<'a>(ended: &'a Ended, pattern: &str) -> Result<&'a str> {
    let (_, read_then_join) =
        ended.stdout.split_once("read, then join:\n").context("it has a second part")?;
    let of = |line: &'a str| line.trim_start().strip_prefix(pattern)?.strip_prefix(' ');
    let outcome = read_then_join.lines().find_map(of);
    Ok(outcome.with_context(|| ended.output())?.trim_start())
}

/// The end of the pipe comes also when the worker is killed in the middle of its answer.
#[test]
fn half_an_answer_does_not_count() -> Result<()> {
    let write = "pipe.write_all(found.as_bytes())?;";
    let half = "pipe.write_all(&found.as_bytes()[..found.len() / 2])?;\n\
                nix::sys::signal::raise(nix::sys::signal::SIGKILL)?;";
    let (_workshop, program) = changed("deadlines", &[(write, half), NO_FIRST_PART, NONE_HANGS])?;
    let ended = run_with(program, &FAR_AWAY)?;
    for pattern in ["*17*.jpg", "*"] {
        let outcome = outcome(&ended, pattern)?;
        ensure!(outcome == "failed: signal: 9 (SIGKILL)", "{pattern}\n{}", ended.output());
    }
    Ok(())
}

#[test]
fn an_answer_without_an_end_is_cut_off() -> Result<()> {
    let write = "pipe.write_all(found.as_bytes())?;";
    let endless = "while pattern == \"*\" { pipe.write_all(b\"more\\n\")? }\n";
    let (_workshop, program) = changed(
        "deadlines",
        &[
            (write, &format!("{endless}{write}")),
            ("AT_MOST: usize = 1 << 20", "AT_MOST: usize = 9999"),
            NO_FIRST_PART,
            NONE_HANGS,
        ],
    )?;
    let ended = run_with(program, &FAR_AWAY)?;
    ensure!(outcome(&ended, "*")?.starts_with("too much: signal: 9"), "{}", ended.output());
    ensure!(outcome(&ended, "*17*.jpg")? == "139 names, 5699 bytes", "{}", ended.output());
    Ok(())
}

/// A pattern with more ways to try than time: the loop that computes is ended as the one that waits.
#[test]
fn a_worker_that_computes_for_ever_is_too_late() -> Result<()> {
    let stars = format!("started(&[{:?}])", "*A".repeat(12) + "*!");
    let (_workshop, program) = changed("deadlines", &[NO_FIRST_PART, (SECOND, &stars)])?;
    let ended = run_with(program, &["--deadline", "100"])?;
    ensure!(ended.stdout.contains("too late: signal: 9 (SIGKILL)"), "{}", ended.output());
    Ok(())
}

/// Nobody is left to kill the worker that hangs, and the one that waits for a reader.
#[test]
fn late_workers_outlive_a_killed_parent_for_a_while_only() -> Result<()> {
    let last = format!("    read_then_join({SECOND}?)");
    let kill = format!(
        "    let all = {SECOND}?;\n    nix::sys::signal::raise(nix::sys::signal::SIGKILL)?;\n    \
         read_then_join(all)"
    );
    let (_workshop, mut program) = changed("deadlines", &[NO_FIRST_PART, (&last, &kill)])?;
    program.args(["--deadline", "100"]);
    ends_after_its_parent(program)
}

/// The prediction: a limit that begins anew with each wait.
#[test]
fn timeouts_one_after_the_other_add_up() -> Result<()> {
    let (_workshop, program) = changed(
        "deadlines",
        &[
            ("join_timeout(worker.left())", "join_timeout(Duration::from_millis(200))"),
            (FIRST, "started(&[\"-\", \"-\", \"-\"])"),
            (SECOND, "started(&[])"),
        ],
    )?;
    let begin = Instant::now();
    let ended = run_with(program, &["--deadline", "200"])?;
    // Of three that hang each is waited for anew, or all of them together.
    let late = ended.stdout.matches("too late").count();
    ensure!(late == 3, "{}", ended.output());
    let waits = if begin.elapsed() >= Duration::from_millis(600) { late } else { 1 };
    asked("ask-two-seconds-each")?.number(2 * waits)
}

/// The prediction: a worker that has answered and doesn't end.
#[test]
fn a_whole_answer_without_an_end_is_too_late() -> Result<()> {
    let write = "pipe.write_all(found.as_bytes())?;";
    let hang = format!("{write}\nstd::thread::sleep(Duration::from_secs(60));");
    let (_workshop, program) = changed("deadlines", &[(write, &hang), NO_FIRST_PART])?;
    let ended = run_with(program, &["--deadline", "2000"])?;
    // A short answer and a long one.
    let counts = |pattern| -> Result<bool> {
        let outcome = outcome(&ended, pattern)?;
        let is_late = outcome == "too late: signal: 9 (SIGKILL)";
        ensure!(is_late || outcome.ends_with("bytes"), "{pattern}\n{}", ended.output());
        Ok(!is_late)
    };
    asked("ask-whole-answer")?.one(
        &(counts("*17*.jpg")?, counts("*")?),
        &[
            ("Yes: all of it", (true, true)),
            ("No.", (false, false)),
            ("Yes, if it is short enough", (true, false)),
        ],
    )
}

/// Runs a changed program, of which nothing is left behind.
fn run_with(mut program: Command, arguments: &[&str]) -> Result<Ended> {
    program.args(arguments);
    run(program, Stdout::Pipe, LIMIT)?.success()
}

// -------------------------------------------------------------------------------- first_answer

#[test]
fn first_answer_finds_the_word_with_any_number_of_workers() -> Result<()> {
    for (letters, workers) in [("1", "1"), ("2", "64"), ("3", "7"), ("3", "2")] {
        let program = example("first_answer", &["--letters", letters, "--workers", workers])?;
        let ended = run(program, Stdout::Pipe, LIMIT)?.success()?; // with nothing left behind
        let word = format!(" {}, after ", &"rusty"[..letters.parse()?]);
        let found = ended.lines().filter(|line| line.contains(&word)).count();
        ensure!(found == 4, "{letters} letters, {workers} workers:\n{}", ended.output());
    }
    Ok(())
}

/// Nobody else searches what a dead worker would have searched.
#[test]
fn a_searching_child_that_dies_ends_the_search() -> Result<()> {
    let found =
        "                if let Some(word) = search(piece, wanted) {\n                    return";
    let kill = "nix::sys::signal::raise(nix::sys::signal::SIGKILL)?;";
    let (_workshop, program) =
        changed("first_answer", &[(found, &format!("if worker == 3 {{ {kill} }}\n{found}"))])?;
    let ended = run(program, Stdout::Pipe, LIMIT)?; // with nothing left behind
    ensure!(ended.status.code() == Some(1) && ended.stdout.is_empty(), "{}", ended.output());
    let said = "worker 3 has ended without an answer, signal: 9 (SIGKILL)";
    ensure!(ended.stderr.contains(said), "{}", ended.output());
    Ok(())
}

#[test]
fn searching_children_notice_that_their_parent_is_dead() -> Result<()> {
    let next = "    let (sender, answers) = mpsc::channel();\n";
    let kill = "    nix::sys::signal::raise(nix::sys::signal::SIGKILL)?;\n";
    let (_workshop, program) = changed(
        "first_answer",
        &[(next, &format!("{kill}{next}")), ("== wanted", "== wanted + 1")],
    )?;
    ends_after_its_parent(program)
}

/// The prediction: a task that never awaits keeps the one thread.
#[test]
fn without_an_await_the_first_task_searches_for_ever() -> Result<()> {
    let (_workshop, program) = changed("first_answer", &[("yield_now().await;", "")])?;
    asked("ask-without-await")?.one(
        &fate(program, &[], "rayon:")?,
        &[
            ("Nothing", Fate::Ends),
            ("It takes longer", Fate::Ends),
            ("The program never ends.", Fate::Hangs),
        ],
    )
}

/// The prediction: nobody sets the flag, and the scope waits for those who look at it.
#[test]
fn a_thread_that_panics_leaves_the_others_searching() -> Result<()> {
    let set = "let _ = first.set(word); // refused where another was first";
    let panic = "panic!(\"{word} is found by a bug\");";
    let (_workshop, program) = changed("first_answer", &[(set, panic)])?;
    asked("ask-panic-of-the-finder")?.one(
        &fate(program, &["--letters", "3", "--workers", "2"], "processes:")?,
        &[
            ("The program ends at once", Fate::Fails),
            ("The message, and a program that goes on for ever.", Fate::Hangs),
            ("Another thread finds the word.", Fate::Ends),
        ],
    )
}
