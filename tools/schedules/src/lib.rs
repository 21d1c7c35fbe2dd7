//! The functions that the book's programs call at the same time from several threads, under two model checkers.
//!
//! With the types of [`loom`] in the place of the standard library's ([`ordering`], [`loomed`]) a test runs once for
//! each order of steps and for each value that the memory model lets a load return. With those of [`shuttle`],
//! which note what is done ([`recorded`]), every schedule is walked ([`explore`]); all of them together are a graph of
//! states ([`graph`]), which stands in `data/` and is what a page lets its reader step through. `cargo run -p schedules`
//! makes these files anew.
//!
//! The functions are taken from `examples/` as they stand there (`build.rs`), so that what is checked is
//! what the reader sees.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use anyhow::Result;

pub mod explore;
pub mod graph;
pub mod programs;
pub mod record;

use mp::primes;

/// The files in `data/` and what stands in them: a graph for each program, and of all of them the rows of a table,
/// which a page shows to whoever has no JavaScript.
///
/// # Errors
/// As [`graph::graph`].
pub fn files() -> Result<Vec<(PathBuf, String)>> {
    let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("data");
    let mut files = Vec::new();
    let mut rows = String::new();
    for program in programs::PROGRAMS {
        let graph = graph::graph(&program)?;
        let name = program.name;
        let _ =
            writeln!(rows, "<!-- ANCHOR: {name} -->\n{}<!-- ANCHOR_END: {name} -->", graph.rows());
        files.push((data.join(name).with_extension("json"), graph.json()?));
    }
    files.push((data.join("outcomes.md"), rows));
    Ok(files)
}

/// Of `examples/ordering.rs`.
#[allow(missing_docs, clippy::must_use_candidate, reason = "the functions are the program's")]
pub mod ordering {
    pub use loom::sync::atomic::AtomicU32;
    pub use std::sync::atomic::Ordering::{self, Relaxed};

    /// A store order and a load order.
    pub type Orders = (Ordering, Ordering);

    include!(concat!(env!("OUT_DIR"), "/ordering.rs"));
}

/// The programs' functions with the types of [`record`].
pub mod recorded {
    use crate::record as types;
    include!("functions.rs");
    include!("meeting.rs");
}

/// The programs' functions with the types of [`loom`].
pub mod loomed {
    mod types {
        use std::io;
        use std::time::Duration;

        pub use loom::sync::atomic::{AtomicBool, AtomicUsize};
        pub use loom::sync::{Condvar, Mutex, MutexGuard};

        pub mod thread {
            pub use crate::record::thread::sleep;
            pub use loom::thread::spawn;
        }

        /// In the place of the book's own semaphore, as a lock and a condition variable make it.
        pub struct Semaphore(Mutex<usize>, Condvar);

        pub fn semaphore(permits: usize) -> Semaphore {
            Semaphore(Mutex::new(permits), Condvar::new())
        }

        impl Semaphore {
            pub fn acquire_timeout(&self, _: Duration) -> io::Result<Option<Permit<'_>>> {
                let mut left = self.0.lock().map_err(|_| io::ErrorKind::Other)?;
                while *left == 0 {
                    left = self.1.wait(left).map_err(|_| io::ErrorKind::Other)?;
                }
                *left -= 1;
                Ok(Some(Permit(self)))
            }
        }

        pub struct Permit<'a>(&'a Semaphore);

        impl Drop for Permit<'_> {
            fn drop(&mut self) {
                let Semaphore(left, freed) = self.0;
                if let Ok(mut left) = left.lock() {
                    *left += 1;
                }
                freed.notify_one();
            }
        }
    }
    include!("functions.rs");
}

/// The programs' functions as they are, with the types of the standard library and of the book's.
pub mod real {
    mod types {
        pub use std::sync::atomic::{AtomicBool, AtomicU32, AtomicUsize};
        pub use std::sync::{Barrier, Condvar, Mutex, MutexGuard};

        pub use mp::{Permit, Semaphore};

        pub fn semaphore(permits: usize) -> Semaphore {
            Semaphore::new(permits).expect("there is a pipe")
        }

        pub mod thread {
            use std::time::Duration;

            pub use std::thread::{scope, spawn};

            /// A moment for others, which is shorter than the program's.
            pub fn sleep(_: Duration) {
                std::thread::yield_now();
            }
        }
    }
    include!("functions.rs");
    include!("meeting.rs");
}
