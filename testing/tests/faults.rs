//! Faults at every call: a process is killed there, or the call fails. Whatever happens, the file is whole, a wrong count is
//! told, and nobody is left behind.
#![cfg(all(target_os = "linux", target_env = "gnu"))]

use std::collections::BTreeMap;
use std::fs;
use std::process::Command;
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use nix::errno::Errno;
use tempfile::TempDir;
use witness::{Moment, Report, Witness};

const BEFORE: &str = "1000\n200\n30\n4\n";
const AFTER: &str = "999\n200\n30\n5\n";

/// The program with a file of its own, and all that its processes do.
fn stock() -> Result<(TempDir, Witness)> {
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("stock");
    fs::write(&path, BEFORE)?;
    let mut command = Command::new(env!("CARGO_BIN_EXE_stock"));
    command.arg(path).env("RUST_BACKTRACE", "0");
    // When the first process has been killed, its workers have this long to end by themselves.
    Ok((folder, Witness::new(command).grace(Duration::from_secs(10))))
}

/// What must hold, whatever has happened.
fn holds(folder: &TempDir, report: &Report) -> Result<()> {
    let file = fs::read_to_string(folder.path().join("stock"))?;
    ensure!(!report.hung, "it hangs");
    ensure!(file == BEFORE || file == AFTER, "the file is torn: {file:?}");
    ensure!(report.left().count() == 0, "somebody is left behind");
    let right = report.stdout.starts_with(b"1234 things\n") && file == AFTER;
    ensure!(report.main().code() != Some(0) || right, "a wrong end, and no word of it");
    Ok(())
}

/// What the program's processes do where nothing happens to them.
fn undisturbed() -> Result<Report> {
    let (folder, witness) = stock()?;
    let report = witness.count_calls().run()?;
    holds(&folder, &report)?;
    ensure!(report.main().code() == Some(0) && report.processes.len() == 3, "{report}");
    Ok(report)
}

/// Kills a process at a call.
fn killed(place: usize, call: u64) -> Result<()> {
    let (folder, witness) = stock()?;
    let report = witness.kill(place, Moment::Call(call)).run()?;
    let met =
        report.processes.get(place).and_then(|process| process.met).unwrap_or("-");
    holds(&folder, &report).with_context(|| {
        format!("process {place} killed at call {call}, {met}\n{report}")
    })
}

#[test]
fn each_process_may_be_killed_at_each_of_its_calls() -> Result<()> {
    let whole = undisturbed()?;
    let processes = whole.processes.iter().enumerate();
    let calls = processes.flat_map(|(place, process)| {
        (1..=process.calls).map(move |call| (place, call))
    });
    let (calls, wrong) = (Mutex::new(calls), Mutex::new(BTreeMap::new()));
    let next = || calls.lock().unwrap_or_else(PoisonError::into_inner).next();
    // They wait most of the time.
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                while let Some(at) = next() {
                    if let Err(error) = killed(at.0, at.1) {
                        let mut wrong =
                            wrong.lock().unwrap_or_else(PoisonError::into_inner);
                        wrong.insert(at, error);
                    }
                }
            });
        }
    });
    let wrong = wrong.into_inner().unwrap_or_else(PoisonError::into_inner);
    wrong.into_values().next().map_or(Ok(()), Err)
}

#[test]
fn each_call_that_asks_for_something_may_fail() -> Result<()> {
    let whole = undisturbed()?;
    for (name, error) in [
        ("clone", Errno::EAGAIN),
        ("mmap", Errno::ENOMEM),
        ("openat", Errno::EMFILE),
        ("read", Errno::EIO),
        ("write", Errno::ENOSPC),
        ("rename", Errno::EACCES),
    ] {
        let times = whole.main().calls_of(&[name]);
        ensure!(times > 0, "the program makes no {name}: {:?}", whole.main().named);
        for time in 1..=times {
            let (folder, witness) = stock()?;
            let report =
                witness.fail(0, Moment::Named(name, time), error as i32).run()?;
            holds(&folder, &report).with_context(|| {
                format!("{name} {time} fails with {error}\n{report}")
            })?;
        }
    }
    Ok(())
}
