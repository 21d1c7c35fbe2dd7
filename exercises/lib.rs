//! What the tasks of the exercises do: they take some time, and tell what they have done.

use std::cell::Cell;
use std::io;
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread::sleep;
use std::time::{Duration, Instant};
use std::{env, process};

#[path = "tasks/bank.rs"]
mod bank;
#[path = "tasks/errand.rs"]
mod errand;
#[path = "tasks/kitchen.rs"]
mod kitchen;
#[path = "tasks/ledger.rs"]
mod ledger;
#[path = "tasks/share.rs"]
mod share;
#[path = "tasks/steps.rs"]
mod steps;
#[path = "tasks/together.rs"]
mod together;
#[path = "tasks/workshop.rs"]
mod workshop;

pub use bank::{Account, Bank};
pub use errand::errand;
pub use kitchen::Kitchen;
pub use ledger::Ledger;
pub use share::{ITEMS, item};
pub use steps::steps;
use together::tell;
pub use workshop::Workshop;

/// Takes a fifth of a second, writes a line, and returns 7.
pub fn answer() -> u8 {
    sleep(Duration::from_millis(200));
    println!("the task is done");
    7
}

/// Takes a fifth of a second and writes a line with its number.
pub fn task(number: u64) {
    sleep(Duration::from_millis(200));
    println!("task {number} is done");
}

/// The square of a number from 0 to 4, after a while: the smaller the number, the longer it takes.
///
/// With `EXERCISE_LAST=N` in the environment, N takes longest.
#[must_use]
pub fn square(number: u64) -> u64 {
    let last = env::var("EXERCISE_LAST").ok().and_then(|last| last.parse::<u64>().ok());
    let behind = (number % 5 + 5 - last.unwrap_or(0) % 5) % 5;
    sleep(Duration::from_millis(50 + 150 * (4 - behind)));
    number * number
}

/// Takes a while and writes a line with its number.
pub fn piece(number: u64) {
    sleep(Duration::from_millis(40));
    println!("piece {number} is done");
}

/// How many terms there are.
pub const TERMS: u64 = 20_000;

/// A term of a sum, by its number from 0. Some take a while.
///
/// The first half of the terms grows large and the second half takes it away again, so that each addition rounds.
#[must_use]
pub fn term(number: u64) -> f64 {
    thread_local!(static NEW: Cell<bool> = const { Cell::new(true) });
    if NEW.take() {
        tell(format_args!("a thread adds"));
    }
    if number.is_multiple_of(250) {
        sleep(Duration::from_millis(4));
    }
    let (pair, sign) = if number < TERMS / 2 { (number, 1.0) } else { (TERMS - 1 - number, -1.0) };
    let large = 1e9 * (1.0 + (pair * 7919 % 1009) as f64 / 1009.0);
    sign * large + (number * 7919 % 1013) as f64 / 37.0 + number as f64 * 0.00002
}

/// Writes about what the sum is, and to standard error its bits.
pub fn write_sum(sum: f64) {
    println!("the sum is about {sum:.0}");
    tell(format_args!("its bits are {:016x}", sum.to_bits()));
}

/// Ten times the number, after a while. The task 3 panics, with `EXERCISE_PANICS=N` in the environment the task N.
#[must_use]
pub fn risky(number: u64) -> u64 {
    sleep(Duration::from_millis(60));
    let panics = env::var("EXERCISE_PANICS").ok().and_then(|panics| panics.parse::<u64>().ok());
    assert!(number != panics.unwrap_or(3), "task {number} can't go on");
    number * 10
}

/// The same letter 200,000 times, `a` for 0, after a while: more than a pipe takes.
#[must_use]
pub fn letters(number: u8) -> Vec<u8> {
    sleep(Duration::from_millis(30));
    vec![b'a' + number; 200_000]
}

/// Takes the longer the larger the number of the customer is, from 0.
pub fn arrive(customer: u64) {
    sleep(Duration::from_millis(100 * customer));
}

/// The last seat. All processes see the same one that are forked when it has been made.
#[derive(Debug)]
pub struct Seat {
    sold: mp::Shared<AtomicU32>,
    asked: mp::Shared<AtomicU32>,
}

impl Seat {
    /// It is free.
    ///
    /// # Errors
    ///
    /// There is no memory.
    pub fn new() -> io::Result<Seat> {
        let number = || mp::Shared::new(AtomicU32::new(0));
        Ok(Seat { sold: number()?, asked: number()? })
    }

    /// Whether nobody has bought it yet.
    #[must_use]
    pub fn is_free(&self) -> bool {
        tell(format_args!("a customer asks"));
        let free = self.sold.load(Ordering::SeqCst) == 0;
        self.asked.fetch_add(1, Ordering::SeqCst);
        free
    }

    /// It is sold: to whoever says so, without asking.
    ///
    /// With `EXERCISE_SLOW=1` in the environment the first to buy is slow: until another has asked as well, or two seconds.
    pub fn sell(&self) {
        let begin = Instant::now();
        while env::var_os("EXERCISE_SLOW").is_some()
            && self.asked.load(Ordering::SeqCst) < 2
            && begin.elapsed() < Duration::from_secs(2)
        {
            sleep(Duration::from_millis(5));
        }
        self.sold.store(1, Ordering::SeqCst);
    }
}

/// How many visitors come through the door of this process: ten. With `EXERCISE_CROWD=1` in the environment three million
/// and some more, by the process's id.
#[must_use]
pub fn visitors() -> u64 {
    match env::var_os("EXERCISE_CROWD") {
        None => 10,
        Some(_) => 3_000_000 + u64::from(process::id() % 1000),
    }
}

/// Ten times the number, after a tenth of a second. The worker 1 hangs, with `EXERCISE_HANGS=N` in the environment the
/// worker N.
#[must_use]
pub fn may_hang(number: u8) -> u8 {
    let hangs = env::var("EXERCISE_HANGS").ok().and_then(|hangs| hangs.parse().ok()).unwrap_or(1);
    // Longer than anybody waits for it; and nobody is left for ever, whatever a program does.
    sleep(if number == hangs { Duration::from_secs(30) } else { Duration::from_millis(100) });
    number * 10
}

/// Does its work, after a short while, at the third attempt, and panics at those before it. With `EXERCISE_CRASHES=N` in
/// the environment N attempts fail.
pub fn fragile(attempt: u32) {
    sleep(Duration::from_millis(50));
    let crashes = env::var("EXERCISE_CRASHES").ok().and_then(|crashes| crashes.parse().ok());
    assert!(attempt > crashes.unwrap_or(2), "attempt {attempt} has failed");
}

/// Whether there is something in this place: in place 2 there is, which shows soon, with `EXERCISE_FOUND=N` in the
/// environment in place N. That there is nothing shows only after a long search.
#[must_use]
pub fn search(place: u8) -> bool {
    let found = env::var("EXERCISE_FOUND").ok().and_then(|found| found.parse().ok()).unwrap_or(2);
    if place == found {
        sleep(Duration::from_millis(200));
        return true;
    }
    sleep(Duration::from_millis(2500));
    tell(format_args!("there is nothing in place {place}"));
    false
}
