//! Follows the command and all that comes of it, event by event.

use std::collections::{HashMap, HashSet};
use std::os::fd::AsRawFd;
use std::os::unix::process::ExitStatusExt as _;
use std::path::PathBuf;
use std::process::{Child, Command, ExitStatus};
use std::sync::Arc;
use std::time::{Duration, Instant};
use std::{io, thread};

use nix::libc::{self, c_int};
use nix::sys::ptrace::{self, Options};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use syscalls::Sysno;

use crate::aim::Aim;
use crate::error::Error;
use crate::inject;
use crate::limits::{self, Limits};
use crate::live::What;
use crate::output::Output;
use crate::plan::{Kill, Plan};
use crate::report::{Fate, Limit, Process, Report, Sight, Written};
use crate::signals::Signals;
use crate::start::{Started, start};
use crate::sys::{self, Event, Resume, Step, Tid};

/// What has come of the attempt to trace a command.
pub enum Traced {
    /// It was traced to its end.
    Whole(Report),
    /// It runs, and may not be traced: whoever asked for that looks on.
    Untraced { child: Child, begin: Instant },
}

/// Runs and watches a command, in a thread of its own: whoever traces a task waits for it in the thread that
/// began to, and is not to meet other children of its process there.
pub fn run(command: Command, plan: &Plan, anyway: bool) -> Result<Traced, Error> {
    thread::scope(|scope| {
        let traced = scope.spawn(|| follow(command, plan, anyway));
        traced.join().unwrap_or_else(|_| Err(Error::Lost(io::Error::other("the tracer panicked"))))
    })
}

fn follow(command: Command, plan: &Plan, anyway: bool) -> Result<Traced, Error> {
    let kills = plan.kills.iter().map(Aim::new).collect::<Result<_, _>>()?;
    let stops = plan.stops.iter().map(Aim::new).collect::<Result<_, _>>()?;
    let failure = |(at, errno): &(Kill, i32)| Ok((Aim::new(at)?, *errno));
    let failures = plan.failures.iter().map(failure).collect::<Result<_, Error>>()?;
    let signals = Signals::of(plan)?;
    let tracing = Options::PTRACE_O_EXITKILL
        | Options::PTRACE_O_TRACESYSGOOD
        | Options::PTRACE_O_TRACEFORK
        | Options::PTRACE_O_TRACEVFORK
        | Options::PTRACE_O_TRACECLONE
        | Options::PTRACE_O_TRACEEXEC
        | Options::PTRACE_O_TRACEEXIT;
    let begin = Instant::now();
    let (main, mut child) = match start(command, tracing, plan.most.descriptors, anyway)? {
        Started::Traced(main, child) => (main, child),
        Started::Untraced(child) => return Ok(Traced::Untraced { child, begin }),
    };
    let limits = Arc::new(Limits::new(begin, plan.limit, plan.patience));
    let exceeded = || {
        let limits = Arc::clone(&limits);
        move || limits.exceed(Limit::Output)
    };
    let (stdout, stderr) = (child.stdout.take(), child.stderr.take());
    let outputs = Outputs { stdout: number(stdout.as_ref()), stderr: number(stderr.as_ref()) };
    let hear = |to_stderr| {
        let live = plan.live.clone();
        move |bytes: &[u8]| {
            if let Some(live) = &live {
                live.tell(begin.elapsed(), What::Writes { to_stderr, bytes: bytes.to_vec() });
            }
        }
    };
    let stdout = Output::of(stdout, plan.most.output, exceeded(), hear(false));
    let stderr = Output::of(stderr, plan.most.output, exceeded(), hear(true));
    let mut tracer = Tracer {
        limits: &limits,
        begin,
        plan,
        kills,
        stops,
        failures,
        failing: HashMap::new(),
        signals: &signals,
        outputs,
        processes: Vec::new(),
        written: Vec::new(),
        latest: HashMap::new(),
        owners: HashMap::new(),
        unannounced: HashSet::new(),
        inside: HashMap::new(),
        hung: false,
    };
    thread::scope(|scope| {
        let _watched = limits.watched();
        scope.spawn(|| limits.watch());
        scope.spawn(|| signals.send_at_their_times(&limits, begin));
        tracer.add_process(main, None);
        if let Some(live) = &plan.live {
            live.begins(&limits, sys::pipes(main));
        }
        let followed = tracer.resume(main, 0).and_then(|()| tracer.follow());
        if followed.is_err() {
            // This thread ends, and with it the system kills all that it traces; these are not waited for.
            limits.lock().alive.iter().for_each(|&pid| limits::end(pid));
        }
        followed.map_err(Error::Lost)
    })?;
    let Tracer { mut processes, written, hung, .. } = tracer;
    for place in signals.killed() {
        processes[place].killed = true;
    }
    let (stdout, stderr) = (stdout.end(), stderr.end());
    // What was written at the end may be too much only when all of it has been read.
    let exceeded = limits.lock().exceeded.or(hung.then_some(Limit::Time));
    let sight = Sight::Followed;
    let signals = signals.sent();
    Ok(Traced::Whole(Report { processes, stdout, stderr, written, hung, exceeded, signals, sight }))
}

