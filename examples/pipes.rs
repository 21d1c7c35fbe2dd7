//! Workers behind pipes: frames with a length, structs as bytes, and a frame cut short.
//!
//! `cargo run --example pipes -- --workers 4 --limit 100000`

use std::io::{self, BufRead, BufReader, PipeReader, PipeWriter, Write};
use std::ops::Range;

use anyhow::{Context, ensure};
use mp::primes::{primes_in, published};
use serde::{Deserialize, Serialize, de::DeserializeOwned};

const LONGEST: u32 = 1024 * 1024;
const CUT: &str = "got end of file during message";

#[derive(Serialize, Deserialize)]
struct Request {
    range: Range<usize>,
}

#[derive(Serialize, Deserialize)]
struct Answer {
    range: Range<usize>,
    primes: usize,
}

fn send<T: Serialize>(mut pipe: &PipeWriter, message: &T) -> anyhow::Result<()> {
    let body = postcard::to_stdvec(message)?;
    let length = u32::try_from(body.len())?;
    ensure!(length <= LONGEST, "a message of {length} bytes is too long");
    Ok(pipe.write_all(&[&length.to_le_bytes()[..], &body].concat())?)
}

fn receive<T: DeserializeOwned>(pipe: &mut impl BufRead) -> anyhow::Result<Option<T>> {
    if pipe.fill_buf()?.is_empty() {
        return Ok(None);
    }
    let mut length = [0; 4];
    pipe.read_exact(&mut length).context(CUT)?;
    let length = u32::from_le_bytes(length);
    ensure!(length <= LONGEST, "a message of {length} bytes is too long");
    let mut body = vec![0; length as usize];
    pipe.read_exact(&mut body).context(CUT)?;
    Ok(Some(postcard::from_bytes(&body)?))
}

/// What a worker does: answer each request until there are no more.
fn serve(requests: PipeReader, answers: &PipeWriter) -> anyhow::Result<()> {
    let mut requests = BufReader::new(requests);
    while let Some(Request { range }) = receive(&mut requests)? {
        let primes = primes_in(range.clone());
        send(answers, &Answer { range, primes })?;
    }
    Ok(())
}

struct Worker {
    requests: PipeWriter,
    answers: BufReader<PipeReader>,
    process: mp::Process, // dropped last: the pipes must be closed before it is joined
}

fn start(earlier: &mut Vec<Worker>) -> anyhow::Result<Worker> {
    let (from_parent, requests) = io::pipe()?;
    let (answers, to_parent) = io::pipe()?;
    let mut ours = Some((requests, BufReader::new(answers)));
    let process = mp::Process::spawn(|| {
        // The child closes its copies of the parent's ends.
        ours = None;
        earlier.clear();
        serve(from_parent, &to_parent)
            .with_context(|| format!("worker (pid {})", std::process::id()))
    })?;
    let (requests, answers) = ours.context("only the child sets its copy to None")?;
    Ok(Worker { requests, answers, process })
}

fn count(workers: usize, limit: usize) -> anyhow::Result<usize> {
    let mut running = Vec::new();
    for number in 0..workers {
        let worker = start(&mut running)?;
        let range = limit * number / workers..limit * (number + 1) / workers;
        send(&worker.requests, &Request { range })?;
        running.push(worker);
    }
    let mut total = 0;
    for Worker { requests, mut answers, mut process } in running {
        drop(requests);
        while let Some(Answer { range, primes }) = receive(&mut answers)? {
            println!("{primes} primes from {} to {}", range.start, range.end);
            total += primes;
        }
        let status = process.join()?;
        ensure!(status.success(), "a worker failed, {status}");
    }
    Ok(total)
}

fn cut_short() -> anyhow::Result<()> {
    let (reader, mut writer) = io::pipe()?;
    let mut child = mp::Process::spawn(move || {
        writer.write_all(&[8, 0, 0, 0, b'h', b'a', b'l', b'f'])
    })?;
    let received = receive::<Answer>(&mut BufReader::new(reader));
    let status = child.join()?;
    ensure!(status.success(), "the writer of half a message failed, {status}");
    match received {
        Ok(_) => println!("half a message was taken for a whole one"),
        Err(error) => println!("a message cut short: {error}"),
    }
    Ok(())
}

fn main() -> anyhow::Result<()> {
    let [workers, limit] =
        mp::args([("workers", 4, 1..=64), ("limit", 1_000_000, 1..=10_000_000)]);
    let total = count(workers, limit)?;
    println!("{total} primes below {limit}");
    if let Some(published) = published(limit) {
        ensure!(total == published, "there are {published} primes below {limit}");
    }
    cut_short()
}
