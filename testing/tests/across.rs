//! A data race between two processes: what `ThreadSanitizer` and Miri see of it. It has something to race with in the
//! feature `data_race` only, and no harness of libtest's.

#[cfg(all(unix, feature = "data_race"))]
fn main() -> anyhow::Result<()> {
    use std::cell::UnsafeCell;

    use anyhow::ensure;

    struct Plain(UnsafeCell<u32>);

    // SAFETY: there is none. Two processes may write at the same time, and that is the bug.
    unsafe impl Sync for Plain {}
    // SAFETY: it has no pointer; for the rest, as above.
    unsafe impl mp::Shareable for Plain {}

    let number = mp::Shared::new(Plain(UnsafeCell::new(0)))?;
    let add = || {
        for _ in 0..1_000_000 {
            // SAFETY: as above.
            unsafe { *number.0.get() += 1 };
        }
    };
    let mut workers = [mp::Process::spawn(add)?, mp::Process::spawn(add)?];
    for worker in &mut workers {
        let status = worker.join()?;
        ensure!(status.success(), "a worker: {status}");
    }
    // SAFETY: nobody else is left.
    println!("{} of 2000000", unsafe { *number.0.get() });
    Ok(())
}

#[cfg(not(all(unix, feature = "data_race")))]
fn main() {}
