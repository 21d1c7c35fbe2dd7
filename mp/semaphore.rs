use std::io::{self, PipeReader, PipeWriter, Read, Write};
use std::process;
use std::time::{Duration, Instant};

use nix::fcntl::{FcntlArg, OFlag, fcntl};
use nix::libc;

use crate::wait::Turn;

/// A number of permits for threads and forked processes: the counterpart of Python's
/// `multiprocessing.Semaphore`, and with one permit of its `Lock`.
///
/// The permits are bytes in a pipe. To acquire one is to read a byte, to give it back is to write
/// one; while the pipe is empty, everybody waits, and on Linux one byte wakes one of them. A process
/// inherits the pipe by `fork`, so make the semaphore before the processes. What a holder stored is seen
/// by whoever gets the permit next, since the kernel locks the pipe for each read and each write.
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
    /// `InvalidInput` for 0 permits and for more than `PIPE_BUF` (4096 on Linux, 512 on macOS).
    /// `QuotaExceeded` for more than 1 permit where Linux gives a pipe of a single page, as versions
    /// before 5.14 do to a user who has many pipes
    /// ([`pipe(7)`](https://man7.org/linux/man-pages/man7/pipe.7.html), pipe-user-pages-soft).
    /// Otherwise what `pipe` reports.
    pub fn new(permits: usize) -> io::Result<Semaphore> {
        Semaphore::over(io::pipe()?, permits)
    }

    fn over(pipe: (PipeReader, PipeWriter), permits: usize) -> io::Result<Semaphore> {
        if !(1..=libc::PIPE_BUF).contains(&permits) {
            let message = format!("a semaphore has 1 to {} permits, not {permits}", libc::PIPE_BUF);
            return Err(io::Error::new(io::ErrorKind::InvalidInput, message));
        }
        let (reader, mut writer) = pipe;
        let most = surely_held(&writer)?;
        if permits > most {
            let message = format!(
                "a pipe of this user holds {most} permits for sure, and not {permits}: it has many \
                 pipes open, more than /proc/sys/fs/pipe-user-pages-soft allows"
            );
            return Err(io::Error::new(io::ErrorKind::QuotaExceeded, message));
        }
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
        let mut turn = None;
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
            turn.get_or_insert_with(|| Turn::at(&self.reader)).wait(left)?;
        }
    }
    // ANCHOR_END: acquire
}

/// How many bytes a pipe holds, however they come and go one by one.
///
/// The room of a byte that was read comes back with the whole page, when all of it has been read. So
/// of n bytes the first can be the last one of its page: then the others need pages of their own.
#[cfg(any(target_os = "linux", target_os = "android"))]
fn surely_held(pipe: &PipeWriter) -> io::Result<usize> {
    let size = usize::try_from(fcntl(pipe, FcntlArg::F_GETPIPE_SZ)?).map_err(io::Error::other)?;
    // SAFETY: it only asks.
    let page = unsafe { libc::sysconf(libc::_SC_PAGESIZE) };
    let page = usize::try_from(page).map_err(|_| io::Error::last_os_error())?;
    Ok((size + 1).saturating_sub(page))
}

/// POSIX promises no more; systems apart from Linux use the room of each byte again.
#[cfg(not(any(target_os = "linux", target_os = "android")))]
fn surely_held(_: &PipeWriter) -> io::Result<usize> {
    Ok(libc::PIPE_BUF)
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

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use std::io::{self, Read as _, Write as _};

    use nix::fcntl::{FcntlArg, OFlag, fcntl};

    use super::{Semaphore, surely_held};

    fn pipe_of(bytes: i32) -> (io::PipeReader, io::PipeWriter) {
        let (reader, writer) = io::pipe().expect("pipe");
        fcntl(&writer, FcntlArg::F_SETPIPE_SZ(bytes)).expect("a smaller pipe");
        (reader, writer)
    }

    /// One permit at a time goes out and comes back, over the borders of pages: does it ever block?
    fn always_comes_back(pipe: (io::PipeReader, io::PipeWriter), permits: usize) -> bool {
        let (mut reader, mut writer) = pipe;
        fcntl(&writer, FcntlArg::F_SETFL(OFlag::O_NONBLOCK)).expect("fcntl");
        writer.write_all(&vec![0; permits]).expect("room for all");
        (0..40_000).all(|_| {
            reader.read_exact(&mut [0]).expect("a permit");
            writer.write_all(&[0]).is_ok()
        })
    }

    #[test]
    fn a_pipe_holds_what_it_is_trusted_with_and_not_one_more() {
        for pages in [1, 2, 4, 16] {
            let bytes = pages * 4096;
            let most = surely_held(&pipe_of(bytes).1).expect("its size");
            assert!(always_comes_back(pipe_of(bytes), most), "{pages} pages");
            assert!(!always_comes_back(pipe_of(bytes), most + 1), "{pages} pages hold more");
        }
    }

    #[test]
    fn more_permits_than_a_page_holds_are_refused() {
        assert!(Semaphore::over(pipe_of(4096), 1).is_ok());
        let error = Semaphore::over(pipe_of(4096), 2).expect_err("two permits");
        assert_eq!(error.kind(), io::ErrorKind::QuotaExceeded);
        assert!(error.to_string().contains("pipe-user-pages-soft"), "{error}");
        assert!(Semaphore::over(pipe_of(8192), 4096).is_ok());
    }
}
