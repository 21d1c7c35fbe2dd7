//! What runs a program sees what it is there to see.
#![cfg(unix)]

use std::process::Command;
use std::time::Duration;

use anyhow::{Result, bail, ensure};
use runner::{LIMIT, Running, Stdout, run, run_patiently};

fn shell(script: &str) -> Command {
    let mut command = Command::new("sh");
    command.args(["-c", script]);
    command
}

fn error(script: &str, limit: Duration) -> Result<String> {
    match run(shell(script), Stdout::Pipe, limit) {
        Ok(ended) => bail!("nothing was seen\n{}", ended.output()),
        Err(error) => Ok(format!("{error:#}")),
    }
}

#[test]
fn what_is_left_behind_is_seen_and_killed() -> Result<()> {
    // It holds the pipe: were it not killed, reading would not end.
    let message = error("echo began; sleep 600 & exit 0", LIMIT)?;
    // It is still called `sh` if it has not become `sleep` yet.
    let left = ["left behind:\n  sleep (pid ", "left behind:\n  sh (pid "];
    ensure!(left.iter().any(|left| message.contains(left)), "{message}");
    ensure!(message.contains("began"), "{message}");
    Ok(())
}

#[test]
fn what_ends_soon_after_the_program_is_waited_for_where_that_is_asked() -> Result<()> {
    let script = "sleep 0.2 & exit 0";
    run_patiently(shell(script), Stdout::Pipe, LIMIT)?.success()?;
    ensure!(error(script, LIMIT)?.contains("left behind"));
    Ok(())
}

#[test]
fn what_does_not_end_is_killed_with_its_group() -> Result<()> {
    let message = error("echo began; sleep 600 & sleep 600", Duration::from_millis(300))?;
    ensure!(message.contains("has not ended within 0.3 s"), "{message}");
    ensure!(message.contains("began"), "{message}");
    Ok(())
}

#[test]
fn stdout_is_what_was_asked_for() -> Result<()> {
    let script = "if [ -t 1 ]; then echo terminal; elif [ -p /dev/fd/1 ]; then echo pipe; \
                  elif [ -f /dev/fd/1 ]; then echo file; fi; [ -e /dev/fd/1 ] || echo closed >&2; \
                  echo more || exit 3";
    for (stdout, expected) in
        [(Stdout::Terminal, "terminal"), (Stdout::Pipe, "pipe"), (Stdout::File, "file")]
    {
        let ended = run(shell(script), stdout, LIMIT)?.success()?;
        ensure!(ended.stdout == format!("{expected}\nmore\n"), "{}", ended.output());
    }
    let closed = run(shell(script), Stdout::Closed, LIMIT)?;
    ensure!(closed.stderr.contains("closed\n"), "{}", closed.output());
    ensure!(closed.status.code() == Some(3), "{}", closed.status);
    let broken = run(shell("trap '' PIPE; echo more || exit 4"), Stdout::BrokenPipe, LIMIT)?;
    ensure!(broken.status.code() == Some(4), "{}", broken.status);
    let together = run(shell("echo 1; echo 2 >&2; echo 3; exit 5"), Stdout::Together, LIMIT)?;
    ensure!(together.stdout == "1\n2\n3\n" && together.stderr.is_empty(), "{}", together.output());
    ensure!(together.status.to_string() == "exit status: 5", "{}", together.status);
    Ok(())
}

#[test]
fn a_line_may_be_waited_for_in_vain() -> Result<()> {
    let running = Running::start(shell("echo other"), Stdout::Pipe, LIMIT)?;
    let error = running.wait_for_line(|line| line == "this").err();
    ensure!(error.is_some_and(|e| e.to_string().contains("did not come")));
    running.end()?;
    Ok(())
}

/// A program that starts at the same moment would keep the terminal open, and who reads from it would wait for ever.
#[cfg(target_os = "linux")]
#[test]
fn nobody_else_inherits_a_terminal() -> Result<()> {
    use std::fs;

    use anyhow::Context as _;

    const O_CLOEXEC: u32 = 0o2_000_000;
    let mut program = Command::new("sleep");
    program.arg("60");
    let running = Running::start(program, Stdout::Terminal, LIMIT)?;
    let mut sides = 0;
    for entry in fs::read_dir("/proc/self/fd")? {
        let path = entry?.path();
        let number = path.file_name().and_then(|name| name.to_str()).context("a number")?;
        let file = fs::read_link(&path).unwrap_or_default();
        let is_terminal = file.starts_with("/dev/pts") || file.ends_with("ptmx");
        if !is_terminal || ["0", "1", "2"].contains(&number) {
            continue;
        }
        let info = fs::read_to_string(format!("/proc/self/fdinfo/{number}"))?;
        let flags = info.lines().find_map(|line| line.strip_prefix("flags:")).context("flags")?;
        let flags = u32::from_str_radix(flags.trim(), 8)?;
        ensure!(flags & O_CLOEXEC != 0, "{} is inherited", file.display());
        sides += 1;
    }
    ensure!(sides > 0, "no side of a terminal is open");
    drop(running);
    Ok(())
}
