//! The workshop of `backpressure`: it counts what has been made and what is done.

use std::sync::atomic::{AtomicU32, Ordering};
use std::thread::sleep;
use std::time::{Duration, Instant};
use std::{env, io};

use crate::together::{tell, wait_until};

/// How many jobs may have been made and not be done.
const ROOM: u32 = 8;

/// A workshop. All processes see the same one that are forked when it has been made.
#[derive(Debug)]
pub struct Workshop {
    made: mp::Shared<AtomicU32>,
    done: mp::Shared<AtomicU32>,
}

impl Workshop {
    /// Nothing has been made.
    ///
    /// # Errors
    ///
    /// There is no memory.
    pub fn new() -> io::Result<Workshop> {
        let number = || mp::Shared::new(AtomicU32::new(0));
        Ok(Workshop { made: number()?, done: number()? })
    }

    /// Makes a job, in no time.
    #[must_use]
    pub fn make(&self, number: u8) -> u8 {
        let made = self.made.fetch_add(1, Ordering::SeqCst) + 1;
        if made.saturating_sub(self.done.load(Ordering::SeqCst)) > ROOM {
            tell(format_args!("too many are on their way"));
        }
        number
    }

    /// Does a job, which takes a while, and writes a line.
    ///
    /// With `EXERCISE_STUCK=1` in the environment nobody is done before eight jobs have been made, and has had the time for
    /// more.
    pub fn work(&self, job: u8) {
        sleep(Duration::from_millis(20));
        if env::var_os("EXERCISE_STUCK").is_some() && self.done.load(Ordering::SeqCst) == 0 {
            let made = || self.made.load(Ordering::SeqCst);
            wait_until(|| made() >= ROOM);
            let begin = Instant::now();
            while made() <= ROOM && begin.elapsed() < Duration::from_millis(800) {
                sleep(Duration::from_millis(5));
            }
        }
        println!("job {job} is done");
        self.done.fetch_add(1, Ordering::SeqCst);
    }
}
