//! What the tests of the book share: the list of them, the built programs, the pages with their code blocks, and
//! skeptic at work on these.

mod asked;
pub mod blocks;
mod crates;
mod examples;
mod place;
pub mod rustc;
pub mod snippets;
pub mod times;
mod trials;

pub use asked::{Asked, asked};
#[cfg(unix)]
pub use examples::run_as_nobody;
pub use examples::{example, examples, may_lack, run_python, runs_here};
pub use inventory;
pub use place::{changed, names, profile_folder, read, root};
pub use runner::{Ended, LIMIT, Running, Stdout, processes, run, run_patiently};
pub use trials::{Collected, Outcome, main, trial};
