//! As `src/sync.rs`, with the types of a model checker.

#[cfg(not(feature = "data_race"))]
pub use shuttle::sync::atomic::AtomicU32;
pub use shuttle::sync::{Mutex, MutexGuard};
