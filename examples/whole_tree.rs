//! A job that starts processes of its own, ended in four ways: its first process alone,
//! its group, every descendant, and all of a PID namespace.
//!
//! Linux only. `cargo run --example whole_tree`; the last scene: `-- --scene 4`
#![cfg_attr(not(target_os = "linux"), allow(dead_code, unused_imports))]

use std::fs;
use std::io::{self, PipeReader, PipeWriter, Read};
use std::process::{self, Child, Command, ExitCode};
use std::thread;
use std::time::Duration;

#[cfg(target_os = "linux")]
use std::os::{fd::AsFd, unix::process::CommandExt};

use anyhow::{Context, Result, ensure};
#[cfg(target_os = "linux")]
use nix::{
    errno::Errno,
    poll::{PollFd, PollFlags, PollTimeout, poll},
    sched::{CloneFlags, unshare},
    sys::prctl::set_child_subreaper,
    sys::signal::{Signal, kill, killpg, raise},
    sys::wait::{WaitPidFlag, WaitStatus, waitpid},
    unistd::{Pid, geteuid, getpgid},
};

/// Two more processes, the second of which begins a session of its own. Each tells that
/// it is there, and stays until the lifeline ends.
const JOB: &str = "exec 3<&0
    (printf 1; exec cat) <&3 &
    setsid sh -c 'printf 2; exec cat' <&3 &
    wait";

/// Starts the job as a process group, and waits until all three processes are there.
#[cfg(target_os = "linux")]
fn start(
    lifeline: &PipeReader,
    mut output: &PipeReader,
    end: PipeWriter,
) -> Result<Child> {
    let shell = Command::new("sh")
        .args(["-c", JOB])
        .process_group(0)
        .stdin(lifeline.try_clone()?)
        .stdout(end)
        .spawn()?;
    for _ in 0..2 {
        let mut polled = [PollFd::new(output.as_fd(), PollFlags::POLLIN)];
        let ready = poll(&mut polled, PollTimeout::from(10_000_u16)); // milliseconds
        ensure!(ready? == 1, "a process of the job doesn't come");
        output.read_exact(&mut [0]).context("a process of the job has gone")?;
    }
    Ok(shell)
}

/// The children of this process, also those that it has adopted.
#[cfg(target_os = "linux")]
fn children() -> Result<Vec<Pid>> {
    let text = fs::read_to_string("/proc/thread-self/children")?;
    text.split_whitespace().map(|pid| Ok(Pid::from_raw(pid.parse()?))).collect()
}

/// Kills and reaps until there is nobody: who loses its parent becomes a child of ours.
#[cfg(target_os = "linux")]
fn end_all() -> Result<usize> {
    let mut ended = 0;
    loop {
        let children = children()?;
        for child in &children {
            kill(*child, Signal::SIGKILL)?; // only we reap it, so it is still there
        }
        // One that has come since may not have been killed.
        let wait = if children.is_empty() { Some(WaitPidFlag::WNOHANG) } else { None };
        match waitpid(None, wait) {
            Ok(WaitStatus::StillAlive) => thread::sleep(Duration::from_millis(1)),
            Ok(_) => ended += 1,
            Err(Errno::EINTR) => {}
            Err(Errno::ECHILD) => return Ok(ended),
            Err(error) => return Err(error.into()),
        }
    }
}

/// Where an error ends the program early.
struct Nobody;

#[cfg(target_os = "linux")]
impl Drop for Nobody {
    fn drop(&mut self) {
        let _ = end_all();
    }
}

#[cfg(target_os = "linux")]
fn report_left(group: Pid) -> Result<()> {
    let left = children()?;
    let inside = left.iter().filter(|pid| getpgid(Some(**pid)) == Ok(group)).count();
    println!("  left: {inside} of its group, {} of another", left.len() - inside);
    Ok(())
}

#[cfg(target_os = "linux")]
fn kill_the_child(lifeline: &PipeReader) -> Result<()> {
    let (output, end) = io::pipe()?;
    let mut shell = start(lifeline, &output, end)?;
    shell.kill()?;
    println!("  the shell: {}", shell.wait()?);
    report_left(Pid::from_raw(shell.id().try_into()?))
}

