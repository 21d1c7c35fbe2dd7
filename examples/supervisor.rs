//! A supervisor: deadlines, restarts with a limit and back-off, an end without orphans.
//!
//! Unix only. `cargo run --example supervisor -- --rounds 1000`, then press Ctrl-C.
#![cfg_attr(not(unix), allow(dead_code, unused_imports))]

use std::io::{self, PipeReader, PipeWriter, Read};
use std::ops::Range;
use std::process::ExitCode;
use std::sync::atomic::{AtomicBool, AtomicI32, AtomicUsize, Ordering::Relaxed};
use std::time::{Duration, Instant};
use std::{iter, panic, process, thread};

use anyhow::ensure;
#[cfg(unix)]
use nix::sys::signal::{
    SaFlags, SigAction, SigHandler, SigSet, Signal, raise, sigaction,
};

const ATTEMPTS: u32 = 4;
const BACK_OFF: Duration = Duration::from_millis(50);
const SILENCE: Duration = Duration::from_secs(2);
const GRACE: Duration = Duration::from_secs(1);
const REFUSED: u8 = 65; // EX_DATAERR of sysexits.h: nobody else uses it here
/// So many happy numbers up to a limit, from oeis.org/A068571.
const PUBLISHED: [(usize, usize); 3] =
    [(1000, 143), (100_000, 14_377), (1_000_000, 143_071)];

static STOP: AtomicI32 = AtomicI32::new(0);
static AT_ONCE: AtomicBool = AtomicBool::new(false);

extern "C" fn on_signal(number: i32) {
    if STOP.swap(number, Relaxed) != 0 {
        AT_ONCE.store(true, Relaxed);
    }
}

struct Task {
    name: char,
    range: Range<usize>,
    fault: fn(u32),
    attempt: u32,
    not_before: Instant,
}

/// A number is happy if it comes to 1 when, again and again, the sum of its digits'
/// squares takes its place. An unhappy one comes to 4 sooner or later.
fn is_happy(mut n: usize) -> bool {
    while n > 4 {
        let digits = iter::successors(Some(n), |n| Some(n / 10).filter(|&n| n > 0));
        n = digits.map(|n| (n % 10).pow(2)).sum();
    }
    n == 1
}

fn work(task: &Task, [happy, at]: &[AtomicUsize; 2]) -> ExitCode {
    (task.fault)(task.attempt);
    if task.range.start > task.range.end {
        return ExitCode::from(REFUSED);
    }
    for n in task.range.clone() {
        happy.fetch_add(usize::from(is_happy(n)), Relaxed);
        at.store(n, Relaxed);
    }
    ExitCode::SUCCESS
}

#[cfg(unix)]
fn at_signal(signal: Signal, handler: SigHandler) -> nix::Result<()> {
    let action = SigAction::new(handler, SaFlags::SA_RESTART, SigSet::empty());
    // SAFETY: our only handler uses nothing but atomics, which a handler may do.
    unsafe { sigaction(signal, &action) }.map(drop)
}

/// What a worker does first: it takes its own ways to end.
#[cfg(unix)]
fn prepare(lifeline: &PipeReader) -> anyhow::Result<()> {
    at_signal(Signal::SIGINT, SigHandler::SigIgn)?;
    at_signal(Signal::SIGTERM, SigHandler::SigDfl)?;
    ensure!(STOP.load(Relaxed) == 0, "a signal came before these lines");
    panic::set_hook(Box::new(|panic| {
        let line = format!("worker (pid {}) {panic}", process::id()).replace('\n', " ");
        eprint!("{}", line + "\n"); // in one write
    }));
    let mut lifeline = lifeline.try_clone()?;
    thread::spawn(move || {
        // It returns when the supervisor has gone, in whatever way, and at no signal.
        let _ = lifeline.read_to_end(&mut Vec::new());
        // SAFETY: it ends the process here, whatever the first thread does or holds.
        unsafe { nix::libc::_exit(1) }
    });
    Ok(())
}

#[cfg(unix)]
struct Worker {
    process: mp::Process,
    /// How many happy numbers it has found, and the number it has come to.
    board: mp::Shared<[AtomicUsize; 2]>,
    task: Task,
    seen: usize,
    heard: Instant,
}

#[cfg(unix)]
impl Drop for Worker {
    fn drop(&mut self) {
        let _ = self.process.kill();
    }
}

#[cfg(unix)]
struct Supervisor {
    running: Vec<Worker>,
    lifeline: PipeReader,
    held: Option<PipeWriter>,
}

#[cfg(unix)]
impl Supervisor {
    fn start(&mut self, task: Task) -> anyhow::Result<()> {
        let board = mp::Shared::new([AtomicUsize::new(0), AtomicUsize::new(0)])?;
        let process = mp::Process::spawn(|| {
            self.held = None;
            prepare(&self.lifeline).map(|()| work(&task, &board))
        })?;
        self.running.push(Worker {
            process,
            board,
            task,
            seen: 0,
            heard: Instant::now(),
        });
        Ok(())
    }

