//! What is recorded, how it is recorded, and what can be asked of it.

use std::collections::BTreeMap;
use std::process;
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};

/// A worker that looks at the clock and finds that more than this has passed did not run
/// meanwhile. It is many times the length of a step between two looks, and well below the turn of
/// some milliseconds that a scheduler gives. A shorter pause stays unseen.
pub const GAP: Duration = Duration::from_micros(500);

/// The name of what [`Recorder::begun`] notes.
const BEGUN: &str = "begin";

/// What a span of time was spent on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// From the begin to the end of one way to run everything; it holds other spans.
    Way,
    /// The work itself.
    Work,
    /// Starting a worker: the call that starts it, and from that call until the worker runs.
    Start,
    /// From the last look at the clock of one worker to the first of the next on the same core.
    Switch,
    /// Moving a result from one process to another.
    Move,
}

/// A span of time. Times are in microseconds since the recorder's epoch.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Event {
    /// Such as `A1`.
    pub name: String,
    /// What it was.
    pub kind: Kind,
    /// When it began.
    pub start: f64,
    /// How long it took.
    pub duration: f64,
    /// Where it ran; `None` where the system does not tell, and while waiting to run.
    pub cpu: Option<usize>,
}

impl Event {
    /// When it ended.
    #[must_use]
    pub fn end(&self) -> f64 {
        self.start + self.duration
    }
}

/// What one thread of one process did.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Record {
    /// The worker's name, such as `A`.
    pub worker: String,
    /// The process.
    pub pid: u32,
    /// The thread, as the system numbers it.
    pub tid: u64,
    /// In the order in which they ended.
    pub events: Vec<Event>,
}

/// What a worker notes its pieces in. Make it in the worker itself: it takes the ids from there.
#[derive(Debug)]
pub struct Recorder {
    epoch: Instant,
    record: Record,
}

impl Recorder {
    /// A recorder for the worker that calls this; times count from `epoch`, which all share.
    #[must_use]
    pub fn new(epoch: Instant, worker: &str) -> Recorder {
        let (pid, tid) = (process::id(), thread_id());
        Recorder { epoch, record: Record { worker: worker.into(), pid, tid, events: Vec::new() } }
    }

    /// Begins a piece, which ends when it is dropped.
    pub fn begin(&mut self, kind: Kind, name: &str) -> Piece<'_> {
        let now = Instant::now();
        let cpu = current_cpu();
        Piece { recorder: self, kind, name: name.into(), begin: now, last: now, cpu }
    }

    /// Notes in a worker that it now runs, and when the call was made that started it.
    pub fn begun(&mut self, called: Instant) {
        self.since(Kind::Start, BEGUN, called);
    }

    /// Notes something that has ended at this moment, such as a whole way.
    pub fn since(&mut self, kind: Kind, name: &str, begin: Instant) {
        self.note(kind, name, begin, Instant::now(), None);
    }

    /// What was noted.
    #[must_use]
    pub fn finish(self) -> Record {
        self.record
    }

    fn note(&mut self, kind: Kind, name: &str, from: Instant, to: Instant, cpu: Option<usize>) {
        let start = micros(from.saturating_duration_since(self.epoch));
        let end = micros(to.saturating_duration_since(self.epoch));
        let name = name.to_owned();
        self.record.events.push(Event { name, kind, start, duration: round(end - start), cpu });
    }
}

/// A piece that is under way. It is noted in slices: wherever [`Piece::tick`] finds that the worker
/// did not run for a while, or runs on another CPU than before, one slice ends and the next begins.
#[derive(Debug)]
pub struct Piece<'a> {
    recorder: &'a mut Recorder,
    kind: Kind,
    name: String,
    begin: Instant,
    last: Instant,
    cpu: Option<usize>,
}

