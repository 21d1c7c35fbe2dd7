//! One child process: first by hand with fork and wait, then through `Process`.
//!
//! `cargo run --example single_process`
#![cfg_attr(not(unix), allow(dead_code))]

fn task(a: i32, b: i32) {
    println!("Task in the process.");
    println!("{a} {b}");
}

#[cfg(unix)]
fn by_hand() -> anyhow::Result<()> {
    use std::io::Write;

    use nix::sys::wait::{WaitStatus, waitpid};
    use nix::unistd::{ForkResult, fork};

    std::io::stdout().flush()?;
    // SAFETY: this is the only thread: no lock is held by one that the child lacks.
    match unsafe { fork()? } {
        ForkResult::Child => {
            task(1, 2);
            let flushed = std::io::stdout().flush();
            // SAFETY: `_exit` ends the process here and runs nothing of the parent's.
            unsafe { nix::libc::_exit(i32::from(flushed.is_err())) }
        }
        ForkResult::Parent { child } => {
            let status = waitpid(child, None)?;
            if let WaitStatus::Exited(_, code) = status {
                println!("The child has ended, exit status: {code}");
            } else {
                println!("The child has ended in another way: {status:?}");
            }
        }
    }
    Ok(())
}

#[cfg(unix)]
fn through_process() -> anyhow::Result<()> {
    let mut process = mp::Process::spawn(|| task(1, 2))?;
    let status = process.join()?;
    println!("The child has ended, {status}");
    Ok(())
}

#[cfg(unix)]
fn main() -> anyhow::Result<()> {
    let [] = mp::args([]);
    by_hand()?;
    through_process()
}

#[cfg(not(unix))]
fn main() -> std::process::ExitCode {
    mp::unix_only()
}
