//! As `src/sync.rs`, with types that wait now and then before they do what they should.
#![cfg_attr(feature = "data_race", allow(dead_code))]

use std::sync::LockResult;
use std::sync::atomic::Ordering;
use std::thread;
use std::time::Duration;

use rand::RngExt as _;

pub use std::sync::MutexGuard;

#[derive(Debug)]
pub struct Mutex<T>(std::sync::Mutex<T>);

impl<T> Mutex<T> {
    pub fn new(value: T) -> Mutex<T> {
        Mutex(std::sync::Mutex::new(value))
    }

    pub fn lock(&self) -> LockResult<MutexGuard<'_, T>> {
        delay();
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
        delay();
        self.0.load(order)
    }

    pub fn store(&self, value: u32, order: Ordering) {
        delay();
        self.0.store(value, order);
    }

    pub fn fetch_add(&self, value: u32, order: Ordering) -> u32 {
        delay();
        self.0.fetch_add(value, order)
    }
}

/// Mostly no time at all, which leaves room for those who sleep.
fn delay() {
    let mut random = rand::rng();
    if random.random_ratio(1, 4) {
        thread::sleep(Duration::from_micros(random.random_range(0..100)));
    }
}
