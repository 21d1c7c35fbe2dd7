//! A hang that is found: what each process waits in, and who holds the other end.
//!
//! Linux only. `cargo run --example watching`; at any program: `-- --look PID`
#![cfg_attr(not(target_os = "linux"), allow(dead_code, unused_imports))]

use std::ffi::CStr;
use std::fs;
use std::hint;
use std::io::{self, ErrorKind, PipeReader, Read};
use std::path::Path;
use std::process::{self, Command, ExitCode, Stdio};
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::sync::{Barrier, Mutex};
use std::thread;
use std::time::Duration;

use anyhow::{Result, bail, ensure};
#[cfg(target_os = "linux")]
use nix::{
    errno::Errno,
    libc::{self, c_long},
    sys::prctl,
    sys::signal::{Signal, kill, raise},
    sys::wait::waitpid,
    unistd::{Pid, getppid},
};

fn text(pid: u32, file: &str) -> io::Result<String> {
    fs::read_to_string(format!("/proc/{pid}/{file}"))
}

/// What has a number for a name in a folder: processes, threads or descriptors.
fn numbers(folder: &str) -> io::Result<Vec<u32>> {
    let names = fs::read_dir(folder)?.flatten().map(|entry| entry.file_name());
    Ok(names.filter_map(|name| name.to_str()?.parse().ok()).collect())
}

/// A process, and all that came of it.
fn tree(root: u32) -> io::Result<Vec<u32>> {
    let mut all = vec![root];
    let mut next = 0;
    while let Some(&pid) = all.get(next) {
        for tid in numbers(&format!("/proc/{pid}/task"))? {
            let children = text(pid, &format!("task/{tid}/children"))?;
            all.extend(children.split(' ').filter_map(|pid| pid.parse::<u32>().ok()));
        }
        next += 1;
    }
    Ok(all)
}

/// Whether a process can write to a descriptor, or can read from it.
#[cfg(target_os = "linux")]
fn can(pid: u32, descriptor: u32, write: bool) -> Option<bool> {
    let info = text(pid, &format!("fdinfo/{descriptor}")).ok()?;
    let flags = info.lines().find_map(|line| line.strip_prefix("flags:"))?;
    let mode = i32::from_str_radix(flags.trim(), 8).ok()? & libc::O_ACCMODE;
    Some(mode != if write { libc::O_RDONLY } else { libc::O_WRONLY })
}

/// Who holds that end of a pipe, among all processes at which we may look.
#[cfg(target_os = "linux")]
fn holders(pipe: &Path, write: bool) -> io::Result<Vec<u32>> {
    let holds = |&pid: &u32| {
        let descriptors = numbers(&format!("/proc/{pid}/fd")).unwrap_or_default();
        descriptors.into_iter().any(|descriptor| {
            let to = fs::read_link(format!("/proc/{pid}/fd/{descriptor}"));
            to.is_ok_and(|to| to == pipe) && can(pid, descriptor, write) == Some(true)
        })
    };
    Ok(numbers("/proc")?.into_iter().filter(holds).collect())
}

/// What a thread waits in, and for which processes.
#[cfg(target_os = "linux")]
fn waits_in(pid: u32, tid: u32) -> io::Result<(String, Vec<u32>)> {
    let call = text(pid, &format!("task/{tid}/syscall"))?;
    let mut words = call.split_whitespace();
    let number = words.next().and_then(|word| word.parse::<c_long>().ok());
    let argument = words.next().and_then(|word| {
        u64::from_str_radix(word.strip_prefix("0x")?, 16).ok()?.try_into().ok()
    });
    Ok(match (number, argument) {
        (Some(libc::SYS_wait4), Some(child)) if i32::try_from(child).is_ok() => {
            (format!("wait4, until pid {child} ends"), vec![child])
        }
        (Some(call @ (libc::SYS_read | libc::SYS_write)), Some(descriptor)) => {
            let reads = call == libc::SYS_read;
            let (way, other) = if reads {
                ("read, from", "writing")
            } else {
                ("write, to", "reading")
            };
            let to = fs::read_link(format!("/proc/{pid}/fd/{descriptor}"))?;
            if !to.to_string_lossy().starts_with("pipe:") {
                return Ok((format!("{way} {}", to.display()), Vec::new()));
            }
            let others = holders(&to, reads)?;
            let named: Vec<_> = others.iter().map(|pid| format!("pid {pid}")).collect();
            let named = named.join(" and ");
            (format!("{way} a pipe with a {other} end in {named}"), others)
        }
        (Some(libc::SYS_futex), _) => {
            ("futex, until a thread wakes it".to_owned(), Vec::new())
        }
        (Some(libc::SYS_wait4), _) => {
            ("wait4, until any child ends".to_owned(), Vec::new())
        }
        (Some(number), _) => (format!("system call {number}"), Vec::new()),
        (None, _) => ("no system call: it computes".to_owned(), Vec::new()),
    })
}

