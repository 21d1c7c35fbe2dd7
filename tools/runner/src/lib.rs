//! Runs the programs of the book: within a limit, with a look at what they leave behind ([`run()`]), and for what the
//! pages show.
//!
//! What a page shows as the output of a command is a capture of a run.
//! A capture file (`examples/output/NAME.txt`) holds commands and what they wrote:
//!
//! ```text
//! $ cargo run -q --example multi_process
//! This is process 0 (pid 4711)
//! $ cargo run -q --example multi_process -- --processes none
//! usage: multi_process [--processes N]
//! [exit status: 2]
//! ```
//!
//! A page includes the file in a fence of the language `console`, which may name a [`Mode`].
//! [`capture()`] runs every command again and rewrites the files; the tests run them and compare.

mod built;
mod capture;
mod compare;
mod console;
mod examples;
pub mod from_python;
mod group;
mod job;
pub mod mpi;
pub mod processes;
mod run;
mod start;

pub use capture::{
    Captured, OUTPUT_DIR, capture, capture_files, is_of_a_missing_tool, lacks_the_system,
};
pub use compare::{Mode, compare, normalise};
pub use console::{Program, Shown, parse, parse_command};
pub use examples::Examples;
pub use job::Job;
pub use run::{Ended, LIMIT, Running, Stdout, run, run_patiently};
pub use start::{cargo, clean, python};
