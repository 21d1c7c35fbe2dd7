// Nobody looks at the counter: it should have come to this.

use exercises::visitors;
use std::sync::atomic::{AtomicU64, Ordering};

fn main() -> anyhow::Result<()> {
    let counter = AtomicU64::new(0); // not shared: each process has its own
    let mut doors = Vec::new();
    for _ in 0..4 {
        doors.push(mp::Process::spawn(|| {
            for _ in 0..visitors() {
                counter.fetch_add(1, Ordering::Relaxed);
            }
        })?);
    }
    for door in &mut doors {
        door.join()?;
    }
    println!("{} were counted", 4 * visitors());
    Ok(())
}
