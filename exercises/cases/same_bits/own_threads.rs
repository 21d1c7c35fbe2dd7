// Four threads of its own, however many there should be.

use exercises::{TERMS, term, write_sum};
use std::thread;

const QUARTER: u64 = TERMS / 4;

fn main() {
    let sums: Vec<f64> = thread::scope(|scope| {
        let add = |part: u64| (part * QUARTER..(part + 1) * QUARTER).map(term).sum();
        let threads: Vec<_> = (0..4).map(|part| scope.spawn(move || add(part))).collect();
        threads.into_iter().map(|thread| thread.join().expect("it does not panic")).collect()
    });
    write_sum(sums.iter().sum());
}
