use std::io;
use std::num::NonZeroUsize;
use std::ops::Deref;
use std::ptr::NonNull;

use nix::sys::mman::{MapFlags, ProtFlags, mmap_anonymous, munmap};

use crate::Shareable;

/// A value in memory that this process and every child forked from it see together.
///
/// After `fork` a child has its own copy of all other memory; a `Shared` made before the fork is the
/// exception. It holds atomics only (see [`Shareable`]), since a pointer or an ordinary lock means
/// nothing in another process. The memory is freed when the last process has dropped it or ended.
///
/// Source: [`mmap(2)`](https://man7.org/linux/man-pages/man2/mmap.2.html) with `MAP_SHARED` and
/// `MAP_ANONYMOUS`.
///
/// # Examples
///
/// ```
/// use std::sync::atomic::{AtomicU64, Ordering};
///
/// let sum = mp::Shared::new(AtomicU64::new(40))?;
/// mp::Process::spawn(|| {
///     sum.fetch_add(2, Ordering::Relaxed);
/// })?
/// .join()?;
/// assert_eq!(sum.load(Ordering::Relaxed), 42);
/// # std::io::Result::Ok(())
/// ```
#[derive(Debug)]
pub struct Shared<T: Shareable> {
    value: NonNull<T>,
}

// ANCHOR: new
impl<T: Shareable> Shared<T> {
    /// Maps memory that is shared across `fork` and moves `value` there.
    ///
    /// # Errors
    ///
    /// What `mmap` reports (no memory), and `InvalidInput` for a type of size 0.
    pub fn new(value: T) -> io::Result<Shared<T>> {
        let size = NonZeroUsize::new(size_of::<T>())
            .ok_or_else(|| io::Error::new(io::ErrorKind::InvalidInput, "nothing to share"))?;
        let access = ProtFlags::PROT_READ | ProtFlags::PROT_WRITE;
        // SAFETY: no address is asked for, so the mapping is a new one and overlaps nothing.
        let memory = unsafe { mmap_anonymous(None, size, access, MapFlags::MAP_SHARED)? };
        let memory = memory.cast::<T>();
        // SAFETY: the mapping holds at least `size_of::<T>()` writable bytes that nobody else uses
        // yet, and it begins at a page, which is aligned for every atomic.
        unsafe { memory.write(value) };
        Ok(Shared { value: memory })
    }
}
// ANCHOR_END: new

impl<T: Shareable> Deref for Shared<T> {
    type Target = T;

    fn deref(&self) -> &T {
        // SAFETY: `new` put a `T` there, and the mapping lives until `drop`. Other processes change
        // it through `&T` only, which `Shareable` allows.
        unsafe { self.value.as_ref() }
    }
}

impl<T: Shareable> Drop for Shared<T> {
    fn drop(&mut self) {
        // SAFETY: this is the mapping that `new` made, and no reference into it outlives `self`. A
        // `Shareable` has no destructor of its own. Other processes keep their mapping.
        let result = unsafe { munmap(self.value.cast(), size_of::<T>()) };
        debug_assert!(result.is_ok(), "munmap: {result:?}");
    }
}

// SAFETY: a `Shared<T>` is a handle to a `T` that any number of processes use through `&T` at the
// same time; `T: Sync` makes that right for threads too.
unsafe impl<T: Shareable> Send for Shared<T> {}
// SAFETY: as above.
unsafe impl<T: Shareable> Sync for Shared<T> {}
