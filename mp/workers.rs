//! The workers of a call as their parent sees them: it forks them, waits for what they send, and sees to it
//! that each has ended.

use std::fmt;
use std::io::{self, PipeReader, PipeWriter};
use std::os::fd::AsFd;
use std::process::ExitStatus;
use std::time::{Duration, Instant};

use nix::errno::Errno;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};

use crate::claims::{Board, Claims, Clock};
use crate::messages::{Batch, Decoder, Message};
use crate::worker::{self, Output, Work, readable};
use crate::{PoolError, Process, Shared};

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
    /// Since when it is seen to be stopped.
    stopped: Option<Instant>,
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
    /// It was stopped between two tasks, and stays so.
    Stopped,
}

/// Takes what comes: results, or the error of a task. Its own error ends the call.
pub type Deliver<'a> = dyn FnMut(Result<Batch, PoolError>) -> Result<(), PoolError> + 'a;

/// The workers of a call. When it is dropped they end first, so the closure in `work` lives as long as they do.
pub struct Workers<'a> {
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

impl<'a> Workers<'a> {
    /// Forks `number` workers.
    pub fn start(
        number: u32,
        claims: Claims,
        clock: Option<Clock>,
        flush_at: usize,
        work: Work<'a>,
    ) -> io::Result<Workers<'a>> {
        let boards = Shared::slice(number.max(1) as usize, Board::default)?;
        let mut workers = Workers { running: Vec::new(), claims, boards, clock, flush_at, work };
        // Each has a chunk before it is forked, so each that dies brings the work forward.
        for worker in 0..number {
            workers.claims.take(worker, &mut 0);
        }
        for worker in 0..number {
            workers.fork(worker)?;
        }
        Ok(workers)
    }

    /// Whether none is left, so that nothing more will come.
    pub fn have_ended(&self) -> bool {
        self.running.is_empty()
    }

    /// Ends all that are left. All are killed before the first is waited for: else it would end only
    /// when its turn comes among the others, which compute on for nobody, and so would the next.
    pub fn end(&mut self) {
        self.running.iter_mut().for_each(Worker::kill);
        self.running.clear();
    }

    // ANCHOR: fork
    /// Forks a worker that does what this number owes, and then takes chunks until none is left.
    fn fork(&mut self, number: u32) -> io::Result<()> {
        let (reader, writer) = io::pipe()?;
        worker::widen(&writer);
        let (watch, lifeline) = io::pipe()?;
        let mut ours = Some((reader, lifeline));
        worker::mark_forks();
        let owed = self.claims.owed(number).clone();
        let board = &self.boards[number as usize];
        board.reset();
        let (claims, running) = (&self.claims, &mut self.running);
        let process = Process::spawn(|| {
            // The child closes its copies of the parent's ends. With them open, a write would not
            // fail, and no lifeline end, when the parent has gone.
            ours = None;
            running.clear();
            let output = Output::new(writer, self.flush_at, board, self.clock);
            let mut next = 0;
            worker::run(&self.work, owed, || claims.take(number, &mut next), &watch, output);
        })?;
        if let Some((pipe, lifeline)) = ours {
            let (lifeline, decoder) = (Some(lifeline), Decoder::default());
            self.running.push(Worker { number, lifeline, process, pipe, decoder, stopped: None });
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
    pub fn receive(&mut self, deliver: &mut Deliver) -> Result<(), PoolError> {
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
            if let (None, Some(clock)) = (ending, &self.clock) {
                if board.stop_if_late(clock) {
                    ending = Some(Ending::TimedOut);
                } else if quiet && worker.stays_stopped(clock.limit) && board.left(clock).is_none()
                {
                    ending = Some(Ending::Stopped);
                }
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
            let _ = match self.clock {
                Some(Clock { limit, .. }) => worker.process.join_timeout(limit),
                None => worker.process.join().map(Some),
            };
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
                (Ending::Stopped, _, Some(Clock { limit, .. })) => {
                    PoolError::Stopped { index: first, limit }
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

impl Drop for Workers<'_> {
    fn drop(&mut self) {
        self.end();
    }
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

    /// Whether it has been stopped for so long, as far as was asked.
    fn stays_stopped(&mut self, limit: Duration) -> bool {
        let is = self.process.is_stopped();
        self.stopped = is.then(|| self.stopped.unwrap_or_else(Instant::now));
        self.stopped.is_some_and(|since| since.elapsed() >= limit)
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
