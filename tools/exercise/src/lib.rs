//! Exercises that check how, not only what: a program is run under a witness, and rules judge what its processes did.

mod checks;
mod exercises;
mod judge;
pub mod progress;
mod rules;
mod runs;
pub mod timeline;
pub mod watch;

pub use exercises::{EXERCISES, Exercise, find};
pub use judge::{Verdict, judge};
pub use project::exercise as source;