impl Piece<'_> {
    /// Looks at the clock. To be called often, every few microseconds.
    pub fn tick(&mut self) {
        let now = Instant::now();
        let cpu = current_cpu();
        if now - self.last > GAP || cpu != self.cpu {
            self.close();
            (self.begin, self.cpu) = (now, cpu);
        }
        self.last = now;
    }

    /// Looks at the clock after a call that may have taken longer than [`GAP`]: all of it counts.
    pub fn called(&mut self) {
        self.last = Instant::now();
    }

    fn close(&mut self) {
        self.recorder.note(self.kind, &self.name, self.begin, self.last, self.cpu);
    }
}

impl Drop for Piece<'_> {
    fn drop(&mut self) {
        self.tick();
        self.close();
    }
}

/// All that was recorded.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Trace {
    /// One for each thread of each process.
    pub records: Vec<Record>,
    /// Machine, toolchain, date and the like.
    pub about: BTreeMap<String, String>,
}

impl Trace {
    /// Adds what a worker recorded; a thread that is known already goes on.
    pub fn add(&mut self, record: Record) {
        let known = self.records.iter_mut().find(|r| (r.pid, r.tid) == (record.pid, record.tid));
        match known {
            Some(known) => known.events.extend(record.events),
            None => self.records.push(record),
        }
    }

    /// Adds the switches: on one CPU, where another worker goes on within [`GAP`] of the last. What
    /// is between them is an upper bound of what the switch cost, since both look at the clock only
    /// between two steps.
    pub fn add_switches(&mut self) {
        let mut slices: Vec<(usize, usize, f64, f64)> = Vec::new();
        for (worker, record) in self.records.iter().enumerate() {
            let events = record.events.iter();
            let on_cpu = events.filter(|e| !matches!(e.kind, Kind::Way | Kind::Switch));
            slices.extend(on_cpu.filter_map(|e| Some((e.cpu?, worker, e.start, e.end()))));
        }
        slices.sort_by(|a, b| a.0.cmp(&b.0).then(a.2.total_cmp(&b.2)));
        for pair in slices.windows(2) {
            let ((cpu, from, _, end), (next_cpu, to, start, _)) = (pair[0], pair[1]);
            let gap = start - end;
            if cpu == next_cpu && from != to && (0.0..=micros(GAP)).contains(&gap) {
                let (name, kind) = ("switch".to_owned(), Kind::Switch);
                let event = Event { name, kind, start: end, duration: round(gap), cpu: Some(cpu) };
                self.records[to].events.push(event);
            }
        }
    }

    /// The ways that it holds, in the order in which they ran.
    #[must_use]
    pub fn ways(&self) -> Vec<Way> {
        let all = self.records.iter().flat_map(|record| &record.events);
        let mut spans: Vec<&Event> = all.filter(|event| event.kind == Kind::Way).collect();
        spans.sort_by(|a, b| a.start.total_cmp(&b.start));
        spans.into_iter().map(|span| self.cut(span)).collect()
    }

    /// What happened within a span, with times that count from its begin.
    fn cut(&self, span: &Event) -> Way {
        let mut workers = Vec::new();
        for record in &self.records {
            let mut events: Vec<Event> = record
                .events
                .iter()
                .filter(|e| e.kind != Kind::Way && (span.start..span.end()).contains(&e.start))
                .map(|e| Event { start: round(e.start - span.start), ..e.clone() })
                .collect();
            events.sort_by(|a, b| a.start.total_cmp(&b.start));
            if !events.is_empty() {
                workers.push(Record { events, ..record.clone() });
            }
        }
        workers.sort_by(|a, b| a.events[0].start.total_cmp(&b.events[0].start));
        Way { name: span.name.clone(), length: span.duration, workers }
    }
}

/// One way to run everything, cut out of a trace.
#[derive(Clone, Debug, PartialEq)]
pub struct Way {
    /// Such as `processes`.
    pub name: String,
    /// How long it took, in microseconds.
    pub length: f64,
    /// In the order in which they began; their times count from the begin of the way.
    pub workers: Vec<Record>,
}

impl Way {
    /// How much time in sum was spent on something, in microseconds. Of starting only the calls
    /// count, not what passes until the worker runs: that goes on beside other work.
    #[must_use]
    pub fn total(&self, kind: Kind) -> f64 {
        let events = self.events(kind).filter(|event| event.name != BEGUN);
        events.fold(0.0, |sum, event| sum + event.duration)
    }

