//! Work that waits: one request after another, a thread for each, a pool; a deadline.
//!
//! `cargo run --example io_bound -- --requests 40 --workers 8`

use std::io::ErrorKind::{Interrupted, TimedOut, WouldBlock};
use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};

/// Sends one line and reads one. Nearly all of its time is spent waiting.
fn ask(server: SocketAddr, question: &str, limit: Duration) -> Result<String> {
    let deadline = Instant::now() + limit;
    let mut stream = TcpStream::connect_timeout(&server, limit)?;
    stream.set_write_timeout(Some(limit))?;
    stream.write_all(format!("{question}\n").as_bytes())?;
    let mut answer = Vec::new();
    let mut part = [0; 64];
    while !answer.ends_with(b"\n") {
        let left = deadline.saturating_duration_since(Instant::now());
        ensure!(!left.is_zero(), "no answer within {} ms", limit.as_millis());
        ensure!(answer.len() < 1000, "the answer has no end");
        stream.set_read_timeout(Some(left))?;
        match stream.read(&mut part) {
            Ok(0) => bail!("the server closed the connection without an answer"),
            Ok(count) => answer.extend_from_slice(&part[..count]),
            // The limit of this read is over; the deadline decides.
            Err(e) if matches!(e.kind(), WouldBlock | TimedOut | Interrupted) => {}
            Err(e) => return Err(e).context("the connection broke"),
        }
    }
    Ok(String::from_utf8(answer)?.trim_end().to_owned())
}

fn square(server: SocketAddr, number: usize, limit: Duration) -> Result<usize> {
    let answer = ask(server, &number.to_string(), limit)?;
    answer.parse().with_context(|| format!("'{answer}' is not a number"))
}

struct Server {
    address: SocketAddr,
    stop: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Server {
    fn start(delay: Duration) -> io::Result<Server> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        let address = listener.local_addr()?;
        let stop = Arc::new(AtomicBool::new(false));
        let ours = Arc::clone(&stop);
        let thread = Some(thread::spawn(move || serve(&listener, delay, &ours)));
        Ok(Server { address, stop, thread })
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        let Some(thread) = self.thread.take() else { return };
        // `incoming` waits for a connection: this one wakes it.
        while !thread.is_finished() && TcpStream::connect(self.address).is_err() {
            thread::sleep(Duration::from_millis(10));
        }
        let _ = thread.join();
    }
}

fn serve(listener: &TcpListener, delay: Duration, stop: &AtomicBool) {
    thread::scope(|scope| {
        for connection in listener.incoming() {
            if stop.load(Ordering::Relaxed) {
                break;
            }
            match connection {
                Ok(stream) => drop(scope.spawn(move || answer(&stream, delay))),
                // Too many open files, for instance: connections that end make room.
                Err(_) => thread::sleep(Duration::from_millis(10)),
            }
        }
    });
}

fn answer(mut stream: &TcpStream, delay: Duration) -> io::Result<()> {
    stream.set_read_timeout(Some(Duration::from_secs(10)))?;
    let mut question = String::new();
    BufReader::new(stream).take(100).read_line(&mut question)?;
    if let Ok(number) = question.trim_end().parse::<u32>() {
        thread::sleep(delay);
        stream.write_all(format!("{}\n", u64::from(number).pow(2)).as_bytes())
    } else {
        stream.read(&mut [0]).map(|_| ()) // no answer: wait until the client gives up
    }
}

type Ask<'a> = &'a (dyn Fn(usize) -> Result<usize> + Sync);

fn one_after_another(requests: usize, ask: Ask) -> Result<usize> {
    (0..requests).map(ask).sum()
}

fn a_thread_for_each(requests: usize, ask: Ask) -> Result<usize> {
    thread::scope(|scope| {
        let start = |number| scope.spawn(move || ask(number));
        let threads: Vec<_> = (0..requests).map(start).collect();
        threads.into_iter().map(|thread| thread.join().expect("no panic")).sum()
    })
}

fn a_pool(workers: usize, requests: usize, ask: Ask) -> Result<usize> {
    let queue = Mutex::new(0..requests);
    let take = || queue.lock().expect("no panic").next();
    let work = || {
        let mut sum = 0;
        while let Some(number) = take() {
            sum += ask(number)?;
        }
        Ok(sum)
    };
    thread::scope(|scope| {
        let threads: Vec<_> = (0..workers).map(|_| scope.spawn(work)).collect();
        threads.into_iter().map(|thread| thread.join().expect("no panic")).sum()
    })
}

fn report(name: &str, way: impl FnOnce() -> Result<usize>) -> Result<()> {
    let start = Instant::now();
    let sum = way().with_context(|| name.to_owned())?;
    println!("{name}: the sum is {sum}, after {} ms", start.elapsed().as_millis());
    Ok(())
}

fn main() -> Result<()> {
    let [requests, workers, delay, timeout, port] = mp::args([
        ("requests", 20, 1..=5000),
        ("workers", 5, 1..=256),
        ("delay", 50, 1..=10_000),
        ("timeout", 5000, 1..=60_000),
        ("port", 0, 0..=65_535),
    ]);
    let delay = Duration::from_millis(delay as u64);
    let limit = Duration::from_millis(timeout as u64);
    let own = if port == 0 { Some(Server::start(delay)?) } else { None };
    let other = (Ipv4Addr::LOCALHOST, u16::try_from(port)?).into();
    let server = own.as_ref().map_or(other, |own| own.address);

    println!("{requests} requests, each waits {} ms for its answer", delay.as_millis());
    let ask_it = |number| square(server, number, limit);
    report("one after another", || one_after_another(requests, &ask_it))?;
    report("a thread for each", || a_thread_for_each(requests, &ask_it))?;
    report(&format!("{workers} threads for all"), || {
        a_pool(workers, requests, &ask_it)
    })?;

    match ask(server, "anything but a number", 4 * delay) {
        Ok(answer) => println!("a question without an answer got '{answer}'"),
        Err(error) => println!("a question without an answer: {error}"),
    }
    Ok(())
}
