//! A descriptor for a child, on Linux: it tells when the child ends, and a signal that is sent through
//! it can't hit another process that got the child's id.
//!
//! Sources: [`pidfd_open(2)`](https://man7.org/linux/man-pages/man2/pidfd_open.2.html),
//! [`pidfd_send_signal(2)`](https://man7.org/linux/man-pages/man2/pidfd_send_signal.2.html).

use std::os::fd::OwnedFd;
#[cfg(target_os = "linux")]
use std::os::fd::{AsFd, AsRawFd, FromRawFd};

use nix::errno::Errno;
#[cfg(target_os = "linux")]
use nix::libc;
use nix::sys::signal::Signal;
#[cfg(target_os = "linux")]
use nix::sys::wait::{Id, WaitPidFlag, waitid};
use nix::unistd::Pid;

/// Opens one for `child`, which must be an unreaped child of this process.
///
/// `ESRCH` and `ECHILD` say that it is none, any more: something else has reaped it. Any other error
/// says that there are no such descriptors here (Linux before 5.4, a sandbox) or no more of any.
#[cfg(target_os = "linux")]
pub fn open(child: Pid) -> nix::Result<OwnedFd> {
    // SAFETY: it takes two integers, and gives a new descriptor or an error.
    let opened = Errno::result(unsafe { libc::syscall(libc::SYS_pidfd_open, child.as_raw(), 0) })?;
    let number = libc::c_int::try_from(opened).map_err(|_| Errno::EBADF)?;
    // SAFETY: the kernel has made it for this call, so nobody else owns it.
    let opened = unsafe { OwnedFd::from_raw_fd(number) };
    // The id can have gone to another process until it was opened. From here on it can't.
    let ask = WaitPidFlag::WEXITED | WaitPidFlag::WNOHANG | WaitPidFlag::WNOWAIT;
    waitid(Id::PIDFd(opened.as_fd()), ask)?;
    Ok(opened)
}

#[cfg(target_os = "linux")]
pub fn send(child: &OwnedFd, signal: Signal) -> nix::Result<()> {
    let (child, signal) = (child.as_raw_fd(), signal as libc::c_int);
    let nothing: *const libc::siginfo_t = std::ptr::null();
    // SAFETY: the descriptor is open, and no `siginfo_t` means that of `kill`.
    let sent = unsafe { libc::syscall(libc::SYS_pidfd_send_signal, child, signal, nothing, 0) };
    Errno::result(sent).map(drop)
}

#[cfg(not(target_os = "linux"))]
pub fn open(_: Pid) -> nix::Result<OwnedFd> {
    Err(Errno::ENOSYS)
}

#[cfg(not(target_os = "linux"))]
pub fn send(_: &OwnedFd, _: Signal) -> nix::Result<()> {
    Err(Errno::ENOSYS)
}