    /// Takes out the workers that have ended; one that hangs is ended here.
    fn take_ended(&mut self) -> io::Result<Vec<(Worker, bool)>> {
        let mut ended = Vec::new();
        for place in (0..self.running.len()).rev() {
            let worker = &mut self.running[place];
            let at = worker.board[1].load(Relaxed);
            if at != worker.seen {
                (worker.seen, worker.heard) = (at, Instant::now());
            }
            let hangs =
                worker.heard.elapsed() > SILENCE && worker.process.is_alive()?;
            if hangs {
                worker.process.kill()?;
            }
            if hangs || !worker.process.is_alive()? {
                ended.push((self.running.swap_remove(place), hangs));
            }
        }
        Ok(ended)
    }

    fn supervise(
        &mut self,
        mut tasks: Vec<Task>,
        workers: usize,
    ) -> anyhow::Result<usize> {
        let mut total = 0;
        while STOP.load(Relaxed) == 0 && !(tasks.is_empty() && self.running.is_empty())
        {
            let due = |task: &Task| task.not_before <= Instant::now();
            while self.running.len() < workers
                && let Some(place) = tasks.iter().position(due)
            {
                self.start(tasks.remove(place))?;
            }
            thread::sleep(Duration::from_millis(10));
            for (mut worker, hung) in self.take_ended()? {
                let status = worker.process.join()?;
                let Task { name, ref range, fault, attempt, .. } = worker.task;
                let pause = BACK_OFF * 2_u32.pow(attempt - 1);
                let ended =
                    if hung { "it hung".to_owned() } else { status.to_string() };
                let outcome = if status.success() {
                    let happy = worker.board[0].load(Relaxed);
                    total += happy;
                    format!("{happy} happy numbers")
                } else if status.code() == Some(REFUSED.into()) || attempt == ATTEMPTS {
                    format!("{ended}; the task is bad")
                } else {
                    let (range, not_before) = (range.clone(), Instant::now() + pause);
                    tasks.push(Task {
                        name,
                        range,
                        fault,
                        attempt: attempt + 1,
                        not_before,
                    });
                    format!("{ended}; again in {} ms", pause.as_millis())
                };
                println!("task {name}, attempt {attempt}: {outcome}");
            }
        }
        Ok(total)
    }

    /// Tells all workers to end, kills those that don't, and reaps every one.
    fn shut_down(&mut self) -> io::Result<()> {
        for worker in &mut self.running {
            worker.process.terminate()?;
        }
        let (start, mut killed) = (Instant::now(), 0);
        for worker in &mut self.running {
            while worker.process.join_timeout(Duration::from_millis(10))?.is_none() {
                if AT_ONCE.load(Relaxed) || start.elapsed() > GRACE {
                    worker.process.kill()?;
                    worker.process.join()?;
                    killed += 1;
                }
            }
        }
        println!("told to end: {} workers; killed: {killed}", self.running.len());
        self.running.clear();
        Ok(())
    }
}

#[cfg(unix)]
fn tasks(limit: usize) -> Vec<Task> {
    let quarter = |n| limit * n / 4 + 1..limit * (n + 1) / 4 + 1;
    let task = |name, range, fault| {
        let not_before = Instant::now();
        Task { name, range, fault, attempt: 1, not_before }
    };
    vec![
        task('A', quarter(0), |_| {}),
        task('B', quarter(1), |attempt| assert!(attempt > 2, "a bug now and then")),
        task('C', quarter(2), |attempt| {
            if attempt == 1 {
                raise(Signal::SIGKILL).expect("a process may signal itself");
            }
        }),
        task('D', quarter(3), |attempt| {
            if attempt == 1 {
                thread::sleep(Duration::from_secs(60));
            }
        }),
        task('E', 0..0, |_| panic!("a bug that stays")),
        task('F', limit..0, |_| {}),
    ]
}

#[cfg(unix)]
fn main() -> anyhow::Result<()> {
    let [workers, limit, rounds] = mp::args([
        ("workers", 3, 1..=64),
        ("limit", 1_000_000, 1..=10_000_000),
        ("rounds", 1, 1..=1_000_000),
    ]);
    for caught in [Signal::SIGINT, Signal::SIGTERM] {
        at_signal(caught, SigHandler::Handler(on_signal))?;
    }
    let (lifeline, held) = io::pipe()?;
    let mut supervisor = Supervisor { running: Vec::new(), lifeline, held: Some(held) };
    for _ in 0..rounds {
        let total = supervisor.supervise(tasks(limit), workers)?;
        let number = STOP.load(Relaxed);
        if number != 0 {
            supervisor.shut_down()?;
            // It ends as the signal ends a program, and whoever started it sees that.
            at_signal(number.try_into()?, SigHandler::SigDfl)?;
            raise(number.try_into()?)?;
        }
        println!("{total} happy numbers up to {limit}");
        if let Some((_, published)) = PUBLISHED.iter().find(|known| known.0 == limit) {
            ensure!(total == *published, "{published} are published");
        }
    }
    Ok(())
}

#[cfg(not(unix))]
fn main() -> std::process::ExitCode {
    mp::unix_only()
}
