//! What two threads, or two processes, see of each other's stores, by the ordering.
//!
//! `cargo run --release --example ordering -- --rounds 1000`

use std::hint;
use std::sync::atomic::AtomicU32;
use std::sync::atomic::Ordering::{self, AcqRel, Acquire, Relaxed, Release, SeqCst};
use std::thread;
use std::time::{Duration, Instant};

const PAIRS: usize = 500;
const A_MOMENT: Duration = Duration::from_micros(100);
const PATIENCE: Duration = Duration::from_secs(5);
const ORDERS: [(&str, Orders); 3] = [
    ("Relaxed", (Relaxed, Relaxed)),
    ("Release, Acquire", (Release, Acquire)),
    ("SeqCst", (SeqCst, SeqCst)),
];

/// A store order and a load order.
type Orders = (Ordering, Ordering);
/// The stores of two sides, the marks of both, and at `[4][0]` how often they have met.
type Places = [[AtomicU32; PAIRS]; 5];

fn places() -> Places {
    [const { [const { AtomicU32::new(0) }; PAIRS] }; 5]
}

/// Each stores to a place of its own and then looks at the other's.
fn store_then_load(
    mine: &AtomicU32,
    other: &AtomicU32,
    new: u32,
    orders: Orders,
) -> u32 {
    mine.store(new, orders.0);
    other.load(orders.1)
}

/// The data first, then the flag that says that it is there.
fn publish(data: &AtomicU32, flag: &AtomicU32, new: u32, orders: Orders) {
    data.store(new, Relaxed);
    flag.store(new, orders.0);
}

/// The flag first, and then the data.
fn look(data: &AtomicU32, flag: &AtomicU32, orders: Orders) -> (u32, u32) {
    let seen = flag.load(orders.1);
    (seen, data.load(Relaxed))
}

/// Waits for the other side, awake for a moment: both are to go on at the same time.
fn meet(places: &Places, times: u32) -> anyhow::Result<()> {
    places[4][0].fetch_add(1, AcqRel);
    let begin = Instant::now();
    while places[4][0].load(Acquire) < 2 * times {
        anyhow::ensure!(begin.elapsed() < PATIENCE, "the other side doesn't come");
        if begin.elapsed() < A_MOMENT {
            hint::spin_loop();
        } else {
            thread::sleep(begin.elapsed() / 10);
        }
    }
    Ok(())
}

/// What one side does in a round, while the other does so too.
type Round = fn(&Places, side: usize, round: u32, Orders);

fn store_buffering(places: &Places, side: usize, round: u32, orders: Orders) {
    let pairs = places[side].iter().zip(&places[1 - side]);
    for ((mine, other), mark) in pairs.zip(&places[2 + side]) {
        let old = store_then_load(mine, other, round, orders) != round;
        mark.store(old.into(), Relaxed);
    }
}

fn message_passing(places: &Places, side: usize, round: u32, orders: Orders) {
    let [data, flags, flag_seen, data_missed, _] = places;
    for (i, (data, flag)) in data.iter().zip(flags).enumerate() {
        if side == 0 {
            publish(data, flag, round, orders);
        } else {
            let (seen, found) = look(data, flag, orders);
            flag_seen[i].store((seen == round).into(), Relaxed);
            data_missed[i].store((found != round).into(), Relaxed);
        }
    }
}

#[derive(Clone, Copy)]
struct Test {
    round: Round,
    rounds: u32,
    orders: Orders,
}

impl Test {
    /// One side of all rounds. Side 0 counts how often both marks were set.
    fn run(self, places: &Places, side: usize) -> anyhow::Result<usize> {
        let mut seen = 0;
        for number in 1..=self.rounds {
            meet(places, 2 * number - 1)?;
            (self.round)(places, side, number, self.orders);
            meet(places, 2 * number)?;
            if side == 0 {
                let marks = places[2].iter().zip(&places[3]);
                seen += marks
                    .filter(|(a, b)| a.load(Relaxed) + b.load(Relaxed) == 2)
                    .count();
            }
        }
        Ok(seen)
    }

    fn in_threads(self) -> anyhow::Result<usize> {
        let places = &places();
        thread::scope(|scope| {
            let other = scope.spawn(|| self.run(places, 1));
            let seen = self.run(places, 0);
            other.join().expect("no thread panics").and(seen)
        })
    }

    fn in_processes(self) -> anyhow::Result<usize> {
        let places = mp::Shared::new(places())?;
        let mut other = mp::Process::spawn(|| self.run(&places, 1).map(drop))?;
        let seen = self.run(&places, 0)?;
        anyhow::ensure!(other.join()?.success(), "the other process failed");
        Ok(seen)
    }
}

fn main() -> anyhow::Result<()> {
    let [rounds] = mp::args([("rounds", 200, 1..=10_000)]);
    for (what, round, orders) in [
        ("each sees the old value of the other", store_buffering as Round, &ORDERS[..]),
        ("the flag is seen, the data isn't", message_passing, &ORDERS[..2]),
    ] {
        println!("{what}, of {} pairs:", rounds * PAIRS);
        for &(name, orders) in orders {
            let test = Test { round, rounds: u32::try_from(rounds)?, orders };
            println!("  threads,   {name:17} seen: {}", test.in_threads()?);
            println!("  processes, {name:17} seen: {}", test.in_processes()?);
        }
    }
    Ok(())
}
