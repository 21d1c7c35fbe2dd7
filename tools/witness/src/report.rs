//! What was seen: the report and its processes.

use std::collections::BTreeMap;
use std::fmt;
#[cfg(unix)]
use std::os::unix::process::ExitStatusExt as _;
use std::path::PathBuf;
use std::process::ExitStatus;
use std::time::Duration;

/// What a command and its processes did.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Report {
    /// All processes in the order in which they started. The first is the command itself.
    pub processes: Vec<Process>,
    /// What was written to standard output, by whomever.
    pub stdout: Vec<u8>,
    /// What was written to standard error, by whomever.
    pub stderr: Vec<u8>,
    /// Who wrote which piece of either, in the order of the writes. Only where calls were followed.
    pub written: Vec<Written>,
    /// Whether the first process was still there when its time was over.
    pub hung: bool,
    /// Which limit ended the run, if one did.
    pub exceeded: Option<Limit>,
    /// How many of the signals that were asked for have been sent: their moments have come.
    pub signals: usize,
    /// How the processes were seen.
    pub sight: Sight,
}

/// How processes are seen, and so what a report can tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sight {
    /// Each start and each end was followed.
    Followed,
    /// The table of processes was read again and again.
    Looked,
}

impl Sight {
    /// What a report can't know, a clause each.
    #[must_use]
    pub fn blind_to(self) -> &'static [&'static str] {
        match self {
            Sight::Followed => &[],
            Sight::Looked => &[
                "processes that began and ended between two looks",
                "times more exactly than the time between two looks",
                "how processes ended, except the first",
                "whether a parent has waited for a child",
                "system calls, and what was written by whom",
            ],
        }
    }
}

/// A limit of the whole run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Limit {
    /// It has not ended within its time.
    Time,
    /// It wrote too much.
    Output,
    /// Too many processes were there at once.
    Processes,
}

/// A piece of output, as one call wrote it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Written {
    /// Who wrote it, as a place in [`Report::processes`].
    pub by: usize,
    /// Whether to standard error instead of standard output.
    pub to_stderr: bool,
    /// When it was written, counted from the start of the first process.
    pub at: Duration,
    /// What was written.
    pub bytes: Vec<u8>,
}

/// An end of a pipe that a process has open. Standard output and error of the whole command are not among them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pipe {
    /// The number of the descriptor.
    pub descriptor: i32,
    /// The pipe itself: the same number in every process that holds an end of it.
    pub pipe: u64,
    /// Whether it is the end for writing.
    pub writes: bool,
}

/// The system call in which a process waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Waiting {
    /// The name of the call.
    pub call: &'static str,
    /// Its first argument, which is a descriptor where it is a call that takes one.
    pub argument: u64,
}

/// One process.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Process {
    /// Its process id. The system gives it to another process later.
    pub pid: u32,
    /// Who started it, as a place in [`Report::processes`]. `None` for the command itself, and where the parent was
    /// killed in the middle of starting it.
    pub parent: Option<usize>,
    /// The program that it ran, or ran last.
    pub program: PathBuf,
    /// When it started, counted from the start of the first.
    pub started: Duration,
    /// When it ended, counted from the start of the first.
    pub ended: Duration,
    /// When its parent had waited for it, at the latest: that is looked at when the parent starts somebody, and at the
    /// parent's end. `None`: it had not by then.
    pub waited: Option<Duration>,
    /// The processor time that all its threads used, its children's left out.
    pub cpu: Duration,
    /// How it ended; `None` where that could not be seen.
    pub status: Option<ExitStatus>,
    /// How many threads it had in all, its first one included.
    pub threads: usize,
    /// How many system calls were counted.
    pub calls: u64,
    /// The same by their names.
    pub named: BTreeMap<&'static str, u64>,
    /// The names of the same in the order in which they were made.
    pub in_order: Vec<&'static str>,
    /// The call at which it was killed or stopped, or which failed, because that was asked for.
    pub met: Option<&'static str>,
    /// The ends of pipes that it held when it ended.
    pub pipes: Vec<Pipe>,
    /// How many bytes it wrote into which pipe. Only where calls were followed.
    pub sent: BTreeMap<u64, u64>,
    /// How many bytes it read from which pipe. Only where calls were followed.
    pub received: BTreeMap<u64, u64>,
    /// In which call it waited when a limit ended the run.
    pub waiting: Option<Waiting>,
    /// Whether it was killed because that was asked for.
    pub killed: bool,
    /// What became of it.
    pub fate: Fate,
}

/// What became of a process.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// It has ended, and its parent has waited for it or was killed.
    Ended,
    /// It has ended, and its parent ended too without having waited for it.
    Zombie,
    /// It was still there when the first process had ended and the grace period was over; it was killed.
    Orphan,
    /// It was still there when the time of the first process was over, or another limit exceeded; it was killed.
    Hung,
}

