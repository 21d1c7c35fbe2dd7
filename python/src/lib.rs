//! Functions that Python calls: rayon's threads work in Python's own memory.
//! `cargo python from_python`
#![cfg(feature = "python")]
#![expect(clippy::needless_pass_by_value, reason = "PyO3 gives arguments away")]

use std::process;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicI64, AtomicU8, Ordering::Relaxed};

use pyo3::buffer::{Element, PyBuffer, PyUntypedBuffer};
use pyo3::exceptions::{PyBufferError, PyRuntimeError, PyValueError};
use pyo3::prelude::*;
use rayon::prelude::*;

/// A type of Python's buffers, and the atomic one of its size.
trait Shared: Element {
    type Atomic: Sync;
}

impl Shared for i64 {
    type Atomic = AtomicI64;
}

impl Shared for u8 {
    type Atomic = AtomicU8;
}

/// What an object of Python lends. The address of an empty array means nothing.
fn lent<T: Element>(object: &Bound<'_, PyAny>) -> PyResult<Option<PyBuffer<T>>> {
    let buffer = PyUntypedBuffer::get(object)?;
    (buffer.item_count() > 0).then(|| buffer.into_typed()).transpose()
}

/// Python's own memory, as atomics: Python may write to it while Rust reads.
fn memory<T: Shared>(buffer: Option<&PyBuffer<T>>) -> PyResult<&[T::Atomic]> {
    let Some(buffer) = buffer else { return Ok(&[]) };
    let Some(memory) = buffer.as_slice_ptr() else {
        return Err(PyBufferError::new_err("expected memory without gaps"));
    };
    // SAFETY: Whoever has lent a buffer neither frees nor moves it before it is given
    // back, which is when `buffer` is dropped. It holds so many elements of T, aligned
    // for T; the atomic has the size of T, and on 64-bit systems its alignment. Others
    // may write meanwhile, and an atomic is what allows for that. What is read-only is
    // only loaded, relaxed, which such memory allows.
    Ok(unsafe { &*(memory.as_ptr() as *const [T::Atomic]) })
}

/// Refuses to wait for threads that have stayed behind in the parent of a `fork`.
fn ensure_threads() -> PyResult<()> {
    static THEIR_PROCESS: OnceLock<u32> = OnceLock::new();
    if *THEIR_PROCESS.get_or_init(process::id) == process::id() {
        return Ok(());
    }
    let message = "rayon's threads have stayed in the parent: don't fork, spawn";
    Err(PyRuntimeError::new_err(message))
}

fn is_prime(number: &AtomicI64) -> bool {
    let n = number.load(Relaxed);
    n > 1 && (2..n).take_while(|d| d * d <= n).all(|d| n % d != 0)
}

/// How many of the numbers are prime; unchecked, it hangs in a child by `fork`.
#[pyfunction]
#[pyo3(signature = (numbers, *, check = true))]
fn count(
    py: Python<'_>,
    #[pyo3(from_py_with = lent)] numbers: Option<PyBuffer<i64>>,
    check: bool,
) -> PyResult<usize> {
    if check {
        ensure_threads()?;
    }
    let numbers = memory(numbers.as_ref())?;
    let count = || numbers.par_iter().filter(|number| is_prime(number)).count();
    Ok(py.detach(count))
}

/// Writes for each number whether it is prime: 1 or 0.
#[pyfunction]
fn mark(
    py: Python<'_>,
    #[pyo3(from_py_with = lent)] numbers: Option<PyBuffer<i64>>,
    #[pyo3(from_py_with = lent)] marks: Option<PyBuffer<u8>>,
) -> PyResult<()> {
    ensure_threads()?;
    if marks.as_ref().is_some_and(|marks| marks.readonly()) {
        return Err(PyBufferError::new_err("the marks can't be written"));
    }
    let (numbers, marks) = (memory(numbers.as_ref())?, memory(marks.as_ref())?);
    if numbers.len() != marks.len() {
        return Err(PyValueError::new_err("expected a mark for each number"));
    }
    let mark = |(number, mark): (&AtomicI64, &AtomicU8)| {
        mark.store(is_prime(number).into(), Relaxed);
    };
    py.detach(|| numbers.par_iter().zip(marks).for_each(mark));
    Ok(())
}

/// What Python finds in the module.
#[pymodule]
mod rust_primes {
    #[pymodule_export]
    use super::{count, mark};
}
