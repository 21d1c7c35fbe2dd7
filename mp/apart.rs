//! Results lie apart from what a fork copies.

use std::collections::BTreeMap;
use std::mem::{self, ManuallyDrop};
use std::ptr::{self, NonNull};

use nix::libc::c_void;

/// Room for so many values, which come in any order, and which no process inherits that is forked
/// while it exists.
///
/// After a fork a page of memory that is written to is copied first, so that the other process keeps
/// it as it was. A pool writes its results while its workers run, and they never read them: without
/// this, 2,000 pages were copied for a million numbers, which took 7 of the parent's 15 nanoseconds a
/// number.
///
/// Source: [`madvise(2)`](https://man7.org/linux/man-pages/man2/madvise.2.html), `MADV_DONTFORK`.
#[derive(Debug)]
pub struct Apart<T> {
    /// Its length is 0 until all have come.
    room: Vec<T>,
    count: usize,
    /// The first of those that have come side by side, and where the next one goes. Between two such
    /// rows at least one is missing.
    rows: BTreeMap<usize, usize>,
    /// The part of its room that a fork leaves out.
    left_out: Option<Pages>,
}

/// Where the next values go, one after the other.
#[derive(Debug)]
pub struct Place<'a, T> {
    apart: &'a mut Apart<T>,
    first: usize,
    next: usize,
    /// Here a value has come already, or there is no room.
    end: usize,
}

/// The first byte, and how many there are.
type Pages = (NonNull<c_void>, usize);

/// A multiple of the size of a page on every machine that Linux is used on.
const PAGES: usize = 64 * 1024;

impl<T> Apart<T> {
    pub fn with_room_for(count: usize) -> Apart<T> {
        let mut room = Vec::with_capacity(count);
        let spare = room.spare_capacity_mut();
        let bytes = size_of_val(spare);
        let first = spare.as_mut_ptr().cast::<c_void>();
        let before = first.align_offset(PAGES);
        let whole = bytes.saturating_sub(before) / PAGES * PAGES;
        let pages = NonNull::new(first.wrapping_byte_add(before)).map(|first| (first, whole));
        // What is not whole pages is copied, and so is all where the system can't leave it out.
        let left_out = pages.filter(|pages| pages.1 > 0 && inherit(*pages, false));
        Apart { room, count, rows: BTreeMap::new(), left_out }
    }

    /// Where the values from the one with the index `first` on go.
    ///
    /// # Panics
    ///
    /// If that one has come already.
    pub fn at(&mut self, first: usize) -> Place<'_, T> {
        let before = self.rows.range(..=first).next_back();
        assert!(before.is_none_or(|(_, &next)| next <= first), "a result comes once");
        let end = self.rows.range(first..).next().map_or(self.count, |(&first, _)| first);
        Place { apart: self, first, next: first, end }
    }

    /// The values, in memory that later forks copy as any other.
    ///
    /// # Panics
    ///
    /// If one is missing.
    pub fn into_vec(mut self) -> Vec<T> {
        let whole = self.rows.first_key_value().map_or(0, |(&first, &next)| next - first);
        assert!(whole == self.count, "every result has come");
        self.rows.clear();
        let mut values = mem::take(&mut self.room);
        // SAFETY: there is room for so many, and one row has them all.
        unsafe { values.set_len(self.count) };
        if self.give_back() {
            return values;
        }
        let mut copied = Vec::with_capacity(values.len());
        copied.append(&mut values);
        mem::forget(values);
        copied
    }

    /// Forks copy it again. Tells whether the system has done so. If it has not, the memory must never
    /// be used again: whoever got it next would miss it in a child.
    fn give_back(&mut self) -> bool {
        self.left_out = self.left_out.take().filter(|pages| !inherit(*pages, true));
        self.left_out.is_none()
    }
}

impl<T> Place<'_, T> {
    /// # Panics
    ///
    /// If a value has come already that belongs here, or there is no room for it.
    #[inline]
    pub fn push(&mut self, value: T) {
        assert!(self.next < self.end, "there is room for every result, which comes once");
        // SAFETY: it is within the vector's room, and no value lies there.
        unsafe { self.apart.room.as_mut_ptr().add(self.next).write(value) };
        self.next += 1;
    }
}

impl<T> Drop for Place<'_, T> {
    fn drop(&mut self) {
        if self.next == self.first {
            return;
        }
        let rows = &mut self.apart.rows;
        let next = rows.remove(&self.next).unwrap_or(self.next);
        match rows.range_mut(..self.first).next_back() {
            Some((_, before)) if *before == self.first => *before = next,
            _ => _ = rows.insert(self.first, next),
        }
    }
}

impl<T> Drop for Apart<T> {
    fn drop(&mut self) {
        let mut room = ManuallyDrop::new(mem::take(&mut self.room));
        let values = room.as_mut_ptr();
        let _freed_at_the_end = self.give_back().then(|| ManuallyDrop::into_inner(room));
        for (&first, &next) in &self.rows {
            // SAFETY: these have come, and nobody else drops them.
            unsafe {
                ptr::slice_from_raw_parts_mut(values.add(first), next - first).drop_in_place();
            };
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

#[cfg(test)]
mod tests {
    use std::panic::{self, AssertUnwindSafe};
    use std::rc::Rc;

    use super::Apart;

    #[test]
    fn values_come_in_any_order() {
        let mut apart = Apart::with_room_for(6);
        for (first, values) in [(4, vec!["e", "f"]), (0, vec!["a"]), (3, vec!["d"]), (1, vec![])] {
            let mut place = apart.at(first);
            for value in values {
                place.push(value.to_owned());
            }
        }
        assert!(apart.rows.iter().eq([(&0, &1), (&3, &6)]));
        let mut place = apart.at(1);
        place.push("b".to_owned());
        place.push("c".to_owned());
        drop(place);
        assert_eq!(apart.into_vec(), ["a", "b", "c", "d", "e", "f"]);
        assert!(Apart::<String>::with_room_for(0).into_vec().is_empty());
    }

    #[test]
    fn a_value_comes_once_and_is_dropped_once() {
        let value = Rc::new(());
        let mut apart = Apart::with_room_for(5);
        for index in [3, 1] {
            apart.at(index).push(Rc::clone(&value));
        }
        let mut refuses = |first, count| {
            let push = AssertUnwindSafe(|| {
                let mut place = apart.at(first);
                (0..count).for_each(|_| place.push(Rc::clone(&value)));
            });
            assert!(panic::catch_unwind(push).is_err(), "{count} from {first}");
        };
        refuses(1, 0); // is there
        refuses(0, 2); // the second is
        refuses(4, 2); // no room for the second
        refuses(5, 1); // nor for the first
        assert_eq!(Rc::strong_count(&value), 5);
        let missing = AssertUnwindSafe(|| apart.into_vec());
        assert!(panic::catch_unwind(missing).is_err());
        assert_eq!(Rc::strong_count(&value), 1);
    }
}
