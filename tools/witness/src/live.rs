//! A run that is seen while it goes on: what happens is told at once, who is there can be looked at, and sent a signal.

use std::collections::BTreeSet;
use std::fmt;
use std::fs;
use std::path::PathBuf;
use std::process::ExitStatus;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Duration;

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use crate::limits::Limits;
use crate::report::Pipe;
use crate::sys::{self, Tid};

/// Something that has happened, when it is told.
#[derive(Clone, Debug)]
pub struct Happening {
    /// When, counted from the start of the first process.
    pub at: Duration,
    /// What.
    pub what: What,
}

/// What can happen in a run. A `place` is that in the order of starts, as in [`Report::processes`](crate::Report).
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum What {
    /// A process has started.
    Starts {
        /// Its place.
        place: usize,
        /// Its id.
        pid: u32,
        /// The place of who started it, where that is known.
        parent: Option<usize>,
        /// The program that it runs.
        program: PathBuf,
    },
    /// A process has become another program.
    Becomes {
        /// Its place.
        place: usize,
        /// The program that it runs now.
        program: PathBuf,
    },
    /// A process has been stopped, as by SIGSTOP.
    Stops {
        /// Its place.
        place: usize,
    },
    /// A process that was stopped goes on.
    GoesOn {
        /// Its place.
        place: usize,
    },
    /// A process has ended.
    Ends {
        /// Its place.
        place: usize,
        /// How.
        status: ExitStatus,
    },
    /// Something was written by somebody.
    Writes {
        /// Whether to standard error instead of standard output.
        to_stderr: bool,
        /// What.
        bytes: Vec<u8>,
    },
}

/// A process as it is at a moment.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Seen {
    /// Its id.
    pub pid: u32,
    /// The id of its parent now: another one's than at its start where that one has ended.
    pub parent: u32,
    /// What it does.
    pub state: Doing,
    /// How many threads it has.
    pub threads: usize,
    /// The processor time that it has used.
    pub cpu: Duration,
    /// The ends of pipes that it holds. What the command was given is not among them, such as its output.
    pub pipes: Vec<Pipe>,
}

/// What a process does at a moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Doing {
    /// A thread of it runs, or could if a processor were free.
    Runs,
    /// All its threads wait for something.
    Waits,
    /// It is stopped until it is continued.
    Stopped,
    /// It has ended, and its parent has not waited for it yet.
    Zombie,
}

/// A handle for a run that goes on, from any thread. It is given to [`Witness::live`](crate::Witness::live).
#[derive(Clone)]
pub struct Live(Arc<Shared>);

struct Shared {
    hear: Box<dyn Fn(Happening) + Send + Sync>,
    limits: OnceLock<Arc<Limits>>,
    /// The pipes that the command was given, its output among them.
    given: OnceLock<BTreeSet<u64>>,
    ended: AtomicBool,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    /// The tasks that are stopped.
    stopped: BTreeSet<Tid>,
    /// The processes that have ended, and perhaps nobody has waited for.
    ended: BTreeSet<Tid>,
}

impl Live {
    /// A run that begins later. `hear` is told what happens, by the threads that follow it: it holds up the
    /// processes if it takes long.
    #[must_use]
    pub fn new(hear: impl Fn(Happening) + Send + Sync + 'static) -> Live {
        Live(Arc::new(Shared {
            hear: Box::new(hear),
            limits: OnceLock::new(),
            given: OnceLock::new(),
            ended: AtomicBool::new(false),
            state: Mutex::default(),
        }))
    }

