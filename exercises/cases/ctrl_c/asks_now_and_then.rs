// The handler sets a flag, at which the program looks now and then.

use exercises::errand;
use nix::libc::c_int;
use nix::sys::signal::{SaFlags, SigAction, SigHandler, SigSet, Signal, sigaction};
use std::process::ExitCode;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::time::Duration;

static INTERRUPTED: AtomicBool = AtomicBool::new(false);

extern "C" fn note(_: c_int) {
    INTERRUPTED.store(true, Relaxed);
}

fn on_interrupt(handler: SigHandler) -> nix::Result<()> {
    let action = SigAction::new(handler, SaFlags::SA_RESTART, SigSet::empty());
    // SAFETY: the handler does nothing that a handler may not do.
    unsafe { sigaction(Signal::SIGINT, &action) }.map(drop)
}

fn main() -> anyhow::Result<ExitCode> {
    on_interrupt(SigHandler::Handler(note))?;
    let mut workers = Vec::new();
    for number in 1..=3 {
        workers.push(mp::Process::spawn(|| errand(number))?);
    }
    for number in 0..workers.len() {
        while workers[number].is_alive()? {
            std::thread::sleep(Duration::from_millis(20));
            if INTERRUPTED.load(Relaxed) {
                for worker in &mut workers {
                    worker.kill()?;
                    worker.join()?;
                }
                return Ok(ExitCode::from(130));
            }
        }
    }
    println!("all errands are done");
    Ok(ExitCode::SUCCESS)
}