    /// How often one worker took over a core from another.
    #[must_use]
    pub fn switches(&self) -> usize {
        self.events(Kind::Switch).count()
    }

    pub(crate) fn events(&self, kind: Kind) -> impl Iterator<Item = &Event> {
        let events = self.workers.iter().flat_map(|worker| &worker.events);
        events.filter(move |event| event.kind == kind)
    }

    /// The way as text: a row of `columns` characters for each worker, one character for each
    /// `column` microseconds. A piece of main shows the end of its name, the pieces of task A `A` and
    /// `a`; `s` is starting a worker, `>` moving a result, `.` a pause between two pieces. A column
    /// shows what filled most of it, but starting and moving show however short they are.
    #[must_use]
    pub fn rows(&self, columns: u32, column: f64) -> Vec<String> {
        let row = |worker: &Record| {
            let cells: String = (0..columns)
                .map(|at| cell(&worker.events, f64::from(at) * column, column))
                .collect();
            format!("{:>6} │{cells}│", worker.worker)
        };
        self.workers.iter().map(row).collect()
    }
}

/// The character for what filled most of the time from `from` on.
fn cell(events: &[Event], from: f64, length: f64) -> char {
    let to = from + length;
    let shared = |event: &Event| event.end().min(to) - event.start.max(from);
    let costs = events.iter().filter(|e| matches!(e.kind, Kind::Start | Kind::Move));
    if let Some(cost) =
        costs.filter(|e| shared(e) > 0.0).max_by(|a, b| shared(a).total_cmp(&shared(b)))
    {
        return if cost.kind == Kind::Start { 's' } else { '>' };
    }
    let mut most = (0.0, ' ');
    for letter in events.iter().filter(|e| e.kind == Kind::Work).map(|e| letter(&e.name)) {
        let of_letter =
            events.iter().filter(|e| e.kind == Kind::Work && self::letter(&e.name) == letter);
        let time: f64 = of_letter.map(|e| shared(e).max(0.0)).sum();
        if time > most.0 {
            most = (time, letter);
        }
    }
    let between = events.first().is_some_and(|e| e.start < from)
        && events.last().is_some_and(|e| e.end() > to);
    if most.0 < length / 2.0 && between { '.' } else { most.1 }
}

/// `main 1` is 1, `end` is e, `A1` is A and `A2` is a.
fn letter(name: &str) -> char {
    let (first, last) = (name.chars().next(), name.chars().next_back());
    match (first, last) {
        (Some('m'), Some(n)) => n,
        (Some(task), Some('2')) => task.to_ascii_lowercase(),
        (Some(first), _) => first,
        _ => '?',
    }
}

/// A length of time in microseconds, to the nanosecond.
fn micros(time: Duration) -> f64 {
    round(time.as_secs_f64() * 1e6)
}

/// To the nanosecond.
fn round(micros: f64) -> f64 {
    (micros * 1e3).round() / 1e3
}

/// The CPU on which the calling thread runs at this moment.
#[cfg(any(target_os = "linux", target_os = "android"))]
fn current_cpu() -> Option<usize> {
    nix::sched::sched_getcpu().ok()
}

#[cfg(not(any(target_os = "linux", target_os = "android")))]
fn current_cpu() -> Option<usize> {
    None
}

#[cfg(any(target_os = "linux", target_os = "android"))]
fn thread_id() -> u64 {
    nix::unistd::gettid().as_raw().unsigned_abs().into()
}

/// Numbers of our own, in the order in which threads first ask.
#[cfg(not(any(target_os = "linux", target_os = "android")))]
fn thread_id() -> u64 {
    use std::sync::atomic::{AtomicU64, Ordering};

    static NEXT: AtomicU64 = AtomicU64::new(1);
    std::thread_local! {
        static ID: u64 = NEXT.fetch_add(1, Ordering::Relaxed);
    }
    ID.with(|id| *id)
}
