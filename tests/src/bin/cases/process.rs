//! The cases of `mp::Process`.

use std::collections::HashSet;
use std::io::{self, Write};
use std::mem::ManuallyDrop;
use std::os::unix::process::ExitStatusExt;
use std::panic;
use std::process::ExitCode;
use std::sync::atomic::{AtomicU32, AtomicUsize, Ordering};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use mp::{Process, Shared};
use nix::errno::Errno;
use nix::libc;
use nix::sys::resource::{Resource, getrlimit, setrlimit};
#[cfg(target_os = "linux")]
use nix::sys::resource::{UsageWho, getrusage};
use nix::sys::signal::{SaFlags, SigAction, SigHandler, SigSet, Signal, raise, sigaction, signal};
use nix::sys::wait::waitpid;

use crate::check::{
    Before, PATIENCE, descriptors, errno, flag, get, limit_processes, me, on_signal, pester, pid,
    processor_time, set, sleep_long, sleep_ms, start, wait_for, wait_until, wait_until_zombie,
};

crate::cases![
    exit_code_0,
    exit_code_101,
    exit_code_7,
    exit_code_of_what_is_returned,
    at_exit_handlers_are_the_parents,
    ended_by_a_signal,
    terminate,
    kill,
    terminate_is_only_asked,
    stop_after_the_end,
    join_timeout,
    join_timeout_sleeps,
    is_alive,
    join_is_interrupted,
    join_timeout_is_interrupted,
    drop_waits,
    drop_in_a_panic_kills,
    drop_in_a_caught_panic_kills,
    destructors_run_once,
    destructors_run_once_after_exit,
    half_a_line_comes_once,
    half_a_line_of_the_child_comes,
    stdout_is_full,
    stdout_is_locked_by_the_parent,
    refused_with_two_threads,
    allowed_after_the_threads,
    threads_in_the_child,
    hundred_at_once,
    thousand_in_a_row,
    nested,
    a_siblings_handle,
    changes_stay_in_the_child,
    panic_in_a_panic,
    panic_with_a_panicking_payload,
    fork_fails,
    no_descriptor_at_a_spawn,
    more_children_than_descriptors,
    output_of_a_child_is_lost,
    destructor_of_the_closure_panics,
    spawned_during_a_panic,
    spawned_before_and_during_a_panic,
    join_timeout_does_not_poll,
    children_are_ignored,
    reaped_by_another,
];

fn exit_code_0() {
    let mut child = start(|| println!("child"));
    assert_ne!(child.id(), me());
    let status = child.join().expect("join");
    assert_eq!(status.code(), Some(0));
    assert_eq!(child.join().expect("a second join"), status);
    println!("parent");
}

fn exit_code_101() {
    let mut child = start(|| panic!("the child's message"));
    let status = child.join().expect("join");
    assert_eq!(status.code(), Some(101));
    assert_eq!(child.join().expect("a second join"), status);
}

fn exit_code_7() {
    let mut child = start(|| {
        print!("half a line of the child, ");
        std::process::exit(7);
    });
    assert_eq!(child.join().expect("join").code(), Some(7));
    println!("and the parent");
}

/// As what `main` returns: nothing, a code, or a `Result` whose error is printed.
fn exit_code_of_what_is_returned() {
    type Outcome = Result<(), String>;
    let code = |mut child: Process| child.join().expect("join").code();
    assert_eq!(code(start(|| Outcome::Ok(()))), Some(0));
    assert_eq!(code(start(|| Outcome::Err("the child's error".into()))), Some(1));
    assert_eq!(code(start(|| Ok::<_, String>(ExitCode::from(9)))), Some(9));
    for number in [0, 1, 64, 101, 255] {
        assert_eq!(code(start(|| ExitCode::from(number))), Some(number.into()));
    }
}

extern "C" fn at_exit() {
    eprintln!("at exit");
}

