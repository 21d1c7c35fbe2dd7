//! Memory between strangers: programs of which none has forked the other share a ring
//! of messages, in a file, under a name in /dev/shm, and in a memfd.
//!
//! Linux only. `cargo run --example strangers`; a /dev/shm that is full: `-- --shm 1`;
//! a ring of your own: `-- --make FILE`, then `--read FILE` and `--write FILE`
#![cfg_attr(not(target_os = "linux"), allow(dead_code, unused_imports))]

use std::env;
use std::fs::{self, File};
use std::hint::black_box;
use std::io::{ErrorKind, Write as _};
use std::num::NonZeroUsize;
use std::ops::Deref;
use std::path::{Path, PathBuf};
use std::process::{self, Child, Command, ExitCode};
use std::ptr::NonNull;
use std::sync::atomic::{
    AtomicU8, AtomicU32, AtomicU64,
    Ordering::{Acquire, Relaxed, Release},
};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail, ensure};
#[cfg(target_os = "linux")]
use {
    nix::{
        errno::Errno,
        fcntl::{FcntlArg, OFlag, SealFlag, fcntl, posix_fallocate},
        libc,
        mount::{MsFlags, mount},
        sched::{CloneFlags, unshare},
        sys::memfd::{MFdFlags, memfd_create},
        sys::mman::{MapFlags, ProtFlags, mmap, munmap, shm_open},
        sys::prctl,
        sys::signal::{Signal, raise},
        sys::stat::Mode,
        unistd::{getegid, geteuid},
    },
    std::os::fd::AsRawFd as _,
};

type Scene = fn() -> Result<()>;

const MESSAGES: u64 = 20;
/// Whoever keeps others waiting for so long is not there any more.
const PATIENCE: Duration = Duration::from_secs(10);

const MAGIC: u64 = u64::from_ne_bytes(*b"strange!");
const VERSION: u64 = 1;
const SLOTS: usize = 8;
const ROOM: usize = 60;

/// What lies in the memory: the same for every program that looks, in any language.
#[repr(C)]
struct Ring {
    magic: AtomicU64,
    version: AtomicU64,
    /// How many messages were ever written, and how many read.
    written: AtomicU64,
    read: AtomicU64,
    slots: [Slot; SLOTS],
}

#[repr(C)]
struct Slot {
    length: AtomicU32,
    bytes: [AtomicU8; ROOM],
}

const SIZE: NonZeroUsize = NonZeroUsize::new(size_of::<Ring>()).unwrap();
const _: () = assert!(SIZE.get() == 32 + 8 * 64);

impl Ring {
    /// How many messages lie there, or an error: others write these numbers, too.
    fn waiting(&self) -> Result<u64> {
        let (written, read) = (self.written.load(Acquire), self.read.load(Acquire));
        let waiting = written.wrapping_sub(read);
        ensure!(waiting <= SLOTS as u64, "{written} written and {read} read can't be");
        Ok(waiting)
    }

    #[expect(clippy::cast_possible_truncation, reason = "it is less than `SLOTS`")]
    fn slot(&self, message: u64) -> &Slot {
        &self.slots[(message % SLOTS as u64) as usize]
    }

    /// For the writer: a place for the message with this number, once there is one.
    fn vacant(&self, message: u64) -> Result<Option<&Slot>> {
        Ok((self.waiting()? < SLOTS as u64).then(|| self.slot(message)))
    }

    /// For the reader: the message with this number, once it is there.
    fn take(&self, message: u64) -> Result<Option<String>> {
        if self.waiting()? == 0 {
            return Ok(None);
        }
        let slot = self.slot(message);
        // Loaded once: what is checked must be what is used.
        let length = slot.length.load(Relaxed) as usize;
        ensure!(
            length <= ROOM,
            "message {message} has {length} bytes, {ROOM} is the most"
        );
        let bytes = slot.bytes[..length].iter();
        let bytes = bytes.map(|byte| byte.load(Relaxed)).collect();
        let text = String::from_utf8(bytes);
        let text = text.with_context(|| format!("message {message} is no text"))?;
        self.read.store(message + 1, Release); // the place is free again
        Ok(Some(text))
    }
}

impl Slot {
    fn fill(&self, text: &str) -> Result<()> {
        ensure!(text.len() <= ROOM, "a message has {ROOM} bytes at most");
        for (place, byte) in self.bytes.iter().zip(text.bytes()) {
            place.store(byte, Relaxed);
        }
        self.length.store(text.len().try_into()?, Relaxed);
        Ok(())
    }
}

/// A ring that others have mapped, too, each at an address of its own.
struct Mapped {
    ring: NonNull<Ring>,
    file: File,
}

