//! What a program's processes do: it runs a command, follows every process that comes of it, and reports.
//!
//! A [`Witness`] starts a command under `ptrace` and follows all processes and threads that it makes, also those that
//! have left its process group. It can kill a chosen one at a chosen system call. The [`Report`] says of each process
//! who started it, which program it ran, how it ended and when; who was left behind, as a zombie or an orphan; whether
//! all of it hung. Nothing is left when [`Witness::run`] returns, whatever the command was.
//!
//! It is exact, and therefore **for Linux** with glibc: elsewhere, and where `ptrace` is not allowed, `run` is an error
//! that says so.
//!
//! ```
//! use std::process::Command;
//! use std::time::Duration;
//! use witness::{Error, Fate, Witness};
//!
//! let mut command = Command::new("sh");
//! command.args(["-c", "echo begun; sleep 600 & exit 3"]);
//! let report = match Witness::new(command).limit(Duration::from_secs(30)).run() {
//!     Ok(report) => report,
//!     Err(Error::NotAllowed(_) | Error::Unsupported) => return Ok(()),
//!     Err(error) => return Err(error),
//! };
//! assert_eq!(report.stdout, b"begun\n");
//! assert_eq!(report.main().code(), Some(3));
//! assert_eq!(report.left().count(), 1);
//! assert_eq!(report.processes[1].fate, Fate::Orphan);
//! # Ok::<(), Error>(())
//! ```

use std::process::Command;
use std::time::Duration;

mod error;
mod report;

#[cfg(all(target_os = "linux", target_env = "gnu"))]
mod limits;
#[cfg(all(target_os = "linux", target_env = "gnu"))]
mod output;
#[cfg(all(target_os = "linux", target_env = "gnu"))]
mod start;
#[cfg(all(target_os = "linux", target_env = "gnu"))]
mod sys;
#[cfg(all(target_os = "linux", target_env = "gnu"))]
mod tracer;

pub use error::Error;
pub use report::{Fate, Process, Report};

/// A command that is to be run and watched.
#[derive(Debug)]
#[must_use = "nothing runs before `run`"]
pub struct Witness {
    command: Command,
    limit: Duration,
    grace: Duration,
    counts_calls: bool,
    kills: Vec<Kill>,
}

/// A moment in the life of a process.
///
/// What its threads do counts together. A process that runs another program (`execve`) stays the same process; the
/// count of the first process begins when it has become the command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Moment {
    /// Before its n-th system call, counted from 1.
    Call(u64),
    /// Before its n-th call of this name, counted from 1.
    Named(&'static str, u64),
}

/// Who is to be killed, and when.
#[derive(Clone, Copy, Debug)]
#[cfg_attr(not(all(target_os = "linux", target_env = "gnu")), expect(dead_code))]
struct Kill {
    /// The process's place in the order of starts.
    process: usize,
    moment: Moment,
}

impl Witness {
    /// Watches `command`, which reads nothing and whose standard output and error are collected.
    ///
    /// It has a minute, and what is alive when its first process has ended is left behind.
    pub fn new(command: Command) -> Witness {
        let (limit, grace) = (Duration::from_secs(60), Duration::ZERO);
        Witness { command, limit, grace, counts_calls: false, kills: Vec::new() }
    }

    /// How long the first process may run. When the time is over everything is killed: it hung.
    pub fn limit(self, limit: Duration) -> Witness {
        Witness { limit, ..self }
    }

    /// How long the others may go on when the first process has ended. Then they are killed: they were left behind.
    pub fn grace(self, grace: Duration) -> Witness {
        Witness { grace, ..self }
    }

    /// Counts the system calls of all processes. It takes a multiple of the time that the calls take by themselves;
    /// without it, only a process that is to be killed at a call pays for it.
    pub fn count_calls(self) -> Witness {
        Witness { counts_calls: true, ..self }
    }

    /// Kills a process by SIGKILL at a moment; it doesn't make the call that it was about to make. `process` is its
    /// place in the order of starts: 0 is the command itself, 1 its first child, and so on through all generations.
    pub fn kill(mut self, process: usize, moment: Moment) -> Witness {
        self.kills.push(Kill { process, moment });
        self
    }

    /// Runs the command until all its processes have ended or were killed.
    ///
    /// # Errors
    ///
    /// See [`Error`]. That the command fails, hangs or leaves somebody behind is none: the report says so.
    pub fn run(self) -> Result<Report, Error> {
        #[cfg(all(target_os = "linux", target_env = "gnu"))]
        return tracer::run(self);
        #[cfg(not(all(target_os = "linux", target_env = "gnu")))]
        Err(Error::Unsupported)
    }
}
