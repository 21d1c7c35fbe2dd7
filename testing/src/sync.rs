//! What the shelves are locked with, and counted with. The tests compile `stock.rs` and `tally.rs` again, with other types
//! of these names.

#[cfg(not(feature = "data_race"))]
pub use std::sync::atomic::AtomicU32;
pub use std::sync::{Mutex, MutexGuard};