    /// Who is there now, by their ids: those that have not ended, and those that nobody has waited for.
    #[must_use]
    pub fn look(&self) -> Vec<Seen> {
        let Some(limits) = self.0.limits.get() else { return Vec::new() };
        let alive = limits.lock().alive.clone();
        let stopped = self.state().stopped.clone();
        let mut seen: Vec<Seen> = alive
            .iter()
            .filter_map(|&pid| {
                let mut pipes = sys::pipes(pid);
                pipes.retain(|pipe| {
                    self.0.given.get().is_none_or(|given| !given.contains(&pipe.pipe))
                });
                let seen = look_at(pid)?;
                let is_stopped = stopped.contains(&pid) && seen.state != Doing::Zombie;
                let state = if is_stopped { Doing::Stopped } else { seen.state };
                Some(Seen { state, pipes, ..seen })
            })
            .collect();
        let zombie = |&pid: &Tid| look_at(pid).filter(|seen| seen.state == Doing::Zombie);
        let mut state = self.state();
        // An id that was given anew is another process's, and that one is no zombie or was seen above.
        state.ended.retain(|pid| !alive.contains(pid) && zombie(pid).is_some());
        seen.extend(state.ended.iter().filter_map(zombie));
        seen.sort_by_key(|seen| seen.pid);
        seen
    }

    /// Sends a signal to a process of this run; `false`: there is none with this id, or it has ended.
    #[must_use]
    pub fn signal(&self, pid: u32, signal: Signal) -> bool {
        let Some(limits) = self.0.limits.get() else { return false };
        let Ok(pid) = Tid::try_from(pid) else { return false };
        // While this is held nobody is reaped: the id is that of the process, and of no other.
        let state = limits.lock();
        state.alive.contains(&pid)
            && !sys::is_zombie(pid)
            && kill(Pid::from_raw(pid), signal).is_ok()
    }

    /// Kills all processes of the run, now or when it begins.
    pub fn end(&self) {
        self.0.ended.store(true, Ordering::SeqCst);
        if let Some(limits) = self.0.limits.get() {
            limits.end();
        }
    }

    /// Whether [`Live::end`] was called.
    #[must_use]
    pub fn was_ended(&self) -> bool {
        self.0.ended.load(Ordering::SeqCst)
    }

    /// The run begins; `given` are the pipes that the command has been given.
    pub(crate) fn begins(&self, limits: &Arc<Limits>, given: Vec<Pipe>) {
        let _ = self.0.given.set(given.into_iter().map(|pipe| pipe.pipe).collect());
        let _ = self.0.limits.set(Arc::clone(limits));
        if self.was_ended() {
            limits.end();
        }
    }

    pub(crate) fn tell(&self, at: Duration, what: What) {
        (self.0.hear)(Happening { at, what });
    }

    /// A task is stopped, or goes on; `true`: it was otherwise before.
    pub(crate) fn stopped(&self, tid: Tid, is: bool) -> bool {
        let mut state = self.state();
        if is { state.stopped.insert(tid) } else { state.stopped.remove(&tid) }
    }

    /// A process has ended.
    pub(crate) fn ended(&self, pid: Tid) {
        let mut state = self.state();
        state.stopped.remove(&pid);
        state.ended.insert(pid);
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Live {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Live").finish_non_exhaustive()
    }
}

/// A process in `/proc`; `None`: it is no more.
fn look_at(pid: Tid) -> Option<Seen> {
    let parent = sys::status_field(pid, "PPid")?;
    let tasks = fs::read_dir(format!("/proc/{pid}/task")).ok()?;
    let states: Vec<char> = tasks
        .filter_map(|task| state_of(&fs::read_to_string(task.ok()?.path().join("stat")).ok()?))
        .collect();
    let state = if states.iter().all(|state| matches!(state, 'Z' | 'X')) {
        Doing::Zombie
    } else if states.iter().any(|state| matches!(state, 'R' | 't')) {
        // A task stands in a tracing stop for the moment of an event.
        Doing::Runs
    } else {
        Doing::Waits
    };
    let threads = states.len().max(1);
    let cpu = sys::cpu(pid).unwrap_or_default();
    let (pid, parent) = (pid.unsigned_abs(), parent.unsigned_abs());
    Some(Seen { pid, parent, state, threads, cpu, pipes: Vec::new() })
}

/// The letter of the state in a line of `stat`.
fn state_of(stat: &str) -> Option<char> {
    stat.rsplit_once(") ")?.1.chars().next()
}
