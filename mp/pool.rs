use std::any::Any;
use std::collections::{BTreeMap, VecDeque};
use std::fmt;
use std::io::{self, PipeReader, PipeWriter, Write};
use std::iter;
use std::mem;
use std::ops::Range;
use std::os::fd::AsFd;
use std::panic::{self, AssertUnwindSafe};
use std::process::{self, ExitStatus};
use std::sync::Once;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use nix::errno::Errno;
use nix::libc;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::claims::{Board, Claims, Clock};
use crate::messages::{Batch, Decoder, Encoder, FULL, Kind, Message};
use crate::{PoolError, Process, Shared};

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
    /// closure's own time; that the result is serialised and waits to be read does not. Time is kept by
    /// whoever waits for results, so while nobody asks [`imap_unordered`](Pool::imap_unordered) for the
    /// next one, no task is killed, and one that has ended late has ended. With a limit of 0 the next
    /// call answers [`PoolError::Zero`].
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
    /// [`Process::spawn`] then runs on.
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
        let mut workers = self.start(inputs, f, FULL)?;
        let mut results = Vec::with_capacity(inputs.len());
        let mut early = BTreeMap::new();
        while !workers.running.is_empty() {
            workers.receive(&mut |batch| {
                let batch = batch?;
                if batch.first == results.len() {
                    append(&mut results, batch)?;
                } else {
                    let mut later = Vec::with_capacity(batch.count);
                    append(&mut later, batch)?;
                    early.insert(batch.first, later);
                }
                while let Some(mut batch) = early.remove(&results.len()) {
                    results.append(&mut batch);
                }
                Ok(())
            })?;
        }
        Ok(results)
    }

    /// Runs `f` on every input and yields each result as it comes, with the index of its input.
    ///
    /// Each input comes once, as a result or as an error. One task's panic is one item's error, and so
    /// is a task that takes too long ([`with_task_timeout`](Pool::with_task_timeout)) or whose worker
    /// dies: another worker is forked in its place, which does the rest. Dropping the iterator early
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
        let mut workers = Workers {
            running: Vec::new(),
            claims: Claims::new(inputs.len(), chunk_size, number)?,
            boards: Shared::slice(number.max(1) as usize, Board::default)?,
            clock: self.task_timeout.map(Clock::new),
            flush_at,
            work: Box::new(move |chunks, output| work(inputs, &f, chunks, output)),
        };
        // Each has a chunk before it is forked, so each that dies brings the work forward.
        for worker in 0..number {
            workers.claims.take(worker, &mut 0);
        }
        for worker in 0..number {
            workers.fork(worker)?;
        }
        Ok(workers)
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
        while self.ready.is_empty() && !self.workers.running.is_empty() {
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
                self.workers.running.clear();
                self.ready.push_back(Err(error));
            }
        }
        self.ready.pop_front()
    }
}

fn append<R: DeserializeOwned>(results: &mut Vec<R>, batch: Batch) -> Result<(), PoolError> {
    batch.each(|index, result| {
        results.push(result.map_err(|message| PoolError::Codec { index, message })?);
        Ok(())
    })
}

// ---- The worker's side ----

// ANCHOR: work
/// What a worker does: run `f` on the inputs of its chunks, and send what comes of them.
fn work<T, R: Serialize>(
    inputs: &[T],
    f: impl Fn(&T) -> R,
    chunks: &mut dyn Iterator<Item = Range<usize>>,
    output: &mut Output,
) -> io::Result<()> {
    for chunk in chunks {
        output.chunk(chunk, |index| f(&inputs[index]))?;
    }
    output.done()
}
// ANCHOR_END: work

/// [`work`] for a call's inputs and closure.
type Work<'a> =
    Box<dyn Fn(&mut dyn Iterator<Item = Range<usize>>, &mut Output) -> io::Result<()> + 'a>;

