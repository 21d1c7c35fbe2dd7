//! What the tests of the book share: the list of them, the built programs, running one under a deadline
//! with a look at what it leaves behind, the pages with their code blocks, and skeptic at work on these.

pub mod blocks;
mod crates;
mod examples;
mod place;
pub mod processes;
mod run;
pub mod rustc;
pub mod snippets;
pub mod times;
mod trials;

pub use examples::{example, examples};
pub use inventory;
pub use place::{changed, names, profile_folder, read, root};
pub use run::{Ended, LIMIT, Running, Stdout, run, run_patiently};
pub use trials::{Collected, Outcome, main, trial};
