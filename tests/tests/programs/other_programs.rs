//! The programs `other_programs` and `whole_tree`: what the page says beyond their output.
#![cfg(unix)]

use anyhow::{Result, ensure};
use tests::rustc::{Fate, changed, fate};
use tests::{LIMIT, Stdout, asked};

/// The prediction: a `Command` that is kept holds its copies of the ends.
#[test]
fn a_command_that_is_kept_keeps_the_pipe_open() -> Result<()> {
    let begin = "    let mut children = Stages(Vec::new());\n";
    let end = "        next = reader;\n";
    let (_workshop, program) = changed(
        "other_programs",
        &[
            (begin, &format!("{begin}    let mut commands = Vec::new();\n")),
            (end, &format!("{end}        commands.push(command);\n")),
        ],
    )?;
    asked("ask-kept-command")?.one(
        &fate(program, &["--scene", "2"], "a pipeline:")?,
        &[
            ("The same", Fate::Ends),
            ("It waits for ever.", Fate::Hangs),
            ("The second `spawn` fails", Fate::Fails),
        ],
    )
}

/// A stage that can't be started is an error with its name, and those before it are ended.
#[test]
fn a_stage_that_is_missing_ends_the_others() -> Result<()> {
    let (_workshop, mut program) =
        changed("other_programs", &[("&[\"uniq\", \"-c\"]", "&[\"no-such-program\"]")])?;
    program.args(["--scene", "2"]);
    // `run` looks at what is left of the group.
    let ended = tests::run(program, Stdout::Pipe, LIMIT)?;
    ensure!(ended.status.code() == Some(1), "{}", ended.output());
    ensure!(ended.stderr.starts_with("Error: no-such-program"), "{}", ended.output());
    Ok(())
}

/// The prediction: the pipe ends when the last process has closed it, and the shell was the first.
#[cfg(target_os = "linux")]
#[test]
fn who_kills_the_child_alone_waits_for_the_others() -> Result<()> {
    let line = "    println!(\"  the shell: {}\", shell.wait()?);\n";
    let (_workshop, program) = changed(
        "whole_tree",
        &[(line, &format!("{line}    (&output).read_to_end(&mut Vec::new())?;\n"))],
    )?;
    asked("ask-output-of-the-dead")?.one(
        &fate(program, &["--scene", "1"], "the shell: signal: 9")?,
        &[
            ("The read returns at once", Fate::Ends),
            ("The read waits as long as the two others live.", Fate::Hangs),
            ("The read fails with `BrokenPipe`.", Fate::Fails),
        ],
    )
}

/// Without a subreaper the orphans go to another process, and `end_all` doesn't find them.
#[cfg(target_os = "linux")]
#[test]
fn orphans_come_to_the_subreaper_only() -> Result<()> {
    let (_workshop, mut program) =
        changed("whole_tree", &[("    set_child_subreaper(true)?;\n", "")])?;
    program.args(["--scene", "1"]);
    let ended = tests::run_patiently(program, Stdout::Pipe, LIMIT)?.success()?;
    // It has ended, or the run would give up.
    let left = ended.lines().find_map(|line| line.trim_start().strip_prefix("left: "));
    let claims = ["1 of its group, 1 of another", "0 of its group, 0 of another"];
    asked("ask-no-subreaper")?.one(
        &left.filter(|left| claims.contains(left)),
        &[
            ("`1 of its group, 1 of another`", Some(claims[0])),
            ("`0 of its group, 0 of another`", Some(claims[1])),
            ("It hangs", None),
        ],
    )
}

/// The end of process 1 is the end of all: none of them is killed by the program.
#[cfg(target_os = "linux")]
#[test]
fn a_namespace_ends_with_its_first_process() -> Result<()> {
    let program = tests::example("whole_tree", &["--scene", "4"])?;
    let ended = tests::run(program, Stdout::Pipe, LIMIT)?;
    let lacks = ended.stderr.starts_with("missing: ") && ended.status.code() == Some(2);
    if lacks && tests::may_lack("a PID namespace", &ended.stderr)? {
        return Ok(());
    }
    let ended = ended.success()?;
    ensure!(ended.stdout.contains("  this is process 1\n"), "{}", ended.output());
    ensure!(ended.stdout.ends_with("  left: nobody\n"), "{}", ended.output());
    Ok(())
}

/// It says what it lacks, and ends with 2: as a user who may make no namespace at all.
#[cfg(target_os = "linux")]
#[test]
fn without_the_right_it_says_so() -> Result<()> {
    let refused = "let Err(error) = Err::<(), _>(user.is_empty().then_some(Errno::EPERM)                       .unwrap_or(Errno::EPERM))";
    let asks = "let Err(error) = unshare(CloneFlags::CLONE_NEWPID | user)";
    let (_workshop, mut program) = changed("whole_tree", &[(asks, refused)])?;
    program.args(["--scene", "4"]);
    let ended = tests::run(program, Stdout::Pipe, LIMIT)?;
    let line = "missing: the right to make a PID namespace (EPERM: Operation not permitted)\n";
    ensure!(ended.status.code() == Some(2) && ended.stderr == line, "{}", ended.output());
    Ok(())
}
