use std::any::Any;
use std::collections::{BTreeMap, VecDeque};
use std::io::{self, PipeReader, PipeWriter, Read, Write};
use std::marker::PhantomData;
use std::mem;
use std::ops::Range;
use std::os::fd::AsFd;
use std::panic::{self, AssertUnwindSafe};
use std::process;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use nix::errno::Errno;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::{PoolError, Process, Shared};

/// A number of worker processes that run one closure over many inputs: the counterpart of Python's
/// `multiprocessing.Pool`.
///
/// The workers are forked at each call of [`map`](Pool::map) or
/// [`imap_unordered`](Pool::imap_unordered). They inherit the inputs and the closure, so nothing but
/// the results is serialised, and the closure may borrow. When the call is over, whether it went well
/// or not, its workers have ended and are reaped.
///
/// In production take rayon where threads will do, and procspawn where a process is needed.
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

    /// Sets how long a task may take.
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
    /// [`Process::spawn`] then runs on.
    ///
    /// # Errors
    ///
    /// The first error ends the call: the workers are killed and reaped, and the pool can be used
    /// again. See [`PoolError`]; a task that panics is named by its index.
    ///
    /// Source: Python's [`Pool.map`](https://docs.python.org/3/library/multiprocessing.html#multiprocessing.pool.Pool.map).
    pub fn map<T, R, F>(&self, inputs: &[T], f: F) -> Result<Vec<R>, PoolError>
    where
        R: Serialize + DeserializeOwned,
        F: Fn(&T) -> R,
    {
        let mut workers = self.start(inputs, f, FULL)?;
        let mut results = Vec::with_capacity(inputs.len());
        let mut early = BTreeMap::new();
        let mut failed = None;
        while failed.is_none() && !workers.running.is_empty() {
            workers.receive(|batch| {
                let placed = batch.and_then(|batch| {
                    if batch.first == results.len() {
                        batch.decode(&mut results)?;
                    } else {
                        let mut later = Vec::with_capacity(batch.count);
                        batch.decode(&mut later)?;
                        early.insert(batch.first, later);
                    }
                    while let Some(mut batch) = early.remove(&results.len()) {
                        results.append(&mut batch);
                    }
                    Ok(())
                });
                if let Err(error) = placed {
                    failed.get_or_insert(error);
                }
            })?;
        }
        match failed {
            Some(error) => Err(error),
            None if results.len() == inputs.len() => Ok(results),
            None => Err(io::Error::other("a worker was done without all its results").into()),
        }
    }

    /// Runs `f` on every input and yields each result as it comes, with the index of its input.
    ///
    /// One task's panic is one item's error, and the others go on. A worker that dies is an error too:
    /// the tasks that it had taken and not delivered yield nothing, and once no worker is left, neither
    /// do those that nobody had taken. Dropping the iterator early kills and reaps the workers.
    ///
    /// # Errors
    ///
    /// [`PoolError::Io`] where the workers can't be started, [`PoolError::Zero`] for a chunk size
    /// of 0. What happens later is an item's error.
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
        Ok(ImapUnordered { workers, ready: VecDeque::new(), borrowed: PhantomData })
    }

    // ANCHOR: start
    fn start<T, R, F>(&self, inputs: &[T], f: F, flush_at: usize) -> Result<Workers, PoolError>
    where
        R: Serialize,
        F: Fn(&T) -> R,
    {
        let even = inputs.len() / self.workers.saturating_mul(16);
        let chunk_size = self.chunk_size.unwrap_or(even.clamp(1, 1024));
        if chunk_size == 0 {
            return Err(PoolError::Zero("the chunk size"));
        }
        let next = Shared::new(AtomicUsize::new(0))?;
        let parent = process::id();
        let mut running: Vec<Worker> = Vec::new();
        for _ in 0..self.workers.min(inputs.len().div_ceil(chunk_size)) {
            let (reader, writer) = io::pipe()?;
            let mut reader = Some(reader);
            let mut output = Output { pipe: writer, buffer: Vec::new(), flush_at };
            let process = Process::spawn(|| {
                // The child closes its copies of the reading ends. With them open, a write would
                // not fail when the parent has gone.
                reader = None;
                running.clear();
                die_with(parent);
                // A failed write means just that: nobody waits for the results.
                let _ = work(inputs, &f, &next, chunk_size, &mut output);
            })?;
            let bytes = vec![0; FULL];
            let worker = |pipe| Worker { process, pipe, bytes, filled: 0, done: false };
            running.extend(reader.map(worker));
        }
        Ok(Workers { running })
    }
    // ANCHOR_END: start
}

