use std::io::{self, Write};
use std::mem;
use std::os::unix::process::ExitStatusExt;
use std::panic::{self, AssertUnwindSafe};
use std::process::{self, ExitCode, ExitStatus, Termination};
use std::thread;
use std::time::{Duration, Instant};

use nix::errno::Errno;
use nix::libc;
use nix::sys::signal::{self, Signal};
use nix::unistd::{ForkResult, Pid, fork};

/// A child process that runs a closure: the counterpart of Python's `multiprocessing.Process`.
///
/// # Dropping
///
/// A dropped `Process` **waits** for its child, as a scoped thread does: work that was started is
/// done, and no zombie is left. A drop while the parent panics **kills** the child first and then
/// waits: the child may itself be waiting for something that the parent will never do, and a panic
/// that hangs is worse than work that is lost. Call [`kill`](Process::kill) before the drop where
/// the work is not wanted any more.
///
/// # Examples
///
/// ```
/// let message = String::from("borrowed, not moved");
/// let mut child = mp::Process::spawn(|| println!("child: {message}"))?;
/// assert!(child.join()?.success());
/// println!("parent: {message}");
/// # std::io::Result::Ok(())
/// ```
#[derive(Debug)]
#[must_use = "a dropped Process waits for its child"]
pub struct Process {
    child: Pid,
    /// The process that spawned it. Its other children inherit this value too and must not wait
    /// for, or kill, what isn't theirs.
    parent: u32,
    status: Option<ExitStatus>,
}

impl Process {
    /// Forks a child that runs `f` and ends.
    ///
    /// The child has a copy of everything that this process has, so `f` may borrow; nothing that it
    /// changes is seen here. What stdout still holds is written before the fork, so that it does not
    /// come out twice; a `BufWriter` of your own you must flush yourself.
    ///
    /// # How the child ends
    ///
    /// It never returns into the caller's code, and destructors of what the caller owns don't run in
    /// it. What `f` returns becomes its exit code as what `main` returns does, by [`Termination`]:
    ///
    /// | `f` | exit code |
    /// |---|---|
    /// | returns `()` or `Ok(())` | 0 |
    /// | returns `Err(error)` | 1, after the line `Error: …` on stderr, with `error`'s `Debug` form |
    /// | returns an [`ExitCode`] | that one |
    /// | panics | 101, after the panic's message (`panic = "abort"`: SIGABRT instead) |
    ///
    /// ```
    /// use std::process::ExitCode;
    ///
    /// let mut child = mp::Process::spawn(|| {
    ///     let number: u32 = "forty-two".parse()?;
    ///     println!("child: {number}");
    ///     Ok::<(), std::num::ParseIntError>(())
    /// })?;
    /// assert_eq!(child.join()?.code(), Some(1)); // Error: ParseIntError { kind: InvalidDigit }
    ///
    /// let mut child = mp::Process::spawn(|| ExitCode::from(65))?;
    /// assert_eq!(child.join()?.code(), Some(65));
    /// # std::io::Result::Ok(())
    /// ```
    ///
    /// So there is no need for [`process::exit`] in a child. It would end the child too, but first it
    /// runs the at-exit handlers that the *parent* has registered, and it writes what C's buffers held
    /// at the fork a second time.
    ///
    /// # Errors
    ///
    /// * `Unsupported` if this process has more than one thread, or if that can't be known: only
    ///   the calling thread exists in the child, and a lock held by another one stays locked there
    ///   for ever.
    /// * What `fork` reports (too many processes, no memory), and what flushing stdout reports.
    ///
    /// Source: [`fork(2)`](https://man7.org/linux/man-pages/man2/fork.2.html).
    pub fn spawn<T: Termination, F: FnOnce() -> T>(f: F) -> io::Result<Process> {
        // ANCHOR: spawn
        require_one_thread()?;
        io::stdout().flush()?;
        // SAFETY: this is the only thread, so no lock is held by a thread that the child lacks.
        match unsafe { fork()? } {
            ForkResult::Child => run_and_exit(f),
            ForkResult::Parent { child } => {
                Ok(Process { child, parent: process::id(), status: None })
            }
        }
        // ANCHOR_END: spawn
    }

    /// The child's process id.
    #[must_use]
    pub fn id(&self) -> u32 {
        self.child.as_raw().unsigned_abs()
    }

    /// Waits until the child has ended and tells how. A second call gives the same answer.
    ///
    /// # Errors
    ///
    /// `ECHILD` where this process is not the child's parent, or where the system reaps children by
    /// itself because SIGCHLD is ignored.
    ///
    /// Source: [`waitpid(2)`](https://man7.org/linux/man-pages/man2/waitpid.2.html).
    pub fn join(&mut self) -> io::Result<ExitStatus> {
        loop {
            if let Some(status) = self.wait(0)? {
                return Ok(status);
            }
        }
    }

    /// Waits for at most `timeout`; `None` means that the child was still running then.
    ///
    /// It asks again after pauses that grow from 0.1 to 10 milliseconds, so it uses next to no
    /// processor time and may notice the end up to 10 milliseconds late.
    ///
    /// # Errors
    ///
    /// As for [`join`](Process::join).
    pub fn join_timeout(&mut self, timeout: Duration) -> io::Result<Option<ExitStatus>> {
        let start = Instant::now();
        let mut pause = Duration::from_micros(100);
        loop {
            if let Some(status) = self.wait(libc::WNOHANG)? {
                return Ok(Some(status));
            }
            let left = timeout.saturating_sub(start.elapsed());
            if left.is_zero() {
                return Ok(None);
            }
            thread::sleep(pause.min(left));
            pause = (pause * 2).min(Duration::from_millis(10));
        }
    }

