use std::sync::atomic;

// ANCHOR: shareable
/// Types that can lie in memory shared by several processes.
///
/// # Safety
///
/// The type may be changed through `&self` by several processes at once without a data race; it
/// holds no pointer, reference, descriptor or lock of this process; it needs no destructor; and it
/// needs no alignment greater than a page's. Atomics are so, and arrays of them.
pub unsafe trait Shareable: Sync {}
// ANCHOR_END: shareable

macro_rules! shareable {
    ($size:literal: $($atomic:ident),*) => {
        $(
            // SAFETY: an atomic of the machine's own is changed by single instructions, which do not
            // ask which process they run in. It has neither pointers nor a destructor.
            #[cfg(target_has_atomic = $size)]
            unsafe impl Shareable for atomic::$atomic {}
        )*
    };
}

// Not every machine has atomics of every size: some of 32 bits have none of 64.
shareable!("8": AtomicBool, AtomicI8, AtomicU8);
shareable!("16": AtomicI16, AtomicU16);
shareable!("32": AtomicI32, AtomicU32);
shareable!("64": AtomicI64, AtomicU64);
shareable!("ptr": AtomicIsize, AtomicUsize);

// SAFETY: an array is its elements.
unsafe impl<T: Shareable, const N: usize> Shareable for [T; N] {}

// SAFETY: a slice is its elements.
unsafe impl<T: Shareable> Shareable for [T] {}