/// The results of [`Pool::imap_unordered`]: `(index, result)`, or the error of one task.
#[derive(Debug)]
#[must_use = "dropping it kills the workers"]
pub struct ImapUnordered<'a, R> {
    workers: Workers,
    ready: VecDeque<Result<(usize, R), PoolError>>,
    borrowed: PhantomData<&'a ()>,
}

impl<R: DeserializeOwned> Iterator for ImapUnordered<'_, R> {
    type Item = Result<(usize, R), PoolError>;

    fn next(&mut self) -> Option<Self::Item> {
        while self.ready.is_empty() && !self.workers.running.is_empty() {
            let ready = &mut self.ready;
            let received = self.workers.receive(|batch| {
                let mut results = Vec::new();
                match batch.and_then(|batch| batch.decode(&mut results).map(|()| batch.first)) {
                    Ok(first) => ready.extend((first..).zip(results).map(Ok)),
                    Err(error) => ready.push_back(Err(error)),
                }
            });
            if let Err(error) = received {
                self.workers.running.clear();
                self.ready.push_back(Err(error.into()));
            }
        }
        self.ready.pop_front()
    }
}

// ---- The messages that a worker sends ----

/// `map` writes when this many bytes have gathered: a pipe's worth, so that small results cost few
/// system calls.
const FULL: usize = 64 * 1024;

#[derive(Clone, Copy, PartialEq)]
enum Kind {
    /// The results for `count` inputs from `index` on, one after the other.
    Results,
    /// The task for `index` panicked with this message.
    Panicked,
    /// The result for `index` could not be serialised, for this reason.
    Codec,
    /// The worker has sent all that it has to send.
    Done,
}

/// What stands before each message's `length` bytes.
#[derive(Clone, Copy)]
struct Header {
    kind: Kind,
    index: usize,
    count: usize,
    length: usize,
}

impl Header {
    const SIZE: usize = 25;

    fn to_bytes(self) -> [u8; Header::SIZE] {
        let mut bytes = [self.kind as u8; Header::SIZE];
        bytes[1..9].copy_from_slice(&(self.index as u64).to_le_bytes());
        bytes[9..17].copy_from_slice(&(self.count as u64).to_le_bytes());
        bytes[17..].copy_from_slice(&(self.length as u64).to_le_bytes());
        bytes
    }

    /// The header at the beginning of `bytes` and what follows it, once all of it has come.
    fn from_bytes(bytes: &[u8]) -> Option<(Header, &[u8])> {
        let (&kind, mut rest) = bytes.split_first()?;
        let mut number = || {
            let (bytes, after) = rest.split_first_chunk()?;
            rest = after;
            usize::try_from(u64::from_le_bytes(*bytes)).ok()
        };
        let (index, count, length) = (number()?, number()?, number()?);
        let kind = match kind {
            0 => Kind::Results,
            1 => Kind::Panicked,
            2 => Kind::Codec,
            _ => Kind::Done,
        };
        Some((Header { kind, index, count, length }, rest))
    }
}

// ---- The worker's side ----

// ANCHOR: work
/// What a worker does: take chunks until there are none left, and send what comes of them.
fn work<T, R: Serialize>(
    inputs: &[T],
    f: impl Fn(&T) -> R,
    next: &AtomicUsize,
    chunk_size: usize,
    output: &mut Output,
) -> io::Result<()> {
    loop {
        let start = next.fetch_add(chunk_size, Ordering::Relaxed);
        if start >= inputs.len() {
            output.message(Kind::Done, 0, "");
            return output.flush();
        }
        let end = start.saturating_add(chunk_size).min(inputs.len());
        output.chunk(start..end, |index| f(&inputs[index]))?;
    }
}
// ANCHOR_END: work

/// The worker's end of the pipe, and what waits to be written to it.
struct Output {
    pipe: PipeWriter,
    buffer: Vec<u8>,
    /// Write once this many bytes have gathered.
    flush_at: usize,
}

