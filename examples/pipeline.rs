//! A pipeline of threads with the order restored at its end.
//!
//! `cargo run --example pipeline -- --workers 2 --fail 39`

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Mutex};
use std::thread;

use anyhow::{Context, anyhow, ensure};
use mp::primes::{primes_in, published}; // in mp/primes.rs

const PIECES: usize = 100;

type Counted = (usize, anyhow::Result<usize>);

/// Stage 1: numbers for the pieces, as many as there are tickets.
fn cut(tickets: &Receiver<()>, pieces: &SyncSender<usize>) {
    for number in 1..=PIECES {
        // Both fail when the stages behind this one have ended.
        if tickets.recv().is_err() || pieces.send(number).is_err() {
            break;
        }
    }
}

/// Stage 2, in several threads: a failure is passed on like a result.
fn count(
    pieces: &Mutex<Receiver<usize>>,
    counted: &SyncSender<Counted>,
    task: impl Fn(usize) -> anyhow::Result<usize>,
) {
    loop {
        let next = pieces.lock().expect("nobody panics while holding the queue").recv();
        let Ok(number) = next else { break };
        let result = catch_unwind(AssertUnwindSafe(|| task(number)))
            .unwrap_or_else(|_| Err(anyhow!("the task panicked")));
        if counted.send((number, result)).is_err() {
            break;
        }
    }
}

/// Stage 3: the results in order, and their sum so far.
fn add_up(
    counted: Receiver<Counted>,
    tickets: &SyncSender<()>,
    room: usize,
    limit: usize,
) -> anyhow::Result<usize> {
    let mut early = BTreeMap::new();
    let (mut done, mut primes) = (0, 0);
    for (number, result) in counted {
        let on_their_way = number - done;
        ensure!(on_their_way <= room, "{on_their_way} pieces on their way");
        early.insert(number, result.with_context(|| format!("piece {number}"))?);
        while let Some(count) = early.remove(&(done + 1)) {
            done += 1;
            primes += count;
            if done % 10 == 0 {
                println!("{primes} primes below {}", limit * done / PIECES);
            }
            // It fails when stage 1 has cut all pieces and wants no more tickets.
            let _ = tickets.send(());
        }
    }
    ensure!(done == PIECES, "only {done} of {PIECES} pieces have come");
    Ok(primes)
}

fn pipeline(
    limit: usize,
    workers: usize,
    room: usize,
    task: impl Fn(usize) -> anyhow::Result<usize> + Copy + Send,
) -> anyhow::Result<usize> {
    let (free, tickets) = sync_channel(room);
    let (pieces, to_count) = sync_channel(room);
    let (counted, to_add) = sync_channel(room);
    for _ in 0..room {
        free.send(())?;
    }
    let to_count = Arc::new(Mutex::new(to_count));
    // `move`: `free` ends with stage 3, and then stage 1 gets no more tickets.
    thread::scope(move |scope| {
        scope.spawn(move || cut(&tickets, &pieces));
        for _ in 0..workers {
            let (to_count, counted) = (Arc::clone(&to_count), counted.clone());
            scope.spawn(move || count(&to_count, &counted, task));
        }
        drop((to_count, counted));
        add_up(to_add, &free, room, limit)
    })
}

fn main() -> anyhow::Result<()> {
    let [limit, workers, room, fail, panic] = mp::args([
        ("limit", 1_000_000, PIECES..=10_000_000),
        ("workers", 4, 1..=64),
        ("room", 8, 1..=1000),
        ("fail", 0, 0..=PIECES),
        ("panic", 0, 0..=PIECES),
    ]);
    let primes = pipeline(limit, workers, room, |number| {
        ensure!(number != fail, "the task fails, as --fail says");
        assert!(number != panic, "the task panics, as --panic says");
        Ok(primes_in(limit * (number - 1) / PIECES..limit * number / PIECES))
    })?;
    println!("never more than {room} pieces on their way");

    if let Some(published) = published(limit) {
        ensure!(primes == published, "{primes} primes, and {published} are published");
    }
    Ok(())
}
