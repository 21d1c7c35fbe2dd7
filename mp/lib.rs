//! The library that the book *Multiprocessing in Rust* builds: [`Process`] and [`Pool`] on top of
//! `fork`, small enough to read in one sitting.
//!
//! It is **for Unix only** and for programs that fork while they have a single thread. On other
//! systems it holds [`unix_only()`] and [`args()`] and nothing else. In production, take rayon for
//! threads, `std::process::Command` for other programs, and procspawn for a function in a process of
//! its own.
//!
//! | Python's `multiprocessing` | here |
//! |---|---|
//! | `Process(target=f).start()` | [`Process::spawn`] |
//! | `Pool(n).map(f, inputs)` | [`Pool::map`] |
//! | `Pool(n).imap_unordered(f, inputs)` | [`Pool::imap_unordered`] |
//! | `Value`, `RawValue` | [`Shared`] |
//! | `Semaphore(n)`, `Lock` | [`Semaphore`] |
#![cfg_attr(not(unix), allow(dead_code))]

mod args;
pub use args::{args, args_and_files};

#[cfg(unix)]
mod pool;
#[cfg(unix)]
mod process;
#[cfg(unix)]
mod semaphore;
#[cfg(unix)]
mod shared;

#[cfg(unix)]
pub use pool::{ImapUnordered, Pool, PoolError};
#[cfg(unix)]
pub use process::Process;
#[cfg(unix)]
pub use semaphore::{Permit, Semaphore};
#[cfg(unix)]
pub use shared::{Shareable, Shared};

/// What the `main` of a Unix-only program returns elsewhere: says so on stderr, exit code 2.
#[must_use]
pub fn unix_only() -> std::process::ExitCode {
    eprintln!("error: this program forks, and only Unix (Linux, macOS) can fork");
    std::process::ExitCode::from(2)
}
