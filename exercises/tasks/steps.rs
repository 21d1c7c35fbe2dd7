//! The task of `port_ten_lines`.

use std::thread::sleep;
use std::time::Duration;
use std::{env, fs};

use crate::together::wait_until;

/// How many steps a number takes to 1, of which each halves an even number and replaces an odd one n by 3n + 1. It takes a
/// while.
///
/// With `EXERCISE_FOLDER=PATH` in the environment each number that is done leaves a file there, and the number 1 takes long:
/// until ten others are done.
#[must_use]
pub fn steps(number: u64) -> u64 {
    let mut left = number.max(1);
    let mut steps = 0;
    while left != 1 {
        left = if left.is_multiple_of(2) { left / 2 } else { 3 * left + 1 };
        steps += 1;
    }
    sleep(Duration::from_millis(15));
    if let Some(folder) = env::var_os("EXERCISE_FOLDER") {
        if number == 1 {
            wait_until(|| fs::read_dir(&folder).is_ok_and(|files| files.count() >= 10));
        }
        let _ = fs::write(std::path::Path::new(&folder).join(number.to_string()), "");
    }
    steps
}
