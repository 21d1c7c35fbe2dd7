//! Code that forks. This file has no harness of libtest's: its own runs each test in a process, from its only thread.

#[cfg(unix)]
use std::process::ExitCode;
#[cfg(unix)]
use std::time::Duration;

#[cfg(unix)]
use anyhow::Result;

#[cfg(unix)]
mod tests {
    use anyhow::{Context as _, Result, bail, ensure};
    use nix::errno::Errno;
    use nix::sys::wait::waitpid;
    use testing::count;

    pub type Test = fn() -> Result<()>;

    pub const TESTS: [(&str, Test); 3] = [
        ("each_shelf_is_counted_once", each_shelf_is_counted_once),
        ("a_worker_that_fails_is_told", a_worker_that_fails_is_told),
        ("nobody_is_left_after_an_error", nobody_is_left_after_an_error),
    ];

    fn each_shelf_is_counted_once() -> Result<()> {
        for workers in [1, 2, 3, 8] {
            ensure!(count(&[1, 20, 300, 4000], workers)? == 4321, "{workers} workers");
        }
        ensure!(count(&[], 2)? == 0);
        Ok(())
    }

    /// More than a `u32` holds: the first worker panics.
    const TOO_MANY: [u32; 4] = [u32::MAX, 1, 0, 0];

    fn a_worker_that_fails_is_told() -> Result<()> {
        let told = count(&TOO_MANY, 2).err().context("no error")?.to_string();
        ensure!(told == "a worker: exit status: 101", "{told}");
        Ok(())
    }

    fn nobody_is_left_after_an_error() -> Result<()> {
        let _ = count(&TOO_MANY, 2);
        match waitpid(None, None) {
            Err(Errno::ECHILD) => Ok(()), // we have no children
            left => bail!("somebody is left: {left:?}"),
        }
    }
}
#[cfg(unix)]
use tests::TESTS;

#[cfg(unix)]
// ANCHOR: main
fn main() -> Result<ExitCode> {
    let mut failed = 0;
    for (name, test) in TESTS {
        let mut process = mp::Process::spawn(test)?;
        let status = process.join_timeout(Duration::from_secs(20))?;
        let passed = status.is_some_and(|status| status.success());
        println!("test {name} ... {}", if passed { "ok" } else { "FAILED" });
        if status.is_none() {
            process.kill()?;
        }
        failed += usize::from(!passed);
    }
    println!("{failed} of {} failed", TESTS.len());
    Ok(if failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
// ANCHOR_END: main

#[cfg(not(unix))]
fn main() {}
