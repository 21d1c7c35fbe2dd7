//! How often something was done, by whichever thread.

#[cfg(feature = "data_race")]
pub use racing::Tally;

#[cfg(not(feature = "data_race"))]
pub use right::Tally;

#[cfg(not(feature = "data_race"))]
mod right {
    use std::sync::atomic::Ordering::Relaxed;

    use super::super::sync::AtomicU32;

    #[derive(Debug)]
    pub struct Tally(AtomicU32);

    impl Tally {
        pub fn new() -> Tally {
            Tally(AtomicU32::new(0))
        }

        pub fn add_one(&self) {
            if cfg!(feature = "lost_update") {
                self.0.store(self.0.load(Relaxed) + 1, Relaxed);
            } else {
                self.0.fetch_add(1, Relaxed);
            }
        }

        pub fn get(&self) -> u32 {
            self.0.load(Relaxed)
        }
    }
}

#[cfg(feature = "data_race")]
mod racing {
    use std::cell::UnsafeCell;

    #[derive(Debug)]
    pub struct Tally(UnsafeCell<u32>);

    // SAFETY: there is none. Two threads may write at the same time, and that is the bug.
    unsafe impl Sync for Tally {}

    impl Tally {
        pub fn new() -> Tally {
            Tally(UnsafeCell::new(0))
        }

        pub fn add_one(&self) {
            // SAFETY: as above.
            unsafe { *self.0.get() += 1 };
        }

        pub fn get(&self) -> u32 {
            // SAFETY: as above.
            unsafe { *self.0.get() }
        }
    }
}
