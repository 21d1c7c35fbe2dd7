//! What the text says of the programs of Part III and of the predictions, tried on the programs; the traces of
//! `timeline`; and the cases of the library.
//!
//! They stand in one binary, since most of them wait: Cargo runs one binary after the other.

mod fork_and_start;
mod io_and_progress;
mod job_array;
mod library;
mod messages_and_supervisor;
mod predictions;
mod rayon_and_pipeline;
mod sharing;
mod threads;
mod timeline;
