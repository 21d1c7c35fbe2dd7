//! A thin layer over the types of [`shuttle`]: each operation of a worker is noted with its line, what it read and
//! what it wrote. What the main thread does before and after is not.
//!
//! Shuttle lets one thread run at a time, and another one only before an operation: between an operation and its
//! note nobody else does anything.

use std::cell::RefCell;
use std::ops::{Deref, DerefMut};
use std::panic::Location;
use std::sync::{LockResult, PoisonError};

use serde::Serialize;
use shuttle::sync::atomic::Ordering;

use crate::programs::WORKERS;

/// What a place in memory holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(untagged)]
pub enum Value {
    /// Of an `AtomicBool`.
    Truth(bool),
    /// Of a number.
    Number(i64),
}

impl From<bool> for Value {
    fn from(value: bool) -> Self {
        Self::Truth(value)
    }
}

impl From<i64> for Value {
    fn from(value: i64) -> Self {
        Self::Number(value)
    }
}

impl From<usize> for Value {
    fn from(value: usize) -> Self {
        Self::Number(i64::try_from(value).expect("the programs count to a few"))
    }
}

/// What a worker does in one step.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Operation {
    /// Reads.
    Load,
    /// Writes.
    Store,
    /// Reads, adds and writes.
    FetchAdd,
    /// Reads, and writes if it finds what it expects.
    CompareExchange,
    /// Waits until nobody else holds the lock, takes it and reads.
    Lock,
    /// Writes and gives the lock back, where its guard goes.
    Unlock,
}

impl Operation {
    /// Its name in a program.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Load => "load",
            Self::Store => "store",
            Self::FetchAdd => "fetch_add",
            Self::CompareExchange => "compare_exchange",
            Self::Lock => "lock",
            Self::Unlock => "unlock",
        }
    }
}

/// A step that a worker is about to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Intent {
    /// What it does.
    pub operation: Operation,
    /// To which place, counted in the order in which they were made.
    pub place: usize,
    /// At which line of the program; `None` at the closing brace of the function.
    pub line: Option<u32>,
}

/// A step that a worker has done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Step {
    /// Who did it.
    pub worker: usize,
    /// What it did.
    pub intent: Intent,
    /// What stood in the place, if it looked.
    pub read: Option<Value>,
    /// What stands in the place since then, if it wrote.
    pub wrote: Option<Value>,
}

/// What is noted of one execution.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Notes {
    /// What the places held in the beginning.
    pub places: Vec<Value>,
    /// The steps in their order.
    pub steps: Vec<Step>,
    /// What the workers have begun and not done: who waits for a lock for ever.
    pub begun: [Option<Intent>; WORKERS],
}

thread_local! {
    // Shuttle's threads all run on one of the system's.
    static NOTES: RefCell<Notes> = RefCell::default();
}

/// Takes what was noted, and begins anew.
pub(crate) fn take() -> Notes {
    NOTES.take()
}

/// How many steps were noted since the last [`take`].
pub(crate) fn steps() -> usize {
    NOTES.with_borrow(|notes| notes.steps.len())
}

fn make(value: Value) -> usize {
    NOTES.with_borrow_mut(|notes| {
        notes.places.push(value);
        notes.places.len() - 1
    })
}

/// The worker that runs; `None` for the main thread, which shuttle counts as the first.
fn worker() -> Option<usize> {
    usize::from(shuttle::current::me()).checked_sub(1)
}

/// Notes that the worker is about to do a step, with the line of whoever called the operation.
#[track_caller]
fn begin(operation: Operation, place: usize) {
    begin_at(Intent { operation, place, line: Some(Location::caller().line()) });
}

fn begin_at(intent: Intent) {
    if let Some(worker) = worker() {
        NOTES.with_borrow_mut(|notes| notes.begun[worker] = Some(intent));
    }
}

/// Notes that the worker has done the step that it had begun.
fn done(read: Option<Value>, wrote: Option<Value>) {
    if let Some(worker) = worker() {
        NOTES.with_borrow_mut(|notes| {
            let intent = notes.begun[worker].take().expect("what is done was begun");
            notes.steps.push(Step { worker, intent, read, wrote });
        });
    }
}

