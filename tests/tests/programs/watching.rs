//! What the page `watching` says: who waits for whom, and what each tool tells of it.
#![cfg(target_os = "linux")]

use std::thread;
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use tests::asked;
use tests::rustc::changed;
use tests::{Ended, LIMIT, Running, Stdout, example, run};

/// The number that follows these words.
fn number_after(text: &str, words: &str) -> Result<u32> {
    let (_, rest) = text.split_once(words).with_context(|| format!("no '{words}' in\n{text}"))?;
    let end = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
    rest[..end].parse().with_context(|| format!("no number after '{words}' in\n{text}"))
}

/// The process of this name, and the whole line that tells of it.
fn told_of<'a>(ended: &'a Ended, name: &str) -> Result<(u32, &'a str)> {
    let line = ended.lines().find(|line| line.contains(&format!(" {name}: ")));
    let line = line.with_context(|| format!("nothing of {name}: {}", ended.output()))?;
    Ok((number_after(line, "pid ")?, line))
}

#[test]
fn each_waits_for_the_next_in_a_circle() -> Result<()> {
    let ended = run(example("watching", &["--scene", "1"])?, Stdout::Pipe, LIMIT)?.success()?;
    let names = ["parent", "first", "second"];
    for (place, name) in names.iter().enumerate() {
        let (next, _) = told_of(&ended, names[(place + 1) % 3])?;
        let (_, line) = told_of(&ended, name)?;
        let ends = [format!("wait4, until pid {next} ends"), format!("writing end in pid {next}")];
        ensure!(ends.iter().any(|end| line.contains(end)), "{}", ended.output());
    }
    ensure!(ended.stdout.contains("a circle: pid "), "{}", ended.output());
    Ok(())
}

/// The prediction: who keeps the writing end of the pipe that it reads waits for itself.
#[test]
fn a_reader_that_can_write_waits_for_itself() -> Result<()> {
    let (first, second) = ("        to_first = None;\n", "        to_second = None;\n");
    let mended = format!("{second}        to_first = None;\n");
    let changes = [(first, ""), (second, &*mended)];
    let (_workshop, mut program) = changed("watching", &changes)?;
    program.args(["--scene", "1"]);
    let ended = run(program, Stdout::Pipe, LIMIT)?.success()?;
    let (first, line) = told_of(&ended, "first")?;
    ensure!(line.ends_with(&format!("writing end in pid {first}")), "{}", ended.output());
    let circle = format!("a circle: pid {first}, and from the start");
    ensure!(ended.stdout.contains(&circle), "{}", ended.output());
    let (second, _) = told_of(&ended, "second").unwrap_or((0, ""));
    asked("ask-for-itself")?.each(&[
        ("Nobody:", !line.contains("writing end in pid ")),
        ("The second worker", line.contains(&format!("writing end in pid {second}"))),
        ("Itself.", line.ends_with(&format!("writing end in pid {first}"))),
    ])
}

/// As in `full_pipe`: the parent joins a worker that waits until somebody reads.
#[test]
fn who_writes_into_a_full_pipe_waits_for_its_readers() -> Result<()> {
    let stopped = "let mut worker = child(c\"worker\", || Ok(raise(Signal::SIGSTOP)?))?;";
    let writes = "let (_reader, mut writer) = io::pipe()?;
    let mut worker = child(c\"worker\", || {
        Ok(io::Write::write_all(&mut writer, &vec![0; 1 << 20])?)
    })?;";
    let changes = [(stopped, writes), ("\"ST\"", "\"SS\"")];
    let (_workshop, mut program) = changed("watching", &changes)?;
    program.args(["--scene", "4"]);
    let ended = run(program, Stdout::Pipe, LIMIT)?.success()?;
    let [(parent, _), (worker, line)] = [told_of(&ended, "parent")?, told_of(&ended, "worker")?];
    let readers = format!("write, to a pipe with a reading end in pid {parent} and pid {worker}");
    ensure!(line.ends_with(&readers), "{}", ended.output());
    let circle = format!("a circle: pid {parent}, pid {worker}, and from the start");
    ensure!(ended.stdout.contains(&circle), "{}", ended.output());
    Ok(())
}

/// A scene that stays, and what is looked at from outside.
fn staying(scene: &str) -> Result<(Running, u32)> {
    let program = example("watching", &["--scene", scene, "--seconds", "300"])?;
    let running = Running::start(program, Stdout::Pipe, LIMIT)?;
    let line = running.wait_for_line(|line| line.contains(" hangs for "))?;
    let pid = number_after(&line, "pid ")?;
    Ok((running, pid))
}

fn look(pid: u32) -> Result<Ended> {
    run(example("watching", &["--look", &pid.to_string()])?, Stdout::Pipe, LIMIT)
}

