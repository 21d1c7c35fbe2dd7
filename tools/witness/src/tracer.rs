//! Follows the command and all that comes of it, event by event.

use std::collections::HashMap;
use std::os::unix::process::ExitStatusExt as _;
use std::path::PathBuf;
use std::process::ExitStatus;
use std::time::{Duration, Instant};
use std::{io, thread};

use nix::libc::{self, c_int};
use nix::sys::ptrace::{self, Options};
use nix::unistd::Pid;
use syscalls::Sysno;

use crate::error::Error;
use crate::limits::{self, Limits};
use crate::output::Output;
use crate::plan::{Kill, Moment, Witness};
use crate::report::{Fate, Process, Report};
use crate::start::start;
use crate::sys::{self, Event, Resume, Tid};

/// Runs and watches a command, in a thread of its own: whoever traces a task waits for it in the thread that
/// began to, and is not to meet other children of its process there.
pub fn run(witness: Witness) -> Result<Report, Error> {
    thread::scope(|scope| {
        let traced = scope.spawn(|| follow(witness));
        traced.join().unwrap_or_else(|_| Err(Error::Lost(io::Error::other("the tracer panicked"))))
    })
}

fn follow(witness: Witness) -> Result<Report, Error> {
    let kills = witness.kills.iter().map(Aim::new).collect::<Result<_, _>>()?;
    let tracing = Options::PTRACE_O_EXITKILL
        | Options::PTRACE_O_TRACESYSGOOD
        | Options::PTRACE_O_TRACEFORK
        | Options::PTRACE_O_TRACEVFORK
        | Options::PTRACE_O_TRACECLONE
        | Options::PTRACE_O_TRACEEXEC
        | Options::PTRACE_O_TRACEEXIT;
    let begin = Instant::now();
    let (main, mut child) = start(witness.command, tracing)?;
    let outputs = (Output::of(child.stdout.take()), Output::of(child.stderr.take()));
    let limits = Limits::new(begin + witness.limit);
    let mut tracer = Tracer {
        limits: &limits,
        begin,
        grace: witness.grace,
        counts_calls: witness.counts_calls,
        kills,
        processes: Vec::new(),
        latest: HashMap::new(),
        owners: HashMap::new(),
        hung: false,
    };
    thread::scope(|scope| {
        let _watched = limits.watched();
        scope.spawn(|| limits.watch());
        tracer.add_process(main, None);
        let followed = tracer.resume(main, 0).and_then(|()| tracer.follow());
        if followed.is_err() {
            // This thread ends, and with it the system kills all that it traces; these are not waited for.
            limits.lock().alive.iter().for_each(|&pid| limits::end(pid));
        }
        followed.map_err(Error::Lost)
    })?;
    let Tracer { processes, hung, .. } = tracer;
    Ok(Report { processes, stdout: outputs.0.end(), stderr: outputs.1.end(), hung })
}

/// A kill that was asked for, and how many of the calls it waits for have been.
struct Aim {
    kill: Kill,
    number: Option<Sysno>,
    left: u64,
}

impl Aim {
    fn new(kill: &Kill) -> Result<Aim, Error> {
        let (number, nth) = match kill.moment {
            Moment::Call(nth) => (None, nth),
            Moment::Named(name, nth) => {
                let number = name.parse().map_err(|()| Error::NoSuchCall(name.to_owned()))?;
                (Some(number), nth)
            }
        };
        Ok(Aim { kill: *kill, number, left: nth.max(1) })
    }

    /// A process makes a call: is this the one?
    fn is_hit(&mut self, process: usize, call: u64) -> bool {
        let meant = self.kill.process == process
            && self.number.is_none_or(|number| u64::from(number as u32) == call);
        if meant {
            self.left = self.left.saturating_sub(1);
        }
        meant && self.left == 0
    }
}

struct Tracer<'a> {
    limits: &'a Limits,
    begin: Instant,
    grace: Duration,
    counts_calls: bool,
    kills: Vec<Aim>,
    processes: Vec<Process>,
    /// The place of the process that has an id, or had it last.
    latest: HashMap<Tid, usize>,
    /// The tasks that are there, and the places of their processes.
    owners: HashMap<Tid, usize>,
    hung: bool,
}

