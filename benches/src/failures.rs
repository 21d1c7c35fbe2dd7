//! The map of what survives: the same small work done by several libraries, while a worker or its parent is killed, stopped
//! or refused a system call. What the caller sees of it is judged here, for the map and for the tests.
//!
//! The work is that of `examples/what_survives.rs`, `examples/python/what_survives.py` and `procspawn_pool`: eight tasks for two
//! workers. A task sleeps for a moment, which is the only call that it makes, so that the calls tell where a worker is.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use anyhow::{Context as _, Result, anyhow, ensure};
use figures::failures::{Failures, Library, Moment, Run, Verdict};
use nix::errno::Errno;
use runner::Examples;
use witness::{Fate, Moment as At, Report, Witness};

use crate::machine::{here, output};

/// What a program writes that has done all of its work.
const RIGHT: &str = "1229 primes";

/// The call that a task makes.
const TASK: &str = "clock_nanosleep";

/// The calls that start somebody, and those that send something.
const STARTS: [&str; 4] = ["clone", "clone3", "fork", "vfork"];
const SENDS: [&str; 4] = ["write", "writev", "sendto", "sendmsg"];

/// From the first of these on the parent does what it is there for.
const FIRST: [&str; 6] = ["pipe2", "pipe", "socketpair", "socket", "memfd_create", "clone"];

/// How long the caller may take, unless it has something to do and gets no processor; how long others may go on after it.
const LIMIT: Duration = Duration::from_secs(8);
const PATIENCE: Duration = Duration::from_secs(240);
const GRACE: Duration = Duration::from_secs(8);
/// In milliseconds.
const DEADLINE: &str = "2000";

/// Errors that a call can give, by section ERRORS of its man page, while the program itself is right: those that say that it isn't
/// (`EBADF`, `EFAULT`, `EINVAL`, `ECHILD`, `ESRCH`) would be lies. `close` and `munmap` are left out, since a call that isn't made
/// closes nothing.
const ERRORS: &[(&str, &[Errno])] = &[
    ("accept4", &[Errno::ECONNABORTED, Errno::EMFILE, Errno::EINTR]),
    ("bind", &[Errno::EADDRINUSE, Errno::EACCES]),
    ("brk", &[Errno::ENOMEM]),
    ("clock_nanosleep", &[Errno::EINTR]),
    ("clone", &[Errno::EAGAIN, Errno::ENOMEM]),
    ("clone3", &[Errno::EAGAIN, Errno::ENOMEM]),
    ("connect", &[Errno::ECONNREFUSED, Errno::EAGAIN, Errno::EINTR]),
    ("dup2", &[Errno::EMFILE, Errno::EINTR]),
    ("epoll_wait", &[Errno::EINTR]),
    ("execve", &[Errno::ENOMEM, Errno::EAGAIN, Errno::EACCES]),
    ("fcntl", &[Errno::EPERM, Errno::EMFILE]),
    ("fork", &[Errno::EAGAIN, Errno::ENOMEM]),
    ("getrandom", &[Errno::EINTR, Errno::ENOSYS]),
    ("kill", &[Errno::EPERM]),
    ("listen", &[Errno::EADDRINUSE]),
    ("memfd_create", &[Errno::EMFILE, Errno::ENOMEM]),
    ("mmap", &[Errno::ENOMEM, Errno::EAGAIN]),
    ("mprotect", &[Errno::ENOMEM]),
    ("openat", &[Errno::EMFILE, Errno::ENFILE, Errno::ENOMEM]),
    ("pidfd_open", &[Errno::EMFILE, Errno::ENFILE, Errno::ENOMEM]),
    ("pidfd_send_signal", &[Errno::EPERM]),
    ("pipe2", &[Errno::EMFILE, Errno::ENFILE]),
    ("poll", &[Errno::EINTR, Errno::ENOMEM]),
    ("ppoll", &[Errno::EINTR, Errno::ENOMEM]),
    ("read", &[Errno::EINTR, Errno::EIO]),
    ("recvfrom", &[Errno::EINTR, Errno::ENOMEM]),
    ("recvmsg", &[Errno::EINTR, Errno::ENOMEM]),
    ("sendmsg", &[Errno::EPIPE, Errno::EINTR, Errno::ENOMEM]),
    ("sendto", &[Errno::EPIPE, Errno::EINTR, Errno::ENOMEM]),
    ("sigaltstack", &[Errno::ENOMEM]),
    ("socket", &[Errno::EMFILE, Errno::ENFILE]),
    ("socketpair", &[Errno::EMFILE, Errno::ENFILE]),
    ("wait4", &[Errno::EINTR]),
    ("waitid", &[Errno::EINTR]),
    ("write", &[Errno::EINTR, Errno::EPIPE, Errno::EIO]),
];

