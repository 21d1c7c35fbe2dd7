//! What a program's processes do: it runs a command, follows every process that comes of it, and reports.
//!
//! A [`Witness`] starts a command under `ptrace` and follows all processes and threads that it makes, also those that
//! have left its process group. It can kill a chosen one, stop it or send it a signal, at a chosen system call or time,
//! or have that call fail. The [`Report`] says of each process
//! who started it, which program it ran, how it ended and when; who was left behind, as a zombie or an orphan; whether
//! all of it hung. Nothing is left when [`Witness::run`] returns, whatever the command was.
//!
//! It is exact, and therefore **for Linux** with glibc: elsewhere, and where `ptrace` is not allowed, [`Witness::run`]
//! is an error that says so, and [`Witness::run_or_look`] reads the table of processes instead, which sees less.
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

mod error;
mod plan;
mod report;

#[cfg(all(target_os = "linux", target_env = "gnu"))]
mod aim;
#[cfg(all(target_os = "linux", target_env = "gnu"))]
mod inject;
#[cfg(all(target_os = "linux", target_env = "gnu"))]
mod limits;
#[cfg(all(target_os = "linux", target_env = "gnu"))]
mod live;
#[cfg(unix)]
mod look;
#[cfg(unix)]
mod output;
#[cfg(all(target_os = "linux", target_env = "gnu"))]
mod signals;
#[cfg(all(target_os = "linux", target_env = "gnu"))]
mod start;
#[cfg(all(target_os = "linux", target_env = "gnu"))]
mod sys;
#[cfg(unix)]
mod table;
#[cfg(all(target_os = "linux", target_env = "gnu"))]
mod tracer;

pub use error::Error;
#[cfg(all(target_os = "linux", target_env = "gnu"))]
pub use live::{Doing, Happening, Live, Seen, What};
#[cfg(unix)]
pub use look::heed_the_keyboard;
pub use plan::{Moment, To, Witness};
pub use report::{Fate, Limit, Pipe, Process, Report, Sight, Waiting, Written};

impl Witness {
    /// Runs the command until all its processes have ended or were killed.
    ///
    /// # Errors
    ///
    /// See [`Error`]. That the command fails, hangs or leaves somebody behind is none: the report says so.
    pub fn run(self) -> Result<Report, Error> {
        #[cfg(all(target_os = "linux", target_env = "gnu"))]
        return match tracer::run(self.command, &self.plan, false)? {
            tracer::Traced::Whole(report) => Ok(report),
            tracer::Traced::Untraced { .. } => Err(Error::Unsupported),
        };
        #[cfg(not(all(target_os = "linux", target_env = "gnu")))]
        Err(Error::Unsupported)
    }

    /// As [`run`](Witness::run); where processes can't be followed, as [`look`](Witness::look).
    /// [`Report::sight`] tells which it was.
    ///
    /// # Errors
    ///
    /// As [`run`](Witness::run). What is to happen at a call can only be done where calls are followed.
    pub fn run_or_look(self) -> Result<Report, Error> {
        #[cfg(all(target_os = "linux", target_env = "gnu"))]
        return match tracer::run(self.command, &self.plan, !self.plan.meddles())? {
            tracer::Traced::Whole(report) => Ok(report),
            tracer::Traced::Untraced { child, begin } => look::on(child, begin, &self.plan),
        };
        #[cfg(not(all(target_os = "linux", target_env = "gnu")))]
        self.look()
    }

    /// Runs the command and looks at the table of processes again and again. That sees less: [`Sight::blind_to`] says
    /// what. The command is a process group of its own; a process that leaves it and whose parents have all gone
    /// between two looks is not seen any more, and not ended.
    ///
    /// # Errors
    ///
    /// See [`Error`]. It does nothing at a call: that is [`Error::Unsupported`].
    pub fn look(self) -> Result<Report, Error> {
        #[cfg(unix)]
        if !self.plan.meddles() {
            return look::run(self.command, &self.plan);
        }
        Err(Error::Unsupported)
    }
}
