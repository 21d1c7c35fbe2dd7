//! What a forked child has of its parent's: a copy, a share, or nothing of it.
//!
//! Unix only. `cargo run --example fork_copies`, or one of its scenes: `-- --scene 3`.
#![cfg_attr(not(unix), allow(dead_code, unused_imports))]
#![allow(clippy::cast_possible_truncation)] // small constants of C

use std::collections::HashSet;
use std::ffi::CStr;
use std::fs::{self, File};
use std::hash::{BuildHasher, RandomState};
use std::io::{self, Read, Seek, Write};
use std::process::{self, Termination};
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::{env, hint, ptr};

#[cfg(unix)]
use nix::{libc, unistd::dup2_stdin};

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

/// How much memory this process shares with no other. Linux tells it.
fn own_memory() -> String {
    let text = fs::read_to_string("/proc/self/smaps_rollup").unwrap_or_default();
    let own = text.lines().find_map(|line| line.strip_prefix("Private_Dirty:"));
    match own.and_then(|own| own.trim().strip_suffix(" kB")?.parse::<u32>().ok()) {
        Some(kib) => format!("{} MiB of its own", (kib + 512) / 1024),
        None => "an unknown amount of its own".to_owned(),
    }
}

// ANCHOR: memory
fn memory() -> anyhow::Result<()> {
    let mut bytes = vec![1_u8; 16 << 20];
    in_a_child(|| {
        println!("  the child has {}", own_memory());
        hint::black_box(bytes.iter().fold(0, |all, byte| all | byte));
        println!("  it has read all 16 MiB: {}", own_memory());
        bytes.fill(2);
        println!("  it has changed them: {}", own_memory());
    })?;
    println!("  the parent still reads {}", bytes[0]);
    Ok(())
}
// ANCHOR_END: memory

// ANCHOR: random
/// A random number: `std` has them for its hash tables.
fn draw(stream: usize) -> u64 {
    RandomState::new().hash_one(stream)
}

fn random_numbers() -> anyhow::Result<()> {
    draw(0); // from here on the parent has a generator
    for (how, streams) in [("wrong, one stream", [0; 3]), ("right, three", [1, 2, 3])] {
        let drawn = mp::Shared::new([const { AtomicU64::new(0) }; 3])?;
        for (stream, place) in streams.into_iter().zip(&*drawn) {
            in_a_child(|| place.store(draw(stream), Relaxed))?;
        }
        let different: HashSet<_> = drawn.iter().map(|n| n.load(Relaxed)).collect();
        println!("  {how}: 3 workers draw {} different numbers", different.len());
    }
    Ok(())
}
// ANCHOR_END: random

#[cfg(unix)]
// ANCHOR: stdin
fn stdin_read_ahead() -> anyhow::Result<()> {
    let (stdin, mut writer) = io::pipe()?;
    writer.write_all(b"one\ntwo\nthree\nfour\n")?;
    drop(writer);
    dup2_stdin(stdin)?; // as if somebody had typed these lines

    let mut first = String::new();
    io::stdin().read_line(&mut first)?;
    println!("  the parent has read {first:?}");
    let rest = || io::stdin().lines().collect::<io::Result<Vec<_>>>();
    in_a_child(|| rest().map(|lines| println!("  wrong, the child: {lines:?}")))?;
    let lines = rest()?;
    println!("  and the parent:   {lines:?}");

    let (ours, theirs) = lines.split_at(lines.len() / 2);
    in_a_child(|| println!("  right, the child: {theirs:?}"))?;
    println!("  and the parent:   {ours:?}");
    Ok(())
}
// ANCHOR_END: stdin

/// Prints as a C library does.
#[cfg(unix)]
fn c_prints(text: &CStr) {
    // SAFETY: the format takes one string, and `text` is one.
    unsafe { libc::printf(c"%s".as_ptr(), text.as_ptr()) };
}