/// The worker's end of the pipe, and what waits to be written to it.
struct Output<'a> {
    pipe: PipeWriter,
    gathered: Encoder,
    /// Write once this many bytes have gathered: a pipe's worth for `map`, so that small results
    /// cost few system calls.
    flush_at: usize,
    board: &'a Board,
    clock: Option<Clock>,
    worker: u32,
}

impl Output<'_> {
    /// Runs `task` for each index and gathers the results into as few messages as go.
    fn chunk<R: Serialize>(
        &mut self,
        mut indices: Range<usize>,
        task: impl Fn(usize) -> R,
    ) -> io::Result<()> {
        while !indices.is_empty() {
            let run = AssertUnwindSafe(|| self.run(&mut indices, &task));
            let failed = match panic::catch_unwind(run) {
                Ok(Ok(())) => None,
                Ok(Err(error)) => Some((Kind::Codec, error.to_string())),
                Err(payload) => Some((Kind::Panicked, message_of(payload))),
            };
            self.end_in_time();
            self.board.idle();
            if let Some((kind, message)) = &failed {
                self.gathered.message(*kind, indices.start - 1, message);
            }
            if failed.is_some() || self.gathered.length() >= self.flush_at {
                self.flush()?;
            }
        }
        self.gathered.seal();
        Ok(())
    }

    /// Runs `task` for as many of `indices` as go before something must be written, and takes each out
    /// before it begins: one that fails is the last that was taken.
    #[inline]
    fn run<R: Serialize>(
        &mut self,
        indices: &mut Range<usize>,
        task: &impl Fn(usize) -> R,
    ) -> postcard::Result<()> {
        while self.gathered.length() < self.flush_at.max(1)
            && let Some(index) = indices.next()
        {
            self.board.begin(index, self.clock.as_ref());
            let result = task(index);
            self.end_in_time();
            self.gathered.result(index, &result)?;
            // Its destructor may panic, and then it doesn't count.
            drop(result);
            self.gathered.keep();
        }
        Ok(())
    }

    fn done(&mut self) -> io::Result<()> {
        self.gathered.message(Kind::Done, 0, "");
        self.flush()
    }

    fn flush(&mut self) -> io::Result<()> {
        end_a_copy(self.worker);
        self.pipe.write_all(self.gathered.bytes())?;
        self.gathered.clear();
        Ok(())
    }

    /// The task has come to its end. Does not return if the parent has decided that it takes too long.
    #[inline]
    fn end_in_time(&self) {
        if self.clock.is_some() {
            end_a_copy(self.worker);
            while !self.board.end_in_time() {
                // The parent is about to kill us.
                thread::sleep(Duration::from_secs(1));
            }
        }
    }
}

/// Set in each child that is forked, by whatever code.
static FORKED: AtomicBool = AtomicBool::new(false);

/// From now on a forked child can know that it is one, at no cost.
fn mark_forks() {
    static ONCE: Once = Once::new();
    extern "C" fn forked() {
        FORKED.store(true, Ordering::Relaxed);
    }
    ONCE.call_once(|| {
        // SAFETY: the handler stores in an atomic, which is allowed in a forked child. Where it can't
        // be installed, `end_a_copy` still looks at the process id.
        unsafe { libc::pthread_atfork(None, None, Some(forked)) };
    });
}