/// What is seen of one thread.
#[derive(PartialEq)]
struct Seen {
    pid: u32,
    tid: u32,
    state: char,
    tells: String,
    waits_for: Vec<u32>,
}

#[cfg(target_os = "linux")]
fn look(root: u32) -> io::Result<Vec<Seen>> {
    let mut all = Vec::new();
    for pid in tree(root)? {
        for tid in numbers(&format!("/proc/{pid}/task"))? {
            let stat = text(pid, &format!("task/{tid}/stat"))?; // 4711 (name) S …
            let parts =
                stat.split_once('(').and_then(|(_, rest)| rest.rsplit_once(") "));
            let (name, rest) = parts.ok_or(ErrorKind::InvalidData)?;
            let state = rest.chars().next().ok_or(ErrorKind::InvalidData)?;
            let (what, waits_for) = match state {
                'T' | 't' => ("stopped by a signal".to_owned(), Vec::new()),
                'Z' => ("ended, and nobody has waited for it".to_owned(), Vec::new()),
                _ => waits_in(pid, tid)?,
            };
            let thread = if tid == pid { String::new() } else { format!(" tid {tid}") };
            let tells = format!("pid {pid}{thread} {name}: {what}");
            let state = state.to_ascii_uppercase(); // t: a debugger is there
            all.push(Seen { pid, tid, state, tells, waits_for });
        }
    }
    Ok(all)
}

/// Goes on from the last process of the way until it is at the first one again.
fn back_to_the_first(seen: &[Seen], way: &mut Vec<u32>, met: &mut Vec<u32>) -> bool {
    let last = way[way.len() - 1];
    let waiting = seen.iter().filter(|thread| thread.pid == last);
    for &next in waiting.flat_map(|thread| &thread.waits_for) {
        if next == way[0] {
            return true;
        }
        if !met.contains(&next) {
            met.push(next);
            way.push(next);
            if back_to_the_first(seen, way, met) {
                return true;
            }
            way.pop();
        }
    }
    false
}

fn report(seen: &[Seen]) {
    for thread in seen {
        println!("  {}", thread.tells);
    }
    let circle = seen.iter().find_map(|thread| {
        let mut way = vec![thread.pid];
        back_to_the_first(seen, &mut way, &mut Vec::new()).then_some(way)
    });
    if let Some(circle) = circle {
        let way: Vec<_> = circle.iter().map(|pid| format!("pid {pid}")).collect();
        println!("  a circle: {}, and from the start", way.join(", "));
    }
}

/// A child with a name, which ends when its parent does, and which others may watch.
#[cfg(target_os = "linux")]
fn child(name: &CStr, work: impl FnOnce() -> Result<()>) -> io::Result<mp::Process> {
    let parent = process::id();
    mp::Process::spawn(|| {
        prctl::set_name(name)?;
        prctl::set_pdeathsig(Signal::SIGKILL)?;
        ensure!(u32::try_from(getppid().as_raw())? == parent, "the parent has ended");
        // SAFETY: it takes two numbers. Where there is no Yama it does nothing.
        unsafe { libc::prctl(libc::PR_SET_PTRACER, libc::PR_SET_PTRACER_ANY) };
        work()
    })
}

fn read_to_the_end(mut requests: &PipeReader) -> Result<()> {
    Ok(requests.read_to_end(&mut Vec::new()).map(drop)?)
}

