//! A thin layer over the types of [`shuttle`]: each operation of a worker is noted with its line, what it read and
//! what it wrote. What the main thread does before and after is not.
//!
//! Shuttle lets one thread run at a time, and another one only before an operation: between an operation and its
//! note nobody else does anything.

use std::cell::{Cell, RefCell};
use std::io;
use std::ops::{Deref, DerefMut};
use std::panic::Location;
use std::sync::{LockResult, PoisonError};
use std::time::Duration;

use serde::Serialize;
use shuttle::sync::atomic::Ordering;

/// What a place in memory holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(untagged)]
pub enum Value {
    /// Of an `AtomicBool`.
    Truth(bool),
    /// Of a number; of a list its length.
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

impl From<u32> for Value {
    fn from(value: u32) -> Self {
        Self::Number(value.into())
    }
}

/// What is noted of what a lock protects.
pub trait Noted {
    /// The value to note.
    fn noted(&self) -> Value;
}

impl Noted for i64 {
    fn noted(&self) -> Value {
        (*self).into()
    }
}

impl<T> Noted for Vec<T> {
    fn noted(&self) -> Value {
        self.len().into()
    }
}

/// What a worker does in one step.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Operation {
    /// Reads.
    Load,
    /// Writes.
    Store,
    /// Reads, adds and writes.
    FetchAdd,
    /// Reads, subtracts and writes.
    FetchSub,
    /// Reads, and writes the larger one.
    FetchMax,
    /// Reads, and writes if it finds what it expects.
    CompareExchange,
    /// Waits until nobody else holds the lock, takes it and reads.
    Lock,
    /// Writes and gives the lock back, where its guard goes.
    Unlock,
    /// Gives the lock back and falls asleep.
    Sleep,
    /// Waits until somebody has notified and nobody else holds the lock, takes it and reads.
    Wake,
    /// Lets one of those who sleep wake up.
    Notify,
    /// Waits until there is a permit, and takes it.
    Acquire,
    /// Gives the permit back, where it is dropped.
    Release,
    /// Waits until all have come.
    Meet,
}

impl Operation {
    /// Its name in a program.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Load => "load",
            Self::Store => "store",
            Self::FetchAdd => "fetch_add",
            Self::FetchSub => "fetch_sub",
            Self::FetchMax => "fetch_max",
            Self::CompareExchange => "compare_exchange",
            Self::Lock => "lock",
            Self::Unlock => "unlock",
            Self::Sleep => "sleep",
            Self::Wake => "wake",
            Self::Notify => "notify_one",
            Self::Acquire => "acquire",
            Self::Release => "release",
            Self::Meet => "wait",
        }
    }
}

/// A step that a worker is about to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Intent {
    /// What it does.
    pub operation: Operation,
    /// To which place, counted in the order in which they were made; `None` if it is about none.
    pub place: Option<usize>,
    /// At which line of the program. What is given back where it is dropped has the line where it was taken.
    pub line: u32,
}

/// A step that a worker has done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
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
    /// What the workers have begun and not done, as far as they have begun anything.
    pub begun: Vec<Option<Intent>>,
    /// What else is to be known of the state: of those who sleep who was notified by what, and who has come to a barrier.
    pub hidden: Hidden,
}

/// See [`Notes::hidden`].
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Hidden {
    /// How often somebody was notified.
    notified: usize,
    /// Each who sleeps, with the notifications that came since.
    sleeping: Vec<(usize, Vec<usize>)>,
    /// Who has come to a barrier and waits for others, in that order.
    come: Vec<usize>,
}

impl Hidden {
    /// The same for all states of which the same follows: it doesn't matter which of all notifications came, but
    /// who can be woken by the same one.
    #[must_use]
    pub fn told(&self) -> Self {
        let mut all: Vec<_> = self.sleeping.iter().flat_map(|(_, by)| by).collect();
        all.sort_unstable();
        all.dedup();
        let rank = |by: &usize| all.binary_search(&by).unwrap_or_default();
        let mut sleeping: Vec<_> =
            self.sleeping.iter().map(|(who, by)| (*who, by.iter().map(rank).collect())).collect();
        sleeping.sort_unstable();
        Self { notified: 0, sleeping, come: self.come.clone() }
    }

    /// One of those who can be woken by the same notification wakes up.
    fn wakes(&mut self, worker: usize) {
        let by = self.sleeping.iter().find(|(who, _)| *who == worker);
        let by = by.and_then(|(_, by)| by.first().copied());
        self.sleeping.retain(|(who, _)| *who != worker);
        for (_, others) in &mut self.sleeping {
            others.retain(|other| Some(*other) != by);
        }
    }
}

thread_local! {
    // Shuttle's threads all run on one of the system's.
    static NOTES: RefCell<Notes> = RefCell::default();
    // Whether what runs is not to be noted: an execution that is over is cleared away.
    static OVER: Cell<bool> = const { Cell::new(true) };
}

