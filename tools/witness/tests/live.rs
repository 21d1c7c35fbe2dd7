//! A run is seen while it goes on, and its processes are sent signals.
#![cfg(all(target_os = "linux", target_env = "gnu"))]

use std::process::Command;
use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::Duration;

use nix::sys::signal::Signal;
use witness::{Doing, Error, Live, Report, What, Witness};

const LONG: Duration = Duration::from_secs(60);

/// A script that runs, and what is heard of it.
struct Run {
    live: Live,
    heard: Receiver<What>,
    done: thread::JoinHandle<Result<Report, Error>>,
}

fn run(script: &str) -> Run {
    let (tell, heard) = mpsc::channel();
    let live = Live::new(move |happening| {
        let _ = tell.send(happening.what);
    });
    let mut command = Command::new("sh");
    command.args(["-c", script]);
    let witness = Witness::new(command).limit(LONG).live(&live);
    Run { live, heard, done: thread::spawn(|| witness.run()) }
}

impl Run {
    /// Waits for something that happens.
    fn wait<T>(&self, mut what: impl FnMut(What) -> Option<T>) -> T {
        loop {
            if let Some(found) = what(self.heard.recv_timeout(LONG).expect("it happens")) {
                return found;
            }
        }
    }

    /// The id of the process at this place, when it has become its program.
    fn pid(&self, wanted: usize) -> u32 {
        self.wait(|what| match what {
            What::Starts { place, pid, .. } if place == wanted => Some(pid),
            _ => None,
        })
    }

    /// Looks until a process does this.
    fn until(&self, pid: u32, doing: Doing) {
        while !self.live.look().iter().any(|seen| seen.pid == pid && seen.state == doing) {
            thread::sleep(Duration::from_millis(2));
        }
    }

    fn end(self) -> Report {
        self.done.join().expect("no panic").expect("it was watched")
    }
}

#[test]
fn a_process_is_stopped_continued_and_ended() {
    let run = run("sleep 600; echo $?");
    let main = run.pid(0);
    let pid = run.pid(1);
    run.until(pid, Doing::Waits);
    let seen = run.live.look();
    let child = seen.iter().find(|seen| seen.pid == pid).expect("it is there");
    assert_eq!((child.parent, child.threads), (main, 1));

    assert!(run.live.signal(pid, Signal::SIGSTOP));
    assert_eq!(run.wait(|what| matches!(what, What::Stops { place: 1 }).then_some(())), ());
    run.until(pid, Doing::Stopped);
    // What is sent to it waits until it goes on.
    assert!(run.live.signal(pid, Signal::SIGTERM));
    run.until(pid, Doing::Stopped);
    assert!(run.live.signal(pid, Signal::SIGCONT));
    run.wait(|what| matches!(what, What::GoesOn { place: 1 }).then_some(()));
    let status = run.wait(|what| match what {
        What::Ends { place: 1, status } => Some(status),
        _ => None,
    });
    assert_eq!(std::os::unix::process::ExitStatusExt::signal(&status), Some(15));
    let written = run.wait(|what| match what {
        What::Writes { to_stderr: false, bytes } => Some(bytes),
        _ => None,
    });
    assert_eq!(written, b"143\n");
    let live = run.live.clone();
    assert!(!run.end().hung);
    assert!(!live.signal(pid, Signal::SIGTERM), "it has ended");
    assert!(live.look().is_empty());
}

#[test]
fn what_is_written_comes_while_it_runs_and_pipes_are_seen() {
    let run = run("echo first; echo second >&2; sleep 600 | sleep 600");
    // The two come by two ways, in any order.
    let mut heard = [Vec::new(), Vec::new()];
    while heard != [b"first\n", b"second\n".as_slice()] {
        run.wait(|what| match what {
            What::Writes { to_stderr, bytes } => {
                heard[usize::from(to_stderr)].extend(bytes);
                Some(())
            }
            _ => None,
        });
    }
    let pipes = || {
        let seen = run.live.look();
        let ends = seen.iter().flat_map(|seen| &seen.pipes);
        let (all, writers) =
            ends.fold((0, 0), |(all, writers), pipe| (all + 1, writers + usize::from(pipe.writes)));
        (writers, all - writers, seen.len())
    };
    while pipes() != (1, 1, 3) {
        thread::sleep(Duration::from_millis(2));
    }
    run.live.end();
    assert!(run.live.was_ended());
    let report = run.end();
    assert_eq!(report.processes.len(), 3, "{report}");
}

#[test]
fn a_zombie_is_seen_until_its_parent_waits() {
    // What a shell becomes never waits for the shell's children.
    let run = run("sleep 0 & exec sleep 600");
    let pid = run.pid(1);
    run.wait(|what| matches!(what, What::Ends { place: 1, .. }).then_some(()));
    run.until(pid, Doing::Zombie);
    assert!(!run.live.signal(pid, Signal::SIGTERM), "a zombie is sent nothing");
    run.live.end();
    run.end();
}

#[test]
fn a_stranger_is_sent_nothing() -> std::io::Result<()> {
    let mut stranger = Command::new("sleep").arg("600").spawn()?;
    let run = run("sleep 600");
    let pid = run.pid(1);
    run.until(pid, Doing::Waits);
    for pid in [stranger.id(), std::process::id(), 1, 0, u32::MAX] {
        assert!(!run.live.signal(pid, Signal::SIGKILL), "{pid}");
    }
    assert_eq!(stranger.try_wait()?, None);
    run.live.end();
    run.end();
    stranger.kill()?;
    stranger.wait()?;
    Ok(())
}

#[test]
fn a_run_that_was_ended_before_it_began_ends_at_once() {
    let live = Live::new(|_| ());
    live.end();
    let mut command = Command::new("sleep");
    command.arg("600");
    let report = Witness::new(command).limit(LONG).live(&live).run().expect("it was watched");
    assert_eq!(report.main().signal(), Some(9));
}
