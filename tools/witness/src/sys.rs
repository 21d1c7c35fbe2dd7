//! The system calls as they are needed here. nix decodes statuses into types that know no real-time signals, and glibc
//! sends these to threads; so the statuses stay numbers.

use std::io;
use std::os::unix::fs::FileExt as _;
use std::time::Duration;

use nix::errno::Errno;
use nix::libc::{self, c_int, c_uint, pid_t};
use syscalls::Sysno;

use crate::report::{Pipe, Waiting};

/// A task is a thread; the first one of a process has the process's id.
pub type Tid = pid_t;

/// What has happened to a task.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event {
    /// It has ended, with this status as `wait` gives it.
    Ended(c_int),
    /// It is about to make a system call or has come back from one.
    Call,
    /// It has made a task.
    Made,
    /// It has become another program.
    Program,
    /// It is about to end.
    Ends,
    /// It begins its life, or goes on after a stop.
    Begins,
    /// It is stopped, as by SIGSTOP, until it is continued.
    Stopped,
    /// A signal is about to be delivered.
    Signal(c_int),
}

const OF_THIS_THREAD: c_int = libc::__WALL | libc::__WNOTHREAD;

/// Waits until a task that this thread traces has an event, and takes nothing; `None`: there is no task any more.
pub fn wait() -> io::Result<Option<Tid>> {
    // SAFETY: `waitid` has filled in the fields of a child.
    Ok(wait_for(libc::P_ALL, 0)?.map(|info| unsafe { info.si_pid() }))
}

/// Waits for the next event of a task and takes it; `None`: it has ended, and is not reaped here.
pub fn next_unless_ended(tid: Tid) -> io::Result<Option<Event>> {
    match wait_for(libc::P_PID, tid.unsigned_abs())? {
        Some(info) if matches!(info.si_code, libc::CLD_TRAPPED | libc::CLD_STOPPED) => take(tid),
        _ => Ok(None),
    }
}

fn wait_for(what: libc::idtype_t, id: libc::id_t) -> io::Result<Option<libc::siginfo_t>> {
    loop {
        // SAFETY: a struct of integers, for which all zeros are valid.
        let mut info: libc::siginfo_t = unsafe { std::mem::zeroed() };
        let flags = libc::WEXITED | libc::WSTOPPED | libc::WNOWAIT | OF_THIS_THREAD;
        // SAFETY: `info` is a valid place for the answer.
        match Errno::result(unsafe { libc::waitid(what, id, &raw mut info, flags) }) {
            Ok(_) => return Ok(Some(info)),
            Err(Errno::EINTR) => {}
            Err(Errno::ECHILD) => return Ok(None),
            Err(error) => return Err(error.into()),
        }
    }
}

/// Takes the event of a task; `None`: it has none.
pub fn take(tid: Tid) -> io::Result<Option<Event>> {
    let mut status = 0;
    // SAFETY: `status` is a valid place for an int.
    let result = unsafe { libc::waitpid(tid, &raw mut status, libc::WNOHANG | OF_THIS_THREAD) };
    Ok(if Errno::result(result)? == 0 { None } else { Some(decode(status)) })
}

fn decode(status: c_int) -> Event {
    if !libc::WIFSTOPPED(status) {
        return Event::Ended(status);
    }
    let signal = libc::WSTOPSIG(status);
    match status >> 16 {
        0 if signal == libc::SIGTRAP | 0x80 => Event::Call,
        0 => Event::Signal(signal),
        libc::PTRACE_EVENT_FORK | libc::PTRACE_EVENT_VFORK | libc::PTRACE_EVENT_CLONE => {
            Event::Made
        }
        libc::PTRACE_EVENT_EXEC => Event::Program,
        libc::PTRACE_EVENT_EXIT => Event::Ends,
        libc::PTRACE_EVENT_STOP if signal != libc::SIGTRAP => Event::Stopped,
        _ => Event::Begins,
    }
}

/// How a task goes on.
#[derive(Clone, Copy, Debug)]
pub enum Resume {
    /// Until the next event.
    On,
    /// Until the next event or system call.
    ToCall,
    /// It stays stopped, and a SIGCONT is an event.
    Stopped,
}

/// Lets a task go on and delivers a signal, 0 for none. A task that has been killed meanwhile doesn't matter.
pub fn resume(tid: Tid, how: Resume, signal: c_int) -> io::Result<()> {
    let request: c_uint = match how {
        Resume::On => libc::PTRACE_CONT,
        Resume::ToCall => libc::PTRACE_SYSCALL,
        Resume::Stopped => libc::PTRACE_LISTEN,
    };
    let no_address = std::ptr::null_mut::<libc::c_void>();
    let signal = libc::c_long::from(signal);
    // SAFETY: these requests take no address, and they change nothing in this process.
    match Errno::result(unsafe { libc::ptrace(request, tid, no_address, signal) }) {
        Ok(_) | Err(Errno::ESRCH) => Ok(()),
        Err(error) => Err(error.into()),
    }
}

/// A task that stands at a system call.
#[derive(Clone, Copy, Debug)]
pub enum Step {
    /// It is about to make it.
    Enters(u64, [u64; 6]),
    /// It comes back from it.
    Leaves(i64),
}

