//! The first answer ends the search: by processes, threads, rayon and async.
//!
//! Unix only. `cargo run --features async --example first_answer -- --letters 5`
#![cfg_attr(not(unix), allow(dead_code, unused_imports))]

use std::hash::{DefaultHasher, Hasher};
use std::io::{self, Write};
#[cfg(unix)]
use std::os::unix::process::parent_id;
use std::process;
use std::sync::{OnceLock, mpsc};
use std::thread;
use std::time::Instant;

use anyhow::{Context, Result, ensure};
use rayon::iter::{ParallelBridge, ParallelIterator};
use tokio::task::{JoinSet, yield_now};

const PIECE: u64 = 1000;

/// All words of the letters a to z have a number: a, b, …, z, aa, ab, …
fn word(mut number: u64) -> String {
    let mut word = String::new();
    while let Some(before) = number.checked_sub(1) {
        word.insert(0, char::from(b'a' + (before % 26) as u8));
        number = before / 26;
    }
    word
}

fn hash(word: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    hasher.write(word.as_bytes());
    hasher.finish()
}

/// The task: which word of this piece has the hash?
fn search(piece: u64, wanted: u64) -> Option<String> {
    let numbers = piece * PIECE..(piece + 1) * PIECE;
    numbers.map(word).find(|word| hash(word) == wanted)
}

/// Every so many pieces one, without an end: nobody knows how long the word is.
fn pieces(worker: usize, workers: usize) -> impl Iterator<Item = u64> {
    (worker as u64..).step_by(workers)
}

/// Finds the word with this hash, with so many workers.
type Way = fn(u64, usize) -> Result<String>;

/// Processes that are killed when nobody needs them any more.
struct Killed(Vec<mp::Process>);

impl Drop for Killed {
    fn drop(&mut self) {
        for child in &mut self.0 {
            let _ = child.kill(); // all of them, before the first is waited for
        }
    }
}

#[cfg(unix)]
fn by_processes(wanted: u64, workers: usize) -> Result<String> {
    let parent = process::id();
    let (mut children, mut pipes) = (Killed(Vec::new()), Vec::new());
    for worker in 0..workers {
        let (pipe, mut writer) = io::pipe()?;
        let child = mp::Process::spawn(move || {
            for piece in pieces(worker, workers) {
                if let Some(word) = search(piece, wanted) {
                    return writeln!(writer, "{word}");
                }
                if parent_id() != parent {
                    break; // it was killed: nobody needs an answer
                }
            }
            Ok(())
        })?;
        children.0.push(child);
        pipes.push(pipe);
    }
    let (sender, answers) = mpsc::channel();
    thread::scope(|scope| {
        let mut children = children; // killed at the end of this block
        for (worker, pipe) in pipes.into_iter().enumerate() {
            let sender = sender.clone();
            scope.spawn(move || sender.send((worker, io::read_to_string(pipe))));
        }
        let (worker, line) = answers.recv()?;
        if let Some(word) = line?.strip_suffix('\n') {
            return Ok(word.to_owned());
        }
        let status = children.0[worker].join()?;
        anyhow::bail!("worker {worker} has ended without an answer, {status}")
    })
}

fn by_threads(wanted: u64, workers: usize) -> Result<String> {
    let first = OnceLock::new();
    thread::scope(|scope| {
        for worker in 0..workers {
            let first = &first;
            scope.spawn(move || {
                let nobody_has_it = |_: &u64| first.get().is_none();
                for piece in pieces(worker, workers).take_while(nobody_has_it) {
                    if let Some(word) = search(piece, wanted) {
                        let _ = first.set(word); // refused where another was first
                    }
                }
            });
        }
    });
    first.into_inner().context("the search has no other end")
}

fn by_rayon(wanted: u64, _: usize) -> Result<String> {
    let pieces = (0..).par_bridge();
    let first = pieces.find_map_any(|piece| search(piece, wanted));
    first.context("the search has no other end")
}

fn by_async(wanted: u64, workers: usize) -> Result<String> {
    let runtime = tokio::runtime::Builder::new_current_thread().build()?;
    runtime.block_on(async {
        let mut tasks = JoinSet::new(); // dropped at the end of this block
        for worker in 0..workers {
            tasks.spawn(async move {
                for piece in pieces(worker, workers) {
                    if let Some(word) = search(piece, wanted) {
                        return Some(word);
                    }
                    yield_now().await; // now others run, and here it can end
                }
                None
            });
        }
        let first = tasks.join_next().await.context("there are tasks")??;
        first.context("the search has no other end")
    })
}

#[cfg(unix)]
fn main() -> Result<()> {
    let [letters, workers] = mp::args([("letters", 4, 1..=5), ("workers", 4, 1..=64)]);
    let secret = &"rusty"[..letters];
    let wanted = hash(secret);
    let ways: [(_, Way, _); 4] = [
        ("processes:", by_processes, "the others were killed"),
        ("threads:", by_threads, "the others saw that there is an answer"),
        ("rayon:", by_rayon, "rayon told the others"),
        ("async:", by_async, "the others were dropped where they wait"),
    ];
    for (name, way, how) in ways {
        let start = Instant::now();
        let word = way(wanted, workers)?;
        ensure!(word == secret, "{word} has the same hash");
        println!("{name:10} {word}, after {} ms; {how}", start.elapsed().as_millis());
    }
    Ok(())
}

#[cfg(not(unix))]
fn main() -> std::process::ExitCode {
    mp::unix_only()
}
