//! Five philosophers and five forks: a deadlock, its cures, and a cure that needs one.
//!
//! `cargo run --example philosophers -- --meals 10`

use std::hash::{BuildHasher, RandomState};
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::sync::{Barrier, Mutex};
use std::time::Duration;
use std::{process, thread};

const SEATS: usize = 5;
const TICKS: usize = 1000;
const A_MOMENT: Duration = Duration::from_millis(1);
/// Whoever keeps others waiting for so long is dead or hangs.
const PATIENCE: Duration = Duration::from_secs(10);

/// Fork `i` lies to the left of seat `i`, and to the right of the seat before.
type Forks = [Mutex<()>; SEATS];

fn left_and_right(seat: usize) -> (usize, usize) {
    (seat, (seat + 1) % SEATS)
}

fn eat(forks: &Forks, first: usize, second: usize) {
    let _first = forks[first].lock().expect("nobody panics");
    thread::sleep(A_MOMENT); // the time to reach for the other one
    let _second = forks[second].lock().expect("nobody panics");
    thread::sleep(A_MOMENT);
}

/// Wrong: everybody can hold the left fork and wait for the right one.
fn left_first(forks: &Forks, seat: usize, everybody: &Barrier) {
    let (left, right) = left_and_right(seat);
    let _left = forks[left].lock().expect("nobody panics");
    everybody.wait(); // the moment at which it goes wrong, here in every run
    let _right = forks[right].lock().expect("nobody panics");
}

/// The lower number first: the last seat begins with the fork on its right.
fn in_order(forks: &Forks, seat: usize, meals: usize) {
    let (left, right) = left_and_right(seat);
    for _ in 0..meals {
        eat(forks, left.min(right), left.max(right));
    }
}

/// The waiter lets four of the five reach for forks: one of them gets two.
fn with_a_waiter(forks: &Forks, seat: usize, meals: usize, waiter: &mp::Semaphore) {
    let (left, right) = left_and_right(seat);
    for _ in 0..meals {
        let _permit = waiter.acquire().expect("the waiter is there");
        eat(forks, left, right);
    }
}

/// A clock at whose ticks all act at once, and how often somebody has eaten.
struct Table {
    tick: Barrier,
    meals: AtomicUsize,
}

/// Who finds the right fork taken puts the left one back and tries again after a pause.
fn by_trying(
    forks: &Forks,
    seat: usize,
    meals: usize,
    table: &Table,
    pause: fn() -> usize,
) {
    let (left, right) = left_and_right(seat);
    let (mut eaten, mut again_at) = (0, 0);
    for now in 0..TICKS {
        let hungry = eaten < meals && again_at <= now;
        let first = hungry.then(|| forks[left].try_lock().ok()).flatten();
        table.tick.wait();
        let second = first.is_some().then(|| forks[right].try_lock().ok()).flatten();
        if second.is_some() {
            eaten += 1;
            table.meals.fetch_add(1, Relaxed);
        } else if hungry {
            again_at = now + pause();
        }
        table.tick.wait();
        if table.meals.load(Relaxed) == SEATS * meals {
            break; // all see the same number: nobody eats between these two ticks
        }
    }
}

fn the_same_pause() -> usize {
    1
}

/// 1 to 8 ticks. `std` has no random numbers, but its hash tables use some.
fn a_random_pause() -> usize {
    let [byte, ..] = RandomState::new().hash_one("a pause").to_le_bytes();
    1 + usize::from(byte % 8)
}

/// All seats at once, each in a thread.
fn dinner(philosopher: impl Fn(&Forks, usize) + Sync) {
    let forks = [const { Mutex::new(()) }; SEATS];
    thread::scope(|scope| {
        for seat in 0..SEATS {
            let (philosopher, forks) = (&philosopher, &forks);
            scope.spawn(move || philosopher(forks, seat));
        }
    });
}

/// How many meals there are where all try.
fn dinner_by_trying(meals: usize, pause: fn() -> usize) -> usize {
    let table = Table { tick: Barrier::new(SEATS), meals: AtomicUsize::new(0) };
    dinner(|forks, seat| by_trying(forks, seat, meals, &table, pause));
    table.meals.into_inner()
}

fn main() -> anyhow::Result<()> {
    let [meals] = mp::args([("meals", 3, 1..=50)]);
    let all = SEATS * meals;

    let everybody = Barrier::new(SEATS);
    let mut child = mp::Process::spawn(|| {
        // Should the parent be killed, nobody else ends this child.
        thread::spawn(|| {
            thread::sleep(PATIENCE);
            process::abort()
        });
        dinner(|forks, seat| left_first(forks, seat, &everybody));
    })?;
    if let Some(status) = child.join_timeout(Duration::from_secs(1))? {
        anyhow::bail!("the child has ended, {status}");
    }
    child.kill()?;
    println!(
        "left first:             not done after a second, killed, {}",
        child.join()?
    );

    dinner(|forks, seat| in_order(forks, seat, meals));
    println!("the lower number first: {all} meals");

    let waiter = mp::Semaphore::new(SEATS - 1)?;
    dinner(|forks, seat| with_a_waiter(forks, seat, meals, &waiter));
    println!("with a waiter:          {all} meals");

    let eaten = dinner_by_trying(meals, the_same_pause);
    println!("trying, the same pause: {eaten} meals in {TICKS} ticks");

    let eaten = dinner_by_trying(meals, a_random_pause);
    anyhow::ensure!(eaten == all, "{eaten} meals in {TICKS} ticks");
    println!("trying, a random pause: {eaten} meals");
    Ok(())
}