/// An execution begins.
pub(crate) fn start() {
    NOTES.take();
    OVER.set(false);
}

/// An execution is over: what was noted of it, and nothing more will be.
pub(crate) fn stop() -> Notes {
    OVER.set(true);
    NOTES.take()
}

/// How many steps were noted.
pub(crate) fn steps() -> usize {
    NOTES.with_borrow(|notes| notes.steps.len())
}

/// Whether a worker stands before a step.
pub(crate) fn has_begun(worker: usize) -> bool {
    NOTES.with_borrow(|notes| notes.begun.get(worker).is_some_and(Option::is_some))
}

fn make(value: Value) -> usize {
    NOTES.with_borrow_mut(|notes| {
        notes.places.push(value);
        notes.places.len() - 1
    })
}

/// The worker that runs; `None` for the main thread, which shuttle counts as the first, and where nothing is to be noted.
fn worker() -> Option<usize> {
    if OVER.get() { None } else { usize::from(shuttle::current::me()).checked_sub(1) }
}

/// Notes that the worker is about to do a step, with the line of whoever called the operation. Gives the line.
#[track_caller]
fn begin(operation: Operation, place: impl Into<Option<usize>>) -> u32 {
    let line = Location::caller().line();
    begin_at(Intent { operation, place: place.into(), line });
    line
}

fn begin_at(intent: Intent) {
    if let Some(worker) = worker() {
        NOTES.with_borrow_mut(|notes| notes.begin(worker, intent));
    }
}

/// Notes that the worker has done the step that it had begun.
fn done(read: Option<Value>, wrote: Option<Value>) {
    if let Some(worker) = worker() {
        NOTES.with_borrow_mut(|notes| notes.done(worker, read, wrote));
    }
}

/// A worker was chosen to go on. Whoever stands before a wait for a notification gives the lock back and falls asleep, and there
/// is no other place to note that.
pub(crate) fn chosen(worker: usize) {
    NOTES.with_borrow_mut(|notes| {
        let begun = notes.begun.get(worker).copied().flatten();
        if let Some(intent @ Intent { operation: Operation::Sleep, .. }) = begun {
            notes.done(worker, None, None);
            notes.begin(worker, Intent { operation: Operation::Wake, ..intent });
            notes.hidden.sleeping.push((worker, Vec::new()));
        }
    });
}

impl Notes {
    fn begin(&mut self, worker: usize, intent: Intent) {
        if self.begun.len() <= worker {
            self.begun.resize(worker + 1, None);
        }
        self.begun[worker] = Some(intent);
    }

    fn done(&mut self, worker: usize, read: Option<Value>, wrote: Option<Value>) {
        let intent = self.begun[worker].take().expect("what is done was begun");
        self.steps.push(Step { worker, intent, read, wrote });
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

/// What those of numbers have in addition.
macro_rules! number {
    ($name:ident, $type:ty) => {
        atomic!($name, $type);

        #[allow(missing_docs, reason = "they are std's")]
        impl $name {
            #[track_caller]
            pub fn fetch_add(&self, value: $type, order: Ordering) -> $type {
                begin(Operation::FetchAdd, self.place);
                let read = self.inner.fetch_add(value, order);
                done(Some(read.into()), Some((read + value).into()));
                read
            }

            #[track_caller]
            pub fn fetch_sub(&self, value: $type, order: Ordering) -> $type {
                begin(Operation::FetchSub, self.place);
                let read = self.inner.fetch_sub(value, order);
                done(Some(read.into()), Some((read - value).into()));
                read
            }

            #[track_caller]
            pub fn fetch_max(&self, value: $type, order: Ordering) -> $type {
                begin(Operation::FetchMax, self.place);
                let read = self.inner.fetch_max(value, order);
                done(Some(read.into()), Some(read.max(value).into()));
                read
            }

            #[must_use]
            pub fn into_inner(self) -> $type {
                self.inner.into_inner()
            }
        }
    };
}

atomic!(AtomicBool, bool);
number!(AtomicU32, u32);
number!(AtomicUsize, usize);

/// The type of the same name, noted.
pub struct Mutex<T> {
    place: usize,
    noted: fn(&T) -> Value,
    inner: shuttle::sync::Mutex<T>,
}

#[allow(missing_docs, clippy::missing_errors_doc, reason = "they are std's")]
impl<T: Noted> Mutex<T> {
    pub fn new(value: T) -> Self {
        let place = make(value.noted());
        Self { place, noted: T::noted, inner: shuttle::sync::Mutex::new(value) }
    }
}

#[allow(missing_docs, clippy::missing_errors_doc, reason = "they are std's")]
impl<T> Mutex<T> {
    #[track_caller]
    pub fn lock(&self) -> LockResult<MutexGuard<'_, T>> {
        let line = begin(Operation::Lock, self.place);
        locked(self.place, self.noted, line, self.inner.lock())
    }
}

/// The guard of a lock that was taken a moment ago.
fn locked<T>(
    place: usize,
    noted: fn(&T) -> Value,
    line: u32,
    result: LockResult<shuttle::sync::MutexGuard<'_, T>>,
) -> LockResult<MutexGuard<'_, T>> {
    let poisoned = result.is_err();
    let inner = result.unwrap_or_else(PoisonError::into_inner);
    done(Some(noted(&inner)), None);
    let guard = MutexGuard { place, noted, line, inner: Some(inner) };
    if poisoned { Err(PoisonError::new(guard)) } else { Ok(guard) }
}

