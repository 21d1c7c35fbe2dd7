//! A worker of a [`Pool`](crate::Pool), from the fork to its end: it runs tasks, sends what comes of them,
//! and ends when its parent does.

use std::any::Any;
use std::io::{self, PipeReader, PipeWriter, Write};
use std::iter;
use std::mem;
use std::ops::Range;
use std::os::fd::AsFd;
use std::panic::{self, AssertUnwindSafe};
use std::process;
use std::sync::Once;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use nix::errno::Errno;
use nix::libc;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use serde::Serialize;

use crate::claims::{Board, Clock};
use crate::messages::{Encoder, Kind, Owed};

// ANCHOR: work
/// What a worker does: run `f` on the inputs of its chunks, and send what comes of them.
pub fn work<T, R: Serialize>(
    inputs: &[T],
    f: impl Fn(&T) -> R,
    chunks: &mut dyn Iterator<Item = Range<usize>>,
    output: &mut Output,
) -> io::Result<()> {
    for chunk in chunks {
        output.chunk(chunk, |index| f(&inputs[index]))?;
    }
    output.done()
}
// ANCHOR_END: work

/// [`work`] for a call's inputs and closure.
pub type Work<'a> =
    Box<dyn Fn(&mut dyn Iterator<Item = Range<usize>>, &mut Output) -> io::Result<()> + 'a>;

/// The worker's end of the pipe, and what waits to be written to it.
pub struct Output<'a> {
    pipe: PipeWriter,
    gathered: Encoder,
    /// Write once this many bytes have gathered: a pipe's worth for `map`, so that small results
    /// cost few system calls.
    flush_at: usize,
    board: &'a Board,
    clock: Option<Clock>,
    worker: u32,
}

impl<'a> Output<'a> {
    /// In the worker itself.
    pub fn new(
        pipe: PipeWriter,
        flush_at: usize,
        board: &'a Board,
        clock: Option<Clock>,
    ) -> Output<'a> {
        let (gathered, worker) = (Encoder::default(), process::id());
        Output { pipe, gathered, flush_at, board, clock, worker }
    }

    /// Runs `task` for each index and gathers the results into as few messages as go.
    fn chunk<R: Serialize>(
        &mut self,
        mut indices: Range<usize>,
        task: impl Fn(usize) -> R,
    ) -> io::Result<()> {
        while !indices.is_empty() {
            let run = AssertUnwindSafe(|| self.run(&mut indices, &task));
            let failed = match panic::catch_unwind(run) {
                Ok(Ok(())) => None,
                Ok(Err(error)) => Some((Kind::Codec, error.to_string())),
                Err(payload) => Some((Kind::Panicked, message_of(payload))),
            };
            self.end_in_time();
            self.board.idle();
            if let Some((kind, message)) = &failed {
                self.gathered.message(*kind, indices.start - 1, message);
            }
            if failed.is_some() || self.gathered.length() >= self.flush_at {
                self.flush()?;
            }
        }
        self.gathered.seal();
        Ok(())
    }

    /// Runs `task` for as many of `indices` as go before something must be written, and takes each out
    /// before it begins: one that fails is the last that was taken.
    #[inline]
    fn run<R: Serialize>(
        &mut self,
        indices: &mut Range<usize>,
        task: &impl Fn(usize) -> R,
    ) -> postcard::Result<()> {
        while self.gathered.length() < self.flush_at.max(1)
            && let Some(index) = indices.next()
        {
            self.board.begin(index, self.clock.as_ref());
            let result = task(index);
            self.end_in_time();
            self.gathered.result(index, &result)?;
            // Its destructor may panic, and then it doesn't count.
            drop(result);
            self.gathered.keep();
        }
        Ok(())
    }

    fn done(&mut self) -> io::Result<()> {
        self.gathered.message(Kind::Done, 0, "");
        self.flush()
    }

    fn flush(&mut self) -> io::Result<()> {
        end_a_copy(self.worker);
        self.pipe.write_all(self.gathered.bytes())?;
        self.gathered.clear();
        Ok(())
    }

    /// The task has come to its end. Does not return if the parent has decided that it takes too long.
    #[inline]
    fn end_in_time(&self) {
        if self.clock.is_some() {
            end_a_copy(self.worker);
            while !self.board.end_in_time() {
                // The parent is about to kill us.
                thread::sleep(Duration::from_secs(1));
            }
        }
    }
}

/// From the fork to the end: what the worker's number owes, and then what it takes until nothing is left.
pub fn run(
    work: &Work,
    owed: Owed,
    mut take: impl FnMut() -> Option<Range<usize>>,
    lifeline: &PipeReader,
    mut output: Output,
) {
    FORKED.store(false, Ordering::Relaxed);
    if end_with_parent(lifeline).is_err() {
        return;
    }
    let worker = output.worker;
    let more = iter::from_fn(|| {
        if FORKED.load(Ordering::Relaxed) {
            end_a_copy(worker);
        }
        if cfg!(not(any(target_os = "linux", target_os = "android"))) {
            end_without_parent(lifeline).ok()?;
        }
        take()
    });
    // A failed write means just that: nobody waits for the results.
    let _ = work(&mut owed.ranges().chain(more), &mut output);
}