/// Writes out what C's buffer holds.
#[cfg(unix)]
fn c_flushes() {
    // SAFETY: no stream is named, so all of them are written out.
    unsafe { libc::fflush(ptr::null_mut()) };
}

#[cfg(unix)]
// ANCHOR: c_buffer
fn buffer_of_c() -> anyhow::Result<()> {
    for (right, begin, end) in [
        (false, c"  wrong, begun in C, ", c"ended by the parent\n"),
        (true, c"  right, begun in C, ", c"  ended by the parent\n"),
    ] {
        c_prints(begin);
        if right {
            c_flushes();
        }
        in_a_child(|| {
            c_prints(c"ended by the child\n");
            c_flushes();
        })?;
        c_prints(end);
        c_flushes();
    }
    Ok(())
}
// ANCHOR_END: c_buffer

/// Opens a file of eight letters twice, and takes its name away.
fn opened_twice() -> io::Result<[File; 2]> {
    let path = env::temp_dir().join(format!("fork_copies-{}", process::id()));
    let mut file =
        File::options().create_new(true).read(true).write(true).open(&path)?;
    let other = File::options().read(true).write(true).open(&path);
    fs::remove_file(path)?;
    file.write_all(b"abcdefgh")?;
    file.rewind()?;
    Ok([file, other?])
}

#[cfg(unix)]
// ANCHOR: position
fn position() -> anyhow::Result<()> {
    use std::os::unix::fs::FileExt;

    let [file, _] = opened_twice()?;
    let next = |who: &str| {
        let mut two = [0; 2];
        let read = (&file).read_exact(&mut two);
        read.map(|()| println!("  {who} reads {}", two.escape_ascii()))
    };
    let at = |who: &str, place| {
        let mut two = [0; 2];
        let read = file.read_exact_at(&mut two, place);
        read.map(|()| println!("  {who} reads {} at {place}", two.escape_ascii()))
    };
    next("the parent")?;
    in_a_child(|| next("wrong, the child"))?;
    next("the parent")?;
    in_a_child(|| at("right, the child", 2))?;
    next("the parent")?;
    Ok(())
}
// ANCHOR_END: position

/// Asks for a lock, or gives it back, and doesn't wait.
#[cfg(unix)]
fn flock(file: &File, how: libc::c_int) -> &'static str {
    use std::os::fd::AsRawFd;
    // SAFETY: the descriptor is open, and no memory is touched.
    let result = unsafe { libc::flock(file.as_raw_fd(), how | libc::LOCK_NB) };
    if result == 0 { "granted" } else { "refused" }
}

#[cfg(unix)]
// ANCHOR: lock
fn lock_on_a_file() -> anyhow::Result<()> {
    for how in ["wrong, closed", "right, unlocked and closed"] {
        let [file, other] = opened_twice()?;
        flock(&file, libc::LOCK_EX);
        let (end, writer) = io::pipe()?;
        let mut writer = Some(writer);
        let mut child = mp::Process::spawn(|| {
            writer = None;
            (&end).read_to_end(&mut Vec::new()).map(drop) // it waits, and knows no lock
        })?;
        if how.starts_with("right") {
            flock(&file, libc::LOCK_UN);
        }
        drop(file);
        println!("  {how} by the parent: {}", flock(&other, libc::LOCK_EX));
        drop(writer);
        anyhow::ensure!(child.join()?.success(), "the child failed");
        println!("  the child has ended: {}", flock(&other, libc::LOCK_EX));
    }
    Ok(())
}
// ANCHOR_END: lock