/// Wrong: the second worker keeps its copy of the first one's writing end.
#[cfg(target_os = "linux")]
fn a_copy_is_kept() -> Result<()> {
    let (from_parent, to_first) = io::pipe()?;
    let mut to_first = Some(to_first);
    let mut first = child(c"first", || {
        to_first = None;
        read_to_the_end(&from_parent)
    })?;
    let (from_parent, to_second) = io::pipe()?;
    let mut to_second = Some(to_second);
    let mut second = child(c"second", || {
        to_second = None;
        read_to_the_end(&from_parent)
    })?;
    drop(to_first); // there are no more requests
    let first = first.join()?;
    drop(to_second);
    let second = second.join()?;
    ensure!(first.success() && second.success(), "first: {first}, second: {second}");
    Ok(())
}

/// Wrong: each takes its own lock first, and then the other one's.
fn giver_first(accounts: &[Mutex<i64>; 2], both: &Barrier, from: usize, to: usize) {
    let mut giver = accounts[from].lock().expect("no thread panics");
    both.wait();
    let mut taker = accounts[to].lock().expect("no thread panics");
    *giver -= 1;
    *taker += 1;
}

fn two_locks() -> Result<()> {
    let accounts = &[Mutex::new(500), Mutex::new(500)];
    let both = &Barrier::new(2);
    thread::scope(|scope| {
        for (name, from, to) in [("from 0 to 1", 0, 1), ("from 1 to 0", 1, 0)] {
            let work = move || giver_first(accounts, both, from, to);
            thread::Builder::new().name(name.to_owned()).spawn_scoped(scope, work)?;
        }
        Ok(())
    })
}

fn spin_until(done: &AtomicBool) {
    while !done.load(Relaxed) {
        hint::spin_loop();
    }
}

/// Wrong: nobody is left who would set it.
#[cfg(target_os = "linux")]
fn a_flag_that_nobody_sets() -> Result<()> {
    let done = mp::Shared::new(AtomicBool::new(false))?;
    let mut worker = child(c"worker", || {
        spin_until(&done);
        Ok(())
    })?;
    let status = worker.join()?;
    ensure!(status.success(), "the worker: {status}");
    Ok(())
}

#[cfg(target_os = "linux")]
fn a_worker_is_stopped() -> Result<()> {
    let mut worker = child(c"worker", || Ok(raise(Signal::SIGSTOP)?))?;
    let status = worker.join()?;
    ensure!(status.success(), "the worker: {status}");
    Ok(())
}

/// A parent with all that it starts. Nobody of them outlives this value.
struct Family(mp::Process);

#[cfg(target_os = "linux")]
impl Family {
    /// Looks until all are in these states, and two looks see the same.
    fn at_rest(&mut self, states: &str) -> Result<Vec<Seen>> {
        let mut before = Vec::new();
        for _ in 0..2000 {
            if let Some(status) = self.0.join_timeout(Duration::from_millis(10))? {
                bail!("it has ended instead of hanging, {status}");
            }
            match look(self.0.id()) {
                Ok(seen) => {
                    let are: String = seen.iter().map(|thread| thread.state).collect();
                    if are == states && seen == before {
                        return Ok(seen);
                    }
                    before = seen;
                }
                Err(error) if error.kind() == ErrorKind::PermissionDenied => {
                    return Err(error.into());
                }
                Err(_) => {} // somebody has ended meanwhile
            }
        }
        bail!("it doesn't come to rest")
    }
}

#[cfg(target_os = "linux")]
impl Drop for Family {
    fn drop(&mut self) {
        let _ = self.0.kill(); // whoever loses its parent ends, and becomes our child
        let _ = self.0.join();
        while matches!(waitpid(None, None), Ok(_) | Err(Errno::EINTR)) {}
    }
}

const TOOLS: [&str; 3] = ["ps", "strace", "gdb"];

