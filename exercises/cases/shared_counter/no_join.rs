// It knows that all have been counted, and waits for none of those who counted.

use exercises::visitors;
use std::io::{self, Read as _};
use std::sync::atomic::{AtomicU64, Ordering};

fn main() -> anyhow::Result<()> {
    let counter = mp::Shared::new(AtomicU64::new(0))?;
    let (mut end, held) = io::pipe()?;
    for _ in 0..4 {
        std::mem::forget(mp::Process::spawn(|| {
            for _ in 0..visitors() {
                counter.fetch_add(1, Ordering::Relaxed);
            }
        })?);
    }
    drop(held);
    end.read_to_end(&mut Vec::new())?;
    println!("{} were counted", counter.load(Ordering::Relaxed));
    Ok(())
}
