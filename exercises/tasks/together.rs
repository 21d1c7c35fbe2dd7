//! How processes of a task meet, and tell of it.

use std::fmt;
use std::io::{self, Write as _};
use std::thread::sleep;
use std::time::{Duration, Instant};

/// Writes a line to standard error in one piece: in several, as `eprintln!` does, lines of processes could mix.
pub fn tell(line: fmt::Arguments) {
    let _ = io::stderr().write_all(format!("{line}\n").as_bytes());
}

/// Waits for something that others do. Nobody is left for ever, whatever a program does.
pub fn wait_until(done: impl Fn() -> bool) {
    let begin = Instant::now();
    while !done() && begin.elapsed() < Duration::from_secs(30) {
        sleep(Duration::from_millis(5));
    }
}
