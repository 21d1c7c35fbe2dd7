//! A call that isn't made, and the answer that the process gets in its place: the registers of a task that stands at a
//! call. Its number becomes -1 where it enters, which no call has, and its result is set where it leaves.

use std::io;

use nix::errno::Errno;
#[cfg(any(target_arch = "x86_64", target_arch = "aarch64"))]
use nix::sys::ptrace::{getregs, setregs};
#[cfg(any(target_arch = "x86_64", target_arch = "aarch64"))]
use nix::unistd::Pid;

use crate::sys::Tid;

/// A task that enters a call doesn't make it.
pub fn skip(tid: Tid) -> io::Result<()> {
    unless_it_is_no_more(no_call(tid))
}

/// A task that leaves a call gets this result.
pub fn give(tid: Tid, result: i64) -> io::Result<()> {
    unless_it_is_no_more(set_result(tid, result))
}

fn unless_it_is_no_more(done: nix::Result<()>) -> io::Result<()> {
    match done {
        Ok(()) | Err(Errno::ESRCH) => Ok(()),
        Err(error) => Err(error.into()),
    }
}

#[cfg(target_arch = "x86_64")]
fn no_call(tid: Tid) -> nix::Result<()> {
    let mut registers = getregs(Pid::from_raw(tid))?;
    registers.orig_rax = u64::MAX;
    setregs(Pid::from_raw(tid), registers)
}

#[cfg(target_arch = "x86_64")]
fn set_result(tid: Tid, result: i64) -> nix::Result<()> {
    let mut registers = getregs(Pid::from_raw(tid))?;
    registers.rax = result.cast_unsigned();
    setregs(Pid::from_raw(tid), registers)
}

#[cfg(target_arch = "aarch64")]
fn no_call(tid: Tid) -> nix::Result<()> {
    use nix::libc;

    // The number has a set of registers of its own, which libc does not name.
    const NT_ARM_SYSTEM_CALL: usize = 0x404;
    let mut number: libc::c_int = -1;
    let mut piece =
        libc::iovec { iov_base: (&raw mut number).cast(), iov_len: size_of_val(&number) };
    // SAFETY: `piece` names the number, which the kernel reads.
    let set = unsafe {
        libc::ptrace(
            libc::PTRACE_SETREGSET,
            tid,
            NT_ARM_SYSTEM_CALL,
            (&raw mut piece).cast::<libc::c_void>(),
        )
    };
    Errno::result(set).map(drop)
}

#[cfg(target_arch = "aarch64")]
fn set_result(tid: Tid, result: i64) -> nix::Result<()> {
    let mut registers = getregs(Pid::from_raw(tid))?;
    registers.regs[0] = result.cast_unsigned();
    setregs(Pid::from_raw(tid), registers)
}

#[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
fn no_call(_: Tid) -> nix::Result<()> {
    Err(Errno::ENOSYS)
}

#[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
fn set_result(_: Tid, _: i64) -> nix::Result<()> {
    Err(Errno::ENOSYS)
}
