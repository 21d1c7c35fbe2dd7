use std::io;
use std::thread;
use std::time::Duration;

use nix::errno::Errno;

use crate::explained::explained;

// ANCHOR: require_one_thread
pub fn require_one_thread() -> io::Result<()> {
    // A thread that was joined a moment ago can still be counted: the kernel wakes the joiner before
    // it takes the thread off its list. So ask again for a while before refusing.
    for _ in 0..100 {
        match count_threads() {
            Ok(1) => return Ok(()),
            Ok(_) => thread::sleep(Duration::from_millis(1)),
            Err(error) => return Err(not_countable(error)),
        }
    }
    Err(refusal("this process has more than one thread"))
}

#[cfg(any(target_os = "linux", target_os = "android"))]
fn count_threads() -> io::Result<usize> {
    Ok(std::fs::read_dir("/proc/self/task")?.count())
}

fn refusal(why: &str) -> io::Error {
    let message = format!(
        "{why}; a forked child has only the thread that forked, and locks held by others stay \
         locked in it: start processes before threads"
    );
    io::Error::new(io::ErrorKind::Unsupported, message)
}
// ANCHOR_END: require_one_thread

/// To have no descriptor left is not a matter of threads.
fn not_countable(error: io::Error) -> io::Error {
    let limit = match error.raw_os_error().map(Errno::from_raw) {
        Some(Errno::EMFILE) => "this process has as many descriptors open as it may (`ulimit -n`)",
        Some(Errno::ENFILE) => "the system has as many files open as it may (fs.file-max)",
        _ => return refusal(&format!("the threads can't be counted ({error})")),
    };
    explained(error, format!("can't open /proc/self/task before the fork: {limit}"))
}

#[cfg(target_os = "macos")]
fn count_threads() -> io::Result<usize> {
    use nix::libc;

    let pid = libc::c_int::try_from(std::process::id()).map_err(io::Error::other)?;
    let size = libc::c_int::try_from(size_of::<libc::proc_taskinfo>()).map_err(io::Error::other)?;
    // SAFETY: a struct of integers, for which all zeros are valid.
    let mut info: libc::proc_taskinfo = unsafe { std::mem::zeroed() };
    // SAFETY: the buffer is as large as `size` says.
    let written =
        unsafe { libc::proc_pidinfo(pid, libc::PROC_PIDTASKINFO, 0, (&raw mut info).cast(), size) };
    if written != size {
        return Err(io::Error::last_os_error());
    }
    usize::try_from(info.pti_threadnum).map_err(io::Error::other)
}

#[cfg(not(any(target_os = "linux", target_os = "android", target_os = "macos")))]
fn count_threads() -> io::Result<usize> {
    Err(io::Error::new(io::ErrorKind::Unsupported, "not known on this system"))
}
