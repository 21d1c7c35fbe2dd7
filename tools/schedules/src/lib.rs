//! The functions that the book's programs call at the same time from several threads, with the types of
//! [`loom`] in the place of the standard library's. Loom runs a test once for each order of steps and for each
//! value that the memory model lets a load return; the tests say which outcomes come up in all of that.
//!
//! The functions are taken from `examples/` as they stand there (`build.rs`), so that what is checked is
//! what the reader sees.

/// Of `examples/ordering.rs`.
#[allow(missing_docs, clippy::must_use_candidate, reason = "the functions are the program's")]
pub mod ordering {
    pub use loom::sync::atomic::AtomicU32;
    pub use std::sync::atomic::Ordering::{self, Relaxed};

    /// A store order and a load order.
    pub type Orders = (Ordering, Ordering);

    include!(concat!(env!("OUT_DIR"), "/ordering.rs"));
}