#[cfg(target_os = "linux")]
fn kill_the_group(lifeline: &PipeReader) -> Result<()> {
    let (output, end) = io::pipe()?;
    let shell = start(lifeline, &output, end)?;
    let group = Pid::from_raw(shell.id().try_into()?);
    killpg(group, Signal::SIGKILL)?;
    // Whoever is in the group and a child of ours, one after the other.
    let any_of_it = Pid::from_raw(-group.as_raw());
    while let Ok(WaitStatus::Signaled(_, signal, _)) = waitpid(any_of_it, None) {
        println!("  one of the group: {signal}");
    }
    report_left(group)
}

#[cfg(target_os = "linux")]
fn kill_every_descendant(lifeline: &PipeReader) -> Result<()> {
    let (mut output, end) = io::pipe()?;
    start(lifeline, &output, end)?;
    println!("  ended: {}", end_all()?);
    output.read_to_end(&mut Vec::new())?; // until nobody holds the other end
    println!("  left: nobody");
    Ok(())
}

#[cfg(target_os = "linux")]
fn end_a_namespace(lifeline: &PipeReader) -> Result<()> {
    let (mut output, end) = io::pipe()?;
    let mut outside = mp::Process::spawn(|| {
        // Root may do it; others in a user namespace of their own, if they may.
        let root = geteuid().is_root();
        let user = if root { CloneFlags::empty() } else { CloneFlags::CLONE_NEWUSER };
        if let Err(error) = unshare(CloneFlags::CLONE_NEWPID | user) {
            eprintln!("missing: the right to make a PID namespace ({error})");
            return Ok(ExitCode::from(2));
        }
        // The first child that comes now is process 1.
        let first = mp::Process::spawn(|| first_process(lifeline, &output, &end));
        println!("  process 1: {}", first?.join()?);
        anyhow::Ok(ExitCode::SUCCESS)
    })?;
    let status = outside.join()?;
    if status.code() == Some(2) {
        process::exit(2);
    }
    ensure!(status.success(), "{status}");
    drop(end);
    output.read_to_end(&mut Vec::new())?; // until nobody holds the other end
    println!("  left: nobody");
    Ok(())
}

/// It is process 1 of a new PID namespace, as the first program of a container is.
#[cfg(target_os = "linux")]
fn first_process(
    lifeline: &PipeReader,
    output: &PipeReader,
    end: &PipeWriter,
) -> Result<()> {
    println!("  this is process {}", process::id());
    raise(Signal::SIGTERM)?;
    println!("  process 1 has got SIGTERM, has no handler, and goes on");
    let mut shell = start(lifeline, output, end.try_clone()?)?;
    shell.kill()?;
    shell.wait()?;
    let orphans = children()?.len();
    println!(
        "  process 1 has adopted {orphans} orphans, and ends without killing them"
    );
    Ok(())
}

#[cfg(target_os = "linux")]
fn main() -> Result<()> {
    type Scene = fn(&PipeReader) -> Result<()>;

    let scenes: [(&str, Scene); 4] = [
        ("kill the child", kill_the_child),
        ("kill the group", kill_the_group),
        ("kill every descendant", kill_every_descendant),
        ("end a PID namespace", end_a_namespace),
    ];
    let [only] = mp::args([("scene", 0, 0..=scenes.len())]);
    // Whoever loses its parent, and came of us, becomes our child.
    set_child_subreaper(true)?;
    let _nobody = Nobody;
    // Should this process be killed, the job ends all the same.
    let (lifeline, _held) = io::pipe()?;
    for (number, (title, scene)) in (1..).zip(scenes) {
        // The last one only where it is asked for, since it wants rights.
        if only == number || only == 0 && number < scenes.len() {
            println!("{title}:");
            scene(&lifeline)?;
            end_all()?;
        }
    }
    Ok(())
}

#[cfg(not(target_os = "linux"))]
fn main() -> ExitCode {
    mp::linux_only()
}
