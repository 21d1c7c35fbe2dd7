//! Things are counted by processes, a share of the shelves each.

use std::sync::atomic::{AtomicU32, Ordering::Relaxed};

use anyhow::{Result, ensure};
use mp::{Process, Shared};

/// How many things there are, counted by at most so many processes.
///
/// # Errors
///
/// A process can't be started, or has not done its share.
pub fn count(things: &[u32], workers: usize) -> Result<u32> {
    let sum = Shared::new(AtomicU32::new(0))?;
    let share = things.len().div_ceil(workers.max(1)).max(1);
    let mut processes = Vec::new();
    for shelves in things.chunks(share) {
        let process = Process::spawn(|| {
            let things = shelves.iter().sum(); // panics where that is no `u32`
            sum.fetch_add(things, Relaxed);
        })?;
        // Nobody waits for it when the function ends early, as with std's `Child`.
        #[cfg(feature = "left_behind")]
        let process = std::mem::ManuallyDrop::new(process);
        processes.push(process);
    }
    for process in &mut processes {
        let status = process.join()?;
        ensure!(cfg!(feature = "unseen") || status.success(), "a worker: {status}");
    }
    Ok(sum.load(Relaxed))
}
