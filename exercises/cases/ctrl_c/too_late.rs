// It prepares itself when all workers are there.

use exercises::errand;
use nix::sys::signal::{SigSet, Signal};
use std::process::ExitCode;

fn main() -> anyhow::Result<ExitCode> {
    let signals: SigSet = [Signal::SIGINT, Signal::SIGCHLD].into_iter().collect();
    let mut workers = Vec::new();
    for number in 1..=3 {
        workers.push(mp::Process::spawn(|| errand(number))?);
    }
    signals.thread_block()?;
    // A child that ends after it was looked at leaves a SIGCHLD, which waits.
    let mut left = 0;
    for worker in &mut workers {
        left += usize::from(worker.is_alive()?);
    }
    while left > 0 {
        if signals.wait()? == Signal::SIGINT {
            for worker in &mut workers {
                worker.kill()?;
                worker.join()?;
            }
            return Ok(ExitCode::from(130));
        }
        left = 0;
        for worker in &mut workers {
            left += usize::from(worker.is_alive()?);
        }
    }
    for worker in &mut workers {
        let status = worker.join()?;
        anyhow::ensure!(status.success(), "a worker has failed, {status}");
    }
    println!("all errands are done");
    Ok(ExitCode::SUCCESS)
}
