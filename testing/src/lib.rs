//! A stock of things: threads carry them from shelf to shelf, processes count them, and a file keeps them.
//!
//! Small, and worth tests of several kinds, which stand in `tests/`. Each feature of this package plants a bug.

mod count;
mod keep;
mod stock;
mod tally;

pub use count::count;
pub use keep::{load, save};
pub use stock::Stock;

/// What the shelves are locked with. Tests compile `stock.rs` again, with other types here.
mod sync {
    #[cfg(not(feature = "data_race"))]
    pub use std::sync::atomic::AtomicU32;
    pub use std::sync::{Mutex, MutexGuard};
}
