//! Limits of a process, and of a group of them: how each shows, and what a parent sees.
//!
//! Linux only. `cargo run --example limits`; as root, in a cgroup: `-- --cgroup 32`
#![cfg_attr(not(target_os = "linux"), allow(dead_code, unused_imports))]

use std::fs::{self, File};
use std::hint::black_box;
use std::io;
use std::path::PathBuf;
use std::process::{self, ExitCode};
use std::sync::atomic::AtomicU8;
use std::thread;
use std::time::Duration;

#[cfg(target_os = "linux")]
use nix::{
    sys::prctl,
    sys::resource::{Resource, getrlimit, setrlimit},
    unistd::{Uid, setuid},
};

const MIB: usize = 1 << 20;

/// Sets the soft limit, which counts. The hard one stays, up to which it may rise.
#[cfg(target_os = "linux")]
fn limit(resource: Resource, soft: u64) -> nix::Result<()> {
    let (_, hard) = getrlimit(resource)?;
    setrlimit(resource, soft.min(hard), hard)
}

#[cfg(target_os = "linux")]
fn memory() -> anyhow::Result<()> {
    limit(Resource::RLIMIT_AS, 512 << 20)?;
    let mut list: Vec<u8> = Vec::new();
    let refused = list.try_reserve(1024 * MIB).expect_err("it is beyond the limit");
    println!("  try_reserve: {refused}");
    let shared = mp::Shared::slice(1024 * MIB, || AtomicU8::new(0));
    println!("  mmap: {}", shared.expect_err("likewise"));
    let large = thread::Builder::new().stack_size(1024 * MIB).spawn(|| ());
    println!("  a thread: {}", large.expect_err("a stack is memory too"));
    let careless = || black_box(vec![1_u8; 1024 * MIB]).truncate(0);
    println!("  who takes it for granted: {}", mp::Process::spawn(careless)?.join()?);
    Ok(())
}

#[cfg(target_os = "linux")]
fn processor_time(seconds: u64) -> anyhow::Result<()> {
    // SIGXCPU at the soft limit, and for who handles that SIGKILL at the hard one.
    setrlimit(Resource::RLIMIT_CPU, seconds, seconds + 1)?;
    let mut sleeps =
        mp::Process::spawn(|| thread::sleep(Duration::from_secs(seconds)))?;
    let mut computes = mp::Process::spawn(|| while black_box(true) {})?;
    println!("  who computes: {}", computes.join()?);
    println!("  who sleeps as long: {}", sleeps.join()?);
    Ok(())
}

#[cfg(target_os = "linux")]
fn descriptors() -> anyhow::Result<()> {
    limit(Resource::RLIMIT_NOFILE, 16)?;
    let mut files = Vec::new();
    let refused = loop {
        match File::open("/dev/null") {
            Ok(file) => files.push(file),
            Err(error) => break error,
        }
    };
    println!("  one file more: {refused}");
    println!("  a pipe: {}", std::io::pipe().expect_err("it needs two"));
    println!("  a child: {}", mp::Process::spawn(|| ())?.join()?);
    Ok(())
}

#[cfg(target_os = "linux")]
fn processes() -> anyhow::Result<()> {
    if Uid::effective().is_root() {
        setuid(Uid::from_raw(65534))?; // nobody: for root this limit doesn't hold
    }
    limit(Resource::RLIMIT_NPROC, 1)?; // of this user, and this process is one
    println!(
        "  a child: {}",
        mp::Process::spawn(|| ()).expect_err("it is one too many")
    );
    println!(
        "  a thread: {}",
        thread::Builder::new().spawn(|| ()).expect_err("likewise")
    );
    let (_, hard) = getrlimit(Resource::RLIMIT_NPROC)?;
    limit(Resource::RLIMIT_NPROC, hard)?;
    println!(
        "  a child, with the limit raised again: {}",
        mp::Process::spawn(|| ())?.join()?
    );
    Ok(())
}

/// A cgroup that may use so much memory. It goes with this value.
struct Group {
    folder: PathBuf,
    version: u8,
}

