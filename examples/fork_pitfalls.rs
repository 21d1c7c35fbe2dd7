//! What goes wrong at a fork: each mistake in a process of its own, then its cure.
//!
//! Unix only. `cargo run --example fork_pitfalls`, or some scenes: `-- --scene 2`.
#![cfg_attr(not(unix), allow(dead_code, unused_imports))]

use std::sync::Barrier;
use std::time::Duration;
use std::{fs, io, panic, process, thread};

use mp::Process;
#[cfg(unix)]
use nix::{
    sys::signal::{Signal, kill, raise},
    sys::wait::{WaitStatus, waitpid},
    unistd::{ForkResult, Pid, alarm, fork},
};

/// How a child has ended.
#[cfg(unix)]
fn wait(child: Pid) -> nix::Result<String> {
    Ok(match waitpid(child, None)? {
        WaitStatus::Exited(_, code) => format!("exit status: {code}"),
        WaitStatus::Signaled(_, signal, _) => format!("signal: {signal}"),
        other => format!("{other:?}"),
    })
}

#[cfg(unix)]
// ANCHOR: buffer
fn wrong_buffer() -> anyhow::Result<()> {
    print!("  begun before the fork, ");
    // SAFETY: this process has one thread, so no lock is held by another.
    match unsafe { fork()? } {
        ForkResult::Child => {
            println!("ended by the child");
            process::exit(0);
        }
        ForkResult::Parent { child } => wait(child)?,
    };
    println!("ended by the parent");
    Ok(())
}

fn right_buffer() -> anyhow::Result<()> {
    print!("  begun before the fork, ");
    Process::spawn(|| println!("ended by the child"))?.join()?;
    println!("  ended by the parent");
    Ok(())
}
// ANCHOR_END: buffer

// ANCHOR: panic
/// Stands for what its owner gives back at the end.
struct Folder {
    owner: u32,
}

impl Drop for Folder {
    fn drop(&mut self) {
        let who = if process::id() == self.owner { "parent" } else { "child" };
        println!("  the {who} deletes the folder");
    }
}

#[cfg(unix)]
fn wrong_panic() -> anyhow::Result<()> {
    let _folder = Folder { owner: process::id() };
    // SAFETY: another thread, if there is one, waits for this one without a lock.
    match unsafe { fork()? } {
        ForkResult::Child => panic!("the task failed"),
        ForkResult::Parent { child } => println!("  the child: {}", wait(child)?),
    }
    Ok(())
}

#[cfg(unix)]
fn wrong_panic_in_a_thread() -> anyhow::Result<()> {
    thread::spawn(wrong_panic).join().expect("the panic stays in the child")
}

fn right_panic() -> anyhow::Result<()> {
    let _folder = Folder { owner: process::id() };
    let status = Process::spawn(|| panic!("the task failed"))?.join()?;
    println!("  the child: {status}");
    Ok(())
}
// ANCHOR_END: panic

#[cfg(unix)]
// ANCHOR: lock
fn wrong_lock() -> anyhow::Result<()> {
    let (locked, forked) = (Barrier::new(2), Barrier::new(2));
    thread::scope(|scope| {
        scope.spawn(|| {
            let _stdout = io::stdout().lock();
            locked.wait();
            forked.wait();
        });
        locked.wait();
        // SAFETY: the child waits for a lock that nobody opens, and does no more.
        let fork = unsafe { fork() };
        if let Ok(ForkResult::Child) = fork {
            alarm::set(1); // after a second, SIGALRM ends this process
            println!("  the child prints");
            process::exit(0);
        }
        forked.wait();
        println!("  the parent prints: its thread has opened the lock");
        if let ForkResult::Parent { child } = fork? {
            println!("  the child waits for ever: {}", wait(child)?);
        }
        Ok(())
    })
}

fn right_lock() -> anyhow::Result<()> {
    let end = Barrier::new(2);
    thread::scope(|scope| {
        scope.spawn(|| end.wait());
        if let Err(error) = Process::spawn(|| println!("  the child prints")) {
            println!("  {error}");
        }
        end.wait();
    });
    Process::spawn(|| println!("  forked with one thread"))?.join()?;
    Ok(())
}
// ANCHOR_END: lock

#[cfg(unix)]
// ANCHOR: endings
fn endings() -> anyhow::Result<()> {
    let tasks: [(&str, fn()); 5] = [
        ("returns", || ()),
        ("panics", || panic!("one of many")),
        ("calls exit(3)", || process::exit(3)),
        ("calls exit(256)", || process::exit(256)),
        ("is killed", || raise(Signal::SIGKILL).expect("SIGKILL can be sent")),
    ];
    for (what, task) in tasks {
        println!("  it {what}: {}", Process::spawn(task)?.join()?);
    }
    Ok(())
}
// ANCHOR_END: endings

/// The state of a process, as Linux tells it.
#[cfg(unix)]
fn state(pid: Pid) -> &'static str {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    match stat.rsplit_once(") ") {
        Some((_, rest)) if rest.starts_with('Z') => "a zombie",
        Some(_) => "running",
        None if kill(pid, None).is_ok() => "known to the system",
        None => "gone",
    }
}

#[cfg(unix)]
// ANCHOR: zombie
fn zombie() -> anyhow::Result<()> {
    let mut process = Process::spawn(|| ())?;
    let pid = Pid::from_raw(process.id().try_into()?);
    while state(pid) == "running" {
        thread::sleep(Duration::from_millis(1));
    }
    println!("  the child has ended and is {}", state(pid));
    process.join()?;
    println!("  after join it is {}", state(pid));
    Ok(())
}
// ANCHOR_END: zombie

#[cfg(unix)]
fn main() -> anyhow::Result<()> {
    type Scene = fn() -> anyhow::Result<()>;

    let scenes: [(usize, &str, Scene); 9] = [
        (1, "a buffer, wrong", wrong_buffer),
        (1, "a buffer, right", right_buffer),
        (2, "a panic, wrong", wrong_panic),
        (2, "a panic in a thread, wrong", wrong_panic_in_a_thread),
        (2, "a panic, right", right_panic),
        (3, "a lock, wrong", wrong_lock),
        (3, "a lock, right", right_lock),
        (4, "how a child ends", endings),
        (5, "until it is waited for", zombie),
    ];
    let [only] = mp::args([("scene", 0, 0..=5)]);
    let usual = panic::take_hook();
    panic::set_hook(Box::new(move |panic| {
        match panic.payload().downcast_ref::<&str>() {
            Some(message) => eprintln!("  panic: {message}"),
            None => usual(panic),
        }
    }));
    for (number, title, scene) in scenes {
        if only == 0 || only == number {
            println!("{title}:");
            let status = Process::spawn(scene)?.join()?;
            if status.code() == Some(101) {
                // It has said why, or nobody reads any more.
                panic::resume_unwind(Box::new(()));
            }
            anyhow::ensure!(status.success(), "the scene '{title}': {status}");
        }
    }
    Ok(())
}

#[cfg(not(unix))]
fn main() -> std::process::ExitCode {
    mp::unix_only()
}
