use std::io::{self, Write};
use std::mem;
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::process::ExitStatusExt;
use std::panic::{self, AssertUnwindSafe};
use std::process::{self, ExitCode, ExitStatus, Termination};
use std::thread;
use std::time::{Duration, Instant};

use nix::errno::Errno;
use nix::libc;
use nix::sys::signal::{self, Signal};
use nix::unistd::{ForkResult, Pid, fork};

use crate::explained::explained;
use crate::pidfd;
use crate::threads::require_one_thread;
use crate::wait::readable;

/// A child process that runs a closure: the counterpart of Python's `multiprocessing.Process`.
///
/// # Dropping
///
/// A dropped `Process` **waits** for its child, as a scoped thread does: work that was started is
/// done, and no zombie is left. A drop while the parent panics **kills** the child first and then
/// waits: the child may itself be waiting for something that the parent will never do, and a panic
/// that hangs is worse than work that is lost. A `Process` that was spawned during the panic, by a
/// destructor, is waited for. Call [`kill`](Process::kill) before the drop where the work is not wanted
/// any more.
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
    /// Whether a panic was on its way here when it was spawned.
    in_a_panic: bool,
    end: Option<End>,
}

/// How a child has ended.
#[derive(Debug, Clone, Copy)]
enum End {
    Known(ExitStatus),
    /// Nobody can tell any more.
    Unknown,
}

