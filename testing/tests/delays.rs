//! Threads as they run, many times, with a short random delay before each step: `stock.rs` with types that wait.

use std::sync::mpsc;
use std::thread;
use std::time::Duration;

#[path = "../src/stock.rs"]
mod stock;
#[path = "sync/delays.rs"]
mod sync;
#[path = "../src/tally.rs"]
mod tally;

/// Fails where something isn't done in time, and leaves those behind who hang.
fn in_time<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    let (done, is_done) = mpsc::channel();
    thread::spawn(move || done.send(work()));
    is_done.recv_timeout(Duration::from_secs(10)).expect("it hangs")
}

const ROUNDS: u32 = if cfg!(miri) { 3 } else { 300 };

/// Two carry at the same time, so often, and each along its own way. Gives what is on the shelves, and how often they say that they carried.
fn carried(ways: [(usize, usize); 2]) -> (Vec<u32>, u32) {
    in_time(move || {
        let stock = stock::Stock::new(&[ROUNDS; 4]);
        thread::scope(|scope| {
            for (from, to) in ways {
                let stock = &stock;
                scope.spawn(move || {
                    for _ in 0..ROUNDS {
                        stock.carry(from, to, 1);
                    }
                });
            }
        });
        (stock.things(), stock.carried())
    })
}

#[test]
fn each_carrying_is_counted() {
    let (things, carried) = carried([(0, 1), (2, 3)]);
    assert_eq!(things, [0, 2 * ROUNDS, 0, 2 * ROUNDS]);
    assert_eq!(carried, 2 * ROUNDS);
}

#[test]
fn two_ways_across_each_other_end() {
    let (things, _) = carried([(0, 1), (1, 0)]);
    assert_eq!(things.iter().sum::<u32>(), 4 * ROUNDS);
}
