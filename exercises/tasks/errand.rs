//! The errands of `ctrl_c`.

use std::env;
use std::thread::sleep;
use std::time::Duration;

/// Takes a while and writes a line with its number. With `EXERCISE_LONG=1` in the environment half a minute: longer than
/// anybody waits for it.
pub fn errand(number: u64) {
    let long = env::var_os("EXERCISE_LONG").is_some();
    sleep(if long { Duration::from_secs(30) } else { Duration::from_millis(150) });
    println!("errand {number} is done");
}