/// Something that is done to one process of a program.
#[derive(Clone, Debug)]
pub struct Attempt {
    /// What, and when.
    pub moment: Moment,
    /// To whom, as its place in the order of starts.
    pub process: usize,
    /// At which call.
    pub at: At,
    /// The error of that call, where it fails.
    pub errno: Option<Errno>,
}

/// What came of an attempt.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// For the caller.
    pub verdict: Verdict,
    /// The call at which it was done.
    pub call: &'static str,
    /// All of it.
    pub report: Report,
}

/// A whole run, in which nothing is done to anybody.
///
/// # Errors
///
/// It can't be followed, or is not what it should be.
pub fn whole(program: &impl Fn(bool) -> Result<Command>) -> Result<Report> {
    let report = witness(program(false)?).run()?;
    ensure!(verdict(&report) == Verdict::Right, "a whole run\n{report}");
    Ok(report)
}

fn witness(command: Command) -> Witness {
    Witness::new(command).limit(LIMIT).patience(PATIENCE).grace(GRACE).count_calls()
}

/// Does it; `None` where the process made no such call this time.
///
/// # Errors
///
/// The program can't be followed.
pub fn attempt(
    program: &impl Fn(bool) -> Result<Command>,
    attempt: &Attempt,
) -> Result<Option<Outcome>> {
    let Attempt { moment, process, at, errno } = *attempt;
    let deadline = matches!(moment, Moment::DeadlineTask | Moment::DeadlineElse);
    let stop = deadline || matches!(moment, Moment::StopTask | Moment::StopElse);
    let witness = witness(program(deadline)?);
    let witness = match errno {
        Some(errno) => witness.fail(process, at, errno as i32),
        None if stop => witness.stop(process, at),
        None => witness.kill(process, at),
    };
    let report = witness.run()?;
    let call = report.processes.get(process).and_then(|process| process.met);
    Ok(call.map(|call| Outcome { verdict: verdict(&report), call, report }))
}

/// What the caller sees.
#[must_use]
pub fn verdict(report: &Report) -> Verdict {
    let right = || String::from_utf8_lossy(&report.stdout).lines().last() == Some(RIGHT);
    let main = report.main();
    if report.hung {
        Verdict::Hangs
    } else if main.code() == Some(0) && !right() {
        Verdict::Wrong
    } else if report.processes.iter().any(|process| process.fate == Fate::Orphan) {
        Verdict::Left
    } else if main.code() == Some(0) {
        Verdict::Right
    } else {
        Verdict::Told
    }
}

/// Where a worker is that has made some of its calls and makes this one: before its first task, in one, between a task and the
/// last that it sends, or after that. `whole` are all its calls of a run in which nothing is done to it.
fn place_of_worker(before: &[&str], call: &str, whole: &[&str]) -> usize {
    let sent = |calls: &[&str]| calls.iter().filter(|call| SENDS.contains(call)).count();
    if call == TASK {
        1
    } else if !before.contains(&TASK) {
        0
    } else if sent(before) < sent(whole) {
        2
    } else {
        3
    }
}