impl End {
    fn status(self) -> io::Result<ExitStatus> {
        match self {
            End::Known(status) => Ok(status),
            End::Unknown => Err(explained(
                Errno::ECHILD,
                "the child has ended, but how is not known: something else in this process has waited \
                 for it, or the system keeps no status since SIGCHLD is ignored",
            )),
        }
    }
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
    /// A child that can't write what stdout still holds at its end says so on stderr, and its exit code
    /// is 1 where it would have been 0.
    ///
    /// So there is no need for [`process::exit`] in a child. It would end the child too, but first it
    /// runs the at-exit handlers that the *parent* has registered, and it writes what C's buffers held
    /// at the fork a second time.
    ///
    /// # What is moved into `f`
    ///
    /// The child has its own copy of what `f` owns, and this process drops the original before `spawn`
    /// returns. For a pipe's end that is right: this process closes it. But a value whose destructor
    /// gives something back, such as a file lock or a temporary folder, gives it back while the child
    /// still works with it. There are two cures: let `f` borrow it, or keep it beside the `Process`, in
    /// a struct that drops the `Process` first.
    ///
    /// ```
    /// # use std::cell::Cell;
    /// struct Lock<'a>(&'a Cell<bool>);
    /// impl Drop for Lock<'_> {
    ///     fn drop(&mut self) {
    ///         self.0.set(false);
    ///     }
    /// }
    ///
    /// let locked = Cell::new(true);
    /// let lock = Lock(&locked);
    /// let child = mp::Process::spawn(move || drop(lock))?; // wrong
    /// assert!(!locked.get()); // it is unlocked, whether the child has ended or not
    /// # drop(child);
    ///
    /// locked.set(true);
    /// let lock = Lock(&locked);
    /// let mut child = mp::Process::spawn(|| {
    ///     let _borrowed = &lock; // right
    /// })?;
    /// child.join()?;
    /// assert!(locked.get());
    /// drop(lock);
    /// # std::io::Result::Ok(())
    /// ```
    ///
    /// # Errors
    ///
    /// * `Unsupported` if this process has more than one thread, or if that can't be known: only
    ///   the calling thread exists in the child, and a lock held by another one stays locked there
    ///   for ever.
    /// * What `fork` reports: `EAGAIN` when the user has as many processes as the limit allows
    ///   (`ulimit -u`), or the cgroup (`pids.max`); `ENOMEM` when there is no memory for another one.
    /// * What flushing stdout reports.
    ///
    /// The error says what helps, and the system's own is its [`source`](std::error::Error::source).
    ///
    /// # Panics
    ///
    /// As a destructor of what `f` owns does. The child is then killed and reaped.
    ///
    /// Source: [`fork(2)`](https://man7.org/linux/man-pages/man2/fork.2.html).
    pub fn spawn<T: Termination, F: FnOnce() -> T>(f: F) -> io::Result<Process> {
        // ANCHOR: spawn
        require_one_thread()?;
        io::stdout().flush().map_err(cannot_flush)?;
        // SAFETY: this is the only thread, so no lock is held by a thread that the child lacks.
        match unsafe { fork() }.map_err(cannot_fork)? {
            ForkResult::Child => run_and_exit(f),
            ForkResult::Parent { child } => {
                let (parent, in_a_panic) = (process::id(), thread::panicking());
                let process = Process { child, parent, in_a_panic, end: None };
                // If a destructor panics here, there is a `process` that ends the child.
                drop(f);
                Ok(process)
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
    /// `ECHILD` as [`source`](std::error::Error::source) where the child has ended and nobody can tell how:
    /// something else in this process has waited for it, or the system keeps no status of children since
    /// SIGCHLD is ignored, which a program also inherits (`trap "" CHLD` in a shell). A second call gives
    /// the same error. `ECHILD` also where this process is not the child's parent, but a copy of it.
    ///
    /// Source: [`waitpid(2)`](https://man7.org/linux/man-pages/man2/waitpid.2.html).
    pub fn join(&mut self) -> io::Result<ExitStatus> {
        loop {
            if let Some(end) = self.wait(0)? {
                return end.status();
            }
        }
    }

    /// Waits for at most `timeout`; `None` means that the child was still running then.
    ///
    /// On Linux it sleeps until the child ends. Elsewhere, and where Linux has no `pidfd` (before 5.4, or
    /// no descriptor is left), it asks again after pauses that grow from 0.1 to 10 milliseconds.
    ///
    /// # Errors
    ///
    /// As for [`join`](Process::join).
    pub fn join_timeout(&mut self, timeout: Duration) -> io::Result<Option<ExitStatus>> {
        let start = Instant::now();
        let mut sleep = None;
        loop {
            if let Some(end) = self.wait(libc::WNOHANG)? {
                return end.status().map(Some);
            }
            let left = timeout.saturating_sub(start.elapsed());
            if left.is_zero() {
                return Ok(None);
            }
            sleep.get_or_insert_with(|| Sleep::until_the_end_of(self.child)).at_most(left)?;
        }
    }

    /// Whether the child is still running.
    ///
    /// # Errors
    ///
    /// `ECHILD` where this process is not the child's parent, but a copy of it.
    pub fn is_alive(&mut self) -> io::Result<bool> {
        Ok(self.wait(libc::WNOHANG)?.is_none())
    }

    /// Whether the child is stopped, as by SIGSTOP, and nobody has let it go on. It stays to be asked
    /// again.
    pub(crate) fn is_stopped(&self) -> bool {
        let (who, flags) = (self.id(), libc::WSTOPPED | libc::WNOHANG | libc::WNOWAIT);
        // SAFETY: zeros are a `siginfo_t` in which nothing is said, and the call fills it.
        unsafe {
            let mut told: libc::siginfo_t = mem::zeroed();
            libc::waitid(libc::P_PID, who, &raw mut told, flags) == 0 && told.si_pid() != 0
        }
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
    fn wait(&mut self, flags: libc::c_int) -> io::Result<Option<End>> {
        if self.end.is_none() {
            self.require_parent()?;
            let mut raw = 0;
            self.end = loop {
                // SAFETY: `raw` is a valid place for an int.
                let pid = unsafe { libc::waitpid(self.child.as_raw(), &raw mut raw, flags) };
                match Errno::result(pid) {
                    Ok(0) => break None,
                    Ok(_) => break Some(End::Known(ExitStatus::from_raw(raw))),
                    Err(Errno::EINTR) => {}
                    // The system has reaped it, since SIGCHLD is ignored, or somebody else has.
                    Err(Errno::ECHILD) => break Some(End::Unknown),
                    Err(error) => return Err(error.into()),
                }
            };
        }
        Ok(self.end)
    }
    // ANCHOR_END: wait

    fn send(&mut self, signal: Signal) -> io::Result<()> {
        // Until it is reaped, the child's id is not given to another process.
        if self.wait(libc::WNOHANG)?.is_some() {
            return Ok(());
        }
        let sent = match pidfd::open(self.child) {
            Ok(child) => pidfd::send(&child, signal),
            // Something else has reaped it in this moment.
            Err(Errno::ESRCH | Errno::ECHILD) => return Ok(()),
            Err(_) => signal::kill(self.child, signal),
        };
        match sent {
            Ok(()) | Err(Errno::ESRCH) => Ok(()),
            Err(error) => Err(explained(error, format!("can't send {signal} to the child"))),
        }
    }

    fn require_parent(&self) -> io::Result<()> {
        if process::id() == self.parent {
            return Ok(());
        }
        Err(explained(
            Errno::ECHILD,
            "it is a child of another process, of which this one is a copy",
        ))
    }
}

/// How to sleep while a child runs.
struct Sleep {
    /// Can be read when the child has ended, where there is such a thing.
    child: Option<OwnedFd>,
    pause: Duration,
}

impl Sleep {
    fn until_the_end_of(child: Pid) -> Sleep {
        Sleep { child: pidfd::open(child).ok(), pause: Duration::from_micros(100) }
    }

    /// Returns when it is worth asking again, after `time` at the latest.
    fn at_most(&mut self, time: Duration) -> io::Result<()> {
        if let Some(child) = &self.child {
            if readable(child.as_fd(), time)? {
                // It can be reaped, unless a debugger holds it: then ask from time to time.
                self.child = None;
            }
        } else {
            thread::sleep(self.pause.min(time));
            self.pause = (self.pause * 2).min(Duration::from_millis(10));
        }
        Ok(())
    }
}

// ANCHOR: drop
impl Drop for Process {
    fn drop(&mut self) {
        if process::id() == self.parent {
            if thread::panicking() && !self.in_a_panic {
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
    let mut code = match panic::catch_unwind(AssertUnwindSafe(|| number(f().report()))) {
        Ok(code) => code,
        Err(payload) => {
            // Its destructor could panic again.
            mem::forget(payload);
            101
        }
    };
    if let Err(error) = io::stdout().flush() {
        // Whoever reads no more needs no message.
        if error.kind() != io::ErrorKind::BrokenPipe {
            let _ = writeln!(io::stderr(), "error: output of a child is lost: {error}");
        }
        code = code.max(1);
    }
    // SAFETY: `_exit` ends the process here. Unlike `exit` it runs no handler and flushes no buffer
    // that was copied from the parent.
    unsafe { libc::_exit(code.into()) }
}
// ANCHOR_END: run_and_exit

/// `ExitCode` keeps its number to itself, but it can be compared.
fn number(code: ExitCode) -> u8 {
    (0..=u8::MAX).find(|&number| ExitCode::from(number) == code).unwrap_or(1)
}

fn cannot_flush(error: io::Error) -> io::Error {
    explained(error, "can't write what stdout holds before the fork")
}

fn cannot_fork(error: Errno) -> io::Error {
    let why = match error {
        Errno::EAGAIN => {
            ": no more processes may run, by this user's limit (`ulimit -u`) or the cgroup's (pids.max)"
        }
        Errno::ENOMEM => ": there is not enough memory for another process",
        _ => "",
    };
    explained(error, format!("can't fork{why}"))
}

#[cfg(test)]
mod tests {
    use std::error::Error as _;
    use std::io::{Error, ErrorKind};

    use nix::errno::Errno;

    use super::cannot_fork;

    #[test]
    fn an_error_of_fork_says_what_helps_and_keeps_the_systems() {
        for (errno, kind, help) in [
            (Errno::EAGAIN, ErrorKind::WouldBlock, "ulimit -u"),
            (Errno::EAGAIN, ErrorKind::WouldBlock, "pids.max"),
            (Errno::ENOMEM, ErrorKind::OutOfMemory, "memory"),
        ] {
            let error = cannot_fork(errno);
            assert_eq!(error.kind(), kind);
            assert!(error.to_string().contains(help), "{error}");
            let source = error.source().and_then(|source| source.downcast_ref::<Error>());
            assert_eq!(source.and_then(Error::raw_os_error), Some(errno as i32));
        }
    }
}