impl Tracer<'_> {
    fn follow(&mut self) -> io::Result<()> {
        while let Some(tid) = sys::wait()? {
            // Nobody is reaped while the thread beside this one kills: an id stays that of its process.
            let mut limits = self.limits.lock();
            let Some(event) = sys::take(tid)? else { continue };
            if matches!(event, Event::Ended(_)) {
                limits.alive.remove(&tid);
            }
            let over = limits.killed.is_some();
            drop(limits);
            if !self.owners.contains_key(&tid) {
                self.meet(tid, None);
            }
            self.handle(tid, event)?;
            if over {
                self.end_all();
            }
        }
        self.judge();
        Ok(())
    }

    fn handle(&mut self, tid: Tid, event: Event) -> io::Result<()> {
        match event {
            Event::Ended(status) => {
                self.ended(tid, status);
                Ok(())
            }
            Event::Call => self.call(tid),
            Event::Made => {
                let made =
                    ptrace::getevent(Pid::from_raw(tid)).ok().and_then(|made| made.try_into().ok());
                if let Some(made) = made {
                    self.meet(made, self.owners.get(&tid).copied());
                }
                self.resume(tid, 0)
            }
            Event::Program => {
                self.became_a_program(tid);
                self.resume(tid, 0)
            }
            Event::Ends => {
                self.look_for_zombies(tid);
                self.resume(tid, 0)
            }
            Event::Begins => self.resume(tid, 0),
            Event::Stopped => sys::resume(tid, Resume::Stopped, 0),
            Event::Signal(signal) => self.resume(tid, signal),
        }
    }

    fn resume(&self, tid: Tid, signal: c_int) -> io::Result<()> {
        let process = self.owners.get(&tid);
        let aimed_at =
            self.kills.iter().any(|aim| aim.left > 0 && Some(&aim.kill.process) == process);
        let how = if self.counts_calls || aimed_at { Resume::ToCall } else { Resume::On };
        sys::resume(tid, how, signal)
    }

    /// A task is seen for the first time: when its maker says that it made it, or by an event of its own, whichever
    /// comes first.
    fn meet(&mut self, tid: Tid, maker: Option<usize>) {
        if let Some(&known) = self.owners.get(&tid) {
            let process = &mut self.processes[known];
            if process.pid == tid.unsigned_abs() && process.parent.is_none() && known != 0 {
                process.parent = maker;
            }
            return;
        }
        // A thread belongs to the process whose first thread has this id. Where that can't be read any more, the
        // task has been killed already: a thread of its maker's, for all that can be known.
        match (sys::status_field(tid, "Tgid"), maker) {
            (Some(leader), _) if leader != tid => {
                if let Some(&process) = self.owners.get(&leader) {
                    self.processes[process].threads += 1;
                    self.owners.insert(tid, process);
                }
            }
            (Some(_), _) => {
                let parent = sys::status_field(tid, "PPid");
                let parent = parent.and_then(|parent| self.owners.get(&parent).copied());
                self.add_process(tid, maker.or(parent));
            }
            (None, maker) => self.add_process(tid, maker),
        }
    }

    fn add_process(&mut self, pid: Tid, parent: Option<usize>) {
        let place = self.processes.len();
        let now = self.begin.elapsed();
        self.processes.push(Process {
            pid: pid.unsigned_abs(),
            parent,
            program: program(pid),
            started: now,
            ended: now,
            status: None,
            threads: 1,
            calls: 0,
            killed: false,
            fate: Fate::Ended,
        });
        self.latest.insert(pid, place);
        self.owners.insert(pid, place);
        self.limits.lock().alive.insert(pid);
    }

    fn call(&mut self, tid: Tid) -> io::Result<()> {
        if let (Some(call), Some(&place)) = (sys::call(tid), self.owners.get(&tid)) {
            self.processes[place].calls += 1;
            let mut hit = false;
            for aim in self.kills.iter_mut().filter(|aim| aim.left > 0) {
                hit |= aim.is_hit(place, call);
            }
            if hit {
                let process = &mut self.processes[place];
                process.killed = true;
                limits::end(process.pid.cast_signed());
                return Ok(());
            }
        }
        self.resume(tid, 0)
    }

    /// A process has become another program. The thread that asked for it is now its first and only one.
    fn became_a_program(&mut self, pid: Tid) {
        if let Some(&place) = self.owners.get(&pid) {
            self.owners.retain(|&tid, owner| *owner != place || tid == pid);
            self.processes[place].program = program(pid);
        }
    }

    fn ended(&mut self, tid: Tid, status: c_int) {
        let Some(place) = self.owners.remove(&tid) else { return };
        let process = &mut self.processes[place];
        if process.pid != tid.unsigned_abs() {
            return; // a thread
        }
        process.status = Some(ExitStatus::from_raw(status));
        process.ended = self.begin.elapsed();
        if place == 0 {
            let deadline = Instant::now() + self.grace;
            self.limits.change(|state| {
                self.hung = state.killed.as_ref().is_some_and(|killed| killed.contains(&tid));
                state.deadline = deadline;
            });
        }
    }

    /// A process that isn't killed ends. Which of its children have ended, and it hasn't waited for them?
    fn look_for_zombies(&mut self, tid: Tid) {
        let status = ptrace::getevent(Pid::from_raw(tid));
        let by_itself = status.is_ok_and(|status| libc::WIFEXITED(status.try_into().unwrap_or(0)));
        let Some(&parent) = self.owners.get(&tid).filter(|_| by_itself) else { return };
        let latest = &self.latest;
        for (place, process) in self.processes.iter_mut().enumerate() {
            let pid = process.pid.cast_signed();
            // Of several children with the same id, all but the last have been waited for.
            if process.parent == Some(parent) && latest.get(&pid) == Some(&place) {
                // A thread may end that is not the last of its process: the last one decides.
                process.fate = if sys::is_zombie(pid) { Fate::Zombie } else { Fate::Ended };
            }
        }
    }

    /// The time is over: whoever comes to be is killed too.
    fn end_all(&self) {
        self.limits.lock().alive.iter().for_each(|&pid| limits::end(pid));
    }

    fn judge(&mut self) {
        let limits = self.limits.lock();
        let fate = if self.hung { Fate::Hung } else { Fate::Orphan };
        for pid in limits.killed.iter().flatten() {
            if let Some(&place) = self.latest.get(pid) {
                self.processes[place].fate = fate;
            }
        }
    }
}

fn program(pid: Tid) -> PathBuf {
    std::fs::read_link(format!("/proc/{pid}/exe")).unwrap_or_default()
}