/// All that can be done to a program that ran like this, by what and when.
#[must_use]
pub fn attempts(whole: &Report) -> BTreeMap<Moment, Vec<Attempt>> {
    let mut all: BTreeMap<Moment, Vec<Attempt>> = BTreeMap::new();
    // A worker is the last that was started of those who did a task, and its parent the first process.
    let does_tasks = |process: &witness::Process| process.in_order.contains(&TASK);
    let workers = whole.processes.iter().skip(1).rposition(does_tasks);
    let worker = workers.map_or(1, |place| place + 1);
    for process in [0, worker] {
        let calls = &whole.processes[process].in_order;
        let begin = match process {
            0 => calls.iter().position(|call| FIRST.contains(call)).unwrap_or(0),
            _ => 0,
        };
        let started = calls.iter().rposition(|call| STARTS.contains(call)).unwrap_or(0);
        let mut nth: BTreeMap<&str, u64> = BTreeMap::new();
        for (place, call) in calls.iter().enumerate() {
            *nth.entry(call).or_default() += 1;
            if place < begin {
                continue;
            }
            let mut add = |moment, at, errno| {
                let attempt = Attempt { moment, process, at, errno };
                all.entry(moment).or_default().push(attempt);
            };
            let errors = ERRORS.iter().find(|(name, _)| name == call).map_or(&[][..], |e| e.1);
            let named = At::Named(call, nth[call]);
            // In a task the only call is this one, whichever number it has.
            let at = if *call == TASK { named } else { At::Call(place as u64 + 1) };
            if process == 0 {
                let (kill, fail) = if place <= started {
                    (Moment::ParentBegin, Moment::ParentFailBegin)
                } else {
                    (Moment::ParentLater, Moment::ParentFailLater)
                };
                add(kill, at, None);
                for errno in errors {
                    add(fail, named, Some(*errno));
                }
                continue;
            }
            let part = place_of_worker(&calls[..place], call, calls);
            let kill =
                [Moment::KillBegin, Moment::KillTask, Moment::KillDeliver, Moment::KillEnd][part];
            add(kill, at, None);
            let (stop, deadline) = match part {
                1 => (Moment::StopTask, Moment::DeadlineTask),
                _ => (Moment::StopElse, Moment::DeadlineElse),
            };
            add(stop, at, None);
            add(deadline, at, None);
            let early = !calls[..place].contains(&TASK);
            let fail = if early { Moment::FailBegin } else { Moment::FailLater };
            for errno in errors {
                add(fail, named, Some(*errno));
            }
        }
    }
    all
}

/// So many of them at most, evenly spread; of calls that fail, each kind with each error comes first.
#[must_use]
pub fn chosen(attempts: &[Attempt], most: usize) -> Vec<Attempt> {
    let (mut first, mut again) = (Vec::new(), Vec::new());
    let mut known = Vec::new();
    for attempt in attempts {
        let kind = match attempt.at {
            At::Named(name, _) => Some((name, attempt.errno)),
            _ => None,
        };
        if kind.is_none() || known.contains(&kind) {
            again.push(attempt.clone());
        } else {
            known.push(kind);
            first.push(attempt.clone());
        }
    }
    let mut all = spread(&first, most);
    all.extend(spread(&again, most - all.len()));
    all
}

fn spread(attempts: &[Attempt], most: usize) -> Vec<Attempt> {
    let count = most.min(attempts.len());
    (0..count).map(|place| attempts[place * attempts.len() / count].clone()).collect()
}

/// How many attempts a cell of the map has at most.
fn most(moment: Moment) -> usize {
    match moment {
        Moment::StopTask | Moment::StopElse => 2,
        Moment::KillTask | Moment::DeadlineTask | Moment::DeadlineElse => 4,
        Moment::KillBegin
        | Moment::KillDeliver
        | Moment::KillEnd
        | Moment::ParentBegin
        | Moment::ParentLater => 6,
        Moment::FailBegin
        | Moment::FailLater
        | Moment::ParentFailBegin
        | Moment::ParentFailLater => 8,
    }
}

