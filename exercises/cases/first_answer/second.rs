// It asks the system for the first child that has ended.

use exercises::search;
use nix::sys::signal::{Signal, kill};
use nix::sys::wait::{WaitStatus, wait};
use nix::unistd::{ForkResult, fork};

fn main() -> anyhow::Result<()> {
    let mut searchers = Vec::new();
    for place in 0..4 {
        // SAFETY: this process has one thread, so the child may do whatever it may.
        match unsafe { fork() }? {
            ForkResult::Child => std::process::exit(if search(place) { 0 } else { 1 }),
            ForkResult::Parent { child } => searchers.push((child, place)),
        }
    }
    while !searchers.is_empty() {
        let status = wait()?;
        let ended = searchers.iter().position(|&(pid, _)| Some(pid) == status.pid());
        let Some((_, place)) = ended.map(|ended| searchers.remove(ended)) else { continue };
        if let WaitStatus::Exited(_, 0) = status {
            println!("found in place {place}");
            for &(searcher, _) in &searchers {
                kill(searcher, Signal::SIGTERM)?;
            }
        }
    }
    Ok(())
}
