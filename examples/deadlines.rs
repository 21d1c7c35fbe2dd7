//! A deadline for each worker, where one hangs and an answer is larger than a pipe.
//!
//! Unix only. `cargo run --example deadlines -- --deadline 1000`
#![cfg_attr(not(unix), allow(dead_code, unused_imports))]

use std::io::{self, PipeReader, PipeWriter, Read, Write};
#[cfg(unix)]
use std::os::fd::AsFd;
use std::process::ExitCode;
use std::time::{Duration, Instant};

#[cfg(unix)]
use nix::{
    errno::Errno,
    poll::{PollFd, PollFlags, PollTimeout, poll},
    unistd::alarm,
};

const REFUSED: u8 = 65; // EX_DATAERR of sysexits.h
const AT_MOST: usize = 1 << 20; // bytes of an answer

/// Whether a pattern means a name: a star stands for any text, and tries all of them.
fn matches(pattern: &[u8], name: &[u8]) -> bool {
    match pattern {
        [] => name.is_empty(),
        [b'*', rest @ ..] => (0..=name.len()).any(|from| matches(rest, &name[from..])),
        [byte, rest @ ..] => name.first() == Some(byte) && matches(rest, &name[1..]),
    }
}

/// Two thousand pictures, and a cry.
fn names() -> impl Iterator<Item = String> {
    let picture = |n| format!("{n:04} Summer on the islands of Greece.jpg");
    (0..2000).map(picture).chain([format!("{}rgh.wav", "A".repeat(60))])
}

fn work(pattern: &str, pipe: &mut PipeWriter) -> io::Result<ExitCode> {
    if pattern.contains('[') {
        return Ok(ExitCode::from(REFUSED));
    }
    if pattern == "-" {
        // Wrong: a pipe whose writer is open has no end, and this worker holds it itself.
        let (reader, _writer) = io::pipe()?;
        io::read_to_string(reader)?;
    }
    let fits = |name: &String| matches(pattern.as_bytes(), name.as_bytes());
    let found: String = names().filter(fits).map(|name| name + "\n").collect();
    pipe.write_all(found.as_bytes())?;
    Ok(ExitCode::SUCCESS)
}

struct Worker {
    pattern: &'static str,
    process: mp::Process,
    pipe: PipeReader,
    answer: Vec<u8>,
    until: Instant,
}

impl Drop for Worker {
    fn drop(&mut self) {
        let _ = self.process.kill(); // where an error ends the program early
    }
}

#[cfg(unix)]
fn start(pattern: &'static str, limit: Duration) -> io::Result<Worker> {
    let until = Instant::now() + limit;
    let (pipe, mut writer) = io::pipe()?;
    // It borrows its end of the pipe, which so stays open until the process has ended.
    let process = mp::Process::spawn(|| {
        // Should the parent be killed, nobody else ends this worker.
        alarm::set(1 + u32::try_from(limit.as_secs())?);
        anyhow::Ok(work(pattern, &mut writer)?)
    })?;
    Ok(Worker { pattern, process, pipe, answer: Vec::new(), until })
}

impl Worker {
    fn left(&self) -> Duration {
        self.until.saturating_duration_since(Instant::now())
    }

    /// Takes what has come. `true` means that the pipe has ended, as its writer has.
    fn read(&mut self) -> io::Result<bool> {
        let mut piece = [0; 1 << 14];
        let count = self.pipe.read(&mut piece)?;
        self.answer.extend_from_slice(&piece[..count]);
        Ok(count == 0)
    }

    fn end(mut self, by_itself: bool) -> io::Result<()> {
        if !by_itself {
            self.process.kill()?;
        }
        let status = self.process.join()?;
        let lines = String::from_utf8_lossy(&self.answer).lines().count();
        let outcome = match (by_itself, status.success()) {
            (true, true) => format!("{lines} names, {} bytes", self.answer.len()),
            (true, false) => format!("failed: {status}"),
            (false, _) if self.answer.len() > AT_MOST => format!("too much: {status}"),
            (false, _) => format!("too late: {status}"),
        };
        println!("  {:9} {outcome}", self.pattern);
        Ok(())
    }
}

/// Wrong: whoever has more to say than a pipe holds ends only when it is read.
fn join_then_read(workers: Vec<Worker>) -> io::Result<()> {
    for mut worker in workers {
        let in_time = worker.process.join_timeout(worker.left())?.is_some();
        while in_time && !worker.read()? {}
        worker.end(in_time)?;
    }
    Ok(())
}

/// Sleeps until a pipe has something or has ended, for `time` at most; which of them.
#[cfg(unix)]
fn wait(workers: &[Worker], time: Duration) -> anyhow::Result<Vec<bool>> {
    let pipes = workers.iter().map(|worker| worker.pipe.as_fd());
    let mut pipes: Vec<_> =
        pipes.map(|pipe| PollFd::new(pipe, PollFlags::POLLIN)).collect();
    let whole = PollTimeout::try_from(time + Duration::from_millis(1))?; // milliseconds
    match poll(&mut pipes, whole) {
        Ok(_) | Err(Errno::EINTR) => {}
        Err(error) => return Err(error.into()),
    }
    Ok(pipes.iter().map(|pipe| pipe.any() == Some(true)).collect())
}

#[cfg(unix)]
fn read_then_join(mut running: Vec<Worker>) -> anyhow::Result<()> {
    while let Some(next) = running.iter().map(Worker::left).min() {
        let ready = wait(&running, next)?;
        for place in (0..running.len()).rev() {
            let worker = &mut running[place];
            let ended = ready[place] && worker.read()?;
            let too_much = worker.answer.len() > AT_MOST;
            if ended || too_much || worker.left().is_zero() {
                running.swap_remove(place).end(ended)?;
            }
        }
    }
    Ok(())
}

#[cfg(unix)]
fn main() -> anyhow::Result<()> {
    let [deadline] = mp::args([("deadline", 2000, 1..=60_000)]);
    let limit = Duration::from_millis(deadline as u64);
    let started = |patterns: &[&'static str]| -> io::Result<Vec<Worker>> {
        patterns.iter().map(|pattern| start(pattern, limit)).collect()
    };
    println!("join, then read:");
    join_then_read(started(&["*17*.jpg", "*"])?)?;
    println!("read, then join:");
    read_then_join(started(&["*17*.jpg", "*", "[0-9]*", "-"])?)
}

#[cfg(not(unix))]
fn main() -> ExitCode {
    mp::unix_only()
}
