//! The bank of `transfers`: four accounts in shared memory, each with a lock.

use std::cell::Cell;
use std::sync::atomic::{AtomicI64, AtomicU32, Ordering};
use std::time::Duration;
use std::{env, io};

use crate::together::{tell, wait_until};

/// How often in a row somebody may find a lock taken who does not wait for it.
const TRIES: u32 = 100;

thread_local! {
    /// How many accounts this thread has locked, and whether it has locked any before.
    static HELD: Cell<u32> = const { Cell::new(0) };
    static BEFORE: Cell<bool> = const { Cell::new(false) };
    /// What it has taken from one account and not yet put into another.
    static NOWHERE: Cell<i64> = const { Cell::new(0) };
    /// How often in a row it has found a lock taken.
    static TRIED: Cell<u32> = const { Cell::new(0) };
}

/// Four accounts with 100 in each. All processes see the same ones that are forked when they have been made.
///
/// With `EXERCISE_MEET=1` in the environment, whoever has locked 0 or 1 first goes on when another has come to one of them.
/// With `EXERCISE_HOLD=1` whoever has locked both first takes long: until the transfer to account 3 is done, and somebody
/// waits for 0 or 1.
#[derive(Debug)]
pub struct Bank {
    locks: Vec<mp::Semaphore>,
    balances: mp::Shared<[AtomicI64]>,
    facts: mp::Shared<[AtomicU32]>,
}

/// The facts that all know: how many have come to the accounts 0 and 1, how many had to wait there, whether somebody has
/// locked both, whether account 3 was given back.
const CAME: usize = 0;
const WAITED: usize = 1;
const BOTH: usize = 2;
const THIRD: usize = 3;

impl Bank {
    /// All accounts are free.
    ///
    /// # Errors
    ///
    /// There is no memory, or no pipe.
    pub fn new() -> io::Result<Bank> {
        let locks = (0..4).map(|_| mp::Semaphore::new(1)).collect::<io::Result<_>>()?;
        let balances = mp::Shared::slice(4, || AtomicI64::new(100))?;
        Ok(Bank { locks, balances, facts: mp::Shared::slice(4, || AtomicU32::new(0))? })
    }

    /// Waits until an account, 0 to 3, is free, and locks it for as long as the value lives.
    ///
    /// # Errors
    ///
    /// What the system reports.
    pub fn lock(&self, account: usize) -> io::Result<Account<'_>> {
        let permit = if let Some(permit) = self.locks[account].acquire_timeout(Duration::ZERO)? {
            permit
        } else {
            self.came(account);
            self.locks[account].acquire()?
        };
        Ok(self.locked(account, permit))
    }

    /// Locks an account if it is free.
    ///
    /// # Errors
    ///
    /// As [`lock`](Bank::lock).
    pub fn try_lock(&self, account: usize) -> io::Result<Option<Account<'_>>> {
        let permit = self.locks[account].acquire_timeout(Duration::ZERO)?;
        if permit.is_none() {
            let tried = TRIED.get() + 1;
            TRIED.set(tried);
            if tried == TRIES {
                tell(format_args!("asked {TRIES} times for a lock"));
                self.came(account);
            }
        }
        Ok(permit.map(|permit| self.locked(account, permit)))
    }

    /// Somebody is about to wait for an account.
    fn came(&self, account: usize) {
        if account < 2 {
            self.facts[WAITED].fetch_add(1, Ordering::SeqCst);
            self.facts[CAME].fetch_add(1, Ordering::SeqCst);
        }
    }

    fn locked<'a>(&'a self, account: usize, permit: mp::Permit<'a>) -> Account<'a> {
        TRIED.set(0);
        HELD.set(HELD.get() + 1);
        let first = !BEFORE.replace(true);
        if first && account < 2 {
            let came = self.facts[CAME].fetch_add(1, Ordering::SeqCst);
            if came == 0 && env::var_os("EXERCISE_MEET").is_some() {
                wait_until(|| self.facts[CAME].load(Ordering::SeqCst) > 1);
            }
        }
        Account { bank: self, number: account, _permit: permit }
    }
}

/// An account that is locked.
#[derive(Debug)]
pub struct Account<'a> {
    bank: &'a Bank,
    number: usize,
    _permit: mp::Permit<'a>,
}

impl Account<'_> {
    /// What is in it.
    #[must_use]
    pub fn balance(&self) -> i64 {
        self.bank.balances[self.number].load(Ordering::SeqCst)
    }

    /// Takes something out of it.
    pub fn withdraw(&mut self, amount: i64) {
        self.add(-amount);
    }

    /// Puts something into it.
    pub fn deposit(&mut self, amount: i64) {
        self.add(amount);
    }

    fn add(&self, amount: i64) {
        let facts = &self.bank.facts;
        if env::var_os("EXERCISE_HOLD").is_some()
            && self.number < 2
            && HELD.get() == 2
            && facts[BOTH].swap(1, Ordering::SeqCst) == 0
        {
            let is_set = |fact: usize| facts[fact].load(Ordering::SeqCst) > 0;
            wait_until(|| is_set(THIRD) && is_set(WAITED));
        }
        // A load and a store: whoever has no lock loses money.
        self.bank.balances[self.number].store(self.balance() + amount, Ordering::SeqCst);
        NOWHERE.set(NOWHERE.get() - amount);
    }
}

impl Drop for Account<'_> {
    fn drop(&mut self) {
        HELD.set(HELD.get() - 1);
        if NOWHERE.get() != 0 {
            tell(format_args!(
                "account {} is free while {} are nowhere",
                self.number,
                NOWHERE.get()
            ));
        }
        if self.number == 3 {
            self.bank.facts[THIRD].store(1, Ordering::SeqCst);
        }
    }
}