/// The number of the pipe at whose other end the command writes.
fn number(pipe: Option<&impl AsRawFd>) -> Option<u64> {
    sys::pipe(nix::unistd::getpid().as_raw(), pipe?.as_raw_fd().try_into().ok()?)
}

/// The pipes of the command's standard output and error.
struct Outputs {
    stdout: Option<u64>,
    stderr: Option<u64>,
}

/// What a task does between the entry to a call and the return from it.
enum Inside {
    Writes { pipe: u64, pieces: Vec<(u64, usize)> },
    Reads { pipe: u64 },
}

struct Tracer<'a> {
    limits: &'a Limits,
    begin: Instant,
    plan: &'a Plan,
    kills: Vec<Aim>,
    stops: Vec<Aim>,
    failures: Vec<(Aim, c_int)>,
    /// The tasks that are in a call that fails because that was asked for, and the errors that they get.
    failing: HashMap<Tid, c_int>,
    signals: &'a Signals,
    outputs: Outputs,
    processes: Vec<Process>,
    written: Vec<Written>,
    /// The place of the process that has an id, or had it last.
    latest: HashMap<Tid, usize>,
    /// The tasks that are there, and the places of their processes.
    owners: HashMap<Tid, usize>,
    /// The tasks that were met by an event of their own, and whose maker hasn't said yet that it made them. On a busy
    /// machine one may have ended by then.
    unannounced: HashSet<Tid>,
    /// The tasks that write into a pipe or read from one at this moment.
    inside: HashMap<Tid, Inside>,
    hung: bool,
}

