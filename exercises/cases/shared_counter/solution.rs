// A counter in shared memory.
//
// Four processes count visitors at the same time, into one counter in shared memory: none may be lost, however many
// there are. Each adds 1 for each visitor, and nobody sends numbers around. Now some are lost as soon as there are many.
//
// `cargo exercise shared_counter` checks it, and `cargo exercise shared_counter --hint` helps.

use exercises::visitors;
use std::sync::atomic::{AtomicU64, Ordering};

fn main() -> anyhow::Result<()> {
    let counter = mp::Shared::new(AtomicU64::new(0))?;
    let mut doors = Vec::new();
    for _ in 0..4 {
        doors.push(mp::Process::spawn(|| {
            for _ in 0..visitors() {
                // ANCHOR: solution
                counter.fetch_add(1, Ordering::Relaxed);
                // ANCHOR_END: solution
                //| let before = counter.load(Ordering::Relaxed);
                //| counter.store(before + 1, Ordering::Relaxed);
            }
        })?);
    }
    for door in &mut doors {
        let status = door.join()?;
        anyhow::ensure!(status.success(), "a door has failed, {status}");
    }
    println!("{} were counted", counter.load(Ordering::Relaxed));
    Ok(())
}
