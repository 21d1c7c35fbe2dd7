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

#[path = "../../../mp/primes.rs"]
pub mod primes;

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
        let _ = writeln!(rows, "<!-- ANCHOR: {name} -->\n{}<!-- ANCHOR_END: {name} -->", graph.rows());
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
}

/// The programs' functions with the types of [`loom`].
pub mod loomed {
    mod types {
        pub use loom::sync::atomic::{AtomicBool, AtomicUsize};
        pub use loom::sync::{Mutex, MutexGuard};
        pub mod thread {
            pub use crate::record::thread::sleep;
            pub use loom::thread::spawn;
        }
    }
    include!("functions.rs");
}

/// The programs' functions as they are, with the types of the standard library.
pub mod real {
    mod types {
        pub use std::sync::atomic::{AtomicBool, AtomicUsize};
        pub use std::sync::{Mutex, MutexGuard};
        pub mod thread {
            use std::time::Duration;

            pub use std::thread::spawn;

            /// A moment for others, which is shorter than the program's.
            pub fn sleep(_: Duration) {
                std::thread::yield_now();
            }
        }
    }
    include!("functions.rs");
}
