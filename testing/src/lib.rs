//! A stock of things: threads carry them from shelf to shelf, processes count them, and a file keeps them.
//!
//! Small, and worth tests of several kinds, which stand in `tests/`. Each feature of this package plants a bug.

mod count;
mod keep;
mod stock;
mod sync;
mod tally;

pub use count::count;
pub use keep::{load, save};
pub use stock::Stock;
