//! The kitchen of `in_a_pipeline`: what is done to each dish, in which order, and by whom.

use std::sync::atomic::{AtomicU32, Ordering};
use std::thread::sleep;
use std::time::Duration;
use std::{env, io, process};

use crate::together::{tell, wait_until};

/// A kitchen. All processes see the same one that are forked when it has been made.
#[derive(Debug)]
pub struct Kitchen {
    /// Of each stage: how many dishes have begun, and how many are done.
    begun: mp::Shared<[AtomicU32]>,
    done: mp::Shared<[AtomicU32]>,
    /// Who works there: the id of a process.
    cooks: mp::Shared<[AtomicU32]>,
}

const NAMES: [&str; 3] = ["washed", "cut", "cooked"];

impl Kitchen {
    /// How many dishes there are, from 0.
    pub const DISHES: u8 = 6;

    /// Nothing is done.
    ///
    /// # Errors
    ///
    /// There is no memory.
    pub fn new() -> io::Result<Kitchen> {
        let numbers = || mp::Shared::slice(3, || AtomicU32::new(0));
        Ok(Kitchen { begun: numbers()?, done: numbers()?, cooks: numbers()? })
    }

    /// The first stage, which takes a while.
    ///
    /// With `EXERCISE_OVERLAP=1` in the environment dish 3 isn't washed before dish 0 is being cooked.
    pub fn wash(&self, dish: u8) {
        self.work(0, dish, || {
            if dish == 3 {
                self.wait_for("dish 3 waits until dish 0 is being cooked", 2, 1);
            }
        });
    }

    /// The second stage, which takes a while.
    pub fn cut(&self, dish: u8) {
        self.work(1, dish, || ());
    }

    /// The third stage, which takes a while, and writes a line.
    ///
    /// With `EXERCISE_OVERLAP=1` in the environment dish 0 isn't cooked before dish 2 is being washed.
    pub fn cook(&self, dish: u8) {
        self.work(2, dish, || {
            if dish == 0 {
                self.wait_for("dish 0 waits until dish 2 is being washed", 0, 3);
            }
            println!("dish {dish} is ready");
        });
    }

    fn wait_for(&self, what: &str, stage: usize, begun: u32) {
        let has_begun = || self.begun[stage].load(Ordering::SeqCst) >= begun;
        if env::var_os("EXERCISE_OVERLAP").is_some() && !has_begun() {
            tell(format_args!("{what}"));
            wait_until(has_begun);
        }
    }

    fn work(&self, stage: usize, dish: u8, work: impl FnOnce()) {
        let name = NAMES[stage];
        let first = self.cooks[stage].compare_exchange(
            0,
            process::id(),
            Ordering::SeqCst,
            Ordering::SeqCst,
        );
        if first.is_err_and(|first| first != process::id()) {
            tell(format_args!("dish {dish} was {name} by another process than the one before"));
        }
        let done = self.done[stage].load(Ordering::SeqCst);
        let begun = self.begun[stage].fetch_add(1, Ordering::SeqCst);
        let before = stage.checked_sub(1).map(|before| self.done[before].load(Ordering::SeqCst));
        if begun != u32::from(dish) || done != begun || before.is_some_and(|before| before <= done)
        {
            tell(format_args!("dish {dish} was {name} out of its order"));
        }
        sleep(Duration::from_millis(20));
        work();
        self.done[stage].fetch_add(1, Ordering::SeqCst);
    }
}
