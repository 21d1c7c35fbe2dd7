//! What is to be run, how long, and who is to be killed when.

use std::process::Command;
use std::time::Duration;

/// A command that is to be run and watched.
#[derive(Debug)]
#[must_use = "nothing runs before `run`"]
pub struct Witness {
    pub(crate) command: Command,
    pub(crate) plan: Plan,
}

/// How a command is run and watched.
#[derive(Debug)]
pub(crate) struct Plan {
    pub limit: Duration,
    pub patience: Option<Duration>,
    pub grace: Duration,
    pub counts_calls: bool,
    pub kills: Vec<Kill>,
    pub failures: Vec<(Kill, i32)>,
    pub stops: Vec<Kill>,
    pub signals: Vec<(Kill, To, i32)>,
    pub most: Most,
    #[cfg(all(target_os = "linux", target_env = "gnu"))]
    pub live: Option<crate::live::Live>,
}

/// How much a command may use; `None`: as much as the system gives it.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Most {
    pub output: Option<usize>,
    pub processes: Option<usize>,
    pub descriptors: Option<u64>,
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
    /// When this time has passed since the command was started, if the process is there then.
    Time(Duration),
}

/// Who gets a signal, by a place in the order of starts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum To {
    /// This process.
    Process(usize),
    /// All processes of the run that are in the process group of this one: those get a Ctrl-C from a terminal.
    Group(usize),
}

/// Who is to be killed, stopped or refused a call, and when.
#[derive(Clone, Copy, Debug)]
#[cfg_attr(not(all(target_os = "linux", target_env = "gnu")), expect(dead_code))]
pub(crate) struct Kill {
    /// The process's place in the order of starts.
    pub(crate) process: usize,
    pub(crate) moment: Moment,
}

impl Plan {
    /// Whether something is to be done at a moment.
    pub(crate) fn meddles(&self) -> bool {
        let kills = !(self.kills.is_empty() && self.stops.is_empty());
        kills || !(self.failures.is_empty() && self.signals.is_empty())
    }
}

impl Witness {
    /// Watches `command`, which reads nothing and whose standard output and error are collected.
    ///
    /// It has a minute, and what is alive when its first process has ended is left behind.
    pub fn new(command: Command) -> Witness {
        let (limit, grace) = (Duration::from_secs(60), Duration::ZERO);
        let (counts_calls, kills, most) = (false, Vec::new(), Most::default());
        let plan = Plan {
            limit,
            patience: None,
            grace,
            counts_calls,
            kills,
            failures: Vec::new(),
            stops: Vec::new(),
            signals: Vec::new(),
            most,
            #[cfg(all(target_os = "linux", target_env = "gnu"))]
            live: None,
        };
        Witness { command, plan }
    }

    /// How long the first process may run. When the time is over everything is killed: it hung.
    pub fn limit(mut self, limit: Duration) -> Witness {
        self.plan.limit = limit;
        self
    }

    /// Where others keep the machine busy, time says little: with this, the first process may run longer than its
    /// limit, and `at_most` this long, while somebody has something to do and is not given a processor for it. Who
    /// waits for something that doesn't come, or has had a processor for as long as the limit, gets no more time.
    pub fn patience(mut self, at_most: Duration) -> Witness {
        self.plan.patience = Some(at_most);
        self
    }

    /// How long the others may go on when the first process has ended. Then they are killed: they were left behind.
    pub fn grace(mut self, grace: Duration) -> Witness {
        self.plan.grace = grace;
        self
    }

    /// How many bytes it may write to standard output, and as many to standard error. Whoever is there when it has
    /// written more is killed, and the rest is not kept.
    pub fn most_output(mut self, bytes: usize) -> Witness {
        self.plan.most.output = Some(bytes);
        self
    }

    /// How many processes may be there at once, the first one included. Where there are more, all are killed.
    pub fn most_processes(mut self, processes: usize) -> Witness {
        self.plan.most.processes = Some(processes);
        self
    }

    /// How many descriptors each process may have open (`RLIMIT_NOFILE`): what would open one more fails.
    pub fn most_descriptors(mut self, descriptors: u64) -> Witness {
        self.plan.most.descriptors = Some(descriptors);
        self
    }

    /// Follows the system calls of all processes: counts them by name, and notes what is written by whom and how much
    /// goes through which pipe. It takes a multiple of the time that the calls take by themselves; without it, only a
    /// process that is to be killed at a call pays for it.
    pub fn count_calls(mut self) -> Witness {
        self.plan.counts_calls = true;
        self
    }

    /// Kills a process by SIGKILL at a moment; it doesn't make the call that it was about to make. `process` is its
    /// place in the order of starts: 0 is the command itself, 1 its first child, and so on through all generations.
    pub fn kill(mut self, process: usize, moment: Moment) -> Witness {
        self.plan.kills.push(Kill { process, moment });
        self
    }

    /// Has a call of a process fail: it is not made, and the process gets the error with this number (`EAGAIN` and its
    /// like) in its place. On x86-64 and aarch64.
    pub fn fail(mut self, process: usize, moment: Moment, errno: i32) -> Witness {
        self.plan.failures.push((Kill { process, moment }, errno));
        self
    }

    /// Stops a process by SIGSTOP when it makes a call, and nobody lets it go on. A call that doesn't wait is made first.
    pub fn stop(mut self, process: usize, moment: Moment) -> Witness {
        self.plan.stops.push(Kill { process, moment });
        self
    }

    /// Sends a signal by its number to one process or to a group when `process` comes to a moment. `SIGSTOP` stops it, and
    /// `SIGCONT` at a later moment lets it go on. [`Report::signals`](crate::Report::signals) says whether the moment came.
    pub fn signal(mut self, signal: i32, to: To, process: usize, moment: Moment) -> Witness {
        self.plan.signals.push((Kill { process, moment }, to, signal));
        self
    }

    /// Lets `live` see the run while it goes on.
    #[cfg(all(target_os = "linux", target_env = "gnu"))]
    pub fn live(mut self, live: &crate::live::Live) -> Witness {
        self.plan.live = Some(live.clone());
        self
    }
}
