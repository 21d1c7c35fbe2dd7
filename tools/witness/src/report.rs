//! What was seen: the report and its processes.

use std::fmt;
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
    /// Whether the first process was still there when its time was over.
    pub hung: bool,
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
    /// How it ended; `None` where that could not be seen.
    pub status: Option<ExitStatus>,
    /// How many threads it had in all, its first one included.
    pub threads: usize,
    /// How many system calls were counted.
    pub calls: u64,
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
    /// It was still there when the time of the first process was over; it was killed.
    Hung,
}

impl Process {
    /// The exit code; `None` where a signal ended it.
    #[must_use]
    pub fn code(&self) -> Option<i32> {
        self.status.and_then(|status| status.code())
    }
}

impl Report {
    /// The command itself.
    #[must_use]
    pub fn main(&self) -> &Process {
        &self.processes[0]
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
