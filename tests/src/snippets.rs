//! skeptic, which compiles the snippets of the book and runs them: in processes of their own.
//!
//! skeptic runs the compiler that the environment variable RUSTC names, prints what a snippet writes, and
//! has no time limit. So a worker, which is this very program started once more, has that variable, an
//! output of its own, and a thread that kills what has run too long below it: nothing of this touches
//! the other tests. One worker has one snippet in hand at a time; there are a few of them, since a
//! worker asks cargo for the crates that snippets may use, which takes longer than many a snippet.

use std::collections::HashMap;
use std::env;
use std::fs::File;
use std::io::{BufRead as _, BufReader, Write as _};
use std::os::fd::{AsFd as _, OwnedFd};
use std::os::unix::fs::FileExt as _;
use std::os::unix::net::UnixStream;
use std::panic;
use std::path::{Path, PathBuf};
use std::process::{self, Child, Command};
use std::sync::{Condvar, Mutex, OnceLock, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, anyhow, bail};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use runner::processes;
use serde::{Deserialize, Serialize};

use crate::place::{profile_folder, root};
use crate::{crates, rustc};

/// How long a snippet, or the compiler at work on one, may run.
pub const LIMIT: Duration = Duration::from_secs(60);

/// How long a worker may need besides: it shares cargo's locks with whoever builds on this machine.
const PATIENCE: Duration = Duration::from_secs(600);

/// The argument that makes a worker of this program.
const WORK: &str = "--work-for-the-snippets";

/// What is done with a snippet.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq, Serialize)]
pub enum Task {
    /// It is compiled.
    Compile,
    /// It is compiled and runs.
    Run,
}

/// What a worker is asked to do, a line of JSON.
#[derive(Debug, Deserialize, Serialize)]
struct Order {
    task: Task,
    text: String,
    limit: Duration,
}

// ---------------------------------------------------------------------------------------------
// On the side of the tests
// ---------------------------------------------------------------------------------------------

/// Lets skeptic compile a snippet, or compile and run it.
///
/// # Errors
///
/// skeptic has failed it; the error has what it printed: what the compiler or the snippet wrote.
pub fn test(task: Task, text: &str) -> Result<()> {
    within(LIMIT, task, text)
}

/// As [`test()`], with another limit.
///
/// # Errors
///
/// As [`test()`].
pub fn within(limit: Duration, task: Task, text: &str) -> Result<()> {
    let mut worker = Hired(Some(hire()?));
    let idle = worker.0.as_mut().context("it is hired")?;
    let order = Order { task, text: text.to_owned(), limit };
    match idle.works(&order) {
        Ok(verdict) => verdict.map_err(anyhow::Error::msg),
        Err(error) => {
            // It may still be at work on this snippet: the next one gets another.
            worker.0 = None;
            Err(error.context("the worker that runs skeptic has failed"))
        }
    }
}

/// The folder with the crates for the snippets, made once.
fn crates() -> Result<&'static Path> {
    static CRATES: OnceLock<Result<PathBuf, String>> = OnceLock::new();
    let make = || crates::folder(&profile_folder()?);
    let folder = CRATES.get_or_init(|| make().map_err(|error| format!("{error:#}")));
    folder.as_deref().map_err(|error| anyhow!("{error}"))
}

/// The workers that are idle, and how many there are.
static WORKERS: Mutex<(Vec<Worker>, usize)> = Mutex::new((Vec::new(), 0));
static IDLE: Condvar = Condvar::new();

/// Two for each CPU: some snippets only wait, and while one compiles another does.
fn most() -> usize {
    2 * thread::available_parallelism().map_or(1, usize::from)
}

/// Takes an idle worker, or a new one, or waits for one.
fn hire() -> Result<Worker> {
    let mut workers = WORKERS.lock().unwrap_or_else(PoisonError::into_inner);
    loop {
        if let Some(worker) = workers.0.pop() {
            return Ok(worker);
        }
        if workers.1 < most() {
            let worker = Worker::start()?;
            workers.1 += 1;
            return Ok(worker);
        }
        workers = IDLE.wait(workers).unwrap_or_else(PoisonError::into_inner);
    }
}

/// Ends the workers, which have nothing more to do.
pub fn dismiss() {
    let workers = {
        let mut workers = WORKERS.lock().unwrap_or_else(PoisonError::into_inner);
        std::mem::take(&mut workers.0)
    };
    drop(workers);
}

/// A worker that goes back to the others when this is dropped, or whose place another takes.
struct Hired(Option<Worker>);

impl Drop for Hired {
    fn drop(&mut self) {
        let mut workers = WORKERS.lock().unwrap_or_else(PoisonError::into_inner);
        match self.0.take() {
            Some(worker) => workers.0.push(worker),
            None => workers.1 -= 1,
        }
        IDLE.notify_one();
    }
}

/// A process that runs skeptic. It ends when this is dropped, or this process ends.
#[derive(Debug)]
struct Worker {
    process: Child,
    orders: UnixStream,
    answers: BufReader<UnixStream>,
    /// What it writes, and what the snippets write.
    output: File,
}

impl Worker {
    fn start() -> Result<Worker> {
        let (orders, theirs) = UnixStream::pair()?;
        let output = tempfile::tempfile()?;
        let process = Command::new(env::current_exe()?)
            .arg(WORK)
            .arg(crates()?)
            .stdin(OwnedFd::from(theirs))
            .stdout(output.try_clone()?)
            .stderr(output.try_clone()?)
            // skeptic runs this one, which hands on to the compiler that cargo runs.
            .env("RUSTC", root().join("tests/rustc-2024"))
            .env("BOOK_RUSTC", rustc::compiler())
            .env("SKEPTIC_JOBS", "1")
            .spawn()
            .context("cannot start this program once more")?;
        let answers = BufReader::new(orders.try_clone()?);
        Ok(Worker { process, orders, answers, output })
    }