/// Where a task stands; `None`: it is no more.
pub fn step(tid: Tid) -> Option<Step> {
    let info = nix::sys::ptrace::syscall_info(nix::unistd::Pid::from_raw(tid)).ok()?;
    match info.op {
        libc::PTRACE_SYSCALL_INFO_ENTRY => {
            // SAFETY: `op` says that this part of the union is filled in.
            let entry = unsafe { info.u.entry };
            Some(Step::Enters(entry.nr, entry.args))
        }
        // SAFETY: `op` says that this part of the union is filled in.
        libc::PTRACE_SYSCALL_INFO_EXIT => Some(Step::Leaves(unsafe { info.u.exit.sval })),
        _ => None,
    }
}

/// The call in which a process waits; `None`: it runs, or that may not be read.
pub fn waiting(pid: Tid) -> Option<Waiting> {
    let line = std::fs::read_to_string(format!("/proc/{pid}/syscall")).ok()?;
    let mut words = line.split_whitespace();
    let call = Sysno::new(words.next()?.parse().ok()?)?.name();
    let argument = u64::from_str_radix(words.next()?.trim_start_matches("0x"), 16).ok()?;
    Some(Waiting { call, argument })
}

/// The processor time of a process, also of one that has ended and is not reaped.
pub fn cpu(pid: Tid) -> Option<Duration> {
    let mut clock = 0;
    // SAFETY: `clock` is a valid place for the answer.
    if unsafe { libc::clock_getcpuclockid(pid, &raw mut clock) } != 0 {
        return None;
    }
    let mut time = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: `time` is a valid place for the answer.
    Errno::result(unsafe { libc::clock_gettime(clock, &raw mut time) }).ok()?;
    Some(Duration::new(time.tv_sec.try_into().ok()?, time.tv_nsec.try_into().ok()?))
}

/// The pipe that a descriptor of a task leads to; `None`: something else, or nothing.
pub fn pipe(tid: Tid, descriptor: u64) -> Option<u64> {
    pipe_of(&format!("/proc/{tid}/fd/{descriptor}"))
}

fn pipe_of(link: &str) -> Option<u64> {
    let target = std::fs::read_link(link).ok()?;
    target.to_str()?.strip_prefix("pipe:[")?.strip_suffix(']')?.parse().ok()
}

/// The ends of pipes that a process holds.
pub fn pipes(pid: Tid) -> Vec<Pipe> {
    let end = |descriptor: i32| {
        let pipe = pipe_of(&format!("/proc/{pid}/fd/{descriptor}"))?;
        let info = std::fs::read_to_string(format!("/proc/{pid}/fdinfo/{descriptor}")).ok()?;
        let flags = info.lines().find_map(|line| line.strip_prefix("flags:"))?.trim();
        let flags = c_int::from_str_radix(flags, 8).ok()?;
        let writes = flags & libc::O_ACCMODE != libc::O_RDONLY;
        Some(Pipe { descriptor, pipe, writes })
    };
    let Ok(entries) = std::fs::read_dir(format!("/proc/{pid}/fd")) else { return Vec::new() };
    let mut pipes: Vec<Pipe> =
        entries.filter_map(|entry| end(entry.ok()?.file_name().to_str()?.parse().ok()?)).collect();
    pipes.sort_by_key(|pipe| pipe.descriptor);
    pipes
}

/// What stands in a task's memory; nothing where it can't be read.
pub fn memory(tid: Tid, address: u64, length: usize) -> Vec<u8> {
    let mut bytes = vec![0; length];
    let read = std::fs::File::open(format!("/proc/{tid}/mem"))
        .and_then(|memory| memory.read_exact_at(&mut bytes, address));
    if read.is_err() {
        bytes.clear();
    }
    bytes
}

/// The pieces of memory that a call on a vector of them names, as their addresses and lengths.
pub fn pieces(tid: Tid, address: u64, count: usize) -> Vec<(u64, usize)> {
    const WORD: usize = size_of::<usize>();
    // As many as the system takes (`IOV_MAX`).
    let words: Vec<usize> = memory(tid, address, count.min(1024) * 2 * WORD)
        .chunks_exact(WORD)
        .map(|word| usize::from_ne_bytes(word.try_into().unwrap_or_default()))
        .collect();
    words.chunks_exact(2).map(|piece| (piece[0] as u64, piece[1])).collect()
}

/// Whether all threads of a process wait for something, and none for a processor or for whoever traces it.
pub fn waits(pid: Tid) -> bool {
    let waits = |task: std::io::Result<std::fs::DirEntry>| {
        let stat = task.and_then(|task| std::fs::read_to_string(task.path().join("stat")));
        let stat = stat.unwrap_or_default(); // it has just ended
        let state = stat.rsplit_once(") ").and_then(|(_, rest)| rest.chars().next());
        matches!(state, None | Some('S' | 'T' | 'Z' | 'X'))
    };
    std::fs::read_dir(format!("/proc/{pid}/task")).is_ok_and(|mut tasks| tasks.all(waits))
}

/// A field of `/proc/TID/status`; `None`: it is no more.
pub fn status_field(tid: Tid, name: &str) -> Option<Tid> {
    let status = std::fs::read_to_string(format!("/proc/{tid}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'))?;
    line.trim().parse().ok()
}

/// Whether a process has ended and nobody has waited for it.
pub fn is_zombie(pid: Tid) -> bool {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    stat.rsplit_once(") ").is_some_and(|(_, rest)| rest.starts_with(['Z', 'X']))
}
