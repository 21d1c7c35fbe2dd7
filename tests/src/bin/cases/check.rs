//! What the cases share: waiting, signals, and looking for what was left behind.

use std::fs;
use std::process::{self, Termination};
use std::sync::atomic::{AtomicU32, AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use mp::{Process, Shared};
use nix::errno::Errno;
use nix::libc;
use nix::sys::resource::{Resource, UsageWho, getrusage, setrlimit};
use nix::sys::signal::{SaFlags, SigAction, SigHandler, SigSet, Signal, kill, sigaction};
use nix::sys::wait::{WaitPidFlag, WaitStatus, waitpid};
use nix::unistd::Pid;

/// Longer than any machine needs. No assertion is about a time shorter than this.
pub const PATIENCE: Duration = Duration::from_secs(20);

/// Before each case: no core files; signals as they are by default, whatever was inherited (a shell
/// starts what runs in the background with SIGINT ignored); and what is orphaned comes to the case,
/// so that it is noticed (on Linux; elsewhere the test that runs the case looks at its process group).
pub fn prepare() {
    setrlimit(Resource::RLIMIT_CORE, 0, 0).expect("setrlimit");
    for signal in [Signal::SIGINT, Signal::SIGTERM, Signal::SIGCHLD, Signal::SIGUSR1] {
        // SAFETY: the default action runs no handler.
        unsafe { nix::sys::signal::signal(signal, SigHandler::SigDfl) }.expect("signal");
    }
    #[cfg(target_os = "linux")]
    nix::sys::prctl::set_child_subreaper(true).expect("prctl");
}

/// What this process held when a case began.
pub struct Before {
    descriptors: usize,
    #[cfg(target_os = "linux")]
    mappings: usize,
}

impl Before {
    pub fn now() -> Before {
        Before {
            descriptors: descriptors(),
            #[cfg(target_os = "linux")]
            mappings: shared_mappings(),
        }
    }

    /// No child, alive or dead; no more descriptors; no more shared memory.
    pub fn nothing_is_left(&self) {
        assert_eq!(
            waitpid(None, Some(WaitPidFlag::WNOHANG)),
            Err(Errno::ECHILD),
            "a child is left"
        );
        assert_eq!(descriptors(), self.descriptors, "open descriptors");
        #[cfg(target_os = "linux")]
        assert_eq!(shared_mappings(), self.mappings, "shared mappings");
    }
}

/// How many descriptors are open, the one that reads the list included.
pub fn descriptors() -> usize {
    fs::read_dir("/dev/fd").expect("/dev/fd").count()
}

/// How many pieces of shared anonymous memory this process has. Neighbours that the kernel joins to
/// one line have different inodes, so they stay apart.
#[cfg(target_os = "linux")]
pub fn shared_mappings() -> usize {
    let maps = fs::read_to_string("/proc/self/maps").expect("/proc/self/maps");
    maps.lines().filter(|line| line.ends_with("/dev/zero (deleted)")).count()
}

/// Sleeps longer than any test waits, but not for ever.
pub fn sleep_long() {
    thread::sleep(Duration::from_secs(120));
}

pub fn sleep_ms(milliseconds: u64) {
    thread::sleep(Duration::from_millis(milliseconds));
}

/// The processor time that this process has used.
pub fn processor_time() -> Duration {
    let usage = getrusage(UsageWho::RUSAGE_SELF).expect("getrusage");
    let [user, system] = [usage.user_time(), usage.system_time()].map(|time| {
        let seconds = u64::try_from(time.tv_sec()).expect("seconds");
        let micros = u64::try_from(time.tv_usec()).expect("microseconds");
        Duration::from_secs(seconds) + Duration::from_micros(micros)
    });
    user + system
}

/// Waits until `it` is so; panics when it never is.
pub fn wait_until(what: &str, mut it: impl FnMut() -> bool) {
    let start = Instant::now();
    while !it() {
        assert!(start.elapsed() < PATIENCE, "waited too long until {what}");
        sleep_ms(2);
    }
}

/// A number that processes write and wait for.
pub type Flag = Shared<AtomicU32>;

pub fn flag() -> Flag {
    Shared::new(AtomicU32::new(0)).expect("mmap")
}

pub fn counter() -> Shared<AtomicUsize> {
    Shared::new(AtomicUsize::new(0)).expect("mmap")
}

pub fn set(flag: &AtomicU32, value: u32) {
    flag.store(value, Ordering::SeqCst);
}

pub fn get(flag: &AtomicU32) -> u32 {
    flag.load(Ordering::SeqCst)
}

/// Waits until a process has written something there, and tells what.
pub fn wait_for(what: &str, flag: &AtomicU32) -> u32 {
    wait_until(what, || get(flag) != 0);
    get(flag)
}

pub fn me() -> u32 {
    process::id()
}

pub fn pid(id: u32) -> Pid {
    Pid::from_raw(i32::try_from(id).expect("a process id"))
}

/// The number of the system's error: its own, or the one that explains it.
pub fn errno(error: &std::io::Error) -> Option<i32> {
    let source = std::error::Error::source(error);
    let source = source.and_then(|source| source.downcast_ref::<std::io::Error>());
    error.raw_os_error().or_else(|| source?.raw_os_error())
}

/// A child process that runs `f`.
pub fn start<T: Termination, F: FnOnce() -> T>(f: F) -> Process {
    Process::spawn(f).expect("fork")
}

/// Waits until the child has ended, and leaves it to be reaped.
pub fn wait_until_zombie(child: &Process) {
    // SAFETY: a struct of integers and pointers, for which all zeros are valid.
    let mut info: libc::siginfo_t = unsafe { std::mem::zeroed() };
    let flags = libc::WEXITED | libc::WNOWAIT;
    // SAFETY: `info` is a valid place for what is found.
    let failed = unsafe { libc::waitid(libc::P_PID, child.id(), &raw mut info, flags) };
    assert_eq!(failed, 0, "waitid");
}

/// Starts a process that waits for a process id in `victim` and kills what has it.
pub fn killer(victim: &AtomicU32, signal: Signal) -> Process {
    start(|| {
        let victim = wait_for("there is a victim", victim);
        kill(pid(victim), signal).expect("kill");
    })
}

/// Kills a process that a dead process of ours has left behind.
pub fn end_orphan(id: u32) {
    kill(pid(id), Signal::SIGKILL).expect("the orphan is there until now");
    orphan_ends(id);
}

/// Waits until an orphan has ended. On Linux it must end by itself, and we reap it, since all orphans
/// come to us; elsewhere it is killed, and the system reaps it.
pub fn orphan_ends(id: u32) {
    if cfg!(target_os = "linux") {
        wait_until("the orphan has ended by itself", || {
            let status = waitpid(pid(id), Some(WaitPidFlag::WNOHANG)).expect("our orphan");
            status != WaitStatus::StillAlive
        });
    } else {
        let _ = kill(pid(id), Signal::SIGKILL);
        wait_until("the orphan has been reaped", || kill(pid(id), None) == Err(Errno::ESRCH));
    }
}

/// No panic prints its message.
pub fn silent_panics() {
    std::panic::set_hook(Box::new(|_| {}));
}

/// Calls `handler` at each `signal`, without `SA_RESTART`: system calls are interrupted.
pub fn on_signal(signal: Signal, handler: extern "C" fn(libc::c_int)) {
    let action = SigAction::new(SigHandler::Handler(handler), SaFlags::empty(), SigSet::empty());
    // SAFETY: the handlers of these cases only store in atomics and sleep, which is allowed there.
    unsafe { sigaction(signal, &action) }.expect("sigaction");
}

/// Starts a process that sends this one `signal` each millisecond until it is killed or we end.
pub fn pester(signal: Signal) -> Process {
    let parent = me();
    start(move || {
        while std::os::unix::process::parent_id() == parent {
            kill(pid(parent), signal).expect("kill");
            sleep_ms(1);
        }
    })
}

/// How many times this process has called `fork` since [`count_forks`] was called.
static FORKS: AtomicUsize = AtomicUsize::new(0);

pub fn count_forks() {
    extern "C" fn forked() {
        FORKS.fetch_add(1, Ordering::Relaxed);
    }
    // SAFETY: the handler runs in the parent after each fork and only adds to an atomic.
    let failed = unsafe { libc::pthread_atfork(None, Some(forked), None) };
    assert_eq!(failed, 0, "pthread_atfork");
}

/// The forks since the last call.
pub fn forks() -> usize {
    FORKS.swap(0, Ordering::Relaxed)
}

/// Lets this process's user have at most `processes` processes. Root has no such limit, so root
/// becomes a user that has no other process first. Tells how many calls of `fork` there are up to
/// the first that fails.
pub fn limit_processes(processes: u32) -> usize {
    // SAFETY: it only asks.
    let root = unsafe { libc::geteuid() } == 0;
    if root {
        // Another one for each case, since the cases run at the same time.
        // SAFETY: no other thread runs that would have to change its user too.
        assert_eq!(unsafe { libc::setuid(20_000 + me() % 40_000) }, 0, "setuid");
        // A process that has changed its user can't read its own /proc/self/fd otherwise.
        #[cfg(target_os = "linux")]
        nix::sys::prctl::set_dumpable(true).expect("prctl");
    }
    let processes = if root { processes } else { 0 };
    let limit = libc::rlimit { rlim_cur: processes.into(), rlim_max: processes.into() };
    // SAFETY: `limit` is a valid struct. (nix has no RLIMIT_NPROC on macOS.)
    let failed = unsafe { libc::setrlimit(libc::RLIMIT_NPROC, &raw const limit) };
    assert_eq!(failed, 0, "setrlimit");
    processes.max(1) as usize
}