/// The type of the same name, noted.
pub struct MutexGuard<'a, T> {
    place: usize,
    noted: fn(&T) -> Value,
    /// Where it was locked first.
    line: u32,
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
        let wrote = (self.noted)(&inner);
        let (place, line) = (Some(self.place), self.line);
        begin_at(Intent { operation: Operation::Unlock, place, line });
        drop(inner);
        done(None, Some(wrote));
    }
}

/// The type of the same name, noted.
#[derive(Default)]
pub struct Condvar(shuttle::sync::Condvar);

#[allow(missing_docs, clippy::missing_errors_doc, reason = "they are std's")]
impl Condvar {
    #[must_use]
    pub const fn new() -> Self {
        Self(shuttle::sync::Condvar::new())
    }

    #[track_caller]
    pub fn wait<'a, T>(&self, mut guard: MutexGuard<'a, T>) -> LockResult<MutexGuard<'a, T>> {
        let (place, noted, line) = (guard.place, guard.noted, guard.line);
        let inner = guard.inner.take().expect("it is there until it is dropped");
        begin(Operation::Sleep, place);
        // That it sleeps is noted when it is chosen to.
        let result = self.0.wait(inner);
        if let Some(worker) = worker() {
            NOTES.with_borrow_mut(|notes| notes.hidden.wakes(worker));
        }
        locked(place, noted, line, result)
    }

    #[track_caller]
    pub fn notify_one(&self) {
        begin(Operation::Notify, None);
        self.0.notify_one();
        NOTES.with_borrow_mut(|notes| {
            let Hidden { notified, sleeping, .. } = &mut notes.hidden;
            sleeping.iter_mut().for_each(|(_, by)| by.push(*notified));
            *notified += 1;
        });
        done(None, None);
    }
}

/// In the place of the book's own semaphore, whose permits are bytes in a pipe: the same promise, noted.
pub struct Semaphore {
    place: usize,
    inner: shuttle::future::batch_semaphore::BatchSemaphore,
}

/// A semaphore of so many permits.
#[must_use]
pub fn semaphore(permits: usize) -> Semaphore {
    use shuttle::future::batch_semaphore::{BatchSemaphore, Fairness};
    let inner = BatchSemaphore::new(permits, Fairness::Unfair);
    Semaphore { place: make(permits.into()), inner }
}

#[allow(missing_docs, clippy::missing_errors_doc, reason = "it is that of mp::Semaphore")]
impl Semaphore {
    /// Has all the time there is.
    #[track_caller]
    pub fn acquire_timeout(&self, _: Duration) -> io::Result<Option<Permit<'_>>> {
        let line = begin(Operation::Acquire, self.place);
        self.inner.acquire_blocking(1).map_err(io::Error::other)?;
        let left = self.inner.available_permits();
        done(Some((left + 1).into()), Some(left.into()));
        Ok(Some(Permit { semaphore: self, line }))
    }
}

/// The type of the same name, noted.
pub struct Permit<'a> {
    semaphore: &'a Semaphore,
    line: u32,
}

impl Drop for Permit<'_> {
    fn drop(&mut self) {
        let Semaphore { place, inner } = self.semaphore;
        let (place, line) = (Some(*place), self.line);
        begin_at(Intent { operation: Operation::Release, place, line });
        inner.release(1);
        let left = inner.available_permits();
        done(Some(left.saturating_sub(1).into()), Some(left.into()));
    }
}

/// The type of the same name, noted.
pub struct Barrier {
    size: usize,
    inner: shuttle::sync::Barrier,
}

#[allow(missing_docs, reason = "they are std's")]
impl Barrier {
    #[must_use]
    pub fn new(size: usize) -> Self {
        Self { size, inner: shuttle::sync::Barrier::new(size) }
    }

    #[track_caller]
    pub fn wait(&self) {
        begin(Operation::Meet, None);
        // Who comes last doesn't wait.
        if let Some(worker) = worker() {
            NOTES.with_borrow_mut(|notes| {
                let come = &mut notes.hidden.come;
                if come.len() + 1 < self.size {
                    come.push(worker)
                }
            });
        }
        self.inner.wait();
        NOTES.with_borrow_mut(|notes| notes.hidden.come.clear());
        done(None, None);
    }
}

/// Threads of shuttle.
pub mod thread {
    use std::time::Duration;

    pub use shuttle::thread::{scope, spawn};

    /// Does nothing: whoever sleeps lets others run, and they may do so before each operation anyway.
    pub fn sleep(_: Duration) {}
}
