//! A worker that parses what strangers send: it puts up walls, and then reads.
//!
//! Linux only. `cargo run --features sandbox --example sandbox`; where the kernel has
//! Landlock, `-- --landlock 1`; as root, `-- --user 65534`
#![cfg_attr(not(target_os = "linux"), allow(dead_code, unused_imports))]

use std::fs::{self, File, OpenOptions};
use std::io::{self, ErrorKind, Read, Write};
use std::net::UdpSocket;
use std::process::{Command, ExitCode, Stdio};
use std::{collections::BTreeMap, env};

use anyhow::{Context, ensure};

#[cfg(target_os = "linux")]
use {
    landlock::{
        ABI, Access, AccessFs, AccessNet, CompatLevel, Compatible, Ruleset,
        RulesetAttr, Scope,
    },
    nix::libc,
    nix::sys::memfd::{MFdFlags, memfd_create},
    nix::sys::prctl,
    nix::sys::resource::{Resource, setrlimit},
    nix::unistd::{
        Gid, Uid, getgroups, getresgid, getresuid, setgroups, setresgid, setresuid,
        setuid,
    },
    seccompiler::{BpfProgram, SeccompAction, SeccompFilter},
    std::os::fd::AsRawFd,
};

/// The first is honest.
const FILES: [&str; 6] = [
    "20\n22",
    "20\nread /etc/passwd",
    "20\nstat /etc/passwd",
    "20\nwrite /dev/null",
    "20\nstart /bin/sh",
    "20\nsend 127.0.0.1:9",
];

/// What only root may.
const FOR_ROOT: [&str; 3] = ["20\n22", "20\nread /etc/shadow", "20\nbecome root"];

/// Adds the numbers of a file, one a line. It has a hole: any other line is obeyed.
#[cfg(target_os = "linux")]
fn parse(file: impl Read) -> io::Result<String> {
    let mut sum = 0_u64;
    for line in io::read_to_string(file)?.lines() {
        match line.parse::<u64>() {
            Ok(number) => sum = sum.saturating_add(number),
            Err(_) => return obey(line).map(|()| "done".to_owned()),
        }
    }
    Ok(format!("the sum is {sum}"))
}

#[cfg(target_os = "linux")]
fn obey(line: &str) -> io::Result<()> {
    let (verb, object) = line.split_once(' ').unwrap_or((line, ""));
    match verb {
        "read" => File::open(object).map(drop),
        "stat" => fs::metadata(object).map(drop),
        "write" => {
            let mut file = OpenOptions::new().create(true).append(true).open(object)?;
            file.write_all(b"was here\n")
        }
        "start" => Command::new(object).status().map(drop),
        "send" => UdpSocket::bind("0.0.0.0:0")?.send_to(b"all", object).map(drop),
        "become" => Ok(setuid(Uid::from_raw(0))?),
        _ => Err(ErrorKind::InvalidData.into()),
    }
}

/// With the user id goes the right to change the others: it is the last.
#[cfg(target_os = "linux")]
fn become_user(id: u32) -> anyhow::Result<()> {
    let (user, group) = (Uid::from_raw(id), Gid::from_raw(id));
    setgroups(&[])?;
    setresgid(group, group, group)?;
    setresuid(user, user, user)?;
    let (users, groups) = (getresuid()?, getresgid()?);
    ensure!([users.real, users.effective, users.saved] == [user; 3], "still {users:?}");
    ensure!(
        [groups.real, groups.effective, groups.saved] == [group; 3],
        "still {groups:?}"
    );
    ensure!(getgroups()?.iter().all(|&other| other == group), "other groups are left");
    ensure!(setuid(Uid::from_raw(0)).is_err(), "root again");
    Ok(())
}

/// From here on it opens, makes, removes and starts no file: no rule allows any.
#[cfg(target_os = "linux")]
fn no_files() -> anyhow::Result<()> {
    Ruleset::default()
        .set_compatibility(CompatLevel::HardRequirement)
        .handle_access(AccessFs::from_all(ABI::V1))? // without these there is no wall
        .set_compatibility(CompatLevel::BestEffort)
        .handle_access(AccessFs::from_all(ABI::V6))? // and what this kernel has besides
        .handle_access(AccessNet::from_all(ABI::V6))?
        .scope(Scope::from_all(ABI::V6))?
        .create()?
        .restrict_self()?;
    Ok(())
}