/// A child that returns an error doesn't run what the parent has registered for its own end.
fn at_exit_handlers_are_the_parents() {
    // SAFETY: the handler prints, which it may: `exit` calls it like any function.
    assert_eq!(unsafe { libc::atexit(at_exit) }, 0);
    let mut child = start(|| Err::<(), _>("the child fails"));
    assert_eq!(child.join().expect("join").code(), Some(1));
    println!("parent");
}

fn ended_by_a_signal() {
    let mut child = start(|| raise(Signal::SIGUSR1).expect("raise"));
    let status = child.join().expect("join");
    assert_eq!((status.code(), status.signal()), (None, Some(libc::SIGUSR1)));
}

fn terminate() {
    stopped_by(Process::terminate, libc::SIGTERM);
}

fn kill() {
    stopped_by(Process::kill, libc::SIGKILL);
}

fn stopped_by(stop: fn(&mut Process) -> io::Result<()>, signal: libc::c_int) {
    let mut child = start(sleep_long);
    stop(&mut child).expect("the first time");
    let status = child.join().expect("join");
    assert_eq!((status.code(), status.signal()), (None, Some(signal)));
    for _ in 0..2 {
        child.terminate().expect("terminate after the end");
        child.kill().expect("kill after the end");
        assert_eq!(child.join().expect("join again"), status);
        assert_eq!(child.join_timeout(PATIENCE).expect("join again"), Some(status));
        assert!(!child.is_alive().expect("is_alive"));
    }
}

fn terminate_is_only_asked() {
    let deaf = flag();
    let mut child = start(|| {
        // SAFETY: to ignore a signal runs no handler.
        unsafe { signal(Signal::SIGTERM, SigHandler::SigIgn) }.expect("signal");
        set(&deaf, 1);
        sleep_long();
    });
    wait_for("the child ignores SIGTERM", &deaf);
    child.terminate().expect("terminate");
    assert_eq!(child.join_timeout(Duration::from_millis(50)).expect("join"), None);
    child.kill().expect("kill");
    assert_eq!(child.join().expect("join").signal(), Some(libc::SIGKILL));
}

/// To stop a child that has ended, and isn't joined yet, doesn't change how it ended.
fn stop_after_the_end() {
    let mut child = start(|| std::process::exit(3));
    wait_until_zombie(&child);
    child.terminate().expect("terminate");
    child.kill().expect("kill");
    assert_eq!(child.join().expect("join").code(), Some(3));
}

fn join_timeout() {
    let mut child = start(sleep_long);
    assert_eq!(child.join_timeout(Duration::ZERO).expect("join"), None);
    let begin = Instant::now();
    assert_eq!(child.join_timeout(Duration::from_millis(30)).expect("join"), None);
    assert!(begin.elapsed() >= Duration::from_millis(30), "it came back early");
    child.kill().expect("kill");
    let status = child.join_timeout(Duration::MAX).expect("join").expect("it has ended");
    assert_eq!(status.signal(), Some(libc::SIGKILL));
    assert_eq!(child.join_timeout(Duration::ZERO).expect("join again"), Some(status));
    // It comes back at the end of the child, not at the end of the time.
    let mut child = start(|| sleep_ms(20));
    let status = child.join_timeout(Duration::from_secs(3600)).expect("join");
    assert_eq!(status.and_then(|status| status.code()), Some(0));
}

fn join_timeout_sleeps() {
    let mut child = start(sleep_long);
    let (begin, used) = (Instant::now(), processor_time());
    assert_eq!(child.join_timeout(Duration::from_millis(400)).expect("join"), None);
    let (wall, used) = (begin.elapsed(), processor_time().saturating_sub(used));
    // A loop without a pause would use nearly all of it, also on a machine that does other work.
    assert!(used < wall / 10, "{used:?} of processor time in {wall:?}");
    child.kill().expect("kill");
}