/// A task can fork and forget to end its child, which then runs on as a copy of the worker. It must
/// neither take the worker's inputs nor write into its pipe, and ends here.
fn end_a_copy(worker: u32) {
    let own = process::id();
    if own != worker {
        let line =
            format!("process {own} ends: a task of worker {worker} forked it and went on in it");
        let _ = writeln!(io::stderr(), "{line}");
        // SAFETY: it ends the process and runs nothing of the worker's.
        unsafe { libc::_exit(1) }
    }
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

// ANCHOR: lifeline
/// Has the system kill this worker when its parent ends, however it ends. Only Linux can; elsewhere a
/// worker looks at its lifeline before each chunk.
///
/// The lifeline is a pipe that only the parent can write to, and never does: its end is the parent's
/// end. Unlike `PR_SET_PDEATHSIG` it still works after a task has changed its user; and unlike
/// `getppid`, which is 0 where the parent lives in another pid namespace, it can't lie.
fn end_with_parent(lifeline: &PipeReader) -> io::Result<()> {
    #[cfg(any(target_os = "linux", target_os = "android"))]
    {
        use std::os::fd::AsRawFd;

        // The same on every architecture that Rust's standard library knows; libc does not name it.
        const F_SETSIG: libc::c_int = 10;
        // For what holds a copy of the lifeline's other end: a process that the parent has started.
        let _ = nix::sys::prctl::set_pdeathsig(nix::sys::signal::Signal::SIGKILL);
        for (command, argument) in [
            (libc::F_SETOWN, nix::unistd::getpid().as_raw()),
            (F_SETSIG, libc::SIGKILL),
            (libc::F_SETFL, libc::O_ASYNC),
        ] {
            // SAFETY: these commands take an int and change nothing but how the pipe signals.
            Errno::result(unsafe { libc::fcntl(lifeline.as_raw_fd(), command, argument) })?;
        }
    }
    end_without_parent(lifeline)
}

/// Ends this worker if the lifeline has ended.
fn end_without_parent(lifeline: &PipeReader) -> io::Result<()> {
    if readable(lifeline)? {
        // SAFETY: it ends the process and runs nothing of the parent's.
        unsafe { libc::_exit(1) }
    }
    Ok(())
}
// ANCHOR_END: lifeline

/// Gives a pipe room for some frames, so that a worker goes on while the parent reads those of another:
/// of a million small results each took 25 nanoseconds instead of 30. It does without where the system
/// has no such call, or grants no more.
fn widen(pipe: &PipeWriter) {
    #[cfg(any(target_os = "linux", target_os = "android"))]
    {
        use nix::fcntl::{FcntlArg, fcntl};

        // 64 such pipes are a quarter of what Linux grants a user, in /proc/sys/fs/pipe-user-pages-soft.
        let _ = fcntl(pipe, FcntlArg::F_SETPIPE_SZ(256 * 1024));
    }
    #[cfg(not(any(target_os = "linux", target_os = "android")))]
    let _ = pipe;
}

/// Whether there is something to read, or the end of it.
fn readable(pipe: &PipeReader) -> io::Result<bool> {
    loop {
        match poll(&mut [PollFd::new(pipe.as_fd(), PollFlags::POLLIN)], PollTimeout::ZERO) {
            Ok(count) => return Ok(count > 0),
            Err(Errno::EINTR) => {}
            Err(error) => return Err(error.into()),
        }
    }
}

// ---- The parent's side ----

/// A worker as the parent sees it: killed and reaped when dropped.
#[derive(Debug)]
struct Worker {
    /// A worker that is forked in the place of another has its number.
    number: u32,
    /// Closed before the process is waited for: its end ends also whom we may not kill.
    lifeline: Option<PipeWriter>,
    process: Process,
    pipe: PipeReader,
    decoder: Decoder,
}

impl Drop for Worker {
    fn drop(&mut self) {
        // Whatever it still does, nobody wants it. `Process::drop` reaps it.
        self.kill();
    }
}

/// Why a worker is looked at no longer.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Ending {
    /// It has sent all that it had to send.
    Done,
    /// It ended before, or will send nothing more.
    Died,
    /// Its task takes too long.
    TimedOut,
}

/// Takes what comes: results, or the error of a task. Its own error ends the call.
type Deliver<'a> = dyn FnMut(Result<Batch, PoolError>) -> Result<(), PoolError> + 'a;

