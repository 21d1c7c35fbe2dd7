// Threads share all memory anyway.

use exercises::visitors;
use std::sync::atomic::{AtomicU64, Ordering};

fn main() {
    let counter = AtomicU64::new(0);
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                for _ in 0..visitors() {
                    counter.fetch_add(1, Ordering::Relaxed);
                }
            });
        }
    });
    println!("{} were counted", counter.into_inner());
}