impl Process {
    /// A process that has begun.
    pub(crate) fn new(pid: u32, parent: Option<usize>, program: PathBuf, now: Duration) -> Process {
        Process {
            pid,
            parent,
            program,
            started: now,
            ended: now,
            waited: None,
            cpu: Duration::ZERO,
            status: None,
            threads: 1,
            calls: 0,
            named: BTreeMap::new(),
            in_order: Vec::new(),
            met: None,
            pipes: Vec::new(),
            sent: BTreeMap::new(),
            received: BTreeMap::new(),
            waiting: None,
            killed: false,
            fate: Fate::Ended,
        }
    }

    /// The exit code; `None` where a signal ended it.
    #[must_use]
    pub fn code(&self) -> Option<i32> {
        self.status.and_then(|status| status.code())
    }

    /// The signal that ended it; `None` where it ended by itself.
    #[cfg(unix)]
    #[must_use]
    pub fn signal(&self) -> Option<i32> {
        self.status.and_then(|status| status.signal())
    }

    /// How many calls of these names were counted.
    #[must_use]
    pub fn calls_of(&self, names: &[&str]) -> u64 {
        names.iter().filter_map(|name| self.named.get(name)).sum()
    }

    /// Whether there was a moment at which both were alive.
    #[must_use]
    pub fn alive_with(&self, other: &Process) -> bool {
        self.started < other.ended && other.started < self.ended
    }
}

impl Report {
    /// The command itself.
    #[must_use]
    pub fn main(&self) -> &Process {
        &self.processes[0]
    }

    /// The children of a process in the order of their starts, with their places.
    pub fn children(&self, of: usize) -> impl Iterator<Item = (usize, &Process)> {
        self.processes.iter().enumerate().filter(move |(_, process)| process.parent == Some(of))
    }

    /// How many of some processes were alive at once, at most.
    #[must_use]
    pub fn most_alive<'a>(&self, of: impl IntoIterator<Item = &'a Process>) -> usize {
        let of: Vec<&Process> = of.into_iter().collect();
        // The most are alive when somebody has begun.
        let alive = |at: Duration| of.iter().filter(|p| p.started <= at && at < p.ended).count();
        of.iter().map(|process| alive(process.started)).max().unwrap_or(0)
    }

    /// Who held an end of a pipe when it ended.
    pub fn holders(&self, pipe: u64, writes: bool) -> impl Iterator<Item = &Process> {
        let holds = move |held: &Pipe| held.pipe == pipe && held.writes == writes;
        self.processes.iter().filter(move |process| process.pipes.iter().any(holds))
    }

    /// Who was left behind: zombies and orphans.
    pub fn left(&self) -> impl Iterator<Item = &Process> {
        self.processes.iter().filter(|process| matches!(process.fate, Fate::Zombie | Fate::Orphan))
    }

    /// Who was killed because that was asked for.
    pub fn killed(&self) -> impl Iterator<Item = &Process> {
        self.processes.iter().filter(|process| process.killed)
    }
}

/// A line for each process, then what was written: for people.
impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, process) in self.processes.iter().enumerate() {
            writeln!(f, "{place}: {process}")?;
        }
        for (name, bytes) in [("stdout", &self.stdout), ("stderr", &self.stderr)] {
            writeln!(f, "--- {name}\n{}", String::from_utf8_lossy(bytes).trim_end())?;
        }
        write!(f, "---")
    }
}

impl fmt::Display for Process {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = self.program.file_name().unwrap_or(self.program.as_os_str());
        write!(f, "{} (pid {}", name.display(), self.pid)?;
        if let Some(parent) = self.parent {
            write!(f, ", started by {parent}")?;
        }
        write!(f, "), {:.1?} to {:.1?}, ", self.started, self.ended)?;
        match self.status {
            Some(status) => write!(f, "{status}")?,
            None => write!(f, "its end was not seen")?,
        }
        if self.cpu >= Duration::from_millis(1) {
            write!(f, ", {:.1?} of CPU", self.cpu)?;
        }
        if self.threads > 1 {
            write!(f, ", {} threads", self.threads)?;
        }
        if let Some(waiting) = self.waiting {
            write!(f, ", waited in {}", waiting.call)?;
        }
        if self.calls > 0 {
            write!(f, ", {} calls", self.calls)?;
        }
        f.write_str(match self.fate {
            _ if self.killed => ", killed as it was asked for",
            Fate::Ended => "",
            Fate::Zombie => ", left behind as a zombie",
            Fate::Orphan => ", left behind as an orphan",
            Fate::Hung => ", hung",
        })
    }
}