#[cfg(target_os = "linux")]
impl Mapped {
    fn new(file: File) -> Result<Mapped> {
        let size = file.metadata()?.len();
        ensure!(size >= SIZE.get() as u64, "{size} bytes, and a ring has {SIZE}");
        let access = ProtFlags::PROT_READ | ProtFlags::PROT_WRITE;
        // SAFETY: no address is asked for, so the mapping is new and overlaps nothing.
        let memory =
            unsafe { mmap(None, SIZE, access, MapFlags::MAP_SHARED, &file, 0)? };
        Ok(Mapped { ring: memory.cast(), file })
    }

    /// Makes a ring in an empty file. Its memory is taken here, where there is an error
    /// for the case that there is none.
    fn create(file: File) -> Result<Mapped> {
        posix_fallocate(&file, 0, SIZE.get().try_into()?)?;
        let ring = Mapped::new(file)?;
        ring.version.store(VERSION, Relaxed);
        ring.magic.store(MAGIC, Release); // the last: who sees it sees the rest
        Ok(ring)
    }

    fn open(path: &Path) -> Result<Mapped> {
        let file = File::options().read(true).write(true).open(path)?;
        let ring = Mapped::new(file)?;
        ensure!(ring.magic.load(Acquire) == MAGIC, "this is no ring");
        let version = ring.version.load(Relaxed);
        ensure!(version == VERSION, "version {version}, and here {VERSION} is known");
        Ok(ring)
    }

    /// Where others find it who may look into this process.
    fn path(&self) -> PathBuf {
        format!("/proc/{}/fd/{}", process::id(), self.file.as_raw_fd()).into()
    }
}

#[cfg(target_os = "linux")]
impl Deref for Mapped {
    type Target = Ring;

    fn deref(&self) -> &Ring {
        // SAFETY: the mapping has room for a `Ring`, begins with a page, and lives
        // until `drop`. A `Ring` is nothing but atomics: any bytes are one, and others
        // may change them at any time. If they make the file shorter, a load kills this
        // process, and returns nothing.
        unsafe { self.ring.as_ref() }
    }
}

#[cfg(target_os = "linux")]
impl Drop for Mapped {
    fn drop(&mut self) {
        // SAFETY: it is the mapping of `new`, and no reference outlives `self`.
        let _ = unsafe { munmap(self.ring.cast(), SIZE.get()) };
    }
}

/// A lock on one byte of the file. The system takes it back when its holder has ended,
/// however it has ended.
#[derive(Clone, Copy, Debug)]
enum Seat {
    Writer,
    Reader,
}

#[cfg(target_os = "linux")]
impl Mapped {
    fn lock(seat: Seat) -> Result<libc::flock> {
        Ok(libc::flock {
            l_type: libc::F_WRLCK.try_into()?,
            l_whence: libc::SEEK_SET.try_into()?,
            l_start: seat as libc::off_t,
            l_len: 1,
            l_pid: 0,
        })
    }

    fn sit(&self, seat: Seat) -> Result<()> {
        match fcntl(&self.file, FcntlArg::F_OFD_SETLK(&Mapped::lock(seat)?)) {
            Err(Errno::EAGAIN) => bail!("there is a {seat:?} already"),
            answer => answer.map(|_| ()).map_err(Into::into),
        }
    }

    fn is_taken(&self, seat: Seat) -> Result<bool> {
        let mut lock = Mapped::lock(seat)?;
        fcntl(&self.file, FcntlArg::F_OFD_GETLK(&mut lock))?;
        Ok(i32::from(lock.l_type) != libc::F_UNLCK)
    }

    /// Looks again and again. For an empty seat of the other it waits only so long.
    fn wait<'a, T>(
        &'a self,
        other: Seat,
        look: impl Fn(&'a Ring) -> Result<Option<T>>,
    ) -> Result<T> {
        let mut seen = Instant::now();
        loop {
            if let Some(found) = look(self)? {
                return Ok(found);
            }
            if self.is_taken(other)? {
                seen = Instant::now();
            }
            ensure!(seen.elapsed() < PATIENCE, "there is no {other:?}");
            thread::sleep(Duration::from_millis(1));
        }
    }
}

fn text(message: u64) -> String {
    format!("{message} squared is {}", message * message)
}

#[cfg(target_os = "linux")]
fn write(path: &Path, dies_at: u64) -> Result<()> {
    let ring = Mapped::open(path)?;
    ring.sit(Seat::Writer)?;
    // It goes on where the writer before it has ended.
    for message in ring.written.load(Acquire)..MESSAGES {
        let slot = ring.wait(Seat::Reader, |ring| ring.vacant(message))?;
        slot.fill(&text(message))?;
        if message == dies_at {
            raise(Signal::SIGKILL)?;
        }
        ring.written.store(message + 1, Release); // from now on it is there
    }
    Ok(())
}

