//! A program is run and ended: within a limit, as a process group of its own, with a look at what it leaves behind.
//! Captures, twins, properties and all other tests run theirs here.

use std::fs::File;
use std::io::{self, Read, Seek as _};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail, ensure};

use crate::group;
use crate::processes::{self, Process};

/// How long a program of the book may run before it is taken to hang: they take seconds, and a machine that does
/// much else takes its time.
pub const LIMIT: Duration = Duration::from_secs(120);

/// What a program has as its standard output.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stdout {
    /// A pipe that takes standard error too, in the order in which both are written.
    Together,
    /// A pipe that is read to its end.
    Pipe,
    /// A file.
    File,
    /// A pseudo-terminal.
    Terminal,
    /// Nothing: the descriptor is closed.
    Closed,
    /// A pipe that nobody reads: writing to it fails.
    BrokenPipe,
}

/// A program that has ended, and nothing of it is left.
#[derive(Debug)]
pub struct Ended {
    /// Its process id, which was also that of its group.
    pub pid: u32,
    /// How it ended.
    pub status: ExitStatus,
    /// What it wrote to standard output; empty where that was closed or broken.
    pub stdout: String,
    /// What it wrote to standard error.
    pub stderr: String,
}

impl Ended {
    /// The lines of standard output.
    pub fn lines(&self) -> impl Iterator<Item = &str> {
        self.stdout.lines()
    }

    /// It must have succeeded.
    ///
    /// # Errors
    ///
    /// It has not; the error has what it wrote.
    pub fn success(self) -> Result<Ended> {
        ensure!(self.status.success(), "it ended with {}\n{}", self.status, self.output());
        Ok(self)
    }

    /// What it wrote, to be read by people.
    #[must_use]
    pub fn output(&self) -> String {
        output(&self.stdout, &self.stderr)
    }
}

fn output(stdout: &str, stderr: &str) -> String {
    format!("--- stdout\n{stdout}--- stderr\n{stderr}---")
}

/// Runs a program as a process group of its own, with nothing to read, until it ends.
///
/// # Errors
///
/// It can't be started; it hasn't ended within the limit (then its group is killed and the error has
/// what it wrote so far); or a process of its group is left when it has ended.
pub fn run(command: Command, stdout: Stdout, limit: Duration) -> Result<Ended> {
    Running::start(command, stdout, limit)?.end()
}

/// As [`run`], for a program that isn't ours: what is left when it ends gets two seconds to end, too.
/// Python's helper processes end when they see that the program is gone; who has ended and waits for an init
/// that takes its time, or is none, is no longer ours.
///
/// # Errors
///
/// As [`run`].
pub fn run_patiently(command: Command, stdout: Stdout, limit: Duration) -> Result<Ended> {
    let mut running = Running::start(command, stdout, limit)?;
    running.grace = Duration::from_secs(2);
    running.end()
}

/// A program that runs. Dropped, it is killed with its group.
#[derive(Debug)]
pub struct Running {
    child: Child,
    name: String,
    limit: Duration,
    deadline: Instant,
    /// How long what is left may take to end once the program has ended.
    grace: Duration,
    ended: bool,
    stdout: Option<Stream>,
    stderr: Option<Stream>,
    file: Option<File>,
    /// Our hold on the terminal, so that what was written to it is not lost when the program ends.
    terminal: Option<File>,
}

impl Running {
    /// Starts a program as a process group of its own, with nothing to read.
    ///
    /// # Errors
    ///
    /// It can't be started.
    pub fn start(command: Command, stdout: Stdout, limit: Duration) -> Result<Running> {
        let name = command.get_program().display().to_string();
        let mut command = match stdout {
            Stdout::Closed => with_closed_stdout(&command),
            _ => command,
        };
        let (mut out, mut file, mut terminal) = (None, None, None);
        match stdout {
            Stdout::Pipe | Stdout::Together => {
                let (reader, writer) = io::pipe()?;
                if stdout == Stdout::Together {
                    command.stderr(writer.try_clone()?);
                }
                command.stdout(writer);
                out = Some(Stream::new(reader));
            }
            Stdout::File => {
                let opened = tempfile::tempfile()?;
                command.stdout(opened.try_clone()?);
                file = Some(opened);
            }
            Stdout::Terminal => {
                let (ours, theirs) = open_terminal()?;
                command.stdout(theirs.try_clone()?);
                terminal = Some(theirs);
                out = Some(Stream::new(ours));
            }
            Stdout::Closed => {}
            Stdout::BrokenPipe => {
                let (reader, writer) = io::pipe()?;
                drop(reader);
                command.stdout(writer);
            }
        }
        let mut errors = None;
        if stdout != Stdout::Together {
            let (reader, writer) = io::pipe()?;
            command.stderr(writer);
            errors = Some(Stream::new(reader));
        }
        group::own(command.stdin(Stdio::null()));
        let deadline = Instant::now() + limit;
        let child = command.spawn().with_context(|| format!("cannot run {name}"))?;
        // The command holds our ends of the pipes: they would never end.
        drop(command);
        Ok(Running {
            child,
            name,
            limit,
            deadline,
            grace: Duration::ZERO,
            ended: false,
            stdout: out,
            stderr: errors,
            file,
            terminal,
        })
    }

