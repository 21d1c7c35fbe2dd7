//! Measured timelines: who ran when, and on which CPU.
//!
//! Each worker, be it a thread or a process, has a [`Recorder`] of its own and notes its pieces in it;
//! nothing is shared while the clock runs. Afterwards the main program collects the [`Record`]s, from
//! threads by joining them and from processes through a pipe, into a [`Trace`]. One clock serves all:
//! the monotonic clock belongs to the system, so an [`Instant`](std::time::Instant) taken before a fork is good in the
//! child too.
//!
//! # The file
//!
//! Through serde a trace reads and writes the [Chrome trace event format][format], which Perfetto
//! (<https://ui.perfetto.dev>) and `chrome://tracing` open:
//!
//! ```json
//! {
//!   "traceEvents": [
//!     {"name": "process_name", "ph": "M", "pid": 4711, "tid": 4711, "args": {"name": "main"}},
//!     {"name": "thread_name", "ph": "M", "pid": 4711, "tid": 4712, "args": {"name": "A"}},
//!     {"name": "A1", "cat": "work", "ph": "X", "ts": 12.5, "dur": 250.0,
//!      "pid": 4711, "tid": 4712, "args": {"cpu": 0}}
//!   ],
//!   "displayTimeUnit": "ms",
//!   "otherData": {"language": "rust"}
//! }
//! ```
//!
//! `ph` X is a span, with its begin `ts` and its length `dur` in microseconds; `ph` M gives a process
//! or a thread its name. `cat` is the [`Kind`]. `cpu` is absent where the system does not tell it.
//!
//! [format]: https://docs.google.com/document/d/1CvAClvFfyA5R-PhYUmn5OOQtYMH4h6I0nSsKchNAySU

mod chrome;
mod recording;
mod svg;

pub use recording::{Event, GAP, Kind, Piece, Record, Recorder, Trace, Way};
pub use svg::{Labels, describe, draw, svg};