#[cfg(target_os = "linux")]
fn read(path: &Path) -> Result<()> {
    let ring = Mapped::open(path)?;
    ring.sit(Seat::Reader)?;
    let mut last = String::new();
    for message in ring.read.load(Acquire)..MESSAGES {
        last = ring.wait(Seat::Writer, |ring| ring.take(message))?;
        ensure!(last == text(message), "message {message} is '{last}'");
    }
    println!("  the reader has {MESSAGES} messages, the last: {last}");
    Ok(())
}

/// Ends and waits for whoever is left when an error ends a scene.
struct Stranger(Child);

impl Drop for Stranger {
    fn drop(&mut self) {
        let _ = self.0.kill(); // who has been waited for is not touched
        let _ = self.0.wait();
    }
}

/// This program, started again: it inherits none of this process's memory.
fn command(role: &str, path: &Path) -> Result<Command> {
    let mut command = Command::new(env::current_exe()?);
    command.arg(role).arg(path);
    Ok(command)
}

fn start(role: &str, path: &Path) -> Result<Stranger> {
    Ok(Stranger(command(role, path)?.spawn()?))
}

fn ended_well(mut stranger: Stranger, who: &str) -> Result<()> {
    let status = stranger.0.wait()?;
    ensure!(status.success(), "the {who} failed, {status}");
    Ok(())
}

fn let_them_talk(path: &Path) -> Result<()> {
    let reader = start("--read", path)?;
    let writer = start("--write", path)?;
    ended_well(writer, "writer")?;
    ended_well(reader, "reader")
}

/// The name goes with this value; the memory goes when nobody has it mapped.
struct Name(PathBuf);

impl Drop for Name {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.0);
    }
}

#[cfg(target_os = "linux")]
fn a_file() -> Result<()> {
    let path = env::temp_dir().join(format!("strangers-{}", process::id()));
    let file = File::options().read(true).write(true).create_new(true).open(&path)?;
    let name = Name(path);
    Mapped::create(file)?;
    let_them_talk(&name.0)
}

/// A new name that only this user can open.
#[cfg(target_os = "linux")]
fn in_dev_shm(name: &str) -> nix::Result<File> {
    let new = OFlag::O_RDWR | OFlag::O_CREAT | OFlag::O_EXCL;
    Ok(shm_open(name, new, Mode::S_IRUSR | Mode::S_IWUSR)?.into())
}

#[cfg(target_os = "linux")]
fn a_name() -> Result<()> {
    let file = in_dev_shm(&format!("/strangers-{}", process::id()))?;
    let name = Name(format!("/dev/shm/strangers-{}", process::id()).into());
    Mapped::create(file)?;
    let_them_talk(&name.0) // each opens it as the file that it is
}

#[cfg(target_os = "linux")]
fn memfd() -> Result<Mapped> {
    let flags = MFdFlags::MFD_CLOEXEC | MFdFlags::MFD_ALLOW_SEALING;
    Mapped::create(memfd_create("strangers", flags)?.into())
}

#[cfg(target_os = "linux")]
fn a_memfd() -> Result<()> {
    let ring = memfd()?;
    let size = SealFlag::F_SEAL_SHRINK | SealFlag::F_SEAL_GROW;
    fcntl(&ring.file, FcntlArg::F_ADD_SEALS(size | SealFlag::F_SEAL_SEAL))?;
    let_them_talk(&ring.path())?;
    let refused = ring.file.set_len(0).expect_err("its size is sealed");
    println!("  who makes it shorter: {refused}");
    let open = memfd()?; // without seals
    open.file.set_len(0)?;
    let look = || black_box(open.version.load(Relaxed));
    println!("  who looks at a shorter one: {}", killed(|| _ = look())?);
    Ok(())
}

/// How a child ends that does this. It leaves no core file.
#[cfg(target_os = "linux")]
fn killed(task: impl FnOnce()) -> Result<process::ExitStatus> {
    let mut child = mp::Process::spawn(|| prctl::set_dumpable(false).map(|()| task()))?;
    Ok(child.join()?)
}

#[cfg(target_os = "linux")]
fn a_writer_dies() -> Result<()> {
    let ring = memfd()?;
    let reader = start("--read", &ring.path())?;
    let mut writer = command("--write", &ring.path())?;
    let mut writer = Stranger(writer.args(["--die", "12"]).spawn()?);
    println!("  the writer, in message 12: {}", writer.0.wait()?);
    ended_well(start("--write", &ring.path())?, "second writer")?;
    ended_well(reader, "reader")
}