    /// What skeptic says of a snippet: nothing is good.
    fn works(&mut self, order: &Order) -> Result<Result<(), String>> {
        let begin = self.output.metadata()?.len();
        // The worker keeps the limit, after it has waited for cargo. Here only one that hangs is seen.
        self.orders.set_read_timeout(Some(4 * order.limit + PATIENCE))?;
        serde_json::to_writer(&self.orders, order)?;
        self.orders.write_all(b"\n")?;
        let mut answer = String::new();
        let read = self.answers.read_line(&mut answer);
        let mut output = vec![0; usize::try_from(self.output.metadata()?.len() - begin)?];
        self.output.read_exact_at(&mut output, begin)?;
        let output = String::from_utf8_lossy(&output);
        if read.as_ref().is_ok_and(|&read| read > 0) {
            let verdict: Result<(), String> = serde_json::from_str(&answer)?;
            return Ok(verdict.map_err(|failure| format!("{output}\n{failure}")));
        }
        bail!("it answers nothing ({read:?}); it wrote:\n{output}")
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

// ---------------------------------------------------------------------------------------------
// On the side of the worker
// ---------------------------------------------------------------------------------------------

/// Works through the orders that come, and ends the process, if it was started for this.
pub fn work_if_asked() {
    let mut arguments = env::args_os().skip(1);
    if arguments.next().is_none_or(|first| first != WORK) {
        return;
    }
    let crates = PathBuf::from(arguments.next().unwrap_or_default());
    match work(&crates) {
        Ok(()) => process::exit(0),
        Err(error) => {
            eprintln!("{error:#}");
            process::exit(1)
        }
    }
}

fn work(crates: &Path) -> Result<()> {
    let orders = UnixStream::from(std::io::stdin().as_fd().try_clone_to_owned()?);
    let mut answers = orders.try_clone()?;
    let target = rustc::version()?
        .lines()
        .find_map(|line| line.strip_prefix("host: "))
        .context("the compiler does not name its host")?;
    // Now skeptic asks cargo for the crates, which waits for others that use cargo: no snippet's time.
    let judge = |task, text: &str| judge(crates, target, task, text);
    judge(Task::Compile, "fn main() {}");
    watch();
    for order in BufReader::new(orders).lines() {
        let order: Order = serde_json::from_str(&order?)?;
        *LIMITED.lock().unwrap_or_else(PoisonError::into_inner) = order.limit;
        let verdict = panic::catch_unwind(|| judge(order.task, &order.text)).map_err(|payload| {
            let text = payload.downcast_ref::<String>().map(String::as_str);
            text.or(payload.downcast_ref::<&str>().copied()).unwrap_or("it panicked").to_owned()
        });
        serde_json::to_writer(&answers, &verdict)?;
        answers.write_all(b"\n")?;
    }
    Ok(())
}

/// Compiles a snippet, and runs it: by skeptic, which panics where that fails.
fn judge(crates: &Path, target: &str, task: Task, text: &str) {
    let judge = match task {
        Task::Compile => skeptic::rt::compile_test,
        Task::Run => skeptic::rt::run_test,
    };
    let package = root().join("tests/snippets");
    // skeptic looks for crates, and keeps what it has compiled, above the folder that the build script of
    // this package would have.
    let out = crates.join("build/of/the/snippets/out");
    // With an empty line before it, as skeptic's generator writes it.
    let text = format!("\n{text}");
    judge(&package.to_string_lossy(), &out.to_string_lossy(), target, &text);
}

/// How long what runs below this process may run.
static LIMITED: Mutex<Duration> = Mutex::new(LIMIT);

/// Kills, from now on, what runs below this process for too long, whereupon skeptic fails the snippet.
fn watch() {
    // A process whose parent has ended becomes ours, so that it can be found and killed, too: it may hold
    // the pipe that skeptic reads.
    #[cfg(target_os = "linux")]
    if let Err(error) = nix::sys::prctl::set_child_subreaper(true) {
        eprintln!("orphans of snippets can't be watched: {error}");
    }
    thread::spawn(look_after);
}

fn look_after() {
    let mut first_seen: HashMap<i32, Instant> = HashMap::new();
    loop {
        let limit = *LIMITED.lock().unwrap_or_else(PoisonError::into_inner);
        thread::sleep(Duration::from_millis(500).min(limit / 2));
        let Ok(running) = processes::descendants() else {
            continue;
        };
        first_seen.retain(|pid, _| running.iter().any(|process| process.pid == *pid));
        for process in running {
            let since = first_seen.entry(process.pid).or_insert_with(Instant::now);
            if since.elapsed() > limit && process.state != "Z" {
                let limit = limit.as_secs_f32();
                eprintln!("\nKILLED after {limit} s: {process}{}", source(process.pid));
                let _ = kill(Pid::from_raw(process.pid), Signal::SIGKILL);
            }
        }
    }
}

/// The snippet that a process runs: skeptic runs it in the folder of its source.
fn source(pid: i32) -> String {
    std::fs::read_to_string(format!("/proc/{pid}/cwd/test.rs")).unwrap_or_default()
}
