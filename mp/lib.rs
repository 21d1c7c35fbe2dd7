//! The library that the book *Multiprocessing in Rust* builds: [`Process`] and [`Pool`] on top of
//! `fork`, small enough to read in one sitting.
//!
//! It works **on Unix** (Linux, Android, macOS) and for programs that fork while they have a single
//! thread. It compiles on every system: where there is no `fork`, whatever would start a process
//! answers `Unsupported` and says so. In production, take rayon for threads, `std::process::Command` for
//! other programs, and procspawn for a function in a process of its own.
//!
//! | Python's `multiprocessing` | here |
//! |---|---|
//! | `Process(target=f).start()` | [`Process::spawn`] |
//! | `Pool(n).map(f, inputs)` | [`Pool::map`] |
//! | `Pool(n).imap_unordered(f, inputs)` | [`Pool::imap_unordered`] |
//! | `Value`, `RawValue` | [`Shared`] |
//! | `Semaphore(n)`, `Lock` | [`Semaphore`] |
//!
//! What the book's programs need alike stands here too: their command line ([`args()`]), their task
//! ([`primes`]), how many workers they take ([`workers()`]).

mod args;
mod error;
pub mod primes;
mod shareable;
pub use args::{args, args_and_files, say_nothing_when_nobody_reads};
pub use error::PoolError;
pub use shareable::Shareable;

#[cfg(unix)]
mod apart;
#[cfg(unix)]
mod claims;
#[cfg(unix)]
mod explained;
/// How results travel: public for the tests, which feed it with bytes.
#[doc(hidden)]
pub mod messages;
#[cfg(unix)]
mod pidfd;
#[cfg(unix)]
mod pool;
#[cfg(unix)]
mod process;
#[cfg(unix)]
mod semaphore;
#[cfg(unix)]
mod shared;
#[cfg(unix)]
mod threads;
#[cfg(unix)]
mod wait;
#[cfg(unix)]
mod worker;
#[cfg(unix)]
mod workers;

#[cfg(unix)]
pub use pool::{ImapUnordered, Pool};
#[cfg(unix)]
pub use process::Process;
#[cfg(unix)]
pub use semaphore::{Permit, Semaphore};
#[cfg(unix)]
pub use shared::Shared;

#[cfg(not(unix))]
mod elsewhere;
#[cfg(not(unix))]
pub use elsewhere::{ImapUnordered, Permit, Pool, Process, Semaphore, Shared, unix_only};

/// What `main` returns on other systems in a program about what Linux alone has: it says so on stderr, as
/// the library's errors do, and exits with 1 as for these.
#[cfg(not(target_os = "linux"))]
#[must_use]
pub fn linux_only() -> std::process::ExitCode {
    eprintln!("Error: only Linux has what this program shows");
    std::process::ExitCode::FAILURE
}

/// As many workers as this program has CPUs, which is what most programs take by default.
///
/// [`std::thread::available_parallelism`] knows of CPU affinity and of a container's quota; the
/// section *CPU count* compares it with others.
///
/// # Errors
///
/// Where the system does not tell.
pub fn workers() -> std::io::Result<usize> {
    Ok(std::thread::available_parallelism()?.get())
}
