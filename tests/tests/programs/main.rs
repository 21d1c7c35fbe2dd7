//! What the text says of the programs of Part III and of the predictions, tried on the programs.
//!
//! They stand in one binary, since most of them wait: Cargo runs one binary after the other.

mod fork_and_start;
mod job_array;
mod messages_and_supervisor;
mod predictions;
mod rayon_and_pipeline;
mod sharing;
mod waiting_and_progress;
