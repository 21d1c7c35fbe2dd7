//! The shelves, and what threads do with them.

use std::sync::PoisonError;

use super::sync::{Mutex, MutexGuard};
use super::tally::Tally;

/// Shelves, each with so many things on it.
#[derive(Debug)]
pub struct Stock {
    shelves: Vec<Mutex<u32>>,
    /// How many times somebody has carried.
    carried: Tally,
}

impl Stock {
    /// As many shelves as there are numbers.
    #[must_use]
    pub fn new(things: &[u32]) -> Stock {
        let shelves = things.iter().map(|&things| Mutex::new(things)).collect();
        Stock { shelves, carried: Tally::new() }
    }

    // ANCHOR: carry
    /// Carries things to another shelf; `false` where there are not so many.
    pub fn carry(&self, from: usize, to: usize, things: u32) -> bool {
        if from == to {
            return false;
        }
        let [first, second] = if cfg!(feature = "two_orders") {
            [from, to]
        } else {
            [from.min(to), from.max(to)] // everybody begins with the lower one
        };
        let (mut first_one, mut second_one) = (self.lock(first), self.lock(second));
        let (giver, taker) = if first == from {
            (&mut *first_one, &mut *second_one)
        } else {
            (&mut *second_one, &mut *first_one)
        };
        let left = if cfg!(feature = "out_of_nothing") {
            Some(giver.saturating_sub(things))
        } else {
            giver.checked_sub(things)
        };
        let Some(left) = left else { return false };
        *giver = left;
        *taker += things;
        self.carried.add_one();
        true
    }
    // ANCHOR_END: carry

    /// How many things are on each shelf.
    #[must_use]
    pub fn things(&self) -> Vec<u32> {
        (0..self.shelves.len()).map(|at| *self.lock(at)).collect()
    }

    /// How many times somebody has carried.
    #[must_use]
    pub fn carried(&self) -> u32 {
        self.carried.get()
    }

    fn lock(&self, at: usize) -> MutexGuard<'_, u32> {
        self.shelves[at].lock().unwrap_or_else(PoisonError::into_inner)
    }
}
