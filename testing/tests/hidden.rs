//! What libtest doesn't see: the children of these tests fail, and all of the tests pass.
#![cfg(target_os = "linux")]

use std::io::ErrorKind;

use anyhow::{Context as _, Result, ensure};
use nix::sys::wait::{WaitStatus, waitpid};
use nix::unistd::{ForkResult, Pid, fork};

/// Wrong: a panic leaves it, in the child as well.
fn a_child_that_fails() -> Result<Pid> {
    // SAFETY: the child needs no lock that another thread could hold.
    match unsafe { fork() }? {
        ForkResult::Parent { child } => Ok(child),
        ForkResult::Child => panic!("something is wrong"),
    }
}

#[test]
fn nobody_asks_how_it_ended() -> Result<()> {
    waitpid(a_child_that_fails()?, None)?;
    Ok(())
}

/// It ends with 0: it was a copy of a thread, and that thread has come to its end.
#[test]
fn who_asks_is_told_that_all_is_well() -> Result<()> {
    let child = a_child_that_fails()?;
    ensure!(waitpid(child, None)? == WaitStatus::Exited(child, 0));
    Ok(())
}

/// The book's library forks in no test of libtest's, whatever `--test-threads` says.
#[test]
fn our_process_refuses() -> Result<()> {
    let refused = mp::Process::spawn(|| ()).err().context("it was started")?;
    ensure!(refused.kind() == ErrorKind::Unsupported, "{refused}");
    Ok(())
}