/// Set in each child that is forked, by whatever code.
static FORKED: AtomicBool = AtomicBool::new(false);

/// From now on a forked child can know that it is one, at no cost.
pub fn mark_forks() {
    static ONCE: Once = Once::new();
    extern "C" fn forked() {
        FORKED.store(true, Ordering::Relaxed);
    }
    ONCE.call_once(|| {
        // SAFETY: the handler stores in an atomic, which is allowed in a forked child. Where it can't
        // be installed, `end_a_copy` still looks at the process id.
        unsafe { libc::pthread_atfork(None, None, Some(forked)) };
    });
}

/// A task can fork and forget to end its child, which then runs on as a copy of the worker. It must
/// neither take the worker's inputs nor write into its pipe, and ends here.
fn end_a_copy(worker: u32) {
    let own = process::id();
    if own != worker {
        let line =
            format!("process {own} ends: a task of worker {worker} forked it and went on in it");
        let _ = writeln!(io::stderr(), "{line}");
        // SAFETY: it ends the process and runs nothing of the worker's.
        unsafe { libc::_exit(1) }
    }
}

/// What `panic!` was given, if it was text.
fn message_of(payload: Box<dyn Any + Send>) -> String {
    let message = match (payload.downcast_ref::<&str>(), payload.downcast_ref::<String>()) {
        (Some(text), _) => (*text).to_owned(),
        (_, Some(text)) => text.clone(),
        _ => "a panic whose payload is not text".to_owned(),
    };
    // Its destructor could panic again.
    mem::forget(payload);
    message
}

// ANCHOR: lifeline
/// Has the system kill this worker when its parent ends, however it ends. Only Linux can; elsewhere a
/// worker looks at its lifeline before each chunk.
///
/// The lifeline is a pipe that only the parent can write to, and never does: its end is the parent's
/// end. Unlike `PR_SET_PDEATHSIG` it still works after a task has changed its user; and unlike
/// `getppid`, which is 0 where the parent lives in another pid namespace, it can't lie.
fn end_with_parent(lifeline: &PipeReader) -> io::Result<()> {
    #[cfg(any(target_os = "linux", target_os = "android"))]
    {
        use std::os::fd::AsRawFd;

        // The same on every architecture that Rust's standard library knows; libc does not name it.
        const F_SETSIG: libc::c_int = 10;
        // For what holds a copy of the lifeline's other end: a process that the parent has started.
        let _ = nix::sys::prctl::set_pdeathsig(nix::sys::signal::Signal::SIGKILL);
        for (command, argument) in [
            (libc::F_SETOWN, nix::unistd::getpid().as_raw()),
            (F_SETSIG, libc::SIGKILL),
            (libc::F_SETFL, libc::O_ASYNC),
        ] {
            // SAFETY: these commands take an int and change nothing but how the pipe signals.
            Errno::result(unsafe { libc::fcntl(lifeline.as_raw_fd(), command, argument) })?;
        }
    }
    end_without_parent(lifeline)
}

/// Ends this worker if the lifeline has ended.
fn end_without_parent(lifeline: &PipeReader) -> io::Result<()> {
    if readable(lifeline)? {
        // SAFETY: it ends the process and runs nothing of the parent's.
        unsafe { libc::_exit(1) }
    }
    Ok(())
}
// ANCHOR_END: lifeline

/// Gives a pipe room for some frames, so that a worker goes on while the parent reads those of another:
/// of a million small results each took 25 nanoseconds instead of 30. It does without where the system
/// has no such call, or grants no more.
pub fn widen(pipe: &PipeWriter) {
    #[cfg(any(target_os = "linux", target_os = "android"))]
    {
        use nix::fcntl::{FcntlArg, fcntl};

        // 64 such pipes are a quarter of what Linux grants a user, in /proc/sys/fs/pipe-user-pages-soft.
        let _ = fcntl(pipe, FcntlArg::F_SETPIPE_SZ(256 * 1024));
    }
    #[cfg(not(any(target_os = "linux", target_os = "android")))]
    let _ = pipe;
}

/// Whether there is something to read, or the end of it.
pub fn readable(pipe: &PipeReader) -> io::Result<bool> {
    loop {
        match poll(&mut [PollFd::new(pipe.as_fd(), PollFlags::POLLIN)], PollTimeout::ZERO) {
            Ok(count) => return Ok(count > 0),
            Err(Errno::EINTR) => {}
            Err(error) => return Err(error.into()),
        }
    }
}
