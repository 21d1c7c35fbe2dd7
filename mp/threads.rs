#[cfg(any(target_os = "linux", target_os = "android"))]
use std::fs;
use std::io;
#[cfg(any(target_os = "linux", target_os = "android"))]
use std::os::unix::fs::MetadataExt;
use std::thread;
use std::time::Duration;

// ANCHOR: require_one_thread
pub fn require_one_thread() -> io::Result<()> {
    // A thread that was joined a moment ago can still be counted: the kernel wakes the joiner before
    // it takes the thread off its list. So ask again for a while before refusing.
    for _ in 0..100 {
        match count_threads() {
            Ok(1) => return Ok(()),
            Ok(_) => thread::sleep(Duration::from_millis(1)),
            Err(error) => return Err(refusal(&format!("the threads can't be counted ({error})"))),
        }
    }
    Err(refusal("this process has more than one thread"))
}

#[cfg(any(target_os = "linux", target_os = "android"))]
fn count_threads() -> io::Result<u64> {
    // Two links of its own, and another for each thread (`proc_task_getattr` in Linux's fs/proc/base.c).
    let links = fs::metadata("/proc/self/task")?.nlink();
    links
        .checked_sub(2)
        .filter(|threads| *threads > 0)
        .ok_or_else(|| io::ErrorKind::NotFound.into())
}

fn refusal(why: &str) -> io::Error {
    let message = format!(
        "{why}; a forked child has only the thread that forked, and locks held by others stay \
         locked in it: start processes before threads"
    );
    io::Error::new(io::ErrorKind::Unsupported, message)
}
// ANCHOR_END: require_one_thread

#[cfg(target_os = "macos")]
fn count_threads() -> io::Result<u64> {
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
    u64::try_from(info.pti_threadnum).map_err(io::Error::other)
}

#[cfg(not(any(target_os = "linux", target_os = "android", target_os = "macos")))]
fn count_threads() -> io::Result<u64> {
    Err(io::Error::new(io::ErrorKind::Unsupported, "not known on this system"))
}