#[cfg(target_os = "linux")]
// ANCHOR: epoll
fn epoll() -> anyhow::Result<()> {
    use nix::sys::epoll::{
        Epoll, EpollCreateFlags, EpollEvent, EpollFlags, EpollTimeout,
    };

    let (reader, mut writer) = io::pipe()?;
    writer.write_all(b"!")?;
    let watch = || {
        let set = Epoll::new(EpollCreateFlags::EPOLL_CLOEXEC)?;
        set.add(&reader, EpollEvent::new(EpollFlags::EPOLLIN, 0))?;
        nix::Result::Ok(set)
    };
    let set = watch()?;
    let report = |who: &str| {
        let ready = set.wait(&mut [EpollEvent::empty()], EpollTimeout::ZERO);
        ready.map(|ready| println!("  {who}, the parent's set has {ready} ready"))
    };
    report("before the forks")?;
    in_a_child(|| watch()?.delete(&reader))?;
    report("right, a child has tidied up a set of its own")?;
    in_a_child(|| set.delete(&reader))?;
    report("wrong, a child has tidied up its copy")?;
    Ok(())
}
// ANCHOR_END: epoll

/// What Linux tells of this process under a name.
#[cfg(target_os = "linux")]
fn told(name: &str) -> io::Result<String> {
    let text = fs::read_to_string("/proc/self/status")?;
    let line = text.lines().find_map(|line| line.strip_prefix(name));
    Ok(line.unwrap_or_default().trim().to_owned())
}

#[cfg(target_os = "linux")]
// ANCHOR: lost
fn left_behind() -> anyhow::Result<()> {
    use nix::fcntl::{FcntlArg, fcntl};
    use nix::sys::mman::mlock;
    use nix::sys::signal::{SigSet, Signal, raise};
    use nix::unistd::alarm;

    let [file, _] = opened_twice()?;
    let (l_type, l_whence) = (libc::F_WRLCK.try_into()?, libc::SEEK_SET.try_into()?);
    let whole = libc::flock { l_type, l_whence, l_start: 0, l_len: 0, l_pid: 0 };
    let page = mp::Shared::new([const { AtomicU64::new(0) }; 512])?;
    // SAFETY: these 4 KiB are mapped.
    unsafe { mlock(ptr::NonNull::from(&*page).cast(), 4096)? };
    SigSet::from(Signal::SIGUSR1).thread_block()?;
    raise(Signal::SIGUSR1)?; // it waits until somebody lets it in
    alarm::set(60);

    let report = |who: &str| {
        println!("  {who}: {} of memory are locked", told("VmLck:")?);
        println!("  {who}: a signal waits: {}", told("SigPnd:")?.contains('2'));
        println!("  {who}: an alarm is set: {}", alarm::set(60).is_some());
        let locked = fcntl(&file, FcntlArg::F_SETLK(&whole)).is_ok();
        println!("  {who}: it has the record lock: {locked}");
        io::Result::Ok(())
    };
    report("the parent")?;
    in_a_child(|| report("the child"))
}
// ANCHOR_END: lost

#[cfg(not(target_os = "linux"))]
fn epoll() -> anyhow::Result<()> {
    println!("  only Linux has epoll");
    Ok(())
}

#[cfg(not(target_os = "linux"))]
fn left_behind() -> anyhow::Result<()> {
    println!("  this scene asks Linux");
    Ok(())
}

#[cfg(unix)]
fn main() -> anyhow::Result<()> {
    type Scene = fn() -> anyhow::Result<()>;

    let scenes: [(&str, Scene); 8] = [
        ("memory", memory),
        ("random numbers", random_numbers),
        ("what stdin has read ahead", stdin_read_ahead),
        ("the buffer of C", buffer_of_c),
        ("the position in a file", position),
        ("a lock on a file", lock_on_a_file),
        ("an epoll set", epoll),
        ("what is left behind", left_behind),
    ];
    let [only] = mp::args([("scene", 0, 0..=scenes.len())]);
    for (number, (title, scene)) in (1..).zip(scenes) {
        if only == 0 || only == number {
            println!("{title}:");
            in_a_child(scene)?;
        }
    }
    Ok(())
}

#[cfg(not(unix))]
fn main() -> std::process::ExitCode {
    mp::unix_only()
}
