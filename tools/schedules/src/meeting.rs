// As `functions.rs`, with what loom has not: scoped threads and barriers.

/// Of `examples/threads_and_processes.rs`.
#[allow(
    missing_docs,
    clippy::missing_panics_doc,
    clippy::must_use_candidate,
    reason = "the functions are the program's"
)]
pub mod threads_and_processes {
    use std::sync::atomic::Ordering;

    use super::types::{AtomicU32, Barrier, thread};

    include!(concat!(env!("OUT_DIR"), "/threads_and_processes.rs"));
}

/// The two workers of a function that has them already. Gives their sum.
///
/// # Panics
/// The sum doesn't fit; it is small.
#[must_use]
pub fn sum(add: fn() -> u32) -> Vec<usize> {
    vec![usize::try_from(add()).expect("it is small")]
}