impl Tracer<'_> {
    fn follow(&mut self) -> io::Result<()> {
        while let Some(tid) = sys::wait()? {
            self.note_cpu(tid);
            // Nobody is reaped while the thread beside this one kills: an id stays that of its process.
            let mut limits = self.limits.lock();
            let Some(event) = sys::take(tid)? else { continue };
            if matches!(event, Event::Ended(_)) {
                limits.alive.remove(&tid);
            }
            let over = limits.killed.is_some();
            drop(limits);
            if !self.owners.contains_key(&tid) {
                self.unannounced.insert(tid);
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
                    // Its own first event may have come before this one. Its maker has done nothing since.
                    let known = self.unannounced.remove(&made);
                    let place = self.latest.get(&made).copied().filter(|_| known);
                    let at = place.map(|place| self.processes[place].started);
                    self.look_who_was_waited_for(tid, at.unwrap_or_else(|| self.begin.elapsed()));
                    let maker = self.owners.get(&tid).copied();
                    match place.map(|place| &mut self.processes[place]) {
                        Some(process) => process.parent = process.parent.or(maker),
                        None if known => {} // a thread
                        None => self.meet(made, maker),
                    }
                }
                self.resume(tid, 0)
            }
            Event::Program => {
                self.became_a_program(tid);
                self.resume(tid, 0)
            }
            Event::Ends => {
                self.look_for_zombies(tid);
                self.note_pipes(tid);
                self.resume(tid, 0)
            }
            Event::Begins => {
                self.limits.lock().stopped.remove(&tid);
                self.tell_whether_stopped(tid, false);
                self.resume(tid, 0)
            }
            Event::Stopped => {
                self.limits.lock().stopped.insert(tid);
                self.tell_whether_stopped(tid, true);
                sys::resume(tid, Resume::Stopped, 0)
            }
            Event::Signal(signal) => self.resume(tid, signal),
        }
    }

    fn resume(&self, tid: Tid, signal: c_int) -> io::Result<()> {
        let process = self.owners.get(&tid);
        let failures = self.failures.iter().map(|(aim, _)| aim);
        let mut aims = self.kills.iter().chain(&self.stops).chain(failures);
        let aimed_at = aims.any(|aim| aim.left > 0 && Some(&aim.kill.process) == process)
            || self.failing.contains_key(&tid)
            || process.is_some_and(|&process| self.signals.wait_for(process));
        let how = if self.plan.counts_calls || aimed_at { Resume::ToCall } else { Resume::On };
        sys::resume(tid, how, signal)
    }

    /// A task is seen for the first time: when its maker says that it made it, or by an event of its own, whichever
    /// comes first.
    fn meet(&mut self, tid: Tid, maker: Option<usize>) {
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
        self.processes.push(Process::new(pid.unsigned_abs(), parent, program(pid), now));
        self.latest.insert(pid, place);
        self.owners.insert(pid, place);
        let there = {
            let mut limits = self.limits.lock();
            limits.alive.insert(pid);
            limits.started.push(pid);
            limits.alive.len()
        };
        self.tell(
            now,
            |process| What::Starts {
                place,
                pid: process.pid,
                parent,
                program: process.program.clone(),
            },
            place,
        );
        if self.plan.most.processes.is_some_and(|most| there > most) {
            self.limits.exceed(Limit::Processes);
        }
    }

    fn call(&mut self, tid: Tid) -> io::Result<()> {
        if let (Some(step), Some(&place)) = (sys::step(tid), self.owners.get(&tid)) {
            match step {
                Step::Enters(call, arguments) => {
                    let mut hit = false;
                    for aim in self.kills.iter_mut().filter(|aim| aim.left > 0) {
                        hit |= aim.is_hit(place, call);
                    }
                    self.signals.send_at_a_call(self.limits, place, call);
                    let process = &mut self.processes[place];
                    process.calls += 1;
                    if hit {
                        process.killed = true;
                        process.met = name(call);
                        limits::end(process.pid.cast_signed());
                        return Ok(());
                    }
                    if self.plan.counts_calls {
                        self.enters(tid, place, call, arguments);
                    }
                    self.meddle(tid, place, call)?;
                }
                Step::Leaves(result) => {
                    let result = match self.failing.remove(&tid).map(|errno| -i64::from(errno)) {
                        Some(error) => inject::give(tid, error).map(|()| error)?,
                        None => result,
                    };
                    self.leaves(tid, place, result);
                }
            }
        }
        self.resume(tid, 0)
    }

    /// Stops a process at this call, or has the call fail, where that was asked for.
    fn meddle(&mut self, tid: Tid, place: usize, call: u64) -> io::Result<()> {
        let mut stop = false;
        for aim in self.stops.iter_mut().filter(|aim| aim.left > 0) {
            stop |= aim.is_hit(place, call);
        }
        if stop {
            self.processes[place].met = name(call);
            let _ = kill(Pid::from_raw(self.processes[place].pid.cast_signed()), Signal::SIGSTOP);
        }
        let mut error = None;
        for (aim, errno) in self.failures.iter_mut().filter(|(aim, _)| aim.left > 0) {
            if aim.is_hit(place, call) {
                error = Some(*errno);
            }
        }
        if let Some(errno) = error {
            self.processes[place].met = name(call);
            inject::skip(tid)?;
            self.failing.insert(tid, errno);
        }
        Ok(())
    }

    /// Counts a call by its name, and keeps in mind one that writes or reads.
    fn enters(&mut self, tid: Tid, place: usize, call: u64, arguments: [u64; 6]) {
        self.inside.remove(&tid);
        let Some(call) = usize::try_from(call).ok().and_then(Sysno::new) else { return };
        *self.processes[place].named.entry(call.name()).or_default() += 1;
        self.processes[place].in_order.push(call.name());
        let [descriptor, address, length, ..] = arguments;
        let length = usize::try_from(length).unwrap_or(0);
        let inside = match call {
            Sysno::read | Sysno::readv => {
                sys::pipe(tid, descriptor).map(|pipe| Inside::Reads { pipe })
            }
            Sysno::write => sys::pipe(tid, descriptor)
                .map(|pipe| Inside::Writes { pipe, pieces: vec![(address, length)] }),
            Sysno::writev => sys::pipe(tid, descriptor)
                .map(|pipe| Inside::Writes { pipe, pieces: sys::pieces(tid, address, length) }),
            _ => None,
        };
        if let Some(inside) = inside {
            self.inside.insert(tid, inside);
        }
    }

    /// Notes what a call has written or read.
    fn leaves(&mut self, tid: Tid, place: usize, result: i64) {
        let Some(inside) = self.inside.remove(&tid) else { return };
        let Some(mut rest) = usize::try_from(result).ok().filter(|&result| result > 0) else {
            return;
        };
        let (pipe, pieces) = match inside {
            Inside::Reads { pipe } => {
                *self.processes[place].received.entry(pipe).or_default() += rest as u64;
                return;
            }
            Inside::Writes { pipe, pieces } => (pipe, pieces),
        };
        let to_stderr = Some(pipe) == self.outputs.stderr;
        if !to_stderr && Some(pipe) != self.outputs.stdout {
            *self.processes[place].sent.entry(pipe).or_default() += rest as u64;
            return;
        }
        let mut bytes = Vec::new();
        for (address, length) in pieces {
            let length = length.min(rest);
            bytes.extend(sys::memory(tid, address, length));
            rest -= length;
        }
        self.written.push(Written { by: place, to_stderr, at: self.begin.elapsed(), bytes });
    }

    /// What has used the processor is asked before a process is reaped, so at each of its events.
    fn note_cpu(&mut self, tid: Tid) {
        if let Some(&place) = self.owners.get(&tid)
            && let process = &mut self.processes[place]
            && process.pid == tid.unsigned_abs()
            && let Some(cpu) = sys::cpu(tid)
        {
            process.cpu = process.cpu.max(cpu);
        }
    }

    /// A task ends: its process holds what it holds, until its last task has ended.
    fn note_pipes(&mut self, tid: Tid) {
        if let Some(&place) = self.owners.get(&tid) {
            let mut pipes = sys::pipes(tid);
            let own = |pipe| Some(pipe) == self.outputs.stdout || Some(pipe) == self.outputs.stderr;
            pipes.retain(|pipe| !own(pipe.pipe));
            self.processes[place].pipes = pipes;
        }
    }

    /// A process starts another at this time, or ends: which of its children that have ended has it waited for?
    fn look_who_was_waited_for(&mut self, tid: Tid, at: Duration) {
        let Some(&parent) = self.owners.get(&tid) else { return };
        let latest = &self.latest;
        for (place, process) in self.processes.iter_mut().enumerate() {
            if process.parent == Some(parent)
                && process.status.is_some()
                && process.waited.is_none()
            {
                let pid = process.pid.cast_signed();
                if latest.get(&pid) != Some(&place) || !sys::is_zombie(pid) {
                    process.waited = Some(at.max(process.ended));
                }
            }
        }
    }

    /// A process has become another program. The thread that asked for it is now its first and only one.
    fn became_a_program(&mut self, pid: Tid) {
        if let Some(&place) = self.owners.get(&pid) {
            self.owners.retain(|&tid, owner| *owner != place || tid == pid);
            self.processes[place].program = program(pid);
            let now = self.begin.elapsed();
            self.tell(
                now,
                |process| What::Becomes { place, program: process.program.clone() },
                place,
            );
        }
    }

    fn ended(&mut self, tid: Tid, status: c_int) {
        self.inside.remove(&tid);
        self.failing.remove(&tid);
        let Some(place) = self.owners.remove(&tid) else { return };
        let process = &mut self.processes[place];
        if process.pid != tid.unsigned_abs() {
            return; // a thread
        }
        process.status = Some(ExitStatus::from_raw(status));
        process.ended = self.begin.elapsed();
        if let Some(live) = &self.plan.live {
            live.ended(tid);
            live.tell(process.ended, What::Ends { place, status: ExitStatus::from_raw(status) });
        }
        if place == 0 {
            let deadline = Instant::now() + self.plan.grace;
            self.limits.change(|state| {
                self.hung = state.exceeded.is_none()
                    && state.killed.as_ref().is_some_and(|killed| killed.contains_key(&tid));
                state.deadline = deadline;
                state.patience = None; // the others are given their time of grace
            });
        }
    }

    /// Tells whoever looks on what has happened to a process.
    fn tell(&self, at: Duration, what: impl FnOnce(&Process) -> What, place: usize) {
        if let Some(live) = &self.plan.live {
            live.tell(at, what(&self.processes[place]));
        }
    }

    /// A task is stopped, or goes on. A process's first thread speaks for all of them.
    fn tell_whether_stopped(&self, tid: Tid, is: bool) {
        let Some(live) = &self.plan.live else { return };
        if live.stopped(tid, is)
            && let Some(&place) = self.owners.get(&tid)
            && self.processes[place].pid == tid.unsigned_abs()
        {
            let what = if is { What::Stops { place } } else { What::GoesOn { place } };
            live.tell(self.begin.elapsed(), what);
        }
    }

    /// A process ends. If it isn't killed: which of its children have ended, and it hasn't waited for them?
    fn look_for_zombies(&mut self, tid: Tid) {
        let status = ptrace::getevent(Pid::from_raw(tid));
        let by_itself = status.is_ok_and(|status| libc::WIFEXITED(status.try_into().unwrap_or(0)));
        let Some(&parent) = self.owners.get(&tid) else { return };
        if by_itself {
            self.look_who_was_waited_for(tid, self.begin.elapsed());
        }
        let latest = &self.latest;
        for (place, process) in self.processes.iter_mut().enumerate() {
            let pid = process.pid.cast_signed();
            // Of several children with the same id, all but the last have been waited for.
            if process.parent == Some(parent) && latest.get(&pid) == Some(&place) {
                // A thread may end that is not the last of its process: the last one decides. One that is killed
                // could wait for nobody any more.
                let zombie = by_itself && sys::is_zombie(pid);
                process.fate = if zombie { Fate::Zombie } else { Fate::Ended };
            }
        }
    }

    /// The time is over: whoever comes to be is killed too.
    fn end_all(&self) {
        self.limits.lock().alive.iter().for_each(|&pid| limits::end(pid));
    }

    fn judge(&mut self) {
        let limits = self.limits.lock();
        let stopped = self.hung || limits.exceeded.is_some();
        let fate = if stopped { Fate::Hung } else { Fate::Orphan };
        for (pid, waiting) in limits.killed.iter().flatten() {
            if let Some(&place) = self.latest.get(pid) {
                self.processes[place].fate = fate;
                self.processes[place].waiting = *waiting;
            }
        }
    }
}

fn program(pid: Tid) -> PathBuf {
    std::fs::read_link(format!("/proc/{pid}/exe")).unwrap_or_default()
}

fn name(call: u64) -> Option<&'static str> {
    usize::try_from(call).ok().and_then(Sysno::new).map(|call| call.name())
}