fn is_alive() {
    let go = flag();
    let mut child = start(|| {
        wait_for("the child may go", &go);
    });
    assert!(child.is_alive().expect("is_alive"));
    set(&go, 1);
    wait_until("the child has ended", || !child.is_alive().expect("is_alive"));
    assert_eq!(child.join().expect("join").code(), Some(0));
}

static SIGNALS: AtomicUsize = AtomicUsize::new(0);

extern "C" fn count_signal(_: libc::c_int) {
    SIGNALS.fetch_add(1, Ordering::SeqCst);
}

fn signals() -> usize {
    SIGNALS.load(Ordering::SeqCst)
}

fn join_is_interrupted() {
    on_signal(Signal::SIGUSR1, count_signal);
    let go = flag();
    let mut child = start(|| {
        wait_for("the child may go", &go);
        sleep_ms(100);
        std::process::exit(5);
    });
    let mut signaller = pester(Signal::SIGUSR1);
    assert_eq!(waitpid(pid(child.id()), None), Err(Errno::EINTR), "the bare system call");
    set(&go, 1);
    let seen = signals();
    assert_eq!(child.join().expect("join").code(), Some(5));
    assert!(signals() > seen, "no signal came during join");
    // The same while a drop waits.
    let done = flag();
    drop(start(|| {
        sleep_ms(50);
        set(&done, 1);
    }));
    assert_eq!(get(&done), 1);
    signaller.kill().expect("kill");
}

fn join_timeout_is_interrupted() {
    on_signal(Signal::SIGUSR1, count_signal);
    let mut signaller = pester(Signal::SIGUSR1);
    let mut child = start(|| sleep_ms(100));
    let begin = Instant::now();
    let time = Duration::from_millis(40);
    // `None` on all but the slowest machines.
    if child.join_timeout(time).expect("join").is_none() {
        assert!(begin.elapsed() >= time, "a signal cut it short");
    }
    let status = child.join_timeout(PATIENCE).expect("join").expect("it has ended");
    assert_eq!(status.code(), Some(0));
    assert!(signals() > 0);
    signaller.kill().expect("kill");
}

fn drop_waits() {
    let done = flag();
    drop(start(|| {
        sleep_ms(50);
        set(&done, 1);
    }));
    assert_eq!(get(&done), 1);
}

/// Ends by a panic while its child sleeps.
fn drop_in_a_panic_kills() {
    let child = start(sleep_long);
    panic!("the parent's message, with child {} alive", u32::from(child.id() > 0));
}

fn drop_in_a_caught_panic_kills() {
    let before = Before::now();
    let outcome = panic::catch_unwind(|| {
        let _children = [(); 3].map(|()| start(sleep_long));
        panic!("caught");
    });
    assert!(outcome.is_err());
    before.nothing_is_left();
}

/// Prints when it is dropped.
struct Guard;

impl Drop for Guard {
    fn drop(&mut self) {
        println!("dropped");
    }
}

fn destructors_run_once() {
    let _guard = Guard;
    let mut child = start(|| panic!("in the child"));
    assert_eq!(child.join().expect("join").code(), Some(101));
    let mut child = start(|| {});
    assert_eq!(child.join().expect("join").code(), Some(0));
}

fn destructors_run_once_after_exit() {
    let _guard = Guard;
    let mut child = start(|| std::process::exit(0));
    assert_eq!(child.join().expect("join").code(), Some(0));
}

fn half_a_line_comes_once() {
    print!("half a line, ");
    let mut children = [1, 2, 3].map(|_| start(|| {})).map(ManuallyDrop::new);
    for child in &mut children {
        child.join().expect("join");
    }
    print!("more, ");
    let squares = mp::Pool::new(2).expect("pool").map(&[1, 2, 3], |n| n * n).expect("map");
    assert_eq!(squares, [1, 4, 9]);
    println!("the end of the line");
}

