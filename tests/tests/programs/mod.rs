//! The programs and the library: what every program promises, the outputs that the pages show, the twins in
//! Python, the programs on a system that is not Unix; what the text says of single programs and of the
//! predictions, tried on the programs; and the cases of the library.

mod async_processes;
mod descriptors;
mod elsewhere;
mod false_sharing;
mod fork_and_start;
mod fork_copies;
mod from_python;
mod io_and_progress;
mod job_array;
mod killed;
mod library;
mod limits;
mod living;
mod messages;
mod messages_and_supervisor;
mod other_programs;
mod outputs;
mod predictions;
mod properties;
mod questions;
mod rayon_and_pipeline;
mod sandbox;
mod sharing;
mod signals;
mod strangers;
mod survives;
mod testing;
mod threads;
mod timeline;
mod twins;
mod walls;
mod watching;

use anyhow::Result;
use libtest_mimic::Trial;

/// The tests that are found when they run.
pub fn trials() -> Result<Vec<Trial>> {
    let kinds = [
        outputs::trials,
        twins::trials,
        properties::trials,
        elsewhere::trials,
        #[cfg(all(target_os = "linux", target_env = "gnu"))]
        killed::trials,
    ];
    let mut all = Vec::new();
    for kind in kinds {
        all.extend(kind()?);
    }
    Ok(all)
}