impl Group {
    fn new(bytes: usize) -> io::Result<Group> {
        let mut root = PathBuf::from("/sys/fs/cgroup");
        let version = if root.join("cgroup.controllers").exists() { 2 } else { 1 };
        let (most, swap, none) = if version == 2 {
            fs::write(root.join("cgroup.subtree_control"), "+memory")?;
            ("memory.max", "memory.swap.max", 0)
        } else {
            root.push("memory");
            ("memory.limit_in_bytes", "memory.memsw.limit_in_bytes", bytes)
        };
        let folder = root.join(format!("limits-{}", process::id()));
        fs::create_dir(&folder)?;
        let group = Group { folder, version };
        fs::write(group.folder.join(most), bytes.to_string())?;
        let swap = group.folder.join(swap); // or what is too much is swapped out
        if swap.exists() {
            fs::write(swap, none.to_string())?;
        }
        Ok(group)
    }

    /// Puts this process there, and with it all that it will start.
    fn enter(&self) -> io::Result<()> {
        fs::write(self.folder.join("cgroup.procs"), "0")
    }

    /// How many processes of this group were killed since it had no memory left.
    fn killed(&self) -> io::Result<usize> {
        let counts =
            if self.version == 2 { "memory.events" } else { "memory.oom_control" };
        let text = fs::read_to_string(self.folder.join(counts))?;
        let count = text.lines().find_map(|line| line.strip_prefix("oom_kill "));
        count
            .and_then(|count| count.parse().ok())
            .ok_or(io::ErrorKind::InvalidData.into())
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        let _ = fs::remove_dir(&self.folder); // once all of its processes have ended
    }
}

fn in_a_group(mib: usize) -> anyhow::Result<ExitCode> {
    let group = match Group::new(mib * MIB) {
        Ok(group) => group,
        Err(error) => {
            eprintln!(
                "missing: a cgroup, which root may make where that is allowed: {error}"
            );
            return Ok(ExitCode::from(2));
        }
    };
    println!("a cgroup of {mib} MiB:");
    let mut worker = mp::Process::spawn(|| {
        group.enter()?;
        let mut memory: Vec<u8> = Vec::new();
        memory.try_reserve(8 * mib * MIB)?; // here nothing is refused
        println!("  the worker was granted {} MiB", 8 * mib);
        for quarter in 1..=32 {
            memory.resize(quarter * mib * MIB / 4, 1);
            println!("  the worker has written {} MiB", quarter * mib / 4);
        }
        anyhow::Ok(())
    })?;
    println!("  its parent sees: {}", worker.join()?);
    println!("  its group has seen: oom_kill {}", group.killed()?);
    Ok(ExitCode::SUCCESS)
}

/// Limits stay with a process, so each scene has one of its own.
fn in_a_child(scene: impl FnOnce() -> anyhow::Result<()>) -> anyhow::Result<()> {
    let status = mp::Process::spawn(scene)?.join()?;
    if status.code() == Some(101) {
        std::panic::resume_unwind(Box::new(())); // it has said why, or nobody reads
    }
    anyhow::ensure!(status.success(), "a child failed, {status}");
    Ok(())
}

#[cfg(target_os = "linux")]
fn main() -> anyhow::Result<ExitCode> {
    let [cpu, cgroup] = mp::args([("cpu", 1, 0..=60), ("cgroup", 0, 0..=1024)]);
    prctl::set_dumpable(false)?; // those who are killed leave no core file
    if cgroup > 0 {
        return in_a_group(cgroup);
    }
    println!("memory, 512 MiB:");
    in_a_child(memory)?;
    if cpu > 0 {
        println!("processor time, {cpu} s:");
        in_a_child(|| processor_time(cpu as u64))?;
    }
    println!("descriptors, 16:");
    in_a_child(descriptors)?;
    println!("processes, 1:");
    in_a_child(processes)?;
    Ok(ExitCode::SUCCESS)
}

#[cfg(not(target_os = "linux"))]
fn main() -> ExitCode {
    mp::linux_only()
}
