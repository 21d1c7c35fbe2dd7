// Ctrl-C leaves nobody.
//
// Three workers, a process each, run errands at the same time; when all are done your program says so. Whoever presses
// Ctrl-C or sends SIGINT to your program ends all of it: your program kills the workers, waits for them, and ends by
// this signal itself or with exit code 130. That holds from the moment at which the first worker is there. Now a Ctrl-C in
// a terminal, which goes to all of them, ends all, and a signal to your program leaves the workers behind.
//
// `cargo exercise ctrl_c` checks it, and `cargo exercise ctrl_c --hint` helps.

use exercises::errand;
// ANCHOR: solution
use nix::errno::Errno;
use nix::libc::{self, c_int};
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::sys::signal::{SaFlags, SigAction, SigHandler, SigSet, Signal, raise, sigaction};
use std::io;
use std::os::fd::{AsFd as _, IntoRawFd as _};
use std::sync::atomic::{AtomicI32, Ordering::Relaxed};

/// The end of a pipe, into which the handler writes.
static WAKE: AtomicI32 = AtomicI32::new(-1);

extern "C" fn wake(_: c_int) {
    let before = Errno::last_raw();
    // SAFETY: a handler may call `write`, and it writes one byte that is there.
    unsafe { libc::write(WAKE.load(Relaxed), [0_u8].as_ptr().cast(), 1) };
    Errno::set_raw(before);
}

fn on_interrupt(handler: SigHandler) -> nix::Result<()> {
    let action = SigAction::new(handler, SaFlags::SA_RESTART, SigSet::empty());
    // SAFETY: the handler uses an atomic and functions that a handler may call.
    unsafe { sigaction(Signal::SIGINT, &action) }.map(drop)
}
// ANCHOR_END: solution

fn main() -> anyhow::Result<()> {
    // ANCHOR: solution
    let (woken, writer) = io::pipe()?;
    WAKE.store(writer.into_raw_fd(), Relaxed);
    on_interrupt(SigHandler::Handler(wake))?; // before there is anybody to be left
    let (ended, alive) = io::pipe()?; // the workers hold its end for writing as long as they live
    // ANCHOR_END: solution
    let mut workers = Vec::new();
    for number in 1..=3 {
        // ANCHOR: solution
        workers.push(mp::Process::spawn(|| {
            on_interrupt(SigHandler::SigIgn)?; // your program decides
            errand(number);
            nix::Result::Ok(())
        })?);
        // ANCHOR_END: solution
        //| workers.push(mp::Process::spawn(|| errand(number))?);
    }
    // ANCHOR: solution
    drop(alive);
    let first = |end| PollFd::new(end, PollFlags::POLLIN);
    let mut ends = [first(woken.as_fd()), first(ended.as_fd())];
    while poll(&mut ends, PollTimeout::NONE) == Err(Errno::EINTR) {}
    if ends[0].any() == Some(true) {
        for worker in &mut workers {
            worker.kill()?;
            worker.join()?;
        }
        on_interrupt(SigHandler::SigDfl)?;
        raise(Signal::SIGINT)?;
    }
    // ANCHOR_END: solution
    for worker in &mut workers {
        let status = worker.join()?;
        anyhow::ensure!(status.success(), "a worker has failed, {status}");
    }
    println!("all errands are done");
    Ok(())
}