/// The prediction: SIGTERM waits until the process goes on. And a watcher that is killed leaves nobody.
#[test]
fn a_stopped_process_has_no_time_to_end() -> Result<()> {
    let (running, parent) = staying("4")?;
    let worker_is = || -> Result<_> {
        let ended = look(parent)?.success()?;
        told_of(&ended, "worker").map(|(worker, line)| (worker, line.to_owned()))
    };
    let (worker, line) = worker_is()?;
    ensure!(line.ends_with("stopped by a signal"), "{line}");
    let worker = Pid::from_raw(worker.try_into()?);
    kill(worker, Signal::SIGTERM)?;
    thread::sleep(Duration::from_millis(200));
    let (_, still) = worker_is()?;
    ensure!(still == line, "{still}");
    kill(worker, Signal::SIGCONT)?;
    let ended = running.end()?;
    let said = ended.stderr.contains("the worker: signal: 15 (SIGTERM)");
    ensure!(said && ended.status.success(), "{}", ended.output());
    asked("ask-stopped")?.each(&[
        ("It ends, by SIGTERM.", still != line),
        ("Nothing, until somebody sends SIGCONT.", still == line && said),
        ("Nothing. A stopped process loses", still == line && !said),
    ])?;

    let (running, _) = staying("4")?;
    kill(Pid::from_raw(running.pid().try_into()?), Signal::SIGKILL)?;
    running.all_gone(LIMIT)
}

#[test]
fn at_whom_it_cannot_look_is_named() -> Result<()> {
    let ended = look(4_194_304)?; // the highest number is one less
    let told = ended.stderr.starts_with("can't look at process 4194304: ");
    ensure!(told && ended.status.code() == Some(2), "{}", ended.output());
    Ok(())
}

/// What a tool tells of a scene; `None` where it is missing, as it may be.
fn told_by(tool: &str, scene: &str) -> Result<Option<Ended>> {
    let program = example("watching", &["--scene", scene, "--tool", tool])?;
    let ended = run(program, Stdout::Pipe, LIMIT)?;
    if ended.status.code() == Some(2) && tests::may_lack("a tool", &ended.stderr)? {
        return Ok(None);
    }
    ended.success().map(Some)
}

/// The functions of the kernel have other names in other versions; what they are about stays.
#[test]
fn ps_names_what_the_kernel_waits_in() -> Result<()> {
    let Some(ended) = told_by("1", "1")? else { return Ok(()) };
    for (name, words) in [("parent", "wait"), ("first", "pipe"), ("second", "pipe")] {
        let line = ended.lines().find(|line| line.ends_with(name));
        let line = line.with_context(|| ended.output())?;
        let channel = line.split_whitespace().nth(3).unwrap_or_default();
        // Where a kernel tells it to nobody, there is a dash.
        ensure!(channel.contains(words) || ["-", "0"].contains(&channel), "{line}");
    }
    Ok(())
}

/// The prediction: of a lock in memory the kernel knows that somebody waits, and no more.
#[test]
fn only_the_debugger_names_both_locks() -> Result<()> {
    let Some(by_strace) = told_by("2", "2")? else { return Ok(()) };
    ensure!(by_strace.stdout.contains("futex("), "{}", by_strace.output());
    ensure!(!by_strace.stdout.contains("giver_first"), "{}", by_strace.output());
    let Some(by_gdb) = told_by("3", "2")? else { return Ok(()) };
    let lines: Vec<_> = by_gdb.lines().collect();
    for way in ["from 0 to 1", "from 1 to 0"] {
        let stack = lines.iter().skip_while(|line| !line.contains(way)).nth(1);
        let is_there = stack.is_some_and(|line| line.contains("watching::giver_first "));
        ensure!(is_there, "{way}: {}", by_gdb.output());
    }
    let Some(by_ps) = told_by("1", "2")? else { return Ok(()) };
    let names_both = |ended: &Ended| ended.stdout.matches("giver_first ").count() >= 2;
    asked("ask-who-holds-it")?.each(&[
        ("`ps`,", names_both(&by_ps)),
        ("`strace`,", names_both(&by_strace)),
        ("The stacks in `gdb`.", names_both(&by_gdb)),
    ])
}

/// Who computes calls nobody: strace has nothing to tell of it, and the debugger has its function.
#[test]
fn who_spins_is_seen_by_the_debugger_alone() -> Result<()> {
    let Some(by_strace) = told_by("2", "3")? else { return Ok(()) };
    let calls = by_strace.lines().filter(|line| line.starts_with("[pid "));
    ensure!(calls.count() == 1, "the parent waits, and that is all: {}", by_strace.output());
    let Some(by_gdb) = told_by("3", "3")? else { return Ok(()) };
    ensure!(by_gdb.stdout.contains("watching::spin_until "), "{}", by_gdb.output());
    Ok(())
}

/// A debugger that is not there is no reason to write something else.
#[test]
fn a_tool_that_is_missing_is_named() -> Result<()> {
    let mut program = example("watching", &["--scene", "1", "--tool", "3"])?;
    program.env("PATH", "/nowhere");
    let ended = run(program, Stdout::Pipe, LIMIT)?;
    ensure!(ended.status.code() == Some(2) && ended.stdout.is_empty(), "{}", ended.output());
    ensure!(ended.stderr == "missing: gdb\n", "{}", ended.output());
    Ok(())
}
