//! What the processes of a pool's call share: who has taken which inputs, and which task each worker
//! has in hand and since when. It is read after a worker was killed at any instruction.

use std::io;
use std::ops::Range;
use std::sync::atomic::{AtomicU32, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use crate::messages::Owed;
use crate::{Shareable, Shared};

/// Which worker has taken which chunk of the inputs.
///
/// Chunks are taken in order, each by one atomic step that says by whom: there is no moment in which a
/// worker has taken a chunk and the parent can't know it.
#[derive(Debug)]
pub(crate) struct Claims {
    inputs: usize,
    chunk_size: usize,
    chunks: usize,
    /// For each chunk the number of the worker that took it plus 1, or 0.
    owners: Shared<[AtomicU32]>,
    /// No chunk before this one is free: where a worker begins to look.
    next: Shared<AtomicUsize>,
    /// The parent has put so many chunks down to their owners in `owed`.
    seen: usize,
    owed: Vec<Owed>,
}

impl Claims {
    pub(crate) fn new(inputs: usize, chunk_size: usize, workers: u32) -> io::Result<Claims> {
        let chunks = inputs.div_ceil(chunk_size);
        Ok(Claims {
            inputs,
            chunk_size,
            chunks,
            owners: Shared::slice(chunks.max(1), || AtomicU32::new(0))?,
            next: Shared::new(AtomicUsize::new(0))?,
            seen: 0,
            owed: (0..workers).map(|_| Owed::default()).collect(),
        })
    }

    // ANCHOR: take
    /// Takes the next free chunk for this worker. It looks from `from` on, and notes there from where
    /// to look the next time.
    pub(crate) fn take(&self, worker: u32, from: &mut usize) -> Option<Range<usize>> {
        let first = self.next.load(Ordering::Relaxed).max(*from);
        for (chunk, owner) in self.owners.iter().enumerate().take(self.chunks).skip(first) {
            let (order, failed) = (Ordering::AcqRel, Ordering::Acquire);
            if owner.compare_exchange(0, worker + 1, order, failed).is_ok() {
                *from = chunk + 1;
                // Now and then is enough, and it doesn't matter if nobody lives to do it.
                if chunk % 64 == 0 {
                    self.next.fetch_max(chunk, Ordering::Relaxed);
                }
                return Some(self.inputs_of(chunk));
            }
        }
        None
    }
    // ANCHOR_END: take

    fn inputs_of(&self, chunk: usize) -> Range<usize> {
        let start = chunk * self.chunk_size;
        start..start.saturating_add(self.chunk_size).min(self.inputs)
    }

    /// What this worker owes, with all that it has taken until now.
    pub(crate) fn owed(&mut self, worker: u32) -> &mut Owed {
        while self.seen < self.chunks {
            let owner = self.owners[self.seen].load(Ordering::Acquire);
            // Nobody takes a chunk before all earlier ones are taken.
            let Some(owner) = owner.checked_sub(1) else { break };
            let inputs = self.inputs_of(self.seen);
            if let Some(owed) = self.owed.get_mut(owner as usize) {
                owed.add(inputs);
            }
            self.seen += 1;
        }
        &mut self.owed[worker as usize]
    }

    /// Whether nothing is left to take, as far as [`owed`](Claims::owed) has looked.
    pub(crate) fn all_taken(&self) -> bool {
        self.seen == self.chunks
    }
}

// ANCHOR: board
/// What a worker has in hand, written by the worker. Each has cache lines of its own.
#[derive(Debug, Default)]
#[repr(align(128))]
pub(crate) struct Board {
    /// The task's index plus 1, or 0 between two tasks.
    task: AtomicUsize,
    /// When it began, as [`Clock::now`] tells, or [`IDLE`], or [`KILLED`].
    started: AtomicUsize,
}
// ANCHOR_END: board

// SAFETY: two atomics, which are `Shareable` themselves.
unsafe impl Shareable for Board {}

const IDLE: usize = 0;
const KILLED: usize = 2;

impl Board {
    /// In the worker: the task begins.
    #[inline]
    pub(crate) fn begin(&self, index: usize, clock: Option<&Clock>) {
        self.task.store(index + 1, Ordering::Relaxed);
        if let Some(clock) = clock {
            self.started.store(clock.now(), Ordering::Release);
        }
    }

    /// In the worker: the task has come to its end; `false` if the parent has decided otherwise. It
    /// may be asked again.
    pub(crate) fn end_in_time(&self) -> bool {
        let started = self.started.load(Ordering::Relaxed);
        started == IDLE
            || started != KILLED
                && self
                    .started
                    .compare_exchange(started, IDLE, Ordering::AcqRel, Ordering::Relaxed)
                    .is_ok()
    }

    /// In the worker: nothing is in hand.
    #[inline]
    pub(crate) fn idle(&self) {
        self.task.store(0, Ordering::Relaxed);
    }

    /// In the parent, before a worker begins.
    pub(crate) fn reset(&self) {
        self.idle();
        self.started.store(IDLE, Ordering::Relaxed);
    }

    /// In the parent: which task is in hand.
    pub(crate) fn task(&self) -> Option<usize> {
        self.task.load(Ordering::Acquire).checked_sub(1)
    }

    /// In the parent: how long the task may still take.
    pub(crate) fn left(&self, clock: &Clock) -> Option<Duration> {
        match self.started.load(Ordering::Acquire) {
            IDLE | KILLED => None,
            started => Some(clock.left(started)),
        }
    }

    /// In the parent: if the task has taken too long, it can't end in time any more.
    pub(crate) fn stop_if_late(&self, clock: &Clock) -> bool {
        let started = self.started.load(Ordering::Acquire);
        !matches!(started, IDLE | KILLED)
            && clock.left(started).is_zero()
            && self
                .started
                .compare_exchange(started, KILLED, Ordering::AcqRel, Ordering::Relaxed)
                .is_ok()
    }
}

/// Measures tasks in milliseconds since the call began, the same in all processes.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Clock {
    began: Instant,
    pub(crate) limit: Duration,
}

impl Clock {
    pub(crate) fn new(limit: Duration) -> Clock {
        Clock { began: Instant::now(), limit }
    }

    /// An odd number, so it is neither [`IDLE`] nor [`KILLED`], and no earlier than the time: nobody
    /// is killed too early.
    fn now(&self) -> usize {
        Clock::wrapped(self.began.elapsed() + Duration::from_millis(1)) | 1
    }

    fn left(&self, started: usize) -> Duration {
        // Both may have gone round where a word has 32 bits, after 49 days; their distance is right.
        let taken = Clock::wrapped(self.began.elapsed()).wrapping_sub(started).cast_signed();
        self.limit.saturating_sub(Duration::from_millis(u64::try_from(taken).unwrap_or(0)))
    }

    #[allow(clippy::cast_possible_truncation)]
    fn wrapped(time: Duration) -> usize {
        time.as_millis() as usize
    }
}
