//! Where nobody may trace: the table of processes, read again and again.
//!
//! It sees who is there when it looks. [`Sight::blind_to`] says what it can't know.

use std::io;
use std::os::unix::process::CommandExt as _;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use nix::sys::resource::{Resource, setrlimit};
use nix::sys::signal::{SigHandler, Signal, kill, killpg, signal};
use nix::unistd::Pid;

use crate::error::Error;
use crate::output::Output;
use crate::plan::Plan;
use crate::report::{Fate, Limit, Process, Report, Sight};
use crate::table::{self, Row};

/// The time between two looks: a look takes about as long where some hundred processes are there.
const PAUSE: Duration = Duration::from_millis(2);

/// Starts a command as a process group of its own, and looks on.
pub fn run(mut command: Command, plan: &Plan) -> Result<Report, Error> {
    let descriptors = plan.most.descriptors;
    let begin = Instant::now();
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).process_group(0);
    // SAFETY: between `fork` and `exec` it makes system calls only: it takes no lock and no memory.
    unsafe { command.pre_exec(move || prepare(descriptors)) };
    let program = command.get_program().to_owned();
    let child = command.spawn().map_err(|error| Error::Start(program, error))?;
    on(child, begin, plan)
}

/// In the child, before it becomes the command, of which it holds: so many descriptors at most, and it heeds the keyboard.
pub fn prepare(descriptors: Option<u64>) -> io::Result<()> {
    heed_the_keyboard()?;
    if let Some(most) = descriptors {
        setrlimit(Resource::RLIMIT_NOFILE, most, most)?;
    }
    Ok(())
}

/// From now on Ctrl-C and its like end this process and those that it starts, as they do in a terminal. A shell that
/// starts something in the background has these signals ignored, and that is inherited.
///
/// # Errors
///
/// What `sigaction` reports.
pub fn heed_the_keyboard() -> io::Result<()> {
    for keys in [Signal::SIGHUP, Signal::SIGINT, Signal::SIGQUIT] {
        // SAFETY: no handler is set.
        unsafe { signal(keys, SigHandler::SigDfl) }?;
    }
    Ok(())
}

/// Looks on at a command that runs as a process group of its own.
pub fn on(mut child: Child, begin: Instant, plan: &Plan) -> Result<Report, Error> {
    let flooded = Arc::new(AtomicBool::new(false));
    let tell = || {
        let flooded = Arc::clone(&flooded);
        move || flooded.store(true, Ordering::Relaxed)
    };
    let stdout = Output::of(child.stdout.take(), plan.most.output, tell(), |_| ());
    let stderr = Output::of(child.stderr.take(), plan.most.output, tell(), |_| ());
    let mut looker = Looker { begin, group: pid(&child), seen: Vec::new(), there: Vec::new() };
    let watched = looker.watch(&mut child, plan, &flooded);
    if watched.is_err() {
        let _ = killpg(Pid::from_raw(pid(&child)), Signal::SIGKILL);
        let _ = child.wait();
    }
    let exceeded = watched.map_err(Error::Lost)?;
    Ok(Report {
        processes: looker.seen.into_iter().map(|seen| seen.process).collect(),
        stdout: stdout.end(),
        stderr: stderr.end(),
        written: Vec::new(),
        hung: exceeded == Some(Limit::Time),
        exceeded,
        signals: 0,
        sight: Sight::Looked,
    })
}

fn pid(child: &Child) -> i32 {
    child.id().cast_signed()
}

struct Looker {
    begin: Instant,
    group: i32,
    seen: Vec<Seen>,
    /// The places of those who were there at the last look and had not ended.
    there: Vec<usize>,
}

struct Seen {
    process: Process,
    /// With the id it tells one process from another.
    begin: u64,
}

impl Looker {
    /// Until all have ended or were killed; which limit was exceeded.
    fn watch(
        &mut self,
        child: &mut Child,
        plan: &Plan,
        flooded: &AtomicBool,
    ) -> io::Result<Option<Limit>> {
        let mut ended: Option<Instant> = None;
        loop {
            // The first process is looked at before it is waited for: its id is nobody else's until then.
            self.look()?;
            if ended.is_none()
                && let Some(status) = child.try_wait()?
            {
                ended = Some(Instant::now());
                self.look()?;
                if let Some(main) = self.seen.first_mut() {
                    main.process.status = Some(status);
                }
            }
            let exceeded = if flooded.load(Ordering::Relaxed) {
                Some(Limit::Output)
            } else if plan.most.processes.is_some_and(|most| self.there.len() > most) {
                Some(Limit::Processes)
            } else if ended.is_none() && self.begin.elapsed() >= plan.limit {
                Some(Limit::Time)
            } else {
                None
            };
            let over = ended.is_some_and(|ended| ended.elapsed() >= plan.grace);
            if exceeded.is_some() || over {
                let fate = if exceeded.is_some() { Fate::Hung } else { Fate::Orphan };
                self.end_all(child, fate)?;
                return Ok(exceeded);
            }
            thread::sleep(PAUSE);
        }
    }

    /// One look at the table.
    fn look(&mut self) -> io::Result<()> {
        let mut rows = table::read()?;
        let now = self.begin.elapsed();
        rows.sort_by_key(|row| (row.begin, row.pid));
        let mut there = Vec::new();
        // A parent may stand behind its child, where ids have begun anew.
        let mut found = true;
        while found {
            found = false;
            rows.retain(|row| match self.place(row, now) {
                Some(place) => {
                    found = true;
                    if !row.zombie {
                        there.push(place);
                    }
                    false
                }
                None => true,
            });
        }
        for &gone in self.there.iter().filter(|gone| !there.contains(gone)) {
            self.seen[gone].process.ended = now;
        }
        self.there = there;
        Ok(())
    }

    /// The place of a process that comes of the command; `None`: it is a stranger, or its parent isn't known yet.
    fn place(&mut self, row: &Row, now: Duration) -> Option<usize> {
        let known = self
            .seen
            .iter()
            .rposition(|seen| seen.process.pid.cast_signed() == row.pid && seen.begin == row.begin);
        let place = if let Some(known) = known {
            known
        } else {
            // Of several that had this id, the parent is the last.
            let parent =
                self.seen.iter().rposition(|seen| seen.process.pid.cast_signed() == row.parent);
            if parent.is_none() && row.group != self.group {
                return None;
            }
            let (pid, program) = (row.pid.cast_unsigned(), row.program.clone());
            let process = Process::new(pid, parent, program, now);
            self.seen.push(Seen { process, begin: row.begin });
            self.seen.len() - 1
        };
        let process = &mut self.seen[place].process;
        process.cpu = process.cpu.max(row.cpu);
        if !row.zombie {
            process.threads = process.threads.max(row.threads);
            process.program.clone_from(&row.program);
        }
        Some(place)
    }

    /// Kills all that are there until nobody is.
    fn end_all(&mut self, child: &mut Child, fate: Fate) -> io::Result<()> {
        while !self.there.is_empty() {
            for &place in &self.there {
                self.seen[place].process.fate = fate;
                // It was there at the look before this line, or it is a child that isn't waited for.
                let _ = kill(
                    Pid::from_raw(self.seen[place].process.pid.cast_signed()),
                    Signal::SIGKILL,
                );
            }
            thread::sleep(PAUSE);
            self.look()?;
        }
        let status = child.wait()?;
        if let Some(main) = self.seen.first_mut() {
            main.process.status = Some(status);
        }
        Ok(())
    }
}
