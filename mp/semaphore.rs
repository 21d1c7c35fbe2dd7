use std::io::{self, PipeReader, PipeWriter, Read, Write};
use std::os::fd::AsFd;
use std::process;
use std::time::{Duration, Instant};

use nix::errno::Errno;
use nix::fcntl::{FcntlArg, OFlag, fcntl};
use nix::libc;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};

/// A number of permits for threads and forked processes: the counterpart of Python's
/// `multiprocessing.Semaphore`, and with one permit of its `Lock`.
///
/// The permits are bytes in a pipe. To acquire one is to read a byte, to give it back is to write
/// one; while the pipe is empty, everybody waits. A process inherits the pipe by `fork`, so make the semaphore
/// before the processes. What a holder stored is seen by whoever gets the permit next, since the
/// kernel locks the pipe for each read and each write.
///
/// A holder that is **killed** takes its permit with it, as with Python's locks, and others wait for
/// it in vain: ask with [`acquire_timeout`](Semaphore::acquire_timeout) where that can happen. A
/// panic gives the permit back. Permits are not handed out in the order of asking, and a holder that
/// asks for another one needs a second.
///
/// Source: the protocol is that of GNU make's
/// [jobserver](https://www.gnu.org/software/make/manual/html_node/POSIX-Jobserver.html).
///
/// # Examples
///
/// ```
/// use std::sync::atomic::{AtomicU32, Ordering};
///
/// let lock = mp::Semaphore::new(1)?;
/// let sum = mp::Shared::new(AtomicU32::new(0))?;
/// let add = || {
///     for _ in 0..100 {
///         let _permit = lock.acquire().expect("the pipe is open");
///         sum.store(sum.load(Ordering::Relaxed) + 1, Ordering::Relaxed);
///     }
/// };
/// let children = [mp::Process::spawn(add)?, mp::Process::spawn(add)?];
/// drop(children); // waits for both
/// assert_eq!(sum.load(Ordering::Relaxed), 200);
/// # std::io::Result::Ok(())
/// ```
#[derive(Debug)]
pub struct Semaphore {
    reader: PipeReader,
    writer: PipeWriter,
}

impl Semaphore {
    /// A semaphore of `permits` permits, all of them free.
    ///
    /// # Errors
    ///
    /// `InvalidInput` for 0 permits and for more than `PIPE_BUF` (4096 on Linux, 512 on macOS): a
    /// pipe holds at least so many bytes, however they come and go. Otherwise what `pipe` reports.
    pub fn new(permits: usize) -> io::Result<Semaphore> {
        if !(1..=libc::PIPE_BUF).contains(&permits) {
            let message = format!("a semaphore has 1 to {} permits, not {permits}", libc::PIPE_BUF);
            return Err(io::Error::new(io::ErrorKind::InvalidInput, message));
        }
        let (reader, mut writer) = io::pipe()?;
        // Of two that see the same byte, one comes too late. It must go on waiting in `poll`, where
        // it can give up, and not in `read`.
        fcntl(&reader, FcntlArg::F_SETFL(OFlag::O_NONBLOCK))?;
        writer.write_all(&vec![0; permits])?;
        Ok(Semaphore { reader, writer })
    }

    /// Waits for a permit and takes it, until the guard is dropped.
    ///
    /// # Errors
    ///
    /// What `read` and `poll` report. A signal that interrupts them is none: it waits on.
    pub fn acquire(&self) -> io::Result<Permit<'_>> {
        loop {
            if let Some(permit) = self.acquire_timeout(Duration::MAX)? {
                return Ok(permit);
            }
        }
    }

    // ANCHOR: acquire
    /// Waits for a permit for at most `timeout`; `None` means that none was free until then. With
    /// [`Duration::ZERO`] it does not wait.
    ///
    /// # Errors
    ///
    /// As for [`acquire`](Semaphore::acquire).
    pub fn acquire_timeout(&self, timeout: Duration) -> io::Result<Option<Permit<'_>>> {
        let start = Instant::now();
        loop {
            match (&self.reader).read_exact(&mut [0]) {
                Ok(()) => return Ok(Some(Permit { semaphore: self, owner: process::id() })),
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                Err(error) => return Err(error),
            }
            let left = timeout.saturating_sub(start.elapsed());
            if left.is_zero() {
                return Ok(None);
            }
            let milliseconds = PollTimeout::try_from(left.as_millis() + 1);
            let mut pipe = [PollFd::new(self.reader.as_fd(), PollFlags::POLLIN)];
            match poll(&mut pipe, milliseconds.unwrap_or(PollTimeout::MAX)) {
                Ok(_) | Err(Errno::EINTR) => {}
                Err(error) => return Err(error.into()),
            }
        }
    }
    // ANCHOR_END: acquire
}

/// A permit of a [`Semaphore`], given back when it is dropped.
///
/// It belongs to the process that acquired it. A child that is forked meanwhile has a copy of it and
/// gives nothing back: neither by dropping the copy, nor by having it moved into its closure.
#[derive(Debug)]
#[must_use = "dropping it gives the permit back at once"]
pub struct Permit<'a> {
    semaphore: &'a Semaphore,
    owner: u32,
}

// ANCHOR: drop
impl Drop for Permit<'_> {
    fn drop(&mut self) {
        if process::id() == self.owner {
            let result = (&self.semaphore.writer).write_all(&[0]);
            debug_assert!(result.is_ok(), "a permit is lost: {result:?}");
        }
    }
}
// ANCHOR_END: drop
