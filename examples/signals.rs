//! Signals: who gets them, what a handler may do, what a child inherits, the end.
//!
//! Unix only. `cargo run --example signals`, or a scene of it: `-- --scene 3`. For
//! Ctrl-C: `-- --scene 7 --items 1000 --interrupt 0`.
#![cfg_attr(not(unix), allow(dead_code, unused_imports))]
#![allow(clippy::cast_possible_truncation)] // a `pthread_t` is as wide as a `usize`

use std::fs;
use std::io::{self, BufRead, BufReader, ErrorKind, PipeReader, Read, Write};
use std::process::{Command, Termination};
use std::sync::atomic::{AtomicBool, AtomicI32, AtomicUsize, Ordering::Relaxed};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

#[cfg(unix)]
use std::os::{
    fd::{AsFd, IntoRawFd},
    unix::process::ExitStatusExt,
};

#[cfg(unix)]
use nix::{
    errno::Errno,
    fcntl::{FcntlArg, OFlag, fcntl},
    libc::{self, c_int},
    poll::{PollFd, PollFlags, PollTimeout, poll},
    sys::signal::{
        SaFlags, SigAction, SigHandler, SigSet, Signal, kill, raise, sigaction,
    },
    unistd::Pid,
};

/// Runs a task in a child and waits for it.
fn in_a_child<T: Termination>(task: impl FnOnce() -> T) -> anyhow::Result<()> {
    let status = mp::Process::spawn(task)?.join()?;
    if status.code() == Some(101) {
        // It has said why, or nobody reads: without a word this process panics too.
        std::panic::resume_unwind(Box::new(()));
    }
    anyhow::ensure!(status.success(), "a child failed, {status}");
    Ok(())
}

const A_MOMENT: Duration = Duration::from_millis(1);

// ANCHOR: handle
/// Which thread was interrupted, and how often that happened.
static THREAD: AtomicUsize = AtomicUsize::new(0);
static TIMES: AtomicUsize = AtomicUsize::new(0);

#[cfg(unix)]
fn this_thread() -> usize {
    // SAFETY: it only asks.
    unsafe { libc::pthread_self() }.try_into().unwrap_or(usize::MAX)
}

#[cfg(unix)]
extern "C" fn note(_: c_int) {
    THREAD.store(this_thread(), Relaxed);
    TIMES.fetch_add(1, Relaxed);
}

#[cfg(unix)]
fn handle(signal: Signal, handler: SigHandler, flags: SaFlags) -> nix::Result<()> {
    let action = SigAction::new(handler, flags, SigSet::empty());
    // SAFETY: our handlers use atomics and functions that a handler may call.
    unsafe { sigaction(signal, &action) }.map(drop)
}
// ANCHOR_END: handle

#[cfg(unix)]
// ANCHOR: threads
fn which_thread() -> anyhow::Result<()> {
    handle(Signal::SIGUSR1, SigHandler::Handler(note), SaFlags::SA_RESTART)?;
    let first = this_thread();
    thread::scope(|scope| {
        let (_end, waits) = mpsc::channel::<()>();
        let (begins, has_begun) = mpsc::channel();
        scope.spawn(move || {
            let _ = begins.send(()); // a thread that starts may take any signal
            waits.recv() // until `_end` is dropped
        });
        has_begun.recv()?;
        let taken_by = || {
            THREAD.store(0, Relaxed);
            kill(Pid::this(), Signal::SIGUSR1)?;
            while THREAD.load(Relaxed) == 0 {
                thread::sleep(A_MOMENT);
            }
            let first = THREAD.load(Relaxed) == first;
            nix::Result::Ok(if first { "the first thread" } else { "the other thread" })
        };
        println!("  both let it in: {} handles it", taken_by()?);
        SigSet::from(Signal::SIGUSR1).thread_block()?;
        println!("  the first one blocks it: {} handles it", taken_by()?);
        Ok(())
    })
}
// ANCHOR_END: threads

#[cfg(unix)]
// ANCHOR: interrupted
/// Reads a byte while another thread sends signals, up to 20, and then that byte.
fn read(flags: SaFlags, read: fn(&PipeReader) -> io::Result<()>) -> anyhow::Result<()> {
    handle(Signal::SIGUSR1, SigHandler::Handler(note), flags)?;
    let (reader, mut writer) = io::pipe()?;
    let (back, begin) = (AtomicBool::new(false), TIMES.load(Relaxed));
    thread::scope(|scope| {
        let usr1 = SigSet::from(Signal::SIGUSR1);
        usr1.thread_block()?; // a thread begins with the mask of the one that starts it
        let sender = scope.spawn(|| {
            while !back.load(Relaxed) && TIMES.load(Relaxed) < begin + 20 {
                kill(Pid::this(), Signal::SIGUSR1)?;
                thread::sleep(A_MOMENT);
            }
            writer.write_all(b"!")
        });
        usr1.thread_unblock()?;
        let result = read(&reader);
        back.store(true, Relaxed);
        sender.join().expect("it doesn't panic")?;
        match result {
            Ok(()) => println!("a byte"),
            Err(error) => println!("{error}"),
        }
        Ok(())
    })
}