    /// Its process id, which is also that of its group.
    #[must_use]
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Waits until it has written a line to standard output that pleases, and returns the line.
    ///
    /// # Errors
    ///
    /// Its output ends, or its time is over, before such a line comes.
    pub fn wait_for_line(&self, mut pleases: impl FnMut(&str) -> bool) -> Result<String> {
        let stream = self.stdout.as_ref().context("its stdout is not read")?;
        let mut bytes = stream.shared.lock();
        loop {
            let text = String::from_utf8_lossy(&bytes.seen).into_owned();
            let whole = text.rfind('\n').map_or("", |end| &text[..end]);
            if let Some(line) = whole.lines().find(|line| pleases(line)) {
                return Ok(line.to_owned());
            }
            let left = self.deadline.saturating_duration_since(Instant::now());
            if bytes.done || left.is_zero() {
                bail!("{}: the line waited for did not come; it wrote:\n{text}", self.name);
            }
            bytes = stream
                .shared
                .changed
                .wait_timeout(bytes, left)
                .unwrap_or_else(PoisonError::into_inner)
                .0;
        }
    }

    /// Sends SIGINT to the whole group, as a terminal does on Ctrl-C.
    ///
    /// # Errors
    ///
    /// The group is gone.
    pub fn interrupt(&self) -> Result<()> {
        group::interrupt(&self.child)
    }

    /// Waits until no process of its group runs any more, after the program itself was killed: that one is a zombie until
    /// [`end`](Running::end) is called.
    ///
    /// # Errors
    /// Some still run after `limit`.
    pub fn all_gone(&self, limit: Duration) -> Result<()> {
        let (begin, group) = (Instant::now(), i32::try_from(self.pid())?);
        loop {
            let mut left = processes::of_group(group)?;
            left.retain(|process| process.state != "Z");
            if left.is_empty() {
                return Ok(());
            }
            ensure!(begin.elapsed() < limit, "left behind: {left:#?}");
            thread::sleep(Duration::from_millis(5));
        }
    }

    /// Waits until it ends.
    ///
    /// # Errors
    ///
    /// As [`run`].
    pub fn end(mut self) -> Result<Ended> {
        let Some(status) = wait_until(&mut self.child, self.deadline)? else {
            group::kill(&mut self.child);
            let limit = self.limit.as_secs_f32();
            let (stdout, stderr) = self.collect()?;
            bail!(
                "{}: has not ended within {limit} s and was killed with its group\n{}",
                self.name,
                output(&stdout, &stderr)
            );
        };
        // A correct program has waited for all its children before it ends, so nothing may be left
        // at this moment. Whatever is left is killed, or the pipes would not end.
        let grace = Instant::now() + self.grace;
        let id = i32::try_from(self.pid())?;
        let mut left = processes::of_group(id)?;
        while !left.is_empty() && Instant::now() < grace {
            thread::sleep(Duration::from_millis(10));
            left = processes::of_group(id)?;
            left.retain(|process| process.state != "Z");
        }
        if !left.is_empty() {
            group::kill(&mut self.child);
        }
        self.ended = true;
        let (stdout, stderr) = self.collect()?;
        ensure!(
            left.is_empty(),
            "{}: it has ended and left behind:\n{}{}",
            self.name,
            left.iter().map(Process::to_string).collect::<String>(),
            output(&stdout, &stderr)
        );
        Ok(Ended { pid: self.pid(), status, stdout, stderr })
    }