/// The workers of a call. They are dropped first, so the closure in `work` lives as long as they do.
struct Workers<'a> {
    running: Vec<Worker>,
    claims: Claims,
    boards: Shared<[Board]>,
    clock: Option<Clock>,
    flush_at: usize,
    work: Work<'a>,
}

impl fmt::Debug for Workers<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Workers").field("running", &self.running).finish_non_exhaustive()
    }
}

impl Workers<'_> {
    // ANCHOR: fork
    /// Forks a worker that does what this number owes, and then takes chunks until none is left.
    fn fork(&mut self, number: u32) -> io::Result<()> {
        let (reader, writer) = io::pipe()?;
        widen(&writer);
        let (watch, lifeline) = io::pipe()?;
        let mut ours = Some((reader, lifeline));
        mark_forks();
        let owed = self.claims.owed(number).clone();
        let board = &self.boards[number as usize];
        board.reset();
        let (claims, running) = (&self.claims, &mut self.running);
        let process = Process::spawn(|| {
            // The child closes its copies of the parent's ends. With them open, a write would not
            // fail, and no lifeline end, when the parent has gone.
            ours = None;
            running.clear();
            FORKED.store(false, Ordering::Relaxed);
            let (gathered, worker) = (Encoder::default(), process::id());
            let (flush_at, clock) = (self.flush_at, self.clock);
            let mut output = Output { pipe: writer, gathered, flush_at, board, clock, worker };
            if end_with_parent(&watch).is_err() {
                return;
            }
            let mut next = 0;
            let more = iter::from_fn(|| {
                if FORKED.load(Ordering::Relaxed) {
                    end_a_copy(worker);
                }
                if cfg!(not(any(target_os = "linux", target_os = "android"))) {
                    end_without_parent(&watch).ok()?;
                }
                claims.take(number, &mut next)
            });
            // A failed write means just that: nobody waits for the results.
            let _ = (self.work)(&mut owed.ranges().chain(more), &mut output);
        })?;
        if let Some((pipe, lifeline)) = ours {
            let (lifeline, decoder) = (Some(lifeline), Decoder::default());
            self.running.push(Worker { number, lifeline, process, pipe, decoder });
        }
        Ok(())
    }
    // ANCHOR_END: fork

    // ANCHOR: receive
    /// Waits until some worker has sent something, has ended or takes too long, and delivers what
    /// has come.
    ///
    /// All pipes are watched at once. Were they read one after the other, a worker whose pipe is
    /// full would wait for the parent while the parent waits for another worker.
    fn receive(&mut self, deliver: &mut Deliver) -> Result<(), PoolError> {
        let ready = self.wait()?;
        let quiet = !ready.contains(&true);
        for place in (0..ready.len()).rev() {
            let worker = &mut self.running[place];
            let mut ending = None;
            if ready[place] {
                ending = worker.read(&mut self.claims, deliver)?;
            } else if quiet && !worker.is_alive() && !readable(&worker.pipe)? {
                // A process that a dead worker left behind can hold its pipe open for ever.
                // What it sent before it ended is read first.
                ending = Some(Ending::Died);
            }
            let board = &self.boards[worker.number as usize];
            if ending.is_none() && self.clock.is_some_and(|clock| board.stop_if_late(&clock)) {
                ending = Some(Ending::TimedOut);
            }
            if let Some(ending) = ending {
                let worker = self.running.swap_remove(place);
                self.part_with(worker, ending, deliver)?;
            }
        }
        Ok(())
    }
    // ANCHOR_END: receive

    /// Which pipes can be read, or have been closed; none after 200 milliseconds of silence, or when
    /// a task may have taken too long.
    fn wait(&self) -> io::Result<Vec<bool>> {
        let mut watched = Vec::new();
        let mut patience = Duration::from_millis(200);
        for worker in &self.running {
            watched.push(PollFd::new(worker.pipe.as_fd(), PollFlags::POLLIN));
            if let Some(clock) = &self.clock {
                let left = self.boards[worker.number as usize].left(clock);
                // A task that begins in a moment has all its time.
                patience = patience.min(left.unwrap_or(clock.limit));
            }
        }
        let patience = u8::try_from(patience.as_micros().div_ceil(1000)).unwrap_or(200);
        match poll(&mut watched, PollTimeout::from(patience)) {
            // A signal interrupted it: the caller comes back.
            Ok(_) | Err(Errno::EINTR) => {}
            Err(error) => return Err(error.into()),
        }
        Ok(watched.iter().map(|pipe| pipe.any().unwrap_or(true)).collect())
    }

    // ANCHOR: part_with
    /// Sees to it that a worker has ended, and if it ended too early, tells which input it took along
    /// and has another worker do the rest.
    fn part_with(
        &mut self,
        mut worker: Worker,
        ending: Ending,
        deliver: &mut Deliver,
    ) -> Result<(), PoolError> {
        let number = worker.number;
        if ending == Ending::Done {
            // How it ends is of no interest: everything has come.
            let _ = worker.process.join();
            return Ok(());
        }
        let status = worker.end();
        // What it sent before it was killed has been done.
        while readable(&worker.pipe)? && worker.read(&mut self.claims, deliver)?.is_none() {}
        drop(worker);

        let owed = self.claims.owed(number);
        if let Some(first) = owed.first() {
            // If each result is sent before the next task begins, the first one that is missing was
            // in hand. Else it may be done already and have died in the worker's memory.
            let board = self.boards[number as usize].task().filter(|task| owed.contains(*task));
            let index = if self.flush_at == 0 { Some(first) } else { board };
            let error = match (ending, index, self.clock) {
                (Ending::TimedOut, Some(index), Some(Clock { limit, .. })) => {
                    PoolError::TimedOut { index, limit }
                }
                _ => PoolError::WorkerDied { index, status },
            };
            owed.settle(1);
            deliver(Err(error))?;
        }
        if !self.claims.owed(number).is_empty() || self.claims.take(number, &mut 0).is_some() {
            self.fork(number)?;
        }
        Ok(())
    }
    // ANCHOR_END: part_with
}

