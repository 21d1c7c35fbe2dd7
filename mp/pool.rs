use std::collections::VecDeque;
use std::io;
use std::time::Duration;

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::PoolError;
use crate::apart::Apart;
use crate::claims::{Claims, Clock};
use crate::messages::FULL;
use crate::worker::{Work, work};
use crate::workers::Workers;

/// A number of worker processes that run one closure over many inputs: the counterpart of Python's
/// `multiprocessing.Pool`.
///
/// The workers are forked at each call of [`map`](Pool::map) or
/// [`imap_unordered`](Pool::imap_unordered). They inherit the inputs and the closure, so nothing but
/// the results is serialised, and the closure may borrow. When the call is over, whether it went well
/// or not, its workers have ended and are reaped; until then the closure and what it owns live.
///
/// The parent trusts nothing that comes out of a worker: results have checksums and borders, and each
/// must be for an input that this very worker has taken.
///
/// # What can be a result
///
/// Results travel in [postcard](https://docs.rs/postcard), a format that doesn't describe itself: names
/// of fields and variants aren't sent. Attributes of serde that rely on names don't work with it:
/// `flatten`, `untagged` and `tag` end in a [`PoolError::Codec`]. `skip_serializing_if` and
/// `skip_deserializing` alone mostly do, but a value can arrive as another one. So it does without any
/// error behind `skip` on a *variant* of an enum
/// ([postcard#125](https://github.com/jamesmunns/postcard/issues/125)).
///
/// # Examples
///
/// ```
/// let pool = mp::Pool::new(4)?;
/// let squares = pool.map(&[1, 2, 3], |n| n * n)?;
/// assert_eq!(squares, [1, 4, 9]); // in the order of the inputs
/// # Ok::<(), mp::PoolError>(())
/// ```
#[derive(Debug, Clone)]
pub struct Pool {
    workers: usize,
    chunk_size: Option<usize>,
    task_timeout: Option<Duration>,
}

impl Pool {
    /// A pool of `workers` processes. Nothing is forked yet.
    ///
    /// # Errors
    ///
    /// [`PoolError::Zero`] for 0 workers.
    pub fn new(workers: usize) -> Result<Pool, PoolError> {
        match workers {
            0 => Err(PoolError::Zero("the number of workers")),
            _ => Ok(Pool { workers, chunk_size: None, task_timeout: None }),
        }
    }

    /// Sets how many inputs a worker takes at a time.
    ///
    /// A large chunk costs less a task; a small one spreads tasks of unequal length better. The
    /// default cuts the inputs into 16 chunks a worker, of 1 to 1024 tasks each. With `chunk_size`
    /// 0 the next call answers [`PoolError::Zero`].
    #[must_use]
    pub fn with_chunk_size(self, chunk_size: usize) -> Pool {
        Pool { chunk_size: Some(chunk_size), ..self }
    }

    /// Sets how long a task may take, to the millisecond. Without it nobody looks at a clock.
    ///
    /// A task that takes longer is killed with its worker: [`PoolError::TimedOut`]. What counts is the
    /// closure's own time; that the result is serialised and waits to be read does not. A worker that is
    /// stopped (SIGSTOP) between two tasks, and isn't let go on for as long as a task may take, is killed
    /// too: [`PoolError::Stopped`]. Time is kept by whoever waits for results, so while nobody asks
    /// [`imap_unordered`](Pool::imap_unordered) for the next one, no task is killed, and one that has
    /// ended late has ended. With a limit of 0 the next call answers [`PoolError::Zero`].
    ///
    /// # Examples
    ///
    /// ```
    /// use std::time::Duration;
    ///
    /// let pool = mp::Pool::new(2)?.with_task_timeout(Duration::from_millis(100));
    /// let naps = [0, 60_000, 0].map(Duration::from_millis);
    /// match pool.map(&naps, |nap| std::thread::sleep(*nap)) {
    ///     Err(mp::PoolError::TimedOut { index, .. }) => assert_eq!(index, 1),
    ///     other => panic!("{other:?}"),
    /// }
    /// # Ok::<(), mp::PoolError>(())
    /// ```
    #[must_use]
    pub fn with_task_timeout(self, limit: Duration) -> Pool {
        Pool { task_timeout: Some(limit), ..self }
    }

    /// The number of workers that a call uses at most.
    #[must_use]
    pub fn workers(&self) -> usize {
        self.workers
    }