/// A line that the child does not finish is written at its end.
fn half_a_line_of_the_child_comes() {
    drop(start(|| print!("half a line of the child, ")));
    let mut child = start(|| {
        print!("of one that panics, ");
        panic!("in the child");
    });
    assert_eq!(child.join().expect("join").code(), Some(101));
    let pool = mp::Pool::new(1).expect("pool");
    pool.map(&["of a worker, "], |text| print!("{text}")).expect("map");
    println!("and the parent");
}

/// What stdout holds can't be written: no fork, and an error that says so.
fn stdout_is_full() {
    #[cfg(target_os = "linux")]
    {
        let before = descriptors();
        let full = std::fs::OpenOptions::new().write(true).open("/dev/full").expect("/dev/full");
        // SAFETY: both descriptors are open, and stdout is meant to be another file from here on.
        let saved = unsafe { libc::dup(1) };
        // SAFETY: as above.
        unsafe { libc::dup2(std::os::fd::AsRawFd::as_raw_fd(&full), 1) };
        drop(full);
        print!("text that has no room");
        let refused = Process::spawn(|| {}).map(|_| ()).map_err(|error| error.kind());
        // SAFETY: `saved` is what stdout was.
        unsafe { libc::dup2(saved, 1) };
        // SAFETY: nothing else uses `saved`.
        unsafe { libc::close(saved) };
        assert_eq!(refused, Err(io::ErrorKind::StorageFull));
        assert_eq!(descriptors(), before);
    }
    #[cfg(not(target_os = "linux"))]
    print!("text that has no room");
    println!(" comes later");
}

/// The thread that holds the lock is the one that forks, so the child holds it too.
fn stdout_is_locked_by_the_parent() {
    let mut stdout = io::stdout().lock();
    let mut child = start(|| println!("child"));
    assert_eq!(child.join().expect("join").code(), Some(0));
    writeln!(stdout, "parent").expect("write");
}

fn refused_with_two_threads() {
    let before = descriptors();
    let (end, wait) = mpsc::channel::<()>();
    let thread = thread::spawn(move || wait.recv());
    for _ in 0..2 {
        let error = Process::spawn(|| println!("forked")).expect_err("two threads");
        assert_eq!(error.kind(), io::ErrorKind::Unsupported);
        let message = error.to_string();
        assert!(message.contains("more than one thread"), "{message}");
    }
    let pool = mp::Pool::new(2).expect("pool");
    match pool.map(&[1, 2, 3], |n| n + 1) {
        Err(mp::PoolError::Io(error)) => assert_eq!(error.kind(), io::ErrorKind::Unsupported),
        other => panic!("{other:?}"),
    }
    match pool.imap_unordered(&[1, 2, 3], |n| n + 1) {
        Err(mp::PoolError::Io(error)) => assert_eq!(error.kind(), io::ErrorKind::Unsupported),
        other => panic!("{other:?}"),
    }
    assert_eq!(descriptors(), before, "open descriptors after the refusals");
    drop(end);
    let _ = thread.join().expect("the thread");
    assert_eq!(pool.map(&[1, 2, 3], |n| n + 1).expect("one thread"), [2, 3, 4]);
}

fn allowed_after_the_threads() {
    for round in 0..200 {
        thread::scope(|scope| {
            for _ in 0..round % 3 {
                scope.spawn(|| {});
            }
        });
        thread::spawn(|| {}).join().expect("a thread");
        match Process::spawn(|| {}) {
            Ok(mut child) => assert!(child.join().expect("join").success()),
            Err(error) => panic!("round {round}: {error}"),
        }
    }
}

fn threads_in_the_child() {
    let mut child = start(|| {
        let sum: u32 = thread::scope(|scope| {
            let threads = [1, 2, 3].map(|n| scope.spawn(move || n));
            threads.map(|thread| thread.join().expect("a thread")).iter().sum()
        });
        std::process::exit(i32::try_from(sum).expect("a small sum"));
    });
    assert_eq!(child.join().expect("join").code(), Some(6));
}