impl Worker {
    /// Reads once and delivers the messages that are whole. Tells whether the worker is done or dead.
    fn read(
        &mut self,
        claims: &mut Claims,
        deliver: &mut Deliver,
    ) -> Result<Option<Ending>, PoolError> {
        match self.decoder.fill(&mut self.pipe) {
            Ok(0) => return Ok(Some(Ending::Died)),
            Ok(_) => {}
            Err(error) if error.kind() == io::ErrorKind::Interrupted => return Ok(None),
            Err(error) => return Err(error.into()),
        }
        let bad = |message| PoolError::BadMessage { message };
        while let Some(message) = self.decoder.next(claims.owed(self.number)).map_err(bad)? {
            match message {
                Message::Results(batch) => deliver(Ok(batch))?,
                Message::Panicked(index, message) => {
                    deliver(Err(PoolError::TaskPanicked { index, message }))?;
                }
                Message::Codec(index, message) => {
                    deliver(Err(PoolError::Codec { index, message }))?;
                }
                Message::Done if claims.all_taken() => return Ok(Some(Ending::Done)),
                Message::Done => return Err(bad("it is done while inputs are left".into())),
            }
        }
        Ok(None)
    }

    /// Whether it runs. If the system keeps that to itself, it has ended: SIGCHLD is ignored.
    fn is_alive(&mut self) -> bool {
        matches!(self.process.is_alive(), Ok(true))
    }

    fn kill(&mut self) {
        let _ = self.process.kill();
        self.lifeline = None;
    }

    /// Waits until it has ended, by force if need be. Its pipe may be closed while it runs on, as
    /// another program for instance. It keeps its own status where it has ended already.
    fn end(&mut self) -> Option<ExitStatus> {
        self.kill();
        self.process.join().ok()
    }
}
