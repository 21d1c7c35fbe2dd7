//! What is to be run, how long, and who is to be killed when.

use std::process::Command;
use std::time::Duration;

/// A command that is to be run and watched.
#[derive(Debug)]
#[must_use = "nothing runs before `run`"]
pub struct Witness {
    pub(crate) command: Command,
    pub(crate) limit: Duration,
    pub(crate) grace: Duration,
    pub(crate) counts_calls: bool,
    pub(crate) kills: Vec<Kill>,
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
pub(crate) struct Kill {
    /// The process's place in the order of starts.
    pub(crate) process: usize,
    pub(crate) moment: Moment,
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
}