fn hundred_at_once() {
    let pids: Shared<[AtomicU32; 100]> =
        Shared::new([const { AtomicU32::new(0) }; 100]).expect("mmap");
    let go = flag();
    let mut children: Vec<Process> = pids
        .iter()
        .map(|place| {
            start(|| {
                set(place, me());
                while get(&go) == 0 {
                    sleep_ms(10);
                }
            })
        })
        .collect();
    for (child, place) in children.iter_mut().zip(pids.iter()) {
        assert_eq!(wait_for("the child runs", place), child.id());
        assert!(child.is_alive().expect("is_alive"));
    }
    let distinct: HashSet<u32> = children.iter().map(Process::id).chain([me()]).collect();
    assert_eq!(distinct.len(), 101);
    set(&go, 1);
    for child in &mut children {
        assert!(child.join().expect("join").success());
    }
}

fn thousand_in_a_row() {
    let before = Before::now();
    for round in 0..1000 {
        let mut child = start(|| {});
        if round % 2 == 0 {
            assert!(child.join().expect("join").success());
        }
        drop(child);
        before.nothing_is_left();
    }
}

fn nested() {
    let ended = flag();
    let leaf = || {
        ended.fetch_add(1, Ordering::SeqCst);
    };
    let branch = || {
        let leaves = [1, 2].map(|_| start(leaf));
        for mut child in leaves {
            assert!(child.join().expect("join").success());
        }
        // This one is left to `drop`.
        let _leaf = start(leaf);
    };
    let children = [1, 2, 3].map(|_| start(branch));
    for mut child in children {
        assert!(child.join().expect("join").success());
    }
    assert_eq!(get(&ended), 9);
}

fn a_siblings_handle() {
    let mut first = Some(start(sleep_long));
    let mut second = start(|| {
        let mut sibling = first.take().expect("inherited");
        let no_child = |error: Option<io::Error>| {
            assert_eq!(error.and_then(|e| errno(&e)), Some(libc::ECHILD));
        };
        no_child(sibling.join().err());
        no_child(sibling.join_timeout(PATIENCE).err());
        no_child(sibling.is_alive().err());
        no_child(sibling.terminate().err());
        no_child(sibling.kill().err());
        drop(sibling);
    });
    assert_eq!(second.join().expect("join").code(), Some(0));
    let mut first = first.expect("still ours");
    assert!(first.is_alive().expect("is_alive"));
    first.kill().expect("kill");
    assert_eq!(first.join().expect("join").signal(), Some(libc::SIGKILL));
}

fn changes_stay_in_the_child() {
    let mut list = vec![1, 2, 3];
    let mut child = start(|| {
        list.push(4);
        println!("child: {list:?}");
    });
    child.join().expect("join");
    println!("parent: {list:?}");
}

/// Panics again when it is dropped in a panic.
struct Bomb;

impl Drop for Bomb {
    fn drop(&mut self) {
        panic!("the destructor's message");
    }
}

fn panic_in_a_panic() {
    let mut child = start(|| {
        let _bomb = Bomb;
        panic!("the first message");
    });
    assert_eq!(child.join().expect("join").signal(), Some(libc::SIGABRT));
}

fn panic_with_a_panicking_payload() {
    let mut child = start(|| panic::panic_any(Bomb));
    assert_eq!(child.join().expect("join").code(), Some(101));
}

fn fork_fails() {
    let before = Before::now();
    limit_processes(1);
    let error = Process::spawn(|| println!("forked")).expect_err("no more processes");
    assert_eq!(errno(&error), Some(libc::EAGAIN), "{error}");
    assert_eq!(error.kind(), io::ErrorKind::WouldBlock);
    for word in ["can't fork", "ulimit -u", "pids.max"] {
        assert!(error.to_string().contains(word), "no {word} in: {error}");
    }
    before.nothing_is_left();
}