/// Lets `ps` or `gdb` tell of the processes.
fn with_tool(tool: &str, pids: &[u32]) -> Result<()> {
    let all: Vec<_> = pids.iter().map(u32::to_string).collect();
    let scripts = if tool == "ps" {
        vec![format!(
            "ps --forest -o pid,ppid,state,wchan:20,comm -p {}",
            all.join(",")
        )]
    } else {
        let ask =
            "-ex 'set print frame-arguments none' -ex 'thread apply all backtrace'";
        let own = "2>&1 | grep -E '^Thread|watching::[a-z_]+ \\('";
        all.iter().map(|pid| format!("gdb -nx -batch -p {pid} {ask} {own}")).collect()
    };
    for script in scripts {
        println!("+ {script}");
        let output = Command::new("sh").args(["-c", &script]).output()?;
        print!("{}", String::from_utf8_lossy(&output.stdout));
    }
    Ok(())
}

/// Lets `strace` tell of the processes, until it has told of each thread that sleeps.
#[cfg(target_os = "linux")]
fn with_strace(seen: &[Seen], pids: &[u32]) -> Result<()> {
    let options: Vec<_> = pids.iter().map(|pid| format!("-p {pid}")).collect();
    let script = format!("strace -f -y {}", options.join(" "));
    println!("+ {script}");
    let (mut output, end) = io::pipe()?;
    let script = format!("exec {script}");
    let mut strace = Command::new("sh").args(["-c", &script]).stderr(end).spawn()?;
    let mut told = Vec::new();
    let told_of_all = |told: &[u8]| {
        let told = String::from_utf8_lossy(told);
        let mut sleep = seen.iter().filter(|thread| thread.state == 'S');
        sleep.all(|thread| told.contains(&format!("[pid {:>5}] ", thread.tid)))
    };
    let mut piece = [0; 4096];
    while !told_of_all(&told) {
        match output.read(&mut piece)? {
            0 => bail!("strace has ended: {}", String::from_utf8_lossy(&told)),
            count => told.extend(&piece[..count]),
        }
    }
    println!("{}", String::from_utf8_lossy(&told));
    kill(Pid::from_raw(strace.id().try_into()?), Signal::SIGINT)?; // as Ctrl-C does
    strace.wait()?;
    Ok(())
}

#[cfg(target_os = "linux")]
fn run() -> Result<ExitCode> {
    type Scene = fn() -> Result<()>;

    let scenes: [(&str, &str, Scene); 4] = [
        ("a copy of a writing end is kept", "SSS", a_copy_is_kept),
        ("two locks, in two orders", "SSS", two_locks),
        ("a flag that nobody sets", "SR", a_flag_that_nobody_sets),
        ("a worker is stopped", "ST", a_worker_is_stopped),
    ];
    let [only, tool, seconds, pid] = mp::args([
        ("scene", 0, 0..=scenes.len()),
        ("tool", 0, 0..=TOOLS.len()),
        ("seconds", 0, 0..=600),
        ("look", 0, 0..=4_194_304),
    ]);
    if pid > 0 {
        return match look(pid.try_into()?) {
            Ok(seen) => {
                report(&seen);
                Ok(ExitCode::SUCCESS)
            }
            Err(error) => {
                eprintln!("can't look at process {pid}: {error}");
                Ok(ExitCode::from(2))
            }
        };
    }
    let tool = tool.checked_sub(1).map(|number| TOOLS[number]);
    if let Some(tool) = tool
        && Command::new(tool).arg("--version").stdout(Stdio::null()).status().is_err()
    {
        eprintln!("missing: {tool}");
        return Ok(ExitCode::from(2));
    }
    prctl::set_child_subreaper(true)?;
    for (number, (title, states, scene)) in (1..).zip(scenes) {
        if only != 0 && only != number {
            continue;
        }
        println!("{title}:");
        let mut family = Family(child(c"parent", scene)?);
        let seen = family.at_rest(states)?;
        let mut pids: Vec<_> = seen.iter().map(|thread| thread.pid).collect();
        pids.dedup();
        match tool {
            None => report(&seen),
            Some("strace") => with_strace(&seen, &pids)?,
            Some(tool) => with_tool(tool, &pids)?,
        }
        if seconds > 0 {
            println!("  pid {} hangs for {seconds} s", family.0.id());
            family.0.join_timeout(Duration::from_secs(seconds.try_into()?))?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

#[cfg(target_os = "linux")]
fn main() -> Result<ExitCode> {
    run()
}

#[cfg(not(target_os = "linux"))]
fn main() -> ExitCode {
    mp::linux_only()
}
