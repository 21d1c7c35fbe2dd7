//! Why a harness doesn't see that a child fails: four tests under three harnesses.
//!
//! Linux only. `cargo run --example testing`; one harness: `-- --harness 3`
#![cfg_attr(not(target_os = "linux"), allow(dead_code, unused_imports))]

use std::panic::{self, catch_unwind};
use std::process::{self, ExitCode};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering::Relaxed};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Result, bail, ensure};
#[cfg(target_os = "linux")]
use nix::{
    libc,
    sys::prctl,
    sys::signal::{Signal, kill},
    sys::wait::{WaitPidFlag, WaitStatus, waitpid},
    unistd::{ForkResult, Pid, fork},
};

type Test = fn() -> Result<()>;
type Harness = fn() -> usize;

#[cfg(target_os = "linux")]
const TESTS: [(&str, Test); 4] = [
    ("holds_the_list", holds_the_list),
    ("its_child_needs_the_list", its_child_needs_the_list),
    ("its_child_fails", its_child_fails),
    ("its_child_fails_and_is_asked", its_child_fails_and_is_asked),
];

/// What two tests use.
static LIST: Mutex<Vec<u32>> = Mutex::new(Vec::new());
static FORKED: AtomicBool = AtomicBool::new(false);

fn holds_the_list() -> Result<()> {
    let Ok(mut list) = LIST.lock() else { bail!("somebody panicked with the list") };
    list.push(2);
    wait_for(|| FORKED.load(Relaxed));
    Ok(())
}

/// Waits for what another test does, and not long, since it may not run now.
fn wait_for(done: impl Fn() -> bool) {
    let start = Instant::now();
    while !done() && start.elapsed() < Duration::from_millis(300) {
        thread::sleep(Duration::from_millis(1));
    }
}

/// Wrong: a panic leaves it, in the child as well.
#[cfg(target_os = "linux")]
fn forked(work: impl FnOnce()) -> Result<Pid> {
    // SAFETY: of what other threads hold the child needs our own mutex at most; then it
    // waits for ever, which is what we want to see, and is killed.
    match unsafe { fork() }? {
        ForkResult::Parent { child } => Ok(child),
        ForkResult::Child => {
            prctl::set_pdeathsig(Signal::SIGKILL)?;
            work();
            // SAFETY: it ends the process.
            unsafe { libc::_exit(0) }
        }
    }
}

#[cfg(target_os = "linux")]
fn end_of(child: Pid) -> Result<WaitStatus> {
    let start = Instant::now();
    while start.elapsed() < Duration::from_secs(2) {
        let status = waitpid(child, Some(WaitPidFlag::WNOHANG))?;
        if status != WaitStatus::StillAlive {
            return Ok(status);
        }
        thread::sleep(Duration::from_millis(5));
    }
    kill(child, Signal::SIGKILL)?;
    waitpid(child, None)?;
    bail!("the child hung");
}

#[cfg(target_os = "linux")]
fn its_child_needs_the_list() -> Result<()> {
    wait_for(|| LIST.try_lock().is_err());
    let child = forked(|| LIST.lock().expect("nobody panics with it").push(3))?;
    FORKED.store(true, Relaxed);
    end_of(child)?;
    Ok(())
}

#[cfg(target_os = "linux")]
fn its_child_fails() -> Result<()> {
    end_of(forked(|| assert_eq!(1 + 1, 3))?)?;
    Ok(())
}

#[cfg(target_os = "linux")]
fn its_child_fails_and_is_asked() -> Result<()> {
    let child = forked(|| assert_eq!(1 + 1, 3))?;
    match end_of(child)? {
        WaitStatus::Exited(_, 0) => Ok(()),
        WaitStatus::Exited(_, code) => bail!("the child's exit code is {code}"),
        other => bail!("the child: {other:?}"),
    }
}

/// The process that has begun the tests.
static HARNESS: AtomicU32 = AtomicU32::new(0);

/// Tells what came of a test, and gives whether it has failed.
fn has_failed(name: &str, result: thread::Result<Result<()>>) -> bool {
    let wrong = match result {
        Ok(Ok(())) => None,
        Ok(Err(error)) => Some(error.to_string()),
        Err(_) => Some("it panicked".to_owned()),
    };
    let verdict =
        wrong.as_ref().map_or("ok".to_owned(), |why| format!("FAILED: {why}"));
    let copy = process::id() != HARNESS.load(Relaxed);
    println!("  {name} ... {verdict}{}", if copy { " (a copy tells)" } else { "" });
    wrong.is_some()
}

/// As libtest.
#[cfg(target_os = "linux")]
fn a_thread_a_test() -> usize {
    let threads = TESTS.map(|(name, test)| (name, thread::spawn(test)));
    let results = threads.map(|(name, thread)| (name, thread.join()));
    results
        .into_iter()
        .map(|(name, result)| usize::from(has_failed(name, result)))
        .sum()
}

/// As many others.
#[cfg(target_os = "linux")]
fn one_after_the_other() -> usize {
    TESTS
        .into_iter()
        .filter(|&(name, test)| has_failed(name, catch_unwind(test)))
        .count()
}

#[cfg(target_os = "linux")]
fn a_process_a_test() -> usize {
    let in_a_process = |test: Test| -> Result<()> {
        let status = mp::Process::spawn(|| match test() {
            Ok(()) => ExitCode::SUCCESS,
            Err(error) => {
                println!("  {error}");
                ExitCode::FAILURE
            }
        })?
        .join()?;
        ensure!(status.success(), "{status}");
        Ok(())
    };
    let failed =
        TESTS.iter().filter(|(name, test)| has_failed(name, Ok(in_a_process(*test))));
    failed.count()
}

#[cfg(target_os = "linux")]
fn main() -> Result<()> {
    let harnesses: [(&str, Harness); 3] = [
        ("a thread a test", a_thread_a_test),
        ("one after the other", one_after_the_other),
        ("a process a test", a_process_a_test),
    ];
    let [only] = mp::args([("harness", 0, 0..=harnesses.len())]);
    panic::set_hook(Box::new(|_| {})); // a test's words are shown where it fails
    for (number, (title, harness)) in (1..).zip(harnesses) {
        if only != 0 && only != number {
            continue;
        }
        println!("{title}:");
        let mut run = mp::Process::spawn(|| {
            HARNESS.store(process::id(), Relaxed);
            let failed = harness();
            if process::id() == HARNESS.load(Relaxed) {
                println!("  {failed} of {} failed", TESTS.len());
            }
            if failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
        })?;
        let status = run.join()?;
        ensure!(status.code().is_some(), "the harness: {status}");
    }
    Ok(())
}

#[cfg(not(target_os = "linux"))]
fn main() -> ExitCode {
    mp::linux_only()
}
