//! Run it here: a program of the book on the reader's machine. The server of `cargo book` starts a keeper for each run,
//! which is a process of its own: it builds the program, follows it by `witness`, writes what happens as lines of JSON
//! and reads what is asked for. Its input ends when the server does, however that happens; then it ends the
//! run. If the keeper itself is killed, the system kills all that it traces.
//!
//! Linux with glibc only, as `witness` is: [`CAN_RUN`].

#[cfg(all(target_os = "linux", target_env = "gnu"))]
mod keeper;
mod options;
mod program;
mod request;
mod runs;

pub use program::command;
pub use request::{Order, Request};
pub use runs::{KEEPER, MOST, Refusal, Run, Runs};

/// Whether programs can be run here at all.
pub const CAN_RUN: bool = cfg!(all(target_os = "linux", target_env = "gnu"));

/// Keeps one run, told by standard input and telling by standard output, until it is over.
#[must_use]
pub fn keep() -> std::process::ExitCode {
    #[cfg(all(target_os = "linux", target_env = "gnu"))]
    return keeper::keep();
    #[cfg(not(all(target_os = "linux", target_env = "gnu")))]
    std::process::ExitCode::FAILURE
}
