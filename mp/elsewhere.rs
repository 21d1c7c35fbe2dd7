//! The library where there is no `fork`: everything has its name, and what would start a process, or
//! share something with one, answers `Unsupported`. So a program that uses nothing but this library
//! compiles everywhere, and says in a sentence what it lacks.

use std::convert::Infallible;
use std::io;
use std::marker::PhantomData;
use std::ops::Deref;
use std::process::{ExitStatus, Termination};
use std::time::Duration;

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::error::PoolError;
use crate::shareable::Shareable;

const NO_FORK: &str = "this system has no fork, by which this program starts its processes: only Unix \
                       has it (Linux, Android, macOS)";

/// What `main` returns on other systems in a program that uses more of Unix than this library: it says
/// on stderr what is missing, as the library's errors do, and exits with 1 as for these.
#[must_use]
pub fn unix_only() -> std::process::ExitCode {
    eprintln!("Error: {NO_FORK}");
    std::process::ExitCode::FAILURE
}

fn unsupported<T>() -> io::Result<T> {
    Err(io::Error::new(io::ErrorKind::Unsupported, NO_FORK))
}

/// A child process; there is none here, since only Unix has `fork`.
#[derive(Debug)]
pub struct Process(Infallible);

impl Process {
    /// Forks a child that runs `f`, on Unix.
    ///
    /// # Errors
    ///
    /// Always `Unsupported`.
    pub fn spawn<T: Termination, F: FnOnce() -> T>(_f: F) -> io::Result<Process> {
        unsupported()
    }

    /// The child's process id.
    #[must_use]
    pub fn id(&self) -> u32 {
        match self.0 {}
    }

    /// Waits until the child has ended and tells how.
    ///
    /// # Errors
    ///
    /// None here: there is no child.
    pub fn join(&mut self) -> io::Result<ExitStatus> {
        match self.0 {}
    }

    /// Waits for at most `timeout`.
    ///
    /// # Errors
    ///
    /// None here: there is no child.
    pub fn join_timeout(&mut self, _timeout: Duration) -> io::Result<Option<ExitStatus>> {
        match self.0 {}
    }

    /// Whether the child is still running.
    ///
    /// # Errors
    ///
    /// None here: there is no child.
    pub fn is_alive(&mut self) -> io::Result<bool> {
        match self.0 {}
    }

    /// Asks the child to end.
    ///
    /// # Errors
    ///
    /// None here: there is no child.
    pub fn terminate(&mut self) -> io::Result<()> {
        match self.0 {}
    }

    /// Ends the child.
    ///
    /// # Errors
    ///
    /// None here: there is no child.
    pub fn kill(&mut self) -> io::Result<()> {
        match self.0 {}
    }
}

/// A number of worker processes, which only Unix can fork.
#[derive(Debug, Clone)]
pub struct Pool {
    workers: usize,
}

impl Pool {
    /// A pool of `workers` processes.
    ///
    /// # Errors
    ///
    /// [`PoolError::Zero`] for 0 workers.
    pub fn new(workers: usize) -> Result<Pool, PoolError> {
        match workers {
            0 => Err(PoolError::Zero("the number of workers")),
            _ => Ok(Pool { workers }),
        }
    }

    /// Sets how many inputs a worker takes at a time.
    #[must_use]
    pub fn with_chunk_size(self, _chunk_size: usize) -> Pool {
        self
    }

    /// Sets how long a task may take.
    #[must_use]
    pub fn with_task_timeout(self, _limit: Duration) -> Pool {
        self
    }

    /// The number of workers that a call would use at most.
    #[must_use]
    pub fn workers(&self) -> usize {
        self.workers
    }

    /// Runs `f` on every input, on Unix.
    ///
    /// # Errors
    ///
    /// Always `Unsupported`, as [`PoolError::Io`].
    pub fn map<T, R, F>(&self, _inputs: &[T], _f: F) -> Result<Vec<R>, PoolError>
    where
        R: Serialize + DeserializeOwned,
        F: Fn(&T) -> R,
    {
        Ok(unsupported()?)
    }

    /// Runs `f` on every input and yields each result as it comes, on Unix.
    ///
    /// # Errors
    ///
    /// Always `Unsupported`, as [`PoolError::Io`].
    pub fn imap_unordered<'a, T, R, F>(
        &self,
        _inputs: &'a [T],
        _f: F,
    ) -> Result<ImapUnordered<'a, R>, PoolError>
    where
        R: Serialize + DeserializeOwned,
        F: Fn(&T) -> R + 'a,
    {
        Ok(unsupported()?)
    }
}

/// The results of [`Pool::imap_unordered`]; there are none here.
#[derive(Debug)]
pub struct ImapUnordered<'a, R>(Infallible, PhantomData<(&'a (), R)>);

impl<R> Iterator for ImapUnordered<'_, R> {
    type Item = Result<(usize, R), PoolError>;

    fn next(&mut self) -> Option<Self::Item> {
        match self.0 {}
    }
}

/// A number of permits for threads and forked processes, on Unix.
#[derive(Debug)]
pub struct Semaphore(Infallible);

impl Semaphore {
    /// A semaphore of `permits` permits, on Unix.
    ///
    /// # Errors
    ///
    /// Always `Unsupported`.
    pub fn new(_permits: usize) -> io::Result<Semaphore> {
        unsupported()
    }

    /// Waits for a permit and takes it.
    ///
    /// # Errors
    ///
    /// None here: there is no semaphore.
    pub fn acquire(&self) -> io::Result<Permit<'_>> {
        match self.0 {}
    }

    /// Waits for a permit for at most `timeout`.
    ///
    /// # Errors
    ///
    /// None here: there is no semaphore.
    pub fn acquire_timeout(&self, _timeout: Duration) -> io::Result<Option<Permit<'_>>> {
        match self.0 {}
    }
}

/// A permit of a [`Semaphore`].
#[derive(Debug)]
pub struct Permit<'a>(Infallible, PhantomData<&'a Semaphore>);

/// A value in memory that this process shares with its forked children, on Unix.
#[derive(Debug)]
pub struct Shared<T: Shareable + ?Sized>(Infallible, PhantomData<T>);

impl<T: Shareable> Shared<T> {
    /// Maps memory that is shared across `fork` and moves `value` there, on Unix.
    ///
    /// # Errors
    ///
    /// Always `Unsupported`.
    pub fn new(_value: T) -> io::Result<Shared<T>> {
        unsupported()
    }
}

impl<T: Shareable + ?Sized> Deref for Shared<T> {
    type Target = T;

    fn deref(&self) -> &T {
        match self.0 {}
    }
}
