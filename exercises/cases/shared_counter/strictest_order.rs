// The strictest ordering makes two operations one? It orders them; there are still two.

use exercises::visitors;
use std::sync::atomic::{AtomicU64, Ordering};

fn main() -> anyhow::Result<()> {
    let counter = mp::Shared::new(AtomicU64::new(0))?;
    let mut doors = Vec::new();
    for _ in 0..4 {
        doors.push(mp::Process::spawn(|| {
            for _ in 0..visitors() {
                let before = counter.load(Ordering::SeqCst);
                counter.store(before + 1, Ordering::SeqCst);
            }
        })?);
    }
    for door in &mut doors {
        door.join()?;
    }
    println!("{} were counted", counter.load(Ordering::SeqCst));
    Ok(())
}
