//! What the tasks of the exercises do: they take some time, and tell what they have done.

use std::env;
use std::thread::sleep;
use std::time::Duration;

/// Takes a tenth of a second, writes a line, and returns 7.
#[must_use]
pub fn answer() -> u8 {
    sleep(Duration::from_millis(100));
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
    sleep(Duration::from_millis(50 + 80 * (4 - behind)));
    number * number
}