    /// Runs `f` on every input and returns the results in the order of the inputs.
    ///
    /// It forks no more workers than there are chunks, and none for no input. Apart from the results
    /// it returns, it holds at most one result a worker in serialised form.
    ///
    /// A worker that is killed can't wait for processes of its own: what a task has started with
    /// [`Process::spawn`](crate::Process::spawn) then runs on.
    ///
    /// # Errors
    ///
    /// The first error ends the call: the workers are killed and reaped, and the pool can be used
    /// again. See [`PoolError`]; a task that panics, dies or takes too long is named by its index.
    ///
    /// What a killed worker held is not given back. If its task had a permit of a
    /// [`Semaphore`](crate::Semaphore), the permit is lost, and who waits for it waits in vain; Python's
    /// `Pool.map` kills nobody when a task raises. Let tasks that share a semaphore return a `Result`
    /// instead of panicking, or ask with [`acquire_timeout`](crate::Semaphore::acquire_timeout).
    ///
    /// Source: Python's [`Pool.map`](https://docs.python.org/3/library/multiprocessing.html#multiprocessing.pool.Pool.map).
    pub fn map<T, R, F>(&self, inputs: &[T], f: F) -> Result<Vec<R>, PoolError>
    where
        R: Serialize + DeserializeOwned,
        F: Fn(&T) -> R,
    {
        let mut results = Apart::with_room_for(inputs.len());
        let mut workers = self.start(inputs, f, FULL)?;
        while !workers.have_ended() {
            workers.receive(&mut |batch| {
                let batch = batch?;
                let mut place = results.at(batch.first);
                batch.each(|index, result| {
                    place.push(result.map_err(|message| PoolError::Codec { index, message })?);
                    Ok(())
                })
            })?;
        }
        Ok(results.into_vec())
    }

    /// Runs `f` on every input and yields each result as it comes, with the index of its input.
    ///
    /// Each input comes once, as a result or as an error. One task's panic is one item's error, and so
    /// is a task that takes too long ([`with_task_timeout`](Pool::with_task_timeout)) or whose worker
    /// dies or is stopped: another worker is forked in its place, which does the rest. Dropping the iterator early
    /// kills and reaps the workers. What a killed worker held is lost, as for [`map`](Pool::map).
    ///
    /// # Errors
    ///
    /// [`PoolError::Io`] where the workers can't be started, [`PoolError::Zero`] for a chunk size or a
    /// time limit of 0. What happens later is an item's error. After [`PoolError::BadMessage`], and
    /// after an [`PoolError::Io`] since no worker can be forked in another's place, no item follows;
    /// the latter happens in a program that has started threads meanwhile.
    ///
    /// Source: Python's [`Pool.imap_unordered`](https://docs.python.org/3/library/multiprocessing.html#multiprocessing.pool.Pool.imap_unordered).
    pub fn imap_unordered<'a, T, R, F>(
        &self,
        inputs: &'a [T],
        f: F,
    ) -> Result<ImapUnordered<'a, R>, PoolError>
    where
        R: Serialize + DeserializeOwned,
        F: Fn(&T) -> R + 'a,
    {
        let workers = self.start(inputs, f, 0)?;
        Ok(ImapUnordered { workers, ready: VecDeque::new() })
    }

    // ANCHOR: start
    fn start<'a, T, R, F>(
        &self,
        inputs: &'a [T],
        f: F,
        flush_at: usize,
    ) -> Result<Workers<'a>, PoolError>
    where
        R: Serialize,
        F: Fn(&T) -> R + 'a,
    {
        let even = inputs.len() / self.workers.saturating_mul(16);
        let chunk_size = self.chunk_size.unwrap_or(even.clamp(1, 1024));
        if chunk_size == 0 {
            return Err(PoolError::Zero("the chunk size"));
        }
        if self.task_timeout == Some(Duration::ZERO) {
            return Err(PoolError::Zero("the time limit of a task"));
        }
        let number = self.workers.min(inputs.len().div_ceil(chunk_size));
        let number = u32::try_from(number).map_err(io::Error::other)?;
        let claims = Claims::new(inputs.len(), chunk_size, number)?;
        let clock = self.task_timeout.map(Clock::new);
        let work: Work = Box::new(move |chunks, output| work(inputs, &f, chunks, output));
        Ok(Workers::start(number, claims, clock, flush_at, work)?)
    }
    // ANCHOR_END: start
}

/// The results of [`Pool::imap_unordered`]: `(index, result)`, or the error of one task.
#[derive(Debug)]
#[must_use = "dropping it kills the workers"]
pub struct ImapUnordered<'a, R> {
    workers: Workers<'a>,
    ready: VecDeque<Result<(usize, R), PoolError>>,
}

impl<R: DeserializeOwned> Iterator for ImapUnordered<'_, R> {
    type Item = Result<(usize, R), PoolError>;

    fn next(&mut self) -> Option<Self::Item> {
        while self.ready.is_empty() && !self.workers.have_ended() {
            let ready = &mut self.ready;
            let received = self.workers.receive(&mut |batch| match batch {
                Ok(batch) => batch.each(|index, result| {
                    ready.push_back(match result {
                        Ok(result) => Ok((index, result)),
                        Err(message) => Err(PoolError::Codec { index, message }),
                    });
                    Ok(())
                }),
                Err(error) => {
                    ready.push_back(Err(error));
                    Ok(())
                }
            });
            if let Err(error) = received {
                self.workers.end();
                self.ready.push_back(Err(error));
            }
        }
        self.ready.pop_front()
    }
}