#[cfg(unix)]
fn interrupted() -> anyhow::Result<()> {
    print!("  read, without SA_RESTART: ");
    read(SaFlags::empty(), |mut reader| reader.read(&mut [0]).map(drop))?;
    print!("  read_exact, without it: ");
    read(SaFlags::empty(), |mut reader| reader.read_exact(&mut [0]))?;
    print!("  read, with it: ");
    read(SaFlags::SA_RESTART, |mut reader| reader.read(&mut [0]).map(drop))
}
// ANCHOR_END: interrupted

/// The next signal, if one comes within some time.
#[cfg(unix)]
fn next(mut signals: &PipeReader, time: PollTimeout) -> anyhow::Result<Option<Signal>> {
    let mut polled = [PollFd::new(signals.as_fd(), PollFlags::POLLIN)];
    match poll(&mut polled, time) {
        Ok(0) => return Ok(None),
        Ok(_) | Err(Errno::EINTR) => {}
        Err(error) => return Err(error.into()),
    }
    let mut byte = [0];
    match signals.read(&mut byte) {
        Ok(_) => Ok(Some(Signal::try_from(i32::from(byte[0]))?)),
        Err(error) if error.kind() == ErrorKind::WouldBlock => Ok(None),
        Err(error) => Err(error.into()),
    }
}

// ANCHOR: pipe
/// The end of the pipe into which the handler writes.
static WAKE: AtomicI32 = AtomicI32::new(-1);

#[cfg(unix)]
extern "C" fn wake(signal: c_int) {
    let before = Errno::last_raw();
    let byte = signal.to_le_bytes();
    // SAFETY: it writes one byte that is there. Where the pipe is full, it is lost.
    unsafe { libc::write(WAKE.load(Relaxed), byte.as_ptr().cast(), 1) };
    Errno::set_raw(before); // the line that was interrupted may be about to look at it
}

/// A pipe out of which these signals come, a byte each.
#[cfg(unix)]
fn signals(which: &[Signal]) -> anyhow::Result<PipeReader> {
    let (reader, writer) = io::pipe()?;
    for end in [reader.as_fd(), writer.as_fd()] {
        fcntl(end, FcntlArg::F_SETFL(OFlag::O_NONBLOCK))?;
    }
    WAKE.store(writer.into_raw_fd(), Relaxed); // open as long as the program runs
    for signal in which {
        handle(*signal, SigHandler::Handler(wake), SaFlags::SA_RESTART)?;
    }
    Ok(reader)
}

#[cfg(unix)]
fn a_pipe_to_oneself() -> anyhow::Result<()> {
    let signals = signals(&[Signal::SIGUSR1, Signal::SIGTERM])?;
    raise(Signal::SIGUSR1)?; // before anybody waits
    raise(Signal::SIGTERM)?;
    while let Some(signal) = next(&signals, PollTimeout::ZERO)? {
        println!("  {signal} was not missed");
    }
    Ok(())
}
// ANCHOR_END: pipe

#[cfg(unix)]
// ANCHOR: children
fn children() -> anyhow::Result<()> {
    handle(Signal::SIGCHLD, SigHandler::Handler(note), SaFlags::SA_RESTART)?;
    let chld = SigSet::from(Signal::SIGCHLD);
    chld.thread_block()?;
    let children = [(); 3].map(|()| mp::Process::spawn(|| ()));
    for child in children {
        anyhow::ensure!(child?.join()?.success(), "a child failed");
    }
    chld.thread_unblock()?;
    println!("  3 children have ended, calls of the handler: {}", TIMES.load(Relaxed));
    Ok(())
}
// ANCHOR_END: children

#[cfg(unix)]
// ANCHOR: sigpipe
fn nobody_reads() -> anyhow::Result<()> {
    for (how, action) in
        [("ignored", SigHandler::SigIgn), ("not ignored", SigHandler::SigDfl)]
    {
        let mut child = mp::Process::spawn(|| {
            handle(Signal::SIGPIPE, action, SaFlags::empty())?;
            let (_, mut writer) = io::pipe()?;
            let error = writer.write_all(b"!").expect_err("nobody reads");
            println!("  SIGPIPE {how}, the write: {error}");
            io::Result::Ok(())
        })?;
        println!("  SIGPIPE {how}, the child: {}", child.join()?);
    }
    Ok(())
}
// ANCHOR_END: sigpipe

