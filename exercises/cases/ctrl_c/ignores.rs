// It ignores the signal, and so do its workers.

use exercises::errand;
use nix::sys::signal::{SaFlags, SigAction, SigHandler, SigSet, Signal, sigaction};

fn on_interrupt(handler: SigHandler) -> nix::Result<()> {
    let action = SigAction::new(handler, SaFlags::SA_RESTART, SigSet::empty());
    // SAFETY: the handler does nothing that a handler may not do.
    unsafe { sigaction(Signal::SIGINT, &action) }.map(drop)
}

fn main() -> anyhow::Result<()> {
    on_interrupt(SigHandler::SigIgn)?;
    let mut workers = Vec::new();
    for number in 1..=3 {
        workers.push(mp::Process::spawn(|| errand(number))?);
    }
    for worker in &mut workers {
        let status = worker.join()?;
        anyhow::ensure!(status.success(), "a worker has failed, {status}");
    }
    println!("all errands are done");
    Ok(())
}
