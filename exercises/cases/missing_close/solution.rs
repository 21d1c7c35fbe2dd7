// Find the missing close.
//
// Two workers answer requests until there are no more. This program never ends: a worker sees the end of its requests
// only when nobody holds the end for writing any more, and somebody does. Let it end, and let the workers end by
// themselves, because their requests have.
//
// `cargo exercise missing_close` checks it, and `cargo exercise missing_close --hint` helps.

use anyhow::ensure;
use std::io::{self, PipeReader, PipeWriter, Read as _, Write as _};

struct Worker {
    requests: PipeWriter,
    answers: PipeReader,
    process: mp::Process, // dropped last
}

/// What a worker does: answer each number with its square until there are no more.
fn serve(mut requests: PipeReader, mut answers: PipeWriter) -> io::Result<()> {
    let mut number = [0];
    while requests.read(&mut number)? > 0 {
        answers.write_all(&[number[0] * number[0]])?;
    }
    Ok(())
}

fn start(earlier: &mut Vec<Worker>) -> io::Result<Worker> {
    let (from_parent, requests) = io::pipe()?;
    let (answers, to_parent) = io::pipe()?;
    // ANCHOR: solution
    let mut ours = Some((requests, answers));
    let process = mp::Process::spawn(|| {
        // The child's copies of what the parent holds.
        ours = None;
        earlier.clear();
        serve(from_parent, to_parent)
    })?;
    let (requests, answers) = ours.ok_or_else(|| io::Error::other("only the child takes them"))?;
    // ANCHOR_END: solution
    //| let process = mp::Process::spawn(|| serve(from_parent, to_parent))?;
    //| let _ = earlier;
    Ok(Worker { requests, answers, process })
}

fn main() -> anyhow::Result<()> {
    let mut workers = Vec::new();
    for _ in 0..2 {
        let worker = start(&mut workers)?;
        workers.push(worker);
    }
    for (mut number, worker) in (1..).step_by(3).zip(&mut workers) {
        for _ in 0..3 {
            worker.requests.write_all(&[number])?;
            number += 1;
        }
    }
    for (number, Worker { requests, mut answers, mut process }) in workers.into_iter().enumerate() {
        drop(requests); // no more of them
        let mut squares = Vec::new();
        answers.read_to_end(&mut squares)?;
        let status = process.join()?;
        ensure!(status.success() && squares.len() == 3, "worker {number} has failed, {status}");
        println!("worker {number}: {squares:?}");
    }
    Ok(())
}
