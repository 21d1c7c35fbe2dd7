//! A queue between processes: several producers, several consumers, and one that dies.
//!
//! Unix only. `cargo run --example work_queue -- --producers 3 --consumers 2`
#![cfg_attr(not(unix), allow(dead_code, unused_imports))]

use std::process::{self, ExitStatus};
use std::time::Duration;
use std::{io, thread};

use anyhow::{Context as _, ensure};
use serde::{Deserialize, Serialize, de::DeserializeOwned};

/// So many solutions there are on a board of 4 rows, 5 rows, …: oeis.org/A000170.
const PUBLISHED: [usize; 11] =
    [2, 10, 4, 40, 92, 352, 724, 2680, 14_200, 73_712, 365_596];

/// A board on which the queens of the first three rows stand.
#[derive(Clone, Serialize, Deserialize)]
struct Task {
    number: usize,
    size: usize,
    columns: [usize; 3],
    deadly: bool,
}

#[derive(Serialize, Deserialize)]
struct Done {
    number: usize,
    solutions: usize,
}

/// What the queens so far attack in the next row: a bit for each column, and for the
/// diagonals to both sides.
#[derive(Clone, Copy, Default)]
struct Attacked([u32; 3]);

impl Attacked {
    /// One queen more, or `None` where she would be attacked.
    fn with(self, column: usize) -> Option<Attacked> {
        let ([straight, left, right], queen) = (self.0, 1 << column);
        let free = (straight | left | right) & queen == 0;
        let with = [straight | queen, (left | queen) << 1, (right | queen) >> 1];
        free.then_some(Attacked(with))
    }
}

/// In how many ways the rows that are left can be filled, with a queen in each.
fn fill(rows: usize, size: usize, so_far: Attacked) -> usize {
    if rows == 0 {
        return 1;
    }
    let next = (0..size).filter_map(|column| so_far.with(column));
    next.map(|board| fill(rows - 1, size, board)).sum()
}

fn solutions(Task { size, columns, .. }: &Task) -> usize {
    let board = columns.iter().try_fold(Attacked::default(), |b, &c| b.with(c));
    board.map_or(0, |board| fill(size - columns.len(), *size, board))
}

/// One end of a queue.
#[cfg(unix)]
struct End {
    socket: std::os::unix::net::UnixDatagram,
    maker: u32, // the process that made the queue
}

#[cfg(unix)]
fn queue() -> io::Result<(End, End)> {
    let (input, output) = std::os::unix::net::UnixDatagram::pair()?;
    input.set_write_timeout(Some(Duration::from_secs(1)))?;
    output.set_read_timeout(Some(Duration::from_secs(1)))?;
    let end = |socket| End { socket, maker: process::id() };
    Ok((end(input), end(output)))
}

#[cfg(unix)]
impl End {
    fn put<T: Serialize>(&self, message: &T) -> anyhow::Result<()> {
        let message = postcard::to_stdvec(message)?;
        while let Err(error) = self.socket.send(&message) {
            self.may_try_again(error)?;
        }
        Ok(())
    }

    fn take<T: DeserializeOwned>(&self) -> anyhow::Result<T> {
        let mut message = [0; 256];
        loop {
            match self.socket.recv(&mut message) {
                Ok(length) => return Ok(postcard::from_bytes(&message[..length])?),
                Err(error) => self.may_try_again(error)?,
            }
        }
    }

    fn may_try_again(&self, error: io::Error) -> io::Result<()> {
        use io::ErrorKind::{Interrupted, WouldBlock};

        if error.raw_os_error() == Some(nix::libc::ENOBUFS) {
            // macOS doesn't wait for room in the queue.
            thread::sleep(Duration::from_millis(1));
        } else if !matches!(error.kind(), WouldBlock | Interrupted) {
            return Err(error);
        }
        // Is the maker, this process or its parent, still there?
        let (this, parent) = (process::id(), std::os::unix::process::parent_id());
        let here = [this, parent].contains(&self.maker);
        here.then_some(()).ok_or_else(|| io::Error::other("the parent has gone"))
    }
}

