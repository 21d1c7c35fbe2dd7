//! Threads as they run, many times, with a short random delay before each step: `stock.rs` with types that wait.

use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use rand::RngExt as _;

/// As the module `sync` of the library.
mod sync {
    use std::sync::LockResult;
    use std::sync::atomic::Ordering;

    pub use std::sync::MutexGuard;

    #[derive(Debug)]
    pub struct Mutex<T>(std::sync::Mutex<T>);

    impl<T> Mutex<T> {
        pub fn new(value: T) -> Mutex<T> {
            Mutex(std::sync::Mutex::new(value))
        }

        pub fn lock(&self) -> LockResult<MutexGuard<'_, T>> {
            super::delay();
            self.0.lock()
        }
    }

    #[derive(Debug)]
    pub struct AtomicU32(std::sync::atomic::AtomicU32);

    impl AtomicU32 {
        pub fn new(value: u32) -> AtomicU32 {
            AtomicU32(std::sync::atomic::AtomicU32::new(value))
        }

        pub fn load(&self, order: Ordering) -> u32 {
            super::delay();
            self.0.load(order)
        }

        pub fn store(&self, value: u32, order: Ordering) {
            super::delay();
            self.0.store(value, order);
        }

        pub fn fetch_add(&self, value: u32, order: Ordering) -> u32 {
            super::delay();
            self.0.fetch_add(value, order)
        }
    }
}

#[path = "../src/stock.rs"]
mod stock;
#[path = "../src/tally.rs"]
mod tally;

/// Mostly no time at all, which leaves room for those who sleep.
fn delay() {
    let mut random = rand::rng();
    if random.random_ratio(1, 4) {
        thread::sleep(Duration::from_micros(random.random_range(0..100)));
    }
}

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