/// A program by its library: what runs it, with a deadline or without.
fn program(root: &Path, examples: &Examples, library: Library, deadline: bool) -> Result<Command> {
    let way = match library {
        Library::Pipe => "1",
        Library::Map | Library::Pool => "2",
        Library::Imap | Library::Executor => "3",
        Library::Procspawn => "",
    };
    let mut command = match library {
        Library::Pipe | Library::Map | Library::Imap => {
            Command::new(examples.program("what_survives")?)
        }
        Library::Procspawn => {
            let this = std::env::current_exe()?;
            Command::new(this.with_file_name("procspawn_pool"))
        }
        Library::Pool | Library::Executor => {
            // Not a wrapper that looks for the interpreter first.
            let python =
                output(Command::new("python3").args(["-c", "import sys; print(sys.executable)"]))?;
            let mut command = Command::new(python);
            command.arg(root.join("examples/python/what_survives.py"));
            command
        }
    };
    runner::clean(&mut command);
    if !way.is_empty() {
        command.args(["--way", way]);
    }
    if deadline {
        command.args(["--deadline", DEADLINE]);
    }
    Ok(command)
}

/// Builds the programs and tries all that is chosen.
///
/// # Errors
///
/// A program can't be built or followed.
pub fn measure(root: &Path) -> Result<Failures> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let build = ["build", "--quiet", "-p", "benches", "--bin", "procspawn_pool"];
    let ended = Command::new(cargo).current_dir(root).args(build).status()?;
    ensure!(ended.success(), "procspawn_pool doesn't build");
    let examples = Examples::build_some(root, &["what_survives".to_owned()].into())?;
    let mut jobs = Vec::new();
    for library in Library::ALL {
        let whole = whole(&|deadline| program(root, &examples, *library, deadline))
            .with_context(|| library.word())?;
        for (moment, attempts) in attempts(&whole) {
            jobs.extend(chosen(&attempts, most(moment)).into_iter().map(|job| (*library, job)));
        }
    }
    let count = jobs.len();
    let jobs = Mutex::new(jobs.into_iter().enumerate());
    let runs = Mutex::new(Vec::new());
    let try_all = || -> Result<()> {
        loop {
            let job = jobs.lock().unwrap_or_else(PoisonError::into_inner).next();
            let Some((number, (library, job))) = job else { return Ok(()) };
            let outcome = attempt(&|deadline| program(root, &examples, library, deadline), &job)?;
            if number % 50 == 0 {
                project::complain(format_args!("{number} of {count}"));
            }
            let Some(outcome) = outcome else { continue };
            let run = run(library, &job, &outcome);
            runs.lock().unwrap_or_else(PoisonError::into_inner).push((number, run));
        }
    };
    thread::scope(|scope| {
        let threads = [(); 24].map(|()| scope.spawn(try_all));
        let end = |_| Err(anyhow!("a thread panicked"));
        threads.into_iter().try_for_each(|thread| thread.join().unwrap_or_else(end))
    })?;
    let mut runs = runs.into_inner().unwrap_or_else(PoisonError::into_inner);
    runs.sort_by_key(|(number, _)| *number);
    let runs = runs.into_iter().map(|(_, run)| run).collect();
    Ok(Failures { measured: here()?, procspawn: procspawn(root)?, runs })
}

fn run(library: Library, job: &Attempt, outcome: &Outcome) -> Run {
    let report = &outcome.report;
    let nth = match job.at {
        At::Call(nth) | At::Named(_, nth) => nth,
        _ => 0,
    };
    let text = |bytes: &[u8]| -> Option<String> {
        let text = String::from_utf8_lossy(bytes).into_owned();
        let line = text.lines().rev().find(|line| !line.trim().is_empty())?;
        Some(line.chars().take(120).collect())
    };
    let end = report.main().ended;
    Run {
        library,
        moment: job.moment,
        call: outcome.call.to_owned(),
        nth,
        errno: job.errno.map(|errno| format!("{errno:?}")),
        verdict: outcome.verdict,
        ms: u64::try_from(end.as_millis()).unwrap_or(u64::MAX),
        said: text(&report.stderr).or_else(|| text(&report.stdout)).unwrap_or_default(),
    }
}

/// The version that is built.
fn procspawn(root: &Path) -> Result<String> {
    let lock = std::fs::read_to_string(root.join("Cargo.lock"))?;
    let after = lock.split("name = \"procspawn\"\nversion = \"").nth(1);
    Ok(after
        .and_then(|rest| rest.split('"').next())
        .context("Cargo.lock names procspawn")?
        .to_owned())
}
