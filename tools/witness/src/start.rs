//! Starts the command so that this thread traces it from its first instruction on.

use std::io::{self, PipeReader, PipeWriter, Read as _, Write as _};
use std::os::fd::AsRawFd as _;
use std::os::unix::process::CommandExt as _;
use std::process::{Child, Command, Stdio};
use std::thread;

use nix::libc;
use nix::sys::ptrace::{self, Options};
use nix::unistd::{Pid, setpgid};

use crate::error::Error;
use crate::look::prepare;
use crate::sys::{self, Event, Resume, Tid};

/// A command that runs.
pub enum Started {
    /// It is stopped where it has become the command.
    Traced(Tid, Child),
    /// It runs, and nobody traces it.
    Untraced(Child),
}

/// Starts it and stops it where it has become the command; `tracing` are the options from there on.
///
/// The child waits before it becomes the command until it is traced. Meanwhile `spawn` waits for the child, so another
/// thread calls it. A child that can't become the command ends, and `spawn` reaps it: until then nothing is asked for
/// that would stop it, and nothing of it is reaped here.
///
/// Where it may not be traced it runs all the same if `anyway`, as a process group of its own.
pub fn start(
    mut command: Command,
    tracing: Options,
    descriptors: Option<u64>,
    anyway: bool,
) -> Result<Started, Error> {
    let program = command.get_program().to_owned();
    let failed = |error| Error::Start(program.clone(), error);
    let (mut pids, pid_writer) = io::pipe().map_err(failed)?;
    let (go_reader, go) = io::pipe().map_err(failed)?;
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    wait_before_exec(&mut command, descriptors, pid_writer, go_reader, &go);
    thread::scope(|scope| {
        let spawned = scope.spawn(move || {
            let child = command.spawn();
            drop(command); // and with it the writer of `pids`
            child
        });
        let spawned = || match spawned.join() {
            Ok(child) => child.map_err(|error| Error::Start(program, error)),
            Err(_) => Err(Error::Lost(io::Error::other("the thread that starts it panicked"))),
        };
        let mut pid = [0; size_of::<Tid>()];
        if pids.read_exact(&mut pid).is_err() {
            return Err(never_began(spawned()));
        }
        let pid = Tid::from_ne_bytes(pid);
        let until_exec = Options::PTRACE_O_EXITKILL | Options::PTRACE_O_TRACEEXEC;
        if let Err(error) = ptrace::seize(Pid::from_raw(pid), until_exec) {
            if anyway {
                let _ = setpgid(Pid::from_raw(pid), Pid::from_raw(pid));
                (&go).write_all(&[1]).map_err(Error::Lost)?;
                return Ok(Started::Untraced(spawned()?));
            }
            drop(go); // the child sees it and ends
            let _ = spawned();
            return Err(Error::NotAllowed(error.into()));
        }
        (&go).write_all(&[1]).map_err(Error::Lost)?;
        while let Some(event) = sys::next_unless_ended(pid).map_err(Error::Lost)? {
            if event == Event::Program {
                ptrace::setoptions(Pid::from_raw(pid), tracing)
                    .map_err(|error| Error::Lost(error.into()))?;
                return Ok(Started::Traced(pid, spawned()?));
            }
            let signal = if let Event::Signal(signal) = event { signal } else { 0 };
            sys::resume(pid, Resume::On, signal).map_err(Error::Lost)?;
        }
        Err(never_began(spawned()))
    })
}

fn never_began(spawned: Result<Child, Error>) -> Error {
    spawned.err().unwrap_or_else(|| Error::Lost(io::Error::other("it ended before it had begun")))
}

/// What the child does before it becomes the command: it tells its id and waits for a byte.
fn wait_before_exec(
    command: &mut Command,
    descriptors: Option<u64>,
    pids: PipeWriter,
    go: PipeReader,
    parents: &PipeWriter,
) {
    let parents = parents.as_raw_fd();
    let tell_and_wait = move || {
        // SAFETY: it is the child's copy of a descriptor that nothing in the child uses or closes. With it open, the
        // child would wait for ever for a parent that has ended.
        unsafe { libc::close(parents) };
        (&pids).write_all(&nix::unistd::getpid().as_raw().to_ne_bytes())?;
        (&go).read_exact(&mut [0])?;
        prepare(descriptors)
    };
    // SAFETY: between `fork` and `exec` it makes system calls only: it takes no lock and no memory.
    unsafe { command.pre_exec(tell_and_wait) };
}
