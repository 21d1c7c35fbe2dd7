//! A time limit for what skeptic runs, which has none.
//!
//! The generated tests call [`run_test`] and [`compile_test`] here instead of skeptic's. The first
//! call starts a thread that looks after every process below this one: it kills what has run longer
//! than [`LIMIT`], whereupon skeptic reports the snippet's test as failed.

use std::any::Any;
use std::collections::HashMap;
use std::panic;
use std::sync::Once;
use std::thread;
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use crate::processes;

/// How long a snippet, or the compiler at work on one, may run.
pub const LIMIT: Duration = Duration::from_secs(60);

/// Compiles a snippet, with skeptic.
pub fn compile_test(root: &str, out: &str, target: &str, text: &str) {
    watch(LIMIT);
    skeptic::rt::compile_test(root, out, target, text);
}

/// Compiles and runs a snippet, with skeptic.
///
/// Skeptic copies a compiled snippet into its cache and runs the copy. While the copy is written,
/// another thread of this process can fork to start a compiler; until that one is there, it holds the
/// copy open for writing, and Linux refuses to run it (ETXTBSY). The moment passes, so try again.
///
/// # Panics
///
/// The snippet doesn't compile or fails: so skeptic tells libtest.
pub fn run_test(root: &str, out: &str, target: &str, text: &str) {
    watch(LIMIT);
    for _ in 0..100 {
        let run = || skeptic::rt::run_test(root, out, target, text);
        match panic::catch_unwind(run) {
            Ok(()) => return,
            Err(payload) if is_busy(&*payload) => thread::sleep(Duration::from_millis(20)),
            Err(payload) => panic::resume_unwind(payload),
        }
    }
    panic!("the compiled snippet stayed open for writing");
}

/// Whether skeptic has reported that it could not start a snippet since its file is being written.
fn is_busy(payload: &(dyn Any + Send)) -> bool {
    let text = payload.downcast_ref::<String>().map_or("", String::as_str);
    text.starts_with("Could not run") && text.ends_with("Text file busy (os error 26)")
}

/// Kills, from now on, what runs below this process for longer than `limit`.
pub fn watch(limit: Duration) {
    static STARTED: Once = Once::new();
    STARTED.call_once(|| {
        // A process whose parent has ended becomes ours, so that it can be found and killed, too:
        // it may hold the pipe that skeptic reads.
        #[cfg(target_os = "linux")]
        if let Err(error) = nix::sys::prctl::set_child_subreaper(true) {
            eprintln!("orphans of snippets can't be watched: {error}");
        }
        thread::spawn(move || look_after(limit));
    });
}

fn look_after(limit: Duration) {
    let mut first_seen: HashMap<i32, Instant> = HashMap::new();
    loop {
        thread::sleep(Duration::from_millis(500).min(limit / 2));
        let Ok(running) = processes::descendants() else {
            continue;
        };
        first_seen.retain(|pid, _| running.iter().any(|process| process.pid == *pid));
        for process in running {
            let since = first_seen.entry(process.pid).or_insert_with(Instant::now);
            if since.elapsed() > limit && process.state != "Z" {
                eprintln!(
                    "\nKILLED after {} s: {process}{}",
                    limit.as_secs_f32(),
                    source(process.pid)
                );
                let _ = kill(Pid::from_raw(process.pid), Signal::SIGKILL);
            }
        }
    }
}

/// The snippet that a process runs: skeptic runs it in the folder of its source.
fn source(pid: i32) -> String {
    std::fs::read_to_string(format!("/proc/{pid}/cwd/test.rs")).unwrap_or_default()
}
