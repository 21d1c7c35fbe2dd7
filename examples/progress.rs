//! Bars and a log from several worker processes; only their parent writes.
//!
//! `cargo run --features progress --example progress -- --workers 2 --verbose 1`

use std::io::{self, BufRead, BufReader, PipeReader, PipeWriter, Write};
use std::ops::Range;
use std::{panic, thread};

use anyhow::{Result, bail, ensure};
use indicatif::{MultiProgress, ProgressBar, ProgressStyle};
use mp::primes::{primes_in, published}; // in mp/primes.rs
use serde::{Deserialize, Serialize};
use tracing::{Level, debug, error, error_span, info};

/// What a worker tells its parent.
#[derive(Serialize, Deserialize)]
enum Event {
    Begins,
    Counted { first: usize, primes: usize },
    Panics { message: String },
}

/// Writes an event as one frame, which ends with the only zero byte in it.
fn send(mut parent: &PipeWriter, event: &Event) -> io::Result<()> {
    parent.write_all(&postcard::to_stdvec_cobs(event).map_err(io::Error::other)?)
}

fn work(chunks: &[Range<usize>], panic: bool, parent: &PipeWriter) -> io::Result<()> {
    send(parent, &Event::Begins)?;
    for (done, chunk) in chunks.iter().enumerate() {
        assert!(!panic || done < chunks.len() / 2, "as --panic asked for");
        let (first, primes) = (chunk.start, primes_in(chunk.clone()));
        send(parent, &Event::Counted { first, primes })?;
    }
    Ok(())
}

struct Worker {
    number: usize,
    chunks: usize,
    events: PipeReader,
    process: mp::Process,
}

fn start(number: usize, chunks: &[Range<usize>], panic: bool) -> Result<Worker> {
    let (events, parent) = io::pipe()?;
    let tell = parent.try_clone()?;
    let process = mp::Process::spawn(move || {
        panic::set_hook(Box::new(move |info| {
            let message = info.to_string().replace('\n', " ");
            let _ = send(&tell, &Event::Panics { message });
        }));
        work(chunks, panic, &parent)
    })?;
    Ok(Worker { number, chunks: chunks.len(), events, process })
}

/// Logs and draws what a worker tells until it has ended; returns its count.
fn follow(mut worker: Worker, bar: &ProgressBar) -> Result<usize> {
    let (number, pid) = (worker.number, worker.process.id());
    let _span = error_span!("worker", number, pid).entered();
    let mut count = 0;
    for frame in BufReader::new(worker.events).split(0) {
        match postcard::from_bytes_cobs(&mut frame?)? {
            Event::Begins => info!("begins"),
            Event::Counted { first, primes } => {
                debug!(first, primes, "counted");
                count += primes;
                bar.inc(1);
            }
            Event::Panics { message } => error!("{message}"),
        }
    }
    let status = worker.process.join()?;
    if !status.success() {
        error!("ended early, {status}");
        bar.abandon();
        bail!("worker {number} failed, {status}");
    }
    info!(count, "has ended");
    bar.finish();
    Ok(count)
}

/// Writes each line of the log above the bars.
struct AboveBars(MultiProgress);

impl Write for AboveBars {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        self.0.suspend(|| io::stderr().write_all(line)).map(|()| line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn torn_line() -> Result<()> {
    print!("The parent writes half a line ");
    io::stdout().flush()?;
    mp::Process::spawn(|| println!("and the child a whole one."))?.join()?;
    println!("before the other half.");
    Ok(())
}

fn main() -> Result<()> {
    let [limit, workers, verbose, panic] = mp::args([
        ("limit", 1_000_000, 0..=10_000_000),
        ("workers", 4, 1..=64),
        ("verbose", 0, 0..=1),
        ("panic", 0, 0..=64),
    ]);
    torn_line()?;

    let chunk = |n| n..limit.min(n + 10_000);
    let chunks: Vec<Range<usize>> = (0..limit).step_by(10_000).map(chunk).collect();
    let mut started = Vec::new();
    for number in 1..=workers {
        let share: Vec<_> =
            chunks.iter().skip(number - 1).step_by(workers).cloned().collect();
        started.push(start(number, &share, number == panic)?);
    }

    // From here on there are threads, the log and the bars, in the parent only.
    let bars = MultiProgress::new();
    let log = bars.clone();
    tracing_subscriber::fmt()
        .with_max_level(if verbose == 0 { Level::INFO } else { Level::DEBUG })
        .with_target(false)
        .log_internal_errors(false)
        .with_writer(move || AboveBars(log.clone()))
        .init();
    let style =
        ProgressStyle::with_template("worker {prefix} {bar:40} {pos}/{len} chunks")?;
    let new_bar = |worker: &Worker| {
        let bar = ProgressBar::new(worker.chunks as u64).with_style(style.clone());
        bars.add(bar.with_prefix(worker.number.to_string()))
    };
    let shown: Vec<ProgressBar> = started.iter().map(new_bar).collect();
    let counts: Vec<_> = thread::scope(|scope| {
        let follow = |(worker, bar)| scope.spawn(move || follow(worker, bar));
        let threads: Vec<_> = started.into_iter().zip(&shown).map(follow).collect();
        threads.into_iter().map(|thread| thread.join().expect("no panic")).collect()
    });
    let count: usize = counts.into_iter().sum::<Result<_>>()?;
    println!("{count} primes below {limit}");
    if let Some(published) = published(limit) {
        ensure!(count == published, "the published count is {published}");
    }
    Ok(())
}
