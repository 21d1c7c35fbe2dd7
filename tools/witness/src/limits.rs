//! The limits of a run: a thread beside the tracer that kills what is still there when the time is over; whoever finds
//! another limit exceeded kills at once.
//!
//! The tracer waits in the kernel for events, without a limit; a killed process is an event. Process ids are given
//! anew when they are free, so nobody is taken off the list, and reaped, while somebody may be killed.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use crate::report::{Limit, Waiting};
use crate::sys::{self, Tid};

/// The time between two looks at who is to get more time, how many looks count, and how many of them have to find
/// that nobody has anything to do. A program that asks again and again is found to do something now and then.
const PAUSE: Duration = Duration::from_millis(50);
const LOOKS: usize = 20;
const IDLE: usize = 15;

/// What the tracer and the thread beside it share.
#[derive(Debug)]
pub struct Limits {
    state: Mutex<State>,
    changed: Condvar,
}

/// The processes that are there, and how long they may be.
#[derive(Debug)]
pub struct State {
    /// Those that have not been reaped.
    pub alive: BTreeSet<Tid>,
    /// Those that are stopped, as by SIGSTOP.
    pub stopped: BTreeSet<Tid>,
    /// All that have been there, in the order of their starts.
    pub started: Vec<Tid>,
    /// When those that are still there are killed.
    pub deadline: Instant,
    /// Until when it may be put off, if at all, and how much processor time is enough.
    pub patience: Option<(Instant, Duration)>,
    /// Who was there when the time was over or another limit exceeded, and in which calls; `None` before it.
    pub killed: Option<BTreeMap<Tid, Option<Waiting>>>,
    /// The limit that was exceeded, if it wasn't the time.
    pub exceeded: Option<Limit>,
    /// There is nobody left to watch.
    pub done: bool,
}

impl Limits {
    /// Nobody is there yet.
    pub fn new(begin: Instant, limit: Duration, patience: Option<Duration>) -> Limits {
        let patience = patience.map(|at_most| (begin + at_most, limit));
        let (alive, stopped, deadline) = (BTreeSet::new(), BTreeSet::new(), begin + limit);
        let state = State {
            alive,
            stopped,
            started: Vec::new(),
            deadline,
            patience,
            killed: None,
            exceeded: None,
            done: false,
        };
        Limits { state: Mutex::new(state), changed: Condvar::new() }
    }

    /// While the guard lives nobody is killed.
    pub fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Another deadline, or the end.
    pub fn change(&self, change: impl FnOnce(&mut State)) {
        change(&mut self.lock());
        self.changed.notify_all();
    }

    /// Something else than the time is exceeded: all are killed now.
    pub fn exceed(&self, limit: Limit) {
        self.change(|state| {
            if state.killed.is_none() {
                state.exceeded = Some(limit);
                state.end_all();
            }
        });
    }

    /// All are killed now.
    pub fn end(&self) {
        self.change(|state| {
            if state.killed.is_none() {
                state.end_all();
            }
        });
    }

    /// Waits until a time; `false`: all is done before.
    pub fn wait_until(&self, time: Instant) -> bool {
        let mut state = self.lock();
        while !state.done {
            let left = time.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return true;
            }
            state =
                self.changed.wait_timeout(state, left).unwrap_or_else(PoisonError::into_inner).0;
        }
        false
    }

    /// The watching goes on while this lives.
    pub fn watched(&self) -> Watched<'_> {
        Watched(self)
    }

    /// Watches the time until all is done.
    pub fn watch(&self) {
        let mut state = self.lock();
        let mut looks = VecDeque::new();
        while !state.done {
            let left = state.deadline.saturating_duration_since(Instant::now());
            state = if state.killed.is_some() {
                self.changed.wait(state).unwrap_or_else(PoisonError::into_inner)
            } else if left.is_zero() && state.is_to_get_more_time(&mut looks) {
                self.changed.wait_timeout(state, PAUSE).unwrap_or_else(PoisonError::into_inner).0
            } else if left.is_zero() {
                state.end_all();
                state
            } else {
                self.changed.wait_timeout(state, left).unwrap_or_else(PoisonError::into_inner).0
            };
        }
    }
}

impl State {
    /// Whether somebody has something to do, and has not been given a processor for long enough. `looks` are the
    /// earlier looks: whether they found that everybody waited.
    fn is_to_get_more_time(&self, looks: &mut VecDeque<bool>) -> bool {
        let Some((at_most, enough)) = self.patience else { return false };
        let used: Duration = self.alive.iter().filter_map(|&pid| sys::cpu(pid)).sum();
        looks
            .push_back(self.alive.iter().all(|pid| self.stopped.contains(pid) || sys::waits(*pid)));
        if looks.len() > LOOKS {
            looks.pop_front();
        }
        let idle = looks.iter().filter(|&&idle| idle).count() >= IDLE;
        Instant::now() < at_most && used < enough && !idle
    }

    /// The process at a place in the order of starts, if it has not ended.
    pub fn at(&self, place: usize) -> Option<Tid> {
        let pid = *self.started.get(place)?;
        // An id is given anew when its process has been reaped: then a later place has it.
        let is_last = self.started.iter().rposition(|&other| other == pid) == Some(place);
        (is_last && self.alive.contains(&pid) && !sys::is_zombie(pid)).then_some(pid)
    }

    /// Kills all that are there.
    fn end_all(&mut self) {
        // Who has ended is only not reaped yet, and was not left.
        let there = self.alive.iter().copied().filter(|&pid| !sys::is_zombie(pid));
        self.killed = Some(there.map(|pid| (pid, sys::waiting(pid))).collect());
        self.alive.iter().for_each(|&pid| end(pid));
    }
}

/// Ends the watching when it is dropped, also by a panic.
pub struct Watched<'a>(&'a Limits);

impl Drop for Watched<'_> {
    fn drop(&mut self) {
        self.0.change(|state| state.done = true);
    }
}

/// Kills a process that has not been reaped.
pub fn end(pid: Tid) {
    let _ = kill(Pid::from_raw(pid), Signal::SIGKILL);
}
