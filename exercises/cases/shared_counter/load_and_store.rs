// What the reader begins with: another may count between the load and the store.

use exercises::visitors;
use std::sync::atomic::{AtomicU64, Ordering};

fn main() -> anyhow::Result<()> {
    let counter = mp::Shared::new(AtomicU64::new(0))?;
    let mut doors = Vec::new();
    for _ in 0..4 {
        doors.push(mp::Process::spawn(|| {
            for _ in 0..visitors() {
                counter.store(counter.load(Ordering::Relaxed) + 1, Ordering::Relaxed);
            }
        })?);
    }
    for door in &mut doors {
        door.join()?;
    }
    println!("{} were counted", counter.load(Ordering::Relaxed));
    Ok(())
}
