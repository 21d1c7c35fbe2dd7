//! Workers behind pipes: frames with a length, structs as bytes, and a frame cut short.
//!
//! `cargo run --example pipes -- --workers 4 --radius 100`

use std::io::{self, BufRead, BufReader, PipeReader, PipeWriter, Write};
use std::ops::Range;

use anyhow::{Context, ensure};
use serde::{Deserialize, Serialize, de::DeserializeOwned};

const LONGEST: u32 = 1024 * 1024;
const CUT: &str = "got end of file during message";
/// Radius and points in the circle, from oeis.org/A000328.
const PUBLISHED: [(usize, usize); 3] = [(10, 317), (100, 31_417), (1000, 3_141_549)];

#[derive(Serialize, Deserialize)]
struct Request {
    rows: Range<i64>,
    radius: i64,
}

#[derive(Serialize, Deserialize)]
struct Answer {
    rows: Range<i64>,
    points: usize,
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

/// How many points with whole coordinates the circle has in these rows.
fn points_in(rows: Range<i64>, radius: i64) -> usize {
    let inside = |&(x, y): &(i64, i64)| x * x + y * y <= radius * radius;
    let points = rows.flat_map(|y| (-radius..=radius).map(move |x| (x, y)));
    points.filter(inside).count()
}

/// What a worker does: answer each request until there are no more.
fn serve(requests: PipeReader, answers: &PipeWriter) -> anyhow::Result<()> {
    let mut requests = BufReader::new(requests);
    while let Some(Request { rows, radius }) = receive(&mut requests)? {
        let points = points_in(rows.clone(), radius);
        send(answers, &Answer { rows, points })?;
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

fn count(workers: i64, radius: i64) -> anyhow::Result<usize> {
    let bound = |number| (2 * radius + 1) * number / workers - radius;
    let mut running = Vec::new();
    for number in 0..workers {
        let worker = start(&mut running)?;
        let rows = bound(number)..bound(number + 1);
        send(&worker.requests, &Request { rows, radius })?;
        running.push(worker);
    }
    let mut total = 0;
    for Worker { requests, mut answers, mut process } in running {
        drop(requests);
        while let Some(Answer { rows, points }) = receive(&mut answers)? {
            println!("{points} points from row {} to row {}", rows.start, rows.end - 1);
            total += points;
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
    let [workers, radius] =
        mp::args([("workers", 4, 1..=64), ("radius", 1000, 1..=20_000)]);
    let total = count(workers.try_into()?, radius.try_into()?)?;
    println!("{total} points in the circle of radius {radius}");
    if let Some((_, published)) = PUBLISHED.iter().find(|known| known.0 == radius) {
        ensure!(total == *published, "{published} are published");
    }
    cut_short()
}