/// An atomic type and its operations.
macro_rules! atomic {
    ($name:ident, $type:ty) => {
        /// The type of the same name, noted.
        pub struct $name {
            place: usize,
            inner: shuttle::sync::atomic::$name,
        }

        #[allow(missing_docs, clippy::missing_errors_doc, reason = "they are std's")]
        impl $name {
            #[must_use]
            pub fn new(value: $type) -> Self {
                Self { place: make(value.into()), inner: shuttle::sync::atomic::$name::new(value) }
            }

            #[track_caller]
            pub fn load(&self, order: Ordering) -> $type {
                begin(Operation::Load, self.place);
                let value = self.inner.load(order);
                done(Some(value.into()), None);
                value
            }

            #[track_caller]
            pub fn store(&self, value: $type, order: Ordering) {
                begin(Operation::Store, self.place);
                self.inner.store(value, order);
                done(None, Some(value.into()));
            }

            #[track_caller]
            pub fn compare_exchange(
                &self,
                current: $type,
                new: $type,
                success: Ordering,
                failure: Ordering,
            ) -> Result<$type, $type> {
                begin(Operation::CompareExchange, self.place);
                let result = self.inner.compare_exchange(current, new, success, failure);
                let (Ok(read) | Err(read)) = result;
                done(Some(read.into()), result.is_ok().then(|| new.into()));
                result
            }
        }
    };
}

atomic!(AtomicBool, bool);
atomic!(AtomicUsize, usize);

#[allow(missing_docs, reason = "it is std's")]
impl AtomicUsize {
    #[track_caller]
    pub fn fetch_add(&self, value: usize, order: Ordering) -> usize {
        begin(Operation::FetchAdd, self.place);
        let read = self.inner.fetch_add(value, order);
        done(Some(read.into()), Some((read + value).into()));
        read
    }
}

/// The type of the same name, noted.
pub struct Mutex<T> {
    place: usize,
    value: fn(&T) -> Value,
    inner: shuttle::sync::Mutex<T>,
}

#[allow(missing_docs, clippy::missing_errors_doc, reason = "they are std's")]
impl<T: Copy + Into<Value>> Mutex<T> {
    pub fn new(value: T) -> Self {
        let place = make(value.into());
        Self { place, value: |value| (*value).into(), inner: shuttle::sync::Mutex::new(value) }
    }
}

#[allow(missing_docs, clippy::missing_errors_doc, reason = "they are std's")]
impl<T> Mutex<T> {
    #[track_caller]
    pub fn lock(&self) -> LockResult<MutexGuard<'_, T>> {
        begin(Operation::Lock, self.place);
        let result = self.inner.lock();
        let poisoned = result.is_err();
        let inner = result.unwrap_or_else(PoisonError::into_inner);
        done(Some((self.value)(&inner)), None);
        let guard = MutexGuard { mutex: self, inner: Some(inner) };
        if poisoned { Err(PoisonError::new(guard)) } else { Ok(guard) }
    }
}

/// The type of the same name, noted.
pub struct MutexGuard<'a, T> {
    mutex: &'a Mutex<T>,
    /// Is there until it is dropped.
    inner: Option<shuttle::sync::MutexGuard<'a, T>>,
}

impl<T> Deref for MutexGuard<'_, T> {
    type Target = T;

    fn deref(&self) -> &T {
        self.inner.as_ref().expect("it is there until it is dropped")
    }
}

impl<T> DerefMut for MutexGuard<'_, T> {
    fn deref_mut(&mut self) -> &mut T {
        self.inner.as_mut().expect("it is there until it is dropped")
    }
}

impl<T> Drop for MutexGuard<'_, T> {
    fn drop(&mut self) {
        let Some(inner) = self.inner.take() else { return };
        // An execution that ended in a deadlock is cleared away; nothing of that is a step.
        if std::thread::panicking() {
            return;
        }
        let wrote = (self.mutex.value)(&inner);
        begin_at(Intent { operation: Operation::Unlock, place: self.mutex.place, line: None });
        drop(inner);
        done(None, Some(wrote));
    }
}

/// Threads of shuttle.
pub mod thread {
    use std::time::Duration;

    pub use shuttle::thread::spawn;

    /// Does nothing: whoever sleeps lets others run, and they may do so before each operation anyway.
    pub fn sleep(_: Duration) {}
}
