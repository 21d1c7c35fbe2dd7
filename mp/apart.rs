//! Results lie apart from what a fork copies.

use std::mem;
use std::ptr::NonNull;

use nix::libc::c_void;

/// Room for so many values, which no process inherits that is forked while it exists.
///
/// After a fork a page of memory that is written to is copied first, so that the other process keeps
/// it as it was. A pool writes its results while its workers run, and they never read them: without
/// this, 2,000 pages were copied for a million numbers, which took 7 of the parent's 15 nanoseconds a
/// number.
///
/// Source: [`madvise(2)`](https://man7.org/linux/man-pages/man2/madvise.2.html), `MADV_DONTFORK`.
#[derive(Debug)]
pub struct Apart<T> {
    values: Vec<T>,
    /// The part of its room that a fork leaves out.
    left_out: Option<Pages>,
}

/// The first byte, and how many there are.
type Pages = (NonNull<c_void>, usize);

/// A multiple of the size of a page on every machine that Linux is used on.
const PAGES: usize = 64 * 1024;

impl<T> Apart<T> {
    pub fn with_capacity(capacity: usize) -> Apart<T> {
        let mut values = Vec::with_capacity(capacity);
        let room = values.spare_capacity_mut();
        let bytes = size_of_val(room);
        let first = room.as_mut_ptr().cast::<c_void>();
        let before = first.align_offset(PAGES);
        let whole = bytes.saturating_sub(before) / PAGES * PAGES;
        let pages = NonNull::new(first.wrapping_byte_add(before)).map(|first| (first, whole));
        // What is not whole pages is copied, and so is all where the system can't leave it out.
        let left_out = pages.filter(|pages| pages.1 > 0 && inherit(*pages, false));
        Apart { values, left_out }
    }

    pub fn len(&self) -> usize {
        self.values.len()
    }

    /// # Panics
    ///
    /// If the room is used up: values that lie apart can't move.
    #[inline]
    pub fn push(&mut self, value: T) {
        assert!(self.values.len() < self.values.capacity(), "there is room for every result");
        self.values.push(value);
    }

    /// The values, in memory that later forks copy as any other.
    pub fn into_vec(mut self) -> Vec<T> {
        if self.give_back() { mem::take(&mut self.values) } else { self.values.drain(..).collect() }
    }

    /// Forks copy it again. Tells whether the system has done so.
    fn give_back(&mut self) -> bool {
        self.left_out = self.left_out.take().filter(|pages| !inherit(*pages, true));
        self.left_out.is_none()
    }
}

impl<T> Drop for Apart<T> {
    fn drop(&mut self) {
        self.values.clear();
        if !self.give_back() {
            // Whoever got this memory next would miss it in a child. Better it is never used again.
            mem::forget(mem::take(&mut self.values));
        }
    }
}

/// Whether processes that are forked from now on inherit these pages. Tells whether the system has
/// followed; only Linux can.
fn inherit((first, length): Pages, inherited: bool) -> bool {
    #[cfg(any(target_os = "linux", target_os = "android"))]
    {
        use nix::sys::mman::{MmapAdvise, madvise};

        let advice = if inherited { MmapAdvise::MADV_DOFORK } else { MmapAdvise::MADV_DONTFORK };
        // SAFETY: the pages lie within the room of a vector that is ours alone and doesn't move
        // meanwhile. In this process the advice changes nothing. A child has a hole there, which it
        // doesn't touch: it has no way to the vector, since the pool's child runs nothing but its
        // worker and ends without a destructor of its parent's; and an allocator doesn't look into
        // what it has given away.
        unsafe { madvise(first, length, advice) }.is_ok()
    }
    #[cfg(not(any(target_os = "linux", target_os = "android")))]
    {
        let _ = (first, length, inherited);
        false
    }
}