impl Output {
    /// Runs `task` for each index and gathers the results into as few messages as go.
    fn chunk<R: Serialize>(
        &mut self,
        mut indices: Range<usize>,
        task: impl Fn(usize) -> R,
    ) -> io::Result<()> {
        while !indices.is_empty() {
            let first = indices.start;
            let header = self.buffer.len();
            self.buffer.extend([0; Header::SIZE]);
            let body = self.buffer.len();
            let mut count = 0;
            let mut failed = None;
            for index in indices.by_ref() {
                let before = self.buffer.len();
                let outcome = panic::catch_unwind(AssertUnwindSafe(|| {
                    postcard::serialize_with_flavor(&task(index), Sink(&mut self.buffer))
                }));
                failed = match outcome {
                    Ok(Ok(())) => None,
                    Ok(Err(error)) => Some((Kind::Codec, error.to_string())),
                    Err(payload) => Some((Kind::Panicked, message_of(payload))),
                };
                if failed.is_some() {
                    self.buffer.truncate(before);
                    break;
                }
                count += 1;
                if self.buffer.len() >= self.flush_at {
                    break;
                }
            }
            if count > 0 {
                let length = self.buffer.len() - body;
                let filled = Header { kind: Kind::Results, index: first, count, length };
                self.buffer[header..body].copy_from_slice(&filled.to_bytes());
            } else {
                self.buffer.truncate(header);
            }
            if let Some((kind, message)) = &failed {
                self.message(*kind, first + count, message);
            }
            if failed.is_some() || self.buffer.len() >= self.flush_at {
                self.flush()?;
            }
        }
        Ok(())
    }

    fn message(&mut self, kind: Kind, index: usize, text: &str) {
        let header = Header { kind, index, count: 1, length: text.len() };
        self.buffer.extend(header.to_bytes());
        self.buffer.extend(text.as_bytes());
    }

    fn flush(&mut self) -> io::Result<()> {
        self.pipe.write_all(&self.buffer)?;
        self.buffer.clear();
        Ok(())
    }
}

/// Where postcard puts its bytes. The few bytes of a number are copied one by one, without a call of
/// `memcpy`, which would cost more than all the rest.
struct Sink<'a>(&'a mut Vec<u8>);

impl postcard::ser_flavors::Flavor for Sink<'_> {
    type Output = ();

    #[inline]
    fn try_push(&mut self, byte: u8) -> postcard::Result<()> {
        self.0.push(byte);
        Ok(())
    }

    #[inline]
    fn try_extend(&mut self, bytes: &[u8]) -> postcard::Result<()> {
        if bytes.len() <= 32 {
            self.0.extend(bytes.iter().copied());
        } else {
            append(self.0, bytes);
        }
        Ok(())
    }

    #[inline]
    fn finalize(self) -> postcard::Result<()> {
        Ok(())
    }
}

/// A function of this crate, whose speed doesn't depend on how the caller's is built.
fn append(buffer: &mut Vec<u8>, bytes: &[u8]) {
    buffer.extend_from_slice(bytes);
}

/// What `panic!` was given, if it was text.
fn message_of(payload: Box<dyn Any + Send>) -> String {
    let message = match (payload.downcast_ref::<&str>(), payload.downcast_ref::<String>()) {
        (Some(text), _) => (*text).to_owned(),
        (_, Some(text)) => text.clone(),
        _ => "a panic whose payload is not text".to_owned(),
    };
    // Its destructor could panic again.
    mem::forget(payload);
    message
}

/// Has the system kill this worker when `parent` is killed. Only Linux can; elsewhere a worker
/// ends at its next write.
fn die_with(parent: u32) {
    #[cfg(any(target_os = "linux", target_os = "android"))]
    {
        let _ = nix::sys::prctl::set_pdeathsig(nix::sys::signal::Signal::SIGKILL);
        if std::os::unix::process::parent_id() != parent {
            // It was killed before the line above.
            // SAFETY: `_exit` ends the worker here and runs nothing of the parent's.
            unsafe { nix::libc::_exit(1) };
        }
    }
    #[cfg(not(any(target_os = "linux", target_os = "android")))]
    let _ = parent;
}

// ---- The parent's side ----

/// A worker as the parent sees it: killed and reaped when dropped.
#[derive(Debug)]
struct Worker {
    process: Process,
    pipe: PipeReader,
    /// The first `filled` bytes have come through the pipe and are not a whole message yet.
    bytes: Vec<u8>,
    filled: usize,
    done: bool,
}

impl Drop for Worker {
    fn drop(&mut self) {
        // Whatever it still does, nobody wants it. `Process::drop` reaps it.
        let _ = self.process.kill();
    }
}

#[derive(Debug)]
struct Workers {
    running: Vec<Worker>,
}