    fn collect(&mut self) -> Result<(String, String)> {
        drop(self.terminal.take());
        let mut stdout = self.stdout.take().map_or(Vec::new(), Stream::end);
        if let Some(file) = &mut self.file {
            file.rewind()?;
            file.read_to_end(&mut stdout)?;
        }
        let stderr = self.stderr.take().map_or(Vec::new(), Stream::end);
        // A terminal ends its lines with CR LF.
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).replace("\r\n", "\n");
        Ok((text(&stdout), text(&stderr)))
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        if !self.ended {
            group::kill(&mut self.child);
        }
    }
}

/// How a child has ended; `None` where it has not at the deadline.
pub(crate) fn wait_until(child: &mut Child, deadline: Instant) -> io::Result<Option<ExitStatus>> {
    loop {
        let status = child.try_wait()?;
        if status.is_some() || Instant::now() >= deadline {
            return Ok(status);
        }
        thread::sleep(Duration::from_millis(2));
    }
}

/// Both sides of a terminal, ours first. No program that is started meanwhile inherits them: with a copy of the
/// other side in somebody's hands its end would never come.
#[cfg(target_os = "linux")]
fn open_terminal() -> Result<(File, File)> {
    use std::os::fd::OwnedFd;

    use nix::fcntl::OFlag;
    use nix::pty::{grantpt, posix_openpt, ptsname_r, unlockpt};

    let open = || -> io::Result<(File, File)> {
        let ours = posix_openpt(OFlag::O_RDWR | OFlag::O_NOCTTY | OFlag::O_CLOEXEC)?;
        grantpt(&ours)?;
        unlockpt(&ours)?;
        let mut options = File::options();
        std::os::unix::fs::OpenOptionsExt::custom_flags(&mut options, OFlag::O_NOCTTY.bits());
        let theirs = options.read(true).write(true).open(ptsname_r(&ours)?)?;
        Ok((File::from(OwnedFd::from(ours)), theirs))
    };
    open().context("cannot open a terminal")
}

/// As on Linux, but for the moment between the two steps, which no other system makes one.
#[cfg(all(unix, not(target_os = "linux")))]
fn open_terminal() -> Result<(File, File)> {
    use nix::fcntl::{FcntlArg, FdFlag, fcntl};

    let pair = nix::pty::openpty(None, None).context("cannot open a terminal")?;
    for side in [&pair.master, &pair.slave] {
        fcntl(side, FcntlArg::F_SETFD(FdFlag::FD_CLOEXEC))?;
    }
    Ok((File::from(pair.master), File::from(pair.slave)))
}

#[cfg(not(unix))]
fn open_terminal() -> Result<(File, File)> {
    bail!("this system has no terminals for programs")
}

/// The same command with its standard output closed; a shell does it.
fn with_closed_stdout(command: &Command) -> Command {
    let mut shell = Command::new("sh");
    shell.args(["-c", r#"exec "$0" "$@" >&-"#]).arg(command.get_program()).args(command.get_args());
    if let Some(folder) = command.get_current_dir() {
        shell.current_dir(folder);
    }
    for (name, value) in command.get_envs() {
        match value {
            Some(value) => shell.env(name, value),
            None => shell.env_remove(name),
        };
    }
    shell
}

/// What comes out of a pipe or a terminal, read by a thread as it comes.
#[derive(Debug)]
struct Stream {
    shared: Arc<Shared>,
    reader: JoinHandle<()>,
}

#[derive(Debug, Default)]
struct Shared {
    bytes: Mutex<Bytes>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct Bytes {
    seen: Vec<u8>,
    done: bool,
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, Bytes> {
        self.bytes.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Stream {
    fn new(mut source: impl Read + Send + 'static) -> Stream {
        let shared = Arc::new(Shared::default());
        let ours = Arc::clone(&shared);
        let reader = thread::spawn(move || {
            let mut buffer = [0; 4096];
            // A terminal whose last writer is gone gives an error (EIO), which is its end.
            loop {
                match source.read(&mut buffer) {
                    Ok(0) => break,
                    Ok(n) => ours.lock().seen.extend_from_slice(&buffer[..n]),
                    Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                    Err(_) => break,
                }
                ours.changed.notify_all();
            }
            ours.lock().done = true;
            ours.changed.notify_all();
        });
        Stream { shared, reader }
    }

    fn end(self) -> Vec<u8> {
        let _ = self.reader.join();
        std::mem::take(&mut self.shared.lock().seen)
    }
}