/// A child takes no descriptor: nothing is opened to count the threads.
fn no_descriptor_at_a_spawn() {
    let open: Vec<std::fs::File> =
        std::iter::from_fn(|| std::fs::File::open("/dev/null").ok()).collect();
    let mut child = start(|| ExitCode::from(7));
    assert_eq!(child.join().expect("join").code(), Some(7));
    drop(open);
}

/// As many children as descriptors: each is waited for, asked, killed, without a descriptor kept.
fn more_children_than_descriptors() {
    let (soft, hard) = getrlimit(Resource::RLIMIT_NOFILE).expect("getrlimit");
    setrlimit(Resource::RLIMIT_NOFILE, 16, hard).expect("setrlimit");
    let mut children = Vec::new();
    for _ in 0..50 {
        children.push(start(sleep_long));
    }
    for child in &mut children {
        assert_eq!(child.join_timeout(Duration::from_millis(1)).expect("join"), None);
        assert!(child.is_alive().expect("is_alive"));
    }
    // And with no descriptor at all there is another way.
    let files: Vec<_> = std::iter::from_fn(|| std::fs::File::open("/dev/null").ok()).collect();
    for child in &mut children {
        assert_eq!(child.join_timeout(Duration::from_millis(1)).expect("join"), None);
        child.kill().expect("kill");
        let status = child.join_timeout(PATIENCE).expect("join").expect("it has ended");
        assert_eq!(status.signal(), Some(libc::SIGKILL));
    }
    drop(files);
    setrlimit(Resource::RLIMIT_NOFILE, soft, hard).expect("setrlimit");
}

/// What a child can't write, it tells: on stderr and by its exit code.
fn output_of_a_child_is_lost() {
    #[cfg(target_os = "linux")]
    {
        let full = std::fs::OpenOptions::new().write(true).open("/dev/full").expect("/dev/full");
        let write_to_full = || {
            // SAFETY: both descriptors are open, and stdout is meant to be another file from here on.
            unsafe { libc::dup2(std::os::fd::AsRawFd::as_raw_fd(&full), 1) };
            print!("the result");
        };
        let code = |mut child: Process| child.join().expect("join").code();
        assert_eq!(code(start(write_to_full)), Some(1));
        // What tells more stays.
        let failed = || {
            write_to_full();
            ExitCode::from(65)
        };
        assert_eq!(code(start(failed)), Some(65));
        // Whoever reads no more needs no message.
        let (reader, pipe) = io::pipe().expect("pipe");
        drop(reader);
        let write_to_nobody = || {
            // SAFETY: as above.
            unsafe { libc::dup2(std::os::fd::AsRawFd::as_raw_fd(&pipe), 1) };
            print!("the result");
        };
        assert_eq!(code(start(write_to_nobody)), Some(1));
    }
    #[cfg(not(target_os = "linux"))]
    for _ in 0..2 {
        eprintln!("error: output of a child is lost: No space left on device (os error 28)");
    }
}

/// Runs a function when it is dropped.
struct OnDrop<F: FnMut()>(F);

impl<F: FnMut()> Drop for OnDrop<F> {
    fn drop(&mut self) {
        (self.0)();
    }
}

/// What the closure owns is dropped here too, and may panic: the child is ended.
fn destructor_of_the_closure_panics() {
    let before = Before::now();
    let parent = me();
    let bomb = OnDrop(move || assert!(me() != parent, "the closure's destructor"));
    let spawned = panic::catch_unwind(panic::AssertUnwindSafe(|| {
        Process::spawn(move || {
            sleep_long();
            drop(bomb);
        })
    }));
    assert!(spawned.is_err());
    before.nothing_is_left();
}

/// A destructor spawns a child while a panic is on its way. The child is waited for, and so is the
/// child's own, for which the panic is none of its business.
fn spawned_during_a_panic() {
    let counts = Shared::new([const { AtomicU32::new(0) }; 2]).expect("mmap");
    let [child, grandchild] = &*counts;
    let outcome = panic::catch_unwind(|| {
        let _guard = OnDrop(|| {
            drop(start(|| {
                drop(start(|| {
                    sleep_ms(50);
                    set(grandchild, 1);
                }));
                set(child, 1);
            }));
        });
        panic!("on its way");
    });
    assert!(outcome.is_err());
    assert_eq!((get(child), get(grandchild)), (1, 1));
}

