//! The signals that are to be sent at a moment: at a call, by the tracer; at a time, by a thread beside it.

use std::collections::BTreeSet;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use nix::libc::{self, c_int};
use nix::unistd::{Pid, getpgid};

use crate::aim::Aim;
use crate::error::Error;
use crate::limits::{Limits, State};
use crate::plan::{Kill, Moment, Plan, To};

/// The signals of a run.
pub struct Signals {
    /// At a call.
    aims: Mutex<Vec<(Aim, To, c_int)>>,
    /// At a time, in the order of the times.
    timed: Vec<(Duration, Kill, To, c_int)>,
    done: Mutex<Done>,
}

/// What has been done.
#[derive(Default)]
struct Done {
    sent: usize,
    /// The places of those that were killed at a time.
    killed: BTreeSet<usize>,
}

impl Signals {
    /// Those of a plan, and its kills at a time.
    pub fn of(plan: &Plan) -> Result<Signals, Error> {
        let mut aims = Vec::new();
        let mut timed = Vec::new();
        for (kill, to, signal) in &plan.signals {
            match kill.moment {
                Moment::Time(time) => timed.push((time, *kill, *to, *signal)),
                _ => aims.push((Aim::new(kill)?, *to, *signal)),
            }
        }
        for kill in &plan.kills {
            if let Moment::Time(time) = kill.moment {
                timed.push((time, *kill, To::Process(kill.process), libc::SIGKILL));
            }
        }
        timed.sort_by_key(|(time, ..)| *time);
        Ok(Signals { aims: Mutex::new(aims), timed, done: Mutex::default() })
    }

    /// Whether a call of this process is waited for.
    pub fn wait_for(&self, process: usize) -> bool {
        lock(&self.aims).iter().any(|(aim, ..)| aim.left > 0 && aim.kill.process == process)
    }

    /// A process makes a call: whose moment is it?
    pub fn send_at_a_call(&self, limits: &Limits, process: usize, call: u64) {
        for (aim, to, signal) in lock(&self.aims).iter_mut().filter(|(aim, ..)| aim.left > 0) {
            if aim.is_hit(process, call) {
                self.send(&limits.lock(), *to, *signal);
            }
        }
    }

    /// Returns when all have been sent or the run is over.
    pub fn send_at_their_times(&self, limits: &Limits, begin: Instant) {
        for (time, kill, to, signal) in &self.timed {
            if !limits.wait_until(begin + *time) {
                return;
            }
            let state = limits.lock();
            if state.at(kill.process).is_some() {
                self.send(&state, *to, *signal);
                if *signal == libc::SIGKILL {
                    lock(&self.done).killed.insert(kill.process);
                }
            }
        }
    }

    /// While the state is locked nobody is reaped: an id is that of its process.
    fn send(&self, state: &State, to: To, signal: c_int) {
        let (To::Process(place) | To::Group(place)) = to;
        let Some(pid) = state.at(place) else { return };
        let group = |pid| getpgid(Some(Pid::from_raw(pid))).ok();
        let in_it = |other: &c_int| matches!(to, To::Group(_)) && group(*other) == group(pid);
        let others = state.alive.iter().copied().filter(|other| *other != pid && in_it(other));
        for pid in std::iter::once(pid).chain(others) {
            // SAFETY: it changes nothing in this process. nix's `kill` knows no real-time signals.
            unsafe { libc::kill(pid, signal) };
        }
        lock(&self.done).sent += 1;
    }

    /// How many have been sent.
    pub fn sent(&self) -> usize {
        lock(&self.done).sent
    }

    /// The places of those that were killed at a time.
    pub fn killed(&self) -> BTreeSet<usize> {
        lock(&self.done).killed.clone()
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
