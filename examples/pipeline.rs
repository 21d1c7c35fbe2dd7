//! A pipeline of threads with the order restored at its end: a picture, row by row.
//!
//! `cargo run --example pipeline -- --workers 2 --fail 15`

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Mutex};
use std::thread;

use anyhow::{Context, anyhow, ensure};

const ROWS: u8 = 24;
const COLUMNS: u8 = 72;

type Drawn = (u8, anyhow::Result<String>);

/// A row of a Julia set: at each place a number z becomes z² - 0.123 + 0.745i, again
/// and again, and the longer it stays near 0, the denser is what is drawn.
fn draw_row(number: u8, steps: usize) -> String {
    let place = |n, of| (2.0 * f64::from(n) + 1.0 - f64::from(of)) / f64::from(of);
    let mut row = String::new();
    for column in 0..COLUMNS {
        let (x, y) = (place(column, COLUMNS), place(number - 1, ROWS));
        let (mut re, mut im, mut step) = (1.5 * x, 1.15 * y, 0);
        while step < steps && re * re + im * im < 4.0 {
            (re, im) = (re * re - im * im - 0.123, 2.0 * re * im + 0.745);
            step += 1;
        }
        row.push(char::from(b" .:-=+*#%@"[9 * step / steps]));
    }
    row
}

/// Stage 1: numbers for the rows, as many as there are tickets.
fn cut(tickets: &Receiver<()>, rows: &SyncSender<u8>) {
    for number in 1..=ROWS {
        // Both fail when the stages behind this one have ended.
        if tickets.recv().is_err() || rows.send(number).is_err() {
            break;
        }
    }
}

/// Stage 2, in several threads: a failure is passed on like a result.
fn draw(
    rows: &Mutex<Receiver<u8>>,
    drawn: &SyncSender<Drawn>,
    task: impl Fn(u8) -> anyhow::Result<String>,
) {
    loop {
        let next = rows.lock().expect("nobody panics while holding the queue").recv();
        let Ok(number) = next else { break };
        let result = catch_unwind(AssertUnwindSafe(|| task(number)))
            .unwrap_or_else(|_| Err(anyhow!("the task panicked")));
        if drawn.send((number, result)).is_err() {
            break;
        }
    }
}

/// Stage 3: the rows in order.
fn print(
    drawn: Receiver<Drawn>,
    tickets: &SyncSender<()>,
    room: usize,
) -> anyhow::Result<Vec<String>> {
    let (mut early, mut picture) = (BTreeMap::new(), Vec::new());
    for (number, result) in drawn {
        let on_their_way = usize::from(number) - picture.len();
        ensure!(on_their_way <= room, "{on_their_way} rows on their way");
        early.insert(number, result.with_context(|| format!("row {number}"))?);
        while let Some(first) = early.first_entry()
            && usize::from(*first.key()) == picture.len() + 1
        {
            let row = first.remove();
            println!("{}", row.trim_end());
            picture.push(row);
            // It fails when stage 1 has cut all rows and wants no more tickets.
            let _ = tickets.send(());
        }
    }
    ensure!(picture.len() == usize::from(ROWS), "only {} rows came", picture.len());
    Ok(picture)
}

fn pipeline(
    workers: usize,
    room: usize,
    task: impl Fn(u8) -> anyhow::Result<String> + Copy + Send,
) -> anyhow::Result<Vec<String>> {
    let (free, tickets) = sync_channel(room);
    let (rows, to_draw) = sync_channel(room);
    let (drawn, to_print) = sync_channel(room);
    for _ in 0..room {
        free.send(())?;
    }
    let to_draw = Arc::new(Mutex::new(to_draw));
    // `move`: `free` ends with stage 3, and then stage 1 gets no more tickets.
    thread::scope(move |scope| {
        scope.spawn(move || cut(&tickets, &rows));
        for _ in 0..workers {
            let (to_draw, drawn) = (Arc::clone(&to_draw), drawn.clone());
            scope.spawn(move || draw(&to_draw, &drawn, task));
        }
        drop((to_draw, drawn));
        print(to_print, &free, room)
    })
}

fn main() -> anyhow::Result<()> {
    let [steps, workers, room, fail, panic] = mp::args([
        ("steps", 30, 1..=1_000_000),
        ("workers", 4, 1..=64),
        ("room", 8, 1..=1000),
        ("fail", 0, 0..=ROWS.into()),
        ("panic", 0, 0..=ROWS.into()),
    ]);
    let picture = pipeline(workers, room, |number| {
        ensure!(usize::from(number) != fail, "the task fails, as --fail says");
        assert!(usize::from(number) != panic, "the task panics, as --panic says");
        Ok(draw_row(number, steps))
    })?;
    println!("never more than {room} rows on their way");

    // From z and from -z it goes the same way.
    let turned = picture.iter().rev().map(|row| row.chars().rev().collect());
    ensure!(picture == turned.collect::<Vec<String>>(), "not the same upside down");
    Ok(())
}
