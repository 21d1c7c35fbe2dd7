//! The accounts of `order_per_key`: what has been booked, and in which order.

use std::sync::atomic::{AtomicU32, Ordering};
use std::thread::sleep;
use std::time::{Duration, Instant};
use std::{env, io};

use crate::together::{tell, wait_until};

/// How many accounts there are; the entries go round them.
const ACCOUNTS: u8 = 5;

/// Entries for five accounts. All processes see the same ones that are forked when it has been made.
#[derive(Debug)]
pub struct Ledger {
    /// Of each account: how many entries have begun, and how many are booked.
    begun: mp::Shared<[AtomicU32]>,
    booked: mp::Shared<[AtomicU32]>,
    early: mp::Shared<AtomicU32>,
}

impl Ledger {
    /// How many entries there are, in the order in which they have come.
    pub const ENTRIES: u8 = 20;

    /// Nothing is booked.
    ///
    /// # Errors
    ///
    /// There is no memory.
    pub fn new() -> io::Result<Ledger> {
        let numbers = || mp::Shared::slice(ACCOUNTS.into(), || AtomicU32::new(0));
        let early = mp::Shared::new(AtomicU32::new(0))?;
        Ok(Ledger { begun: numbers()?, booked: numbers()?, early })
    }

    /// The account of an entry, 0 to 4.
    #[must_use]
    pub fn account(&self, entry: u8) -> usize {
        usize::from(entry % ACCOUNTS)
    }

    /// Books an entry, which takes a while, and writes a line.
    ///
    /// With `EXERCISE_SLOW=1` in the environment the first entry of account 0 takes long: until three of others are booked,
    /// and the next one of account 0 would have had the time to begin.
    pub fn book(&self, entry: u8) {
        let account = self.account(entry);
        let number = u32::from(entry / ACCOUNTS) + 1;
        let before = self.begun[account].fetch_add(1, Ordering::SeqCst);
        let booked = self.booked[account].load(Ordering::SeqCst);
        if before + 1 != number || booked + 1 != number {
            tell(format_args!(
                "entry {number} of account {account} began when {booked} had been booked there"
            ));
            self.early.store(1, Ordering::SeqCst);
        }
        sleep(Duration::from_millis(10));
        if entry == 0 && env::var_os("EXERCISE_SLOW").is_some() {
            let others =
                || (1..5).map(|other| self.booked[other].load(Ordering::SeqCst)).sum::<u32>();
            wait_until(|| others() >= 3);
            let begin = Instant::now();
            while self.early.load(Ordering::SeqCst) == 0
                && begin.elapsed() < Duration::from_millis(600)
            {
                sleep(Duration::from_millis(5));
            }
        }
        println!("account {account}: entry {number}");
        self.booked[account].fetch_add(1, Ordering::SeqCst);
    }
}