#[cfg(unix)]
fn consume(tasks: &End, results: &End) -> anyhow::Result<()> {
    while let Some(task) = tasks.take::<Option<Task>>()? {
        if task.deadly {
            nix::sys::signal::raise(nix::sys::signal::Signal::SIGKILL)?;
        }
        let done = Done { number: task.number, solutions: solutions(&task) };
        results.put(&Some(done))?;
    }
    Ok(())
}

/// A process that is killed if nobody waits for it: it may itself wait for a task.
#[cfg(unix)]
struct Worker(mp::Process);

#[cfg(unix)]
impl Drop for Worker {
    fn drop(&mut self) {
        let _ = self.0.kill();
    }
}

#[cfg(unix)]
fn start(work: impl FnOnce() -> anyhow::Result<()>) -> io::Result<Worker> {
    let process = mp::Process::spawn(|| {
        work().with_context(|| format!("worker (pid {})", process::id()))
    })?;
    Ok(Worker(process))
}

#[cfg(unix)]
fn join(workers: Vec<Worker>) -> Vec<io::Result<ExitStatus>> {
    workers.into_iter().map(|mut worker| worker.0.join()).collect()
}

#[derive(Clone, Copy)]
struct Crew {
    producers: usize,
    consumers: usize,
}

/// Puts the tasks through the queue and returns what has come back when all have ended.
#[cfg(unix)]
fn round(todo: &[Task], crew: Crew) -> anyhow::Result<Vec<Done>> {
    let (tasks_in, tasks_out) = queue()?;
    let (results_in, results_out) = queue()?;
    let consumers = (0..crew.consumers)
        .map(|_| start(|| consume(&tasks_out, &results_in)))
        .collect::<io::Result<Vec<_>>>()?;
    // Only consumers hold this end now: when all of them are dead, `put` fails.
    drop(tasks_out);
    let producers = (0..crew.producers)
        .map(|number| {
            let own = todo.iter().skip(number).step_by(crew.producers).cloned();
            start(|| own.map(Some).try_for_each(|task| tasks_in.put(&task)))
        })
        .collect::<io::Result<Vec<_>>>()?;

    let (results, ended) = thread::scope(|scope| {
        let collector = scope.spawn(|| -> anyhow::Result<Vec<Done>> {
            let mut results = Vec::new();
            while let Some(done) = results_out.take()? {
                results.push(done);
            }
            Ok(results)
        });
        let mut ended = join(producers);
        // One stop message for each consumer; it fails where none is left.
        let _ = consumers.iter().try_for_each(|_| tasks_in.put(&None::<Task>));
        ended.extend(join(consumers));
        let _ = results_in.put(&None::<Done>);
        (collector.join(), ended)
    });
    for status in ended {
        let status = status?;
        if !status.success() {
            println!("a worker has ended before its time, {status}");
        }
    }
    results.expect("the collector has no line that panics")
}

#[cfg(unix)]
fn count(mut todo: Vec<Task>, crew: Crew) -> anyhow::Result<usize> {
    let mut solutions = vec![None; todo.len()];
    while !todo.is_empty() {
        for done in round(&todo, crew)? {
            let earlier = solutions[done.number].replace(done.solutions);
            ensure!(earlier.is_none(), "the result of {} came twice", done.number);
        }
        todo.retain(|task| solutions[task.number].is_none());
        for task in &mut todo {
            task.deadly = false;
        }
        println!("without a result: {} of {} tasks", todo.len(), solutions.len());
    }
    Ok(solutions.into_iter().flatten().sum())
}

#[cfg(unix)]
fn main() -> anyhow::Result<()> {
    let [producers, consumers, size] = mp::args([
        ("producers", 2, 1..=64),
        ("consumers", 3, 1..=64),
        ("size", 12, 4..=14),
    ]);
    let tasks = size.pow(3);
    for deadly in [None, Some(tasks / 2)] {
        let task = |number| {
            let columns = [number / size / size, number / size % size, number % size];
            Task { number, size, columns, deadly: deadly == Some(number) }
        };
        let total =
            count((0..tasks).map(task).collect(), Crew { producers, consumers })?;
        println!("{total} solutions for {size} queens");
        let published = PUBLISHED[size - 4];
        ensure!(total == published, "{published} are published");
    }
    Ok(())
}

#[cfg(not(unix))]
fn main() -> std::process::ExitCode {
    mp::unix_only()
}