#[cfg(target_os = "linux")]
fn what_is_refused() -> Result<()> {
    let refused = |what: &str, change: &dyn Fn(&Mapped) -> Result<()>| {
        let ring = memfd()?;
        change(&ring)?;
        let reader = command("--read", &ring.path())?.output()?;
        ensure!(reader.status.code() == Some(1), "the reader: {}", reader.status);
        let told = String::from_utf8(reader.stderr)?;
        let told = told.lines().next().context("it has said nothing")?;
        println!("  {what}: {}", told.trim_start_matches("Error: "));
        anyhow::Ok(())
    };
    refused("too short", &|ring| ring.file.set_len(100).map_err(Into::into))?;
    refused("another file", &|ring| {
        (&ring.file).write_all(b"#!/bin/sh").map_err(Into::into)
    })?;
    refused("another version", &|ring| {
        ring.version.store(2, Relaxed);
        Ok(())
    })?;
    refused("two readers", &|ring| ring.sit(Seat::Reader))?;
    refused("a number", &|ring| {
        ring.written.store(1000, Relaxed);
        Ok(())
    })?;
    refused("a length", &|ring| {
        ring.slots[0].length.store(u32::MAX, Relaxed);
        ring.written.store(1, Release);
        Ok(())
    })
}

/// A /dev/shm of so many MiB in place of the real one, for this process alone: root may
/// do that, and others in a user namespace of their own, if they may make one.
#[cfg(target_os = "linux")]
fn small_shm(mib: usize) -> Result<()> {
    let (user, group) = (geteuid(), getegid());
    if user.is_root() {
        unshare(CloneFlags::CLONE_NEWNS)?;
    } else {
        unshare(CloneFlags::CLONE_NEWNS | CloneFlags::CLONE_NEWUSER)?;
        fs::write("/proc/self/setgroups", "deny")?;
        fs::write("/proc/self/uid_map", format!("{user} {user} 1"))?;
        fs::write("/proc/self/gid_map", format!("{group} {group} 1"))?;
    }
    let (none, own) = (None::<&str>, MsFlags::MS_REC | MsFlags::MS_PRIVATE);
    mount(none, "/", none, own, none)?;
    let (kind, size) = (Some("tmpfs"), format!("size={mib}m"));
    mount(kind, "/dev/shm", kind, MsFlags::empty(), Some(&*size))?;
    Ok(())
}

#[cfg(target_os = "linux")]
fn a_full_shm(mib: usize) -> Result<ExitCode> {
    if let Err(error) = small_shm(mib) {
        eprintln!("missing: the right to mount a /dev/shm of its own ({error})");
        return Ok(ExitCode::from(2));
    }
    println!("/dev/shm with {mib} MiB:");
    let mut others = in_dev_shm("/others")?;
    let full = loop {
        if let Err(error) = others.write_all(&[1; 1 << 12]) {
            break error;
        }
    };
    ensure!(full.kind() == ErrorKind::StorageFull, "{full}");
    println!("  who writes by a call: {full}");
    let file = in_dev_shm("/careless")?;
    file.set_len(SIZE.get() as u64)?; // which takes no memory yet
    let careless = Mapped::new(file)?;
    let store = || careless.version.store(VERSION, Relaxed);
    println!("  who writes into a mapping: {}", killed(store)?);
    let refused = Mapped::create(in_dev_shm("/careful")?).err();
    println!("  who asks before: {}", refused.context("there is no memory")?);
    Ok(ExitCode::SUCCESS)
}

#[cfg(target_os = "linux")]
fn main() -> Result<ExitCode> {
    let ([dies_at, shm], [make, reads, writes]) = mp::args_and_files(
        [("die", 0, 0..=100), ("shm", 0, 0..=64)],
        ["make", "read", "write"],
    );
    match (make, reads, writes) {
        (None, None, None) if shm > 0 => return a_full_shm(shm),
        (None, None, None) => {}
        (Some(path), None, None) => {
            let mut new = File::options();
            Mapped::create(new.read(true).write(true).create_new(true).open(path)?)?;
            return Ok(ExitCode::SUCCESS);
        }
        (None, Some(path), None) => return read(&path).map(|()| ExitCode::SUCCESS),
        (None, None, Some(path)) => {
            let dies_at = if dies_at == 0 { MESSAGES } else { dies_at as u64 };
            return write(&path, dies_at).map(|()| ExitCode::SUCCESS);
        }
        _ => {
            eprintln!("error: one of --make, --read and --write at a time");
            return Ok(ExitCode::from(2));
        }
    }
    let scenes: [(&str, Scene); 5] = [
        ("a file", a_file),
        ("a name in /dev/shm", a_name),
        ("a memfd, its size sealed", a_memfd),
        ("a writer that is killed", a_writer_dies),
        ("what the reader refuses", what_is_refused),
    ];
    for (title, scene) in scenes {
        println!("{title}:");
        scene()?;
    }
    Ok(ExitCode::SUCCESS)
}

#[cfg(not(target_os = "linux"))]
fn main() -> ExitCode {
    mp::linux_only()
}
