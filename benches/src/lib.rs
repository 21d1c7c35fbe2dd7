//! The measurements of the book: the [`peer`] processes that are measured, and [`measure`], which makes files
//! of what they say.
//!
//! `cargo bench -p benches -F criterion` measures everything and gives Criterion's own report; `cargo book figures`
//! does the same, by the program `measure`, and turns Criterion's samples into `benches/data`, from which the pictures are drawn.
//!
//! Each case runs in a process of its own, a *peer*: the program `peer` of this package, or `peer.py`.
//! It is told over its standard input how often to do the thing, and answers with the nanoseconds that
//! this took on its own monotonic clock. So Rust and Python, pools that leave threads behind and those
//! that refuse to fork beside a thread go through one mechanism and one statistics, next to each other
//! in time.
//!
//! Criterion drives them, and not Divan: its `iter_custom` takes a time that something else measured,
//! and it leaves every sample in a file. Divan 0.1 prints a table and keeps no samples.

#[cfg(all(target_os = "linux", target_env = "gnu"))]
pub mod failures;
mod machine;
pub mod measure;
pub mod peer;
mod timeline;