impl Workers {
    // ANCHOR: receive
    /// Waits until some worker has sent something or has ended, and delivers what has come.
    ///
    /// All pipes are watched at once. Were they read one after the other, a worker whose pipe is
    /// full would wait for the parent while the parent waits for another worker.
    fn receive(&mut self, mut deliver: impl FnMut(Result<Batch, PoolError>)) -> io::Result<()> {
        let ready = self.wait()?;
        let quiet = !ready.contains(&true);
        for place in (0..self.running.len()).rev() {
            let worker = &mut self.running[place];
            let ended = if ready[place] {
                worker.read(&mut deliver)?
            } else {
                // A process that a dead worker left behind can hold its pipe open for ever.
                // What it sent before it ended is read first.
                quiet && !worker.process.is_alive()? && !worker.has_sent()?
            };
            if ended {
                let mut worker = self.running.swap_remove(place);
                if !worker.done {
                    // Its pipe is closed, so it will deliver nothing, but it may run on: as another
                    // program, for instance. It keeps its own status where it has ended already.
                    worker.process.kill()?;
                }
                let status = worker.process.join()?;
                if !worker.done {
                    deliver(Err(PoolError::WorkerDied { index: None, status: Some(status) }));
                }
            }
        }
        Ok(())
    }
    // ANCHOR_END: receive

    /// Which pipes can be read, or have been closed; none after 200 milliseconds of silence.
    fn wait(&self) -> io::Result<Vec<bool>> {
        let mut watched = Vec::new();
        for worker in &self.running {
            watched.push(PollFd::new(worker.pipe.as_fd(), PollFlags::POLLIN));
        }
        match poll(&mut watched, PollTimeout::from(200u8)) {
            // A signal interrupted it: the caller comes back.
            Ok(_) | Err(Errno::EINTR) => {}
            Err(error) => return Err(error.into()),
        }
        Ok(watched.iter().map(|pipe| pipe.any().unwrap_or(true)).collect())
    }
}

impl Worker {
    /// Whether there is something to read, or the end of it.
    fn has_sent(&self) -> io::Result<bool> {
        match poll(&mut [PollFd::new(self.pipe.as_fd(), PollFlags::POLLIN)], PollTimeout::ZERO) {
            Ok(count) => Ok(count > 0),
            // Not known: the caller comes back.
            Err(Errno::EINTR) => Ok(true),
            Err(error) => Err(error.into()),
        }
    }

    /// Reads once and delivers the messages that are whole. Tells whether the worker is done or dead.
    fn read(&mut self, deliver: &mut impl FnMut(Result<Batch, PoolError>)) -> io::Result<bool> {
        match self.pipe.read(&mut self.bytes[self.filled..]) {
            Ok(0) => return Ok(true),
            Ok(length) => self.filled += length,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => return Ok(false),
            Err(error) => return Err(error),
        }
        let mut rest = &self.bytes[..self.filled];
        let mut needed = 0;
        while let Some((header, after)) = Header::from_bytes(rest) {
            let Some((body, after)) = after.split_at_checked(header.length) else {
                needed = Header::SIZE + header.length;
                break;
            };
            rest = after;
            let message = || String::from_utf8_lossy(body).into_owned();
            let Header { kind, index, count, .. } = header;
            match kind {
                Kind::Results => deliver(Ok(Batch { first: index, count, body })),
                Kind::Panicked => {
                    deliver(Err(PoolError::TaskPanicked { index, message: message() }));
                }
                Kind::Codec => deliver(Err(PoolError::Codec { index, message: message() })),
                Kind::Done => self.done = true,
            }
        }
        // What is left moves to the front, and the message that it begins must have room.
        let left = rest.len();
        self.bytes.copy_within(self.filled - left..self.filled, 0);
        self.filled = left;
        if needed > self.bytes.len() {
            self.bytes.reserve_exact(needed - self.bytes.len());
            self.bytes.resize(needed, 0);
        }
        Ok(self.done)
    }
}

/// The results for `count` inputs from `first` on, still as bytes.
struct Batch<'a> {
    first: usize,
    count: usize,
    body: &'a [u8],
}

impl Batch<'_> {
    /// Appends the results, or tells the index of the one that can't be read and why.
    fn decode<R: DeserializeOwned>(&self, results: &mut Vec<R>) -> Result<(), PoolError> {
        let mut body = self.body;
        for index in self.first..self.first + self.count {
            let (result, after) = postcard::take_from_bytes(body)
                .map_err(|error| PoolError::Codec { index, message: error.to_string() })?;
            results.push(result);
            body = after;
        }
        if !body.is_empty() {
            let message = "its type reads less than it writes".into();
            return Err(PoolError::Codec { index: self.first, message });
        }
        Ok(())
    }
}
