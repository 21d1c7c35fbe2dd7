//! Processes as tasks: a few at a time, each with a deadline; and work that blocks.
//!
//! `cargo run --features async --example async_processes -- --at-once 4`

use std::env;
use std::io;
use std::iter;
use std::process::{ExitCode, ExitStatus, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use rayon::iter::{IntoParallelIterator, ParallelIterator};
use tokio::io::{AsyncBufReadExt, AsyncRead, BufReader};
use tokio::process::Command;
use tokio::signal::ctrl_c;
use tokio::sync::{Semaphore, watch};
use tokio::task::{JoinSet, spawn_blocking};
use tokio::time::{interval, sleep};

const JOBS: [&str; 6] = ["long", "hangs", "short", "fails", "long", "short"];

/// What a child does. It is this program, started again.
fn job(name: &str) -> Result<ExitCode> {
    match name {
        "short" => print!("{}", "a line\n".repeat(3)),
        "long" => print!("{}", "a line\n".repeat(20_000)), // more than a pipe holds
        // Until its parent is gone.
        "hangs" => drop(io::copy(&mut io::stdin(), &mut io::sink())?),
        "fails" => return Ok(ExitCode::from(65)),
        _ => bail!("there is no job '{name}'; expected one of {JOBS:?}"),
    }
    Ok(ExitCode::SUCCESS)
}

enum Outcome {
    Lines(usize),
    Failed(ExitStatus),
    TooLate,
    Stopped,
}

/// Runs a job in a process of its own, as soon as there is a permit.
async fn run(
    job: &str,
    permits: &Semaphore,
    limit: Duration,
    mut stop: watch::Receiver<bool>,
) -> Result<Outcome> {
    let _permit = permits.acquire().await?;
    if *stop.borrow() {
        return Ok(Outcome::Stopped);
    }
    let mut child = Command::new(env::current_exe()?)
        .args(["job", job])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .kill_on_drop(true) // for whoever drops this task while it waits
        .spawn()?;
    let _lifeline = child.stdin.take(); // `wait` would close it
    let output = child.stdout.take().context("its output is piped")?;
    // Both at once: a child whose pipe is full does not end before somebody reads.
    let ended = async { tokio::try_join!(count_lines(output), child.wait()) };
    let outcome = tokio::select! {
        ended = ended => {
            let (lines, status) = ended?;
            let good = Outcome::Lines(lines);
            return Ok(if status.success() { good } else { Outcome::Failed(status) });
        }
        () = sleep(limit) => Outcome::TooLate,
        _ = stop.changed() => Outcome::Stopped,
    };
    child.kill().await?; // and waits for it: no zombie
    Ok(outcome)
}

async fn count_lines(output: impl AsyncRead + Unpin) -> io::Result<usize> {
    let mut lines = BufReader::new(output).lines();
    let mut count = 0;
    while lines.next_line().await?.is_some() {
        count += 1;
    }
    Ok(count)
}

/// Runs all jobs; tells whether Ctrl-C stopped them.
async fn run_all(at_once: usize, limit: Duration) -> Result<bool> {
    let permits = Arc::new(Semaphore::new(at_once));
    let (stop, stopped) = watch::channel(false);
    let mut tasks = JoinSet::new();
    for job in JOBS {
        let (permits, stopped) = (permits.clone(), stopped.clone());
        tasks.spawn(async move { (job, run(job, &permits, limit, stopped).await) });
    }
    let ctrl_c = ctrl_c(); // once: one that came between two would be lost
    tokio::pin!(ctrl_c);
    loop {
        tokio::select! {
            ended = tasks.join_next() => match ended.transpose()? {
                None => return Ok(*stopped.borrow()),
                Some((job, outcome)) => match outcome.with_context(|| job)? {
                    Outcome::Lines(lines) => println!("  {job:6} {lines} lines"),
                    Outcome::Failed(status) => println!("  {job:6} {status}"),
                    Outcome::TooLate => println!("  {job:6} too late"),
                    Outcome::Stopped => println!("  {job:6} stopped"),
                },
            },
            caught = &mut ctrl_c, if !*stopped.borrow() => {
                caught?;
                stop.send_replace(true);
            }
        }
    }
}

/// The number below `numbers` from which n / 2 and 3n + 1 take the most steps to 1.
fn longest_way(numbers: usize) -> usize {
    let steps = |n| {
        iter::successors(Some(n), |&n| match n {
            1 => None,
            n if n % 2 == 0 => Some(n / 2),
            n => Some(3 * n + 1),
        })
    };
    (1..numbers).into_par_iter().max_by_key(|&n| (steps(n).count(), n)).unwrap_or(1)
}

/// What comes of `work`, and the longest time in which the runtime did nothing else.
async fn longest_pause<T>(
    work: impl Future<Output = Result<T>>,
) -> Result<(T, Duration)> {
    let mut clock = interval(Duration::from_millis(1));
    let (mut last, mut longest) = (Instant::now(), Duration::ZERO);
    tokio::pin!(work);
    loop {
        tokio::select! {
            found = &mut work => return Ok((found?, longest.max(last.elapsed()))),
            _ = clock.tick() => longest = longest.max(last.elapsed()),
        }
        last = Instant::now();
    }
}

/// Ends as Ctrl-C ends other programs, and whoever started it sees that.
fn end_by_ctrl_c() -> Result<ExitCode> {
    #[cfg(unix)]
    {
        use nix::sys::signal::{SigHandler, Signal, raise, signal};

        // SAFETY: no handler is installed.
        unsafe { signal(Signal::SIGINT, SigHandler::SigDfl) }?;
        raise(Signal::SIGINT)?;
    }
    Ok(ExitCode::from(130))
}

fn main() -> Result<ExitCode> {
    let mut arguments = env::args().skip(1);
    if arguments.next().as_deref() == Some("job") {
        return job(&arguments.next().unwrap_or_default());
    }
    let [at_once, deadline, numbers] = mp::args([
        ("at-once", 2, 1..=64),
        ("deadline", 2000, 1..=60_000), // milliseconds
        ("numbers", 100_000, 2..=10_000_000),
    ]);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        println!("{} jobs, at most {at_once} at a time:", JOBS.len());
        if run_all(at_once, Duration::from_millis(deadline as u64)).await? {
            return end_by_ctrl_c();
        }
        let (found, pause) = longest_pause(async { Ok(longest_way(numbers)) }).await?;
        println!("in the task: {found}; all else waited {} ms", pause.as_millis());
        let apart = spawn_blocking(move || longest_way(numbers));
        let (found, pause) = longest_pause(async { Ok(apart.await?) }).await?;
        println!("apart from it: {found}; all else waited {} ms", pause.as_millis());
        Ok(ExitCode::SUCCESS)
    })
}