/// From here on any other system call kills it.
#[cfg(target_os = "linux")]
fn few_calls() -> anyhow::Result<()> {
    let calls = [
        libc::SYS_read,
        libc::SYS_write,
        libc::SYS_brk, // this and the next four: memory
        libc::SYS_mmap,
        libc::SYS_mremap,
        libc::SYS_munmap,
        libc::SYS_madvise,
        libc::SYS_sigaltstack,
        libc::SYS_exit_group,
    ];
    let filter: BpfProgram = SeccompFilter::new(
        BTreeMap::from(calls.map(|call| (call, vec![]))), // whatever their arguments
        SeccompAction::KillProcess,
        SeccompAction::Allow,
        env::consts::ARCH.try_into()?,
    )?
    .try_into()?;
    Ok(seccompiler::apply_filter(&filter)?)
}

#[cfg(target_os = "linux")]
fn worker(walls: &[String]) -> anyhow::Result<ExitCode> {
    prctl::set_dumpable(false)?; // no core file, and nobody looks inside
    setrlimit(Resource::RLIMIT_CPU, 1, 2)?;
    for wall in walls {
        let built = match wall.as_str() {
            "no_new_privs" => prctl::set_no_new_privs().map_err(Into::into),
            "Landlock" => no_files(),
            "seccomp" => few_calls(),
            user => user
                .trim_start_matches("user ")
                .parse()
                .map_err(Into::into)
                .and_then(become_user),
        };
        if let Err(error) = built {
            eprintln!("missing: the wall {wall}: {error:#}");
            return Ok(ExitCode::from(2));
        }
    }
    let answer = parse(io::stdin()).unwrap_or_else(|error| error.to_string());
    io::stdout().write_all(answer.as_bytes())?;
    Ok(ExitCode::SUCCESS)
}

/// A file as the parent opens it for the worker. Here it lies in memory.
#[cfg(target_os = "linux")]
fn opened(text: &str) -> io::Result<File> {
    let mut file = File::from(memfd_create(c"sent", MFdFlags::MFD_CLOEXEC)?);
    file.write_all(text.as_bytes())?;
    File::open(format!("/proc/self/fd/{}", file.as_raw_fd())) // for reading only
}

/// What becomes of a file in a worker behind these walls; `None` if one is missing.
#[cfg(target_os = "linux")]
fn parsed(text: &str, walls: &[&str]) -> anyhow::Result<Option<String>> {
    let mut worker = Command::new(env::current_exe()?)
        .arg("worker")
        .args(walls)
        .env_clear()
        .stdin(opened(text)?)
        .stdout(Stdio::piped())
        .spawn()?;
    let mut said = Vec::new();
    let pipe = worker.stdout.take().context("stdout is a pipe")?;
    let read = pipe.take(80).read_to_end(&mut said); // it may write without an end
    let status = worker.wait()?;
    read?;
    Ok(match status.code() {
        Some(0) => Some(said.escape_ascii().to_string()), // it may write anything
        Some(2) => None,
        _ => Some(status.to_string()),
    })
}

#[cfg(target_os = "linux")]
fn main() -> anyhow::Result<ExitCode> {
    let words: Vec<_> =
        env::args_os().map(|word| word.to_string_lossy().into_owned()).collect();
    if let [_, first, walls @ ..] = &words[..]
        && first == "worker"
    {
        return worker(walls);
    }
    let [landlock, user] =
        mp::args([("landlock", 0, 0..=1), ("user", 0, 0..=0xffff_fffe)]);
    if user > 0 && !Uid::effective().is_root() {
        eprintln!("missing: the rights of root, which --user gives up");
        return Ok(ExitCode::from(2));
    }
    let other_user = format!("user {user}");
    let (files, scenes): (&[&str], [Vec<&str>; 2]) = match (landlock, user) {
        (0, 0) => (&FILES, [vec![], vec!["no_new_privs", "seccomp"]]),
        (_, 0) => {
            let walls = vec!["no_new_privs", "Landlock", "seccomp"];
            (&FILES, [walls[..2].to_vec(), walls])
        }
        _ => (&FOR_ROOT, [vec![], vec![&other_user]]),
    };
    for walls in scenes {
        let title = if walls.is_empty() { "none".to_owned() } else { walls.join(", ") };
        for (number, file) in files.iter().enumerate() {
            let Some(became) = parsed(file, &walls)? else {
                return Ok(ExitCode::from(2));
            };
            if number == 0 {
                println!("walls: {title}");
            }
            println!("  {}: {became}", file.replace('\n', ", "));
        }
    }
    Ok(ExitCode::SUCCESS)
}

#[cfg(not(target_os = "linux"))]
fn main() -> ExitCode {
    mp::linux_only()
}