/// What a process does with three signals, as Linux tells it in /proc/PID/status.
#[cfg(target_os = "linux")]
fn fates(status: &str) -> String {
    let is_in = |set: &str, signal| {
        let bits = status.lines().find_map(|line| line.strip_prefix(set));
        let bits = bits.and_then(|bits| u64::from_str_radix(bits.trim(), 16).ok());
        bits.is_some_and(|bits| bits & (1 << (signal as i32 - 1)) != 0)
    };
    let sets = [("SigBlk:", "blocked"), ("SigIgn:", "ignored"), ("SigCgt:", "handled")];
    let fate = |signal| {
        let found = sets.into_iter().find(|(set, _)| is_in(set, signal));
        found.map_or("default", |(_, word)| word)
    };
    [Signal::SIGUSR1, Signal::SIGUSR2, Signal::SIGTERM].map(fate).join(", ")
}

#[cfg(target_os = "linux")]
// ANCHOR: inherited
fn inherited() -> anyhow::Result<()> {
    handle(Signal::SIGUSR1, SigHandler::Handler(note), SaFlags::SA_RESTART)?;
    handle(Signal::SIGUSR2, SigHandler::SigIgn, SaFlags::empty())?;
    SigSet::from(Signal::SIGTERM).thread_block()?;
    let status = || fs::read_to_string("/proc/self/status");
    println!("  this process:      {}", fates(&status()?));
    in_a_child(|| {
        status().map(|text| println!("  a forked child:    {}", fates(&text)))
    })?;
    let cat = Command::new("cat").arg("/proc/self/status").output()?;
    anyhow::ensure!(cat.status.success(), "cat failed, {}", cat.status);
    println!("  another program:   {}", fates(&String::from_utf8(cat.stdout)?));
    Ok(())
}
// ANCHOR_END: inherited

#[cfg(not(target_os = "linux"))]
fn inherited() -> anyhow::Result<()> {
    println!("  this scene asks Linux");
    Ok(())
}

// ANCHOR: in_order
fn consume(reader: &PipeReader) -> io::Result<()> {
    let items = BufReader::new(reader).lines().collect::<io::Result<Vec<_>>>()?;
    println!("  the consumer has taken {} items", items.len());
    Ok(())
}

/// Makes items until there are enough or a signal comes; then it ends by that signal.
#[cfg(unix)]
fn produce(items: usize, interrupt: usize) -> anyhow::Result<()> {
    let signals = signals(&[Signal::SIGINT, Signal::SIGTERM])?;
    let (reader, writer) = io::pipe()?;
    let mut writer = Some(writer);
    let mut consumer = mp::Process::spawn(|| {
        // The producer decides.
        handle(Signal::SIGINT, SigHandler::SigIgn, SaFlags::empty())?;
        handle(Signal::SIGTERM, SigHandler::SigDfl, SaFlags::empty())?;
        writer = None;
        consume(&reader)
    })?;
    let mut pipe = writer.expect("only the child has set its copy to None");
    let mut signal = None;
    println!("  the producer begins");
    for item in 1..=items {
        pipe.write_all(b"an item\n")?;
        if item == interrupt {
            raise(Signal::SIGINT)?; // as if somebody had pressed Ctrl-C
        }
        signal = next(&signals, PollTimeout::from(20_u8))?;
        if let Some(signal) = signal {
            println!("  {signal}: the producer has made {item} items and stops");
            break;
        }
    }
    drop(pipe);
    anyhow::ensure!(consumer.join()?.success(), "the consumer failed");
    if let Some(signal) = signal {
        handle(signal, SigHandler::SigDfl, SaFlags::empty())?;
        raise(signal)?;
    }
    Ok(())
}
// ANCHOR_END: in_order

#[cfg(unix)]
fn in_order(items: usize, interrupt: usize) -> anyhow::Result<()> {
    // As a shell does: it waits, and looks how its program has ended.
    handle(Signal::SIGINT, SigHandler::SigIgn, SaFlags::empty())?;
    let status = mp::Process::spawn(|| produce(items, interrupt))?.join()?;
    println!("  who waits for it sees: {status}");
    let in_order = [None, Some(libc::SIGINT), Some(libc::SIGTERM)];
    let failed = status.code().is_some_and(|code| code != 0);
    anyhow::ensure!(!failed && in_order.contains(&status.signal()), "not in order");
    Ok(())
}

#[cfg(unix)]
fn main() -> anyhow::Result<()> {
    type Scene = fn() -> anyhow::Result<()>;

    let scenes: [(&str, Scene); 6] = [
        ("which thread", which_thread),
        ("a call that is interrupted", interrupted),
        ("a pipe to oneself", a_pipe_to_oneself),
        ("children that end", children),
        ("nobody reads", nobody_reads),
        ("what is inherited", inherited),
    ];
    let [only, items, interrupt] = mp::args([
        ("scene", 0, 0..=7),
        ("items", 5, 1..=1_000),
        ("interrupt", 3, 0..=1_000),
    ]);
    for (number, (title, scene)) in (1..).zip(scenes) {
        if only == 0 || only == number {
            println!("{title}:");
            in_a_child(scene)?;
        }
    }
    if only == 0 || only == 7 {
        println!("Ctrl-C:");
        in_order(items, interrupt)?;
    }
    Ok(())
}

#[cfg(not(unix))]
fn main() -> std::process::ExitCode {
    mp::unix_only()
}