/// One that was there before is killed all the same.
fn spawned_before_and_during_a_panic() {
    let done = flag();
    let outcome = panic::catch_unwind(|| {
        let _before = start(sleep_long);
        let _guard = OnDrop(|| {
            drop(start(|| {
                sleep_ms(50);
                set(&done, 1);
            }));
        });
        panic!("on its way");
    });
    assert!(outcome.is_err());
    assert_eq!(get(&done), 1);
}

/// How often this process has gone to sleep.
#[cfg(target_os = "linux")]
fn sleeps() -> i64 {
    getrusage(UsageWho::RUSAGE_SELF).expect("getrusage").voluntary_context_switches()
}

/// While it waits it sleeps once, and does not ask again and again.
fn join_timeout_does_not_poll() {
    let mut child = start(sleep_long);
    #[cfg(target_os = "linux")]
    {
        let before = sleeps();
        assert_eq!(child.join_timeout(Duration::from_millis(500)).expect("join"), None);
        let slept = sleeps() - before;
        assert!(slept <= 10, "it went to sleep {slept} times in half a second");
    }
    child.kill().expect("kill");
    let mut child = start(|| sleep_ms(300));
    #[cfg(target_os = "linux")]
    let before = sleeps();
    assert!(child.join_timeout(PATIENCE).expect("join").is_some());
    #[cfg(target_os = "linux")]
    assert!(sleeps() - before <= 10, "it went to sleep {} times", sleeps() - before);
    assert!(child.join().expect("join").success());
}

/// What can be known of a child whose status nobody keeps.
fn ended_in_an_unknown_way(child: &mut Process) {
    for _ in 0..2 {
        for error in [child.join().err(), child.join_timeout(PATIENCE).err()] {
            let error = error.expect("nobody can tell how");
            assert_eq!(errno(&error), Some(libc::ECHILD));
            assert!(error.to_string().contains("the child has ended"), "{error}");
        }
        assert!(!child.is_alive().expect("is_alive"));
        child.terminate().expect("harmless");
        child.kill().expect("harmless");
    }
}

/// The system reaps by itself, since SIGCHLD is ignored or has ``SA_NOCLDWAIT``: `join` says that it can't
/// tell the status, nothing hangs, and what can be known is told.
fn children_are_ignored() {
    let ignored = SigAction::new(SigHandler::SigIgn, SaFlags::empty(), SigSet::empty());
    let no_wait = SigAction::new(SigHandler::SigDfl, SaFlags::SA_NOCLDWAIT, SigSet::empty());
    for action in [ignored, no_wait] {
        // SAFETY: no handler runs.
        unsafe { sigaction(Signal::SIGCHLD, &action) }.expect("sigaction");
        let go = flag();
        let mut child = start(|| {
            wait_for("the child may go", &go);
        });
        assert!(child.is_alive().expect("is_alive"));
        assert_eq!(child.join_timeout(Duration::from_millis(20)).expect("join"), None);
        set(&go, 1);
        ended_in_an_unknown_way(&mut child);
        let mut child = start(sleep_long);
        child.kill().expect("kill");
        ended_in_an_unknown_way(&mut child);
        let done = flag();
        drop(start(|| {
            sleep_ms(20);
            set(&done, 1);
        }));
        assert_eq!(get(&done), 1, "drop did not wait");
    }
}

/// Code that waits for any child, as a library may, takes the status away.
fn reaped_by_another() {
    let mut child = start(|| {});
    waitpid(pid(child.id()), None).expect("waitpid");
    ended_in_an_unknown_way(&mut child);
}