    /// Whether the child is still running.
    ///
    /// # Errors
    ///
    /// As for [`join`](Process::join).
    pub fn is_alive(&mut self) -> io::Result<bool> {
        Ok(self.wait(libc::WNOHANG)?.is_none())
    }

    /// Asks the child to end, by SIGTERM; it may catch the signal. Harmless after the end.
    ///
    /// # Errors
    ///
    /// What `kill` reports, for instance that the child now runs as another user.
    pub fn terminate(&mut self) -> io::Result<()> {
        self.send(Signal::SIGTERM)
    }

    /// Ends the child by SIGKILL, which can't be caught. Harmless after the end.
    ///
    /// # Errors
    ///
    /// As for [`terminate`](Process::terminate).
    pub fn kill(&mut self) -> io::Result<()> {
        self.send(Signal::SIGKILL)
    }

    // ANCHOR: wait
    /// The one place that reaps: `waitpid`, repeated when a signal interrupts it.
    fn wait(&mut self, flags: libc::c_int) -> io::Result<Option<ExitStatus>> {
        if self.status.is_none() {
            self.require_parent()?;
            let mut raw = 0;
            let pid = loop {
                // SAFETY: `raw` is a valid place for an int.
                match Errno::result(unsafe {
                    libc::waitpid(self.child.as_raw(), &raw mut raw, flags)
                }) {
                    Err(Errno::EINTR) => {}
                    result => break result?,
                }
            };
            if pid != 0 {
                self.status = Some(ExitStatus::from_raw(raw));
            }
        }
        Ok(self.status)
    }
    // ANCHOR_END: wait

    fn send(&mut self, signal: Signal) -> io::Result<()> {
        // Until it is reaped, the child's id is not given to another process. This fails where
        // something else has reaped it.
        match self.wait(libc::WNOHANG)? {
            Some(_) => Ok(()),
            None => Ok(signal::kill(self.child, signal)?),
        }
    }

    fn require_parent(&self) -> io::Result<()> {
        if process::id() == self.parent { Ok(()) } else { Err(Errno::ECHILD.into()) }
    }
}

// ANCHOR: drop
impl Drop for Process {
    fn drop(&mut self) {
        if process::id() == self.parent {
            if thread::panicking() {
                let _ = self.kill();
            }
            let _ = self.join();
        }
    }
}
// ANCHOR_END: drop

// ANCHOR: run_and_exit
/// What the child does: run `f`, and never return into the code above the fork.
fn run_and_exit<T: Termination, F: FnOnce() -> T>(f: F) -> ! {
    let code = match panic::catch_unwind(AssertUnwindSafe(|| number(f().report()))) {
        Ok(code) => code,
        Err(payload) => {
            // Its destructor could panic again.
            mem::forget(payload);
            101
        }
    };
    let _ = io::stdout().flush();
    // SAFETY: `_exit` ends the process here. Unlike `exit` it runs no handler and flushes no buffer
    // that was copied from the parent.
    unsafe { libc::_exit(code.into()) }
}
// ANCHOR_END: run_and_exit

/// `ExitCode` keeps its number to itself, but it can be compared.
fn number(code: ExitCode) -> u8 {
    (0..=u8::MAX).find(|&number| ExitCode::from(number) == code).unwrap_or(1)
}

// ANCHOR: require_one_thread
fn require_one_thread() -> io::Result<()> {
    let refuse = |why: String| {
        let message = format!(
            "{why}; a forked child has only the thread that forked, and locks held by others stay \
             locked in it: start processes before threads"
        );
        Err(io::Error::new(io::ErrorKind::Unsupported, message))
    };
    // A thread that was joined a moment ago can still be counted: the kernel wakes the joiner before
    // it takes the thread off its list. So ask again for a while before refusing.
    for _ in 0..100 {
        match count_threads() {
            Ok(1) => return Ok(()),
            Ok(_) => thread::sleep(Duration::from_millis(1)),
            Err(error) => return refuse(format!("the threads can't be counted ({error})")),
        }
    }
    refuse("this process has more than one thread".into())
}

#[cfg(any(target_os = "linux", target_os = "android"))]
fn count_threads() -> io::Result<usize> {
    Ok(std::fs::read_dir("/proc/self/task")?.count())
}
// ANCHOR_END: require_one_thread

#[cfg(target_os = "macos")]
fn count_threads() -> io::Result<usize> {
    let pid = libc::c_int::try_from(process::id()).map_err(io::Error::other)?;
    let size = libc::c_int::try_from(size_of::<libc::proc_taskinfo>()).map_err(io::Error::other)?;
    // SAFETY: a struct of integers, for which all zeros are valid.
    let mut info: libc::proc_taskinfo = unsafe { mem::zeroed() };
    // SAFETY: the buffer is as large as `size` says.
    let written =
        unsafe { libc::proc_pidinfo(pid, libc::PROC_PIDTASKINFO, 0, (&raw mut info).cast(), size) };
    if written != size {
        return Err(io::Error::last_os_error());
    }
    usize::try_from(info.pti_threadnum).map_err(io::Error::other)
}

#[cfg(not(any(target_os = "linux", target_os = "android", target_os = "macos")))]
fn count_threads() -> io::Result<usize> {
    Err(io::Error::new(io::ErrorKind::Unsupported, "not known on this system"))
}
