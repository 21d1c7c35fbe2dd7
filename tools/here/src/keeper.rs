//! The keeper of one run: builds its program, asks it for its options, runs it, and tells what happens.

use std::ffi::OsString;
use std::io::{self, BufRead as _, Write as _};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};
use std::{env, process, thread};

use nix::sys::signal::Signal;
use serde_json::{Value, json};
use witness::{Doing, Error, Fate, Happening, Limit, Live, Report, Seen, What, Witness};

use crate::options;
use crate::program::{self, Program};
use crate::request::{Order, Request};

/// How long a program may be built, asked for its options, and run; and what it has left behind goes on.
const BUILD: Duration = Duration::from_secs(1800);
const HELP: Duration = Duration::from_secs(30);
const RUN: Duration = Duration::from_secs(180);
const GRACE: Duration = Duration::from_secs(5);

/// How many bytes a run may write to either output, and how many processes it may have at once.
const MOST_OUTPUT: usize = 1 << 20;
const MOST_PROCESSES: usize = 1100;

/// What is written is told in pieces, and the processes are looked at, this often at most; where many are there a look
/// takes long, and the pause is a multiple of it.
const PIECE: Duration = Duration::from_millis(50);
const LOOK: Duration = Duration::from_millis(200);
/// Where nothing has changed for so long it is told all the same: whether somebody listens is seen then.
const BEAT: Duration = Duration::from_secs(1);

/// How long ending the run may take when nobody wants it any more.
const END: Duration = Duration::from_secs(3);

/// What is not done, and why, as it is told.
struct Refused(Value);

/// One run.
#[derive(Clone)]
struct Keeper {
    root: PathBuf,
    now: Arc<Mutex<Now>>,
}

/// What goes on now.
#[derive(Default)]
struct Now {
    live: Option<Live>,
    /// Nobody wants it any more.
    over: bool,
}

/// Keeps one run.
pub fn keep() -> ExitCode {
    let root = env::args_os().nth(2).unwrap_or_default().into();
    let keeper = Keeper { root, now: Arc::default() };
    let mut first = String::new();
    let request = match io::stdin().read_line(&mut first) {
        Ok(_) => serde_json::from_str::<Request>(&first),
        Err(error) => Err(serde_json::Error::io(error)),
    };
    let Ok(request) = request else { return ExitCode::FAILURE };
    let orders = keeper.clone();
    thread::spawn(move || orders.obey());
    if let Err(Refused(why)) = keeper.run(&request) {
        tell(&why);
    }
    ExitCode::SUCCESS
}

/// Tells an event. Where nobody listens any more this process ends, and the system kills all that it traces.
fn tell(event: &Value) {
    let mut out = io::stdout().lock();
    if writeln!(out, "{event}").and_then(|()| out.flush()).is_err() {
        process::exit(1);
    }
}

impl Keeper {
    /// Reads what is asked for until nobody can ask any more, and ends the run then.
    fn obey(&self) {
        for line in io::stdin().lock().lines() {
            let Ok(line) = line else { break };
            let Ok(order) = serde_json::from_str(&line) else { continue };
            let (pid, signal) = match order {
                Order::Stop(pid) => (pid, Signal::SIGSTOP),
                Order::Continue(pid) => (pid, Signal::SIGCONT),
                Order::Terminate(pid) => (pid, Signal::SIGTERM),
                Order::Kill(pid) => (pid, Signal::SIGKILL),
                Order::End => {
                    self.end();
                    continue;
                }
            };
            let run = self.now().live.clone();
            if !run.is_some_and(|live| live.signal(pid, signal)) {
                tell(&json!({ "is": "nobody", "pid": pid }));
            }
        }
        self.end();
        thread::sleep(END);
        process::exit(1);
    }

    fn now(&self) -> MutexGuard<'_, Now> {
        self.now.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn end(&self) {
        let mut now = self.now();
        now.over = true;
        if let Some(live) = &now.live {
            live.end();
        }
    }

    fn run(&self, request: &Request) -> Result<(), Refused> {
        let program = program::find(&self.root, &request.program)
            .ok_or_else(|| refused("program", "the book has no such program"))?;
        let (command, options) = match &program {
            Program::Rust { name, build } => {
                let executable = self.build(name, build)?;
                let usage = self.ask(self.command(&executable, ["--help"]))?;
                (vec![executable.into_os_string()], options::parse(&usage))
            }
            Program::Python => {
                // What is called python3 may be a script that looks for the interpreter; its processes are none
                // of the program's.
                let which = ["-c", "import sys; print(sys.executable)"];
                let python = self.ask(self.command(Path::new("python3"), which))?;
                let python = python.trim();
                let python = if python.is_empty() { "python3" } else { python };
                (vec![python.into(), request.program.clone().into()], Vec::new())
            }
        };
        tell(&json!({ "is": "options", "options": options }));
        let Some(given) = &request.arguments else { return Ok(()) };
        let words = options::words(&options, given).map_err(|why| refused("arguments", &why))?;
        let words = command[1..].iter().cloned().chain(words.into_iter().map(OsString::from));
        self.follow(self.command(Path::new(&command[0]), words))
    }

    /// A command at the root of the project, in a group of its own: a signal to its group is for none of ours.
    fn command(
        &self,
        program: &Path,
        words: impl IntoIterator<Item = impl AsRef<std::ffi::OsStr>>,
    ) -> Command {
        let mut command = Command::new(program);
        command.args(words).current_dir(&self.root).process_group(0);
        for name in ["RUST_BACKTRACE", "RUST_LIB_BACKTRACE", "RUST_LOG", "RAYON_NUM_THREADS"] {
            command.env_remove(name);
        }
        command.env("PYTHONDONTWRITEBYTECODE", "1");
        command
    }

    /// Runs a command; it is what goes on now.
    fn witness(&self, witness: Witness, live: &Live) -> Result<Report, Refused> {
        {
            let mut now = self.now();
            now.live = Some(live.clone());
            if now.over {
                live.end();
            }
        }
        witness.live(live).run().map_err(|error| match error {
            Error::NotAllowed(_) => refused("ptrace", &error.to_string()),
            error => refused("start", &error.to_string()),
        })
    }

    /// Builds an example; what cargo says is told. Cargo is followed too, so that nothing of it is left.
    fn build(&self, name: &str, words: &[String]) -> Result<PathBuf, Refused> {
        tell(&json!({ "is": "builds", "command": format!("cargo {}", words.join(" ")) }));
        let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        let mut cargo = self.command(Path::new(&cargo), words);
        cargo.args(["--color=never", "--message-format=json-render-diagnostics"]);
        let text = Mutex::new(Text::default());
        let live = Live::new(move |happening| {
            if let What::Writes { to_stderr: true, bytes } = happening.what {
                let mut text = text.lock().unwrap_or_else(PoisonError::into_inner);
                let text = text.take(bytes);
                if !text.is_empty() {
                    tell(&json!({ "is": "build", "text": text }));
                }
            }
        });
        // A lock that another cargo holds may take long: that the page is still there is seen by a beat.
        let report = beating(|| self.witness(Witness::new(cargo).limit(BUILD), &live))?;
        let built = report.stdout.split(|byte| *byte == b'\n').find_map(|line| {
            let message: Value = serde_json::from_slice(line).ok()?;
            let is_it =
                message["target"]["name"] == name && message["target"]["kind"][0] == "example";
            message["executable"].as_str().filter(|_| is_it).map(PathBuf::from)
        });
        match built {
            Some(built) if report.main().code() == Some(0) => Ok(built),
            _ if live.was_ended() => Err(refused("ended", "")),
            _ => Err(refused("build", "")),
        }
    }

    /// What a command prints.
    fn ask(&self, command: Command) -> Result<String, Refused> {
        let live = Live::new(|_| ());
        let witness = Witness::new(command).limit(HELP).most_output(1 << 16);
        let report = self.witness(witness, &live)?;
        Ok(String::from_utf8_lossy(&report.stdout).into_owned())
    }

    /// Runs a program and tells all of it.
    fn follow(&self, command: Command) -> Result<(), Refused> {
        let words = command.get_args().map(|word| word.to_string_lossy().into_owned());
        tell(&json!({ "is": "begins", "words": words.collect::<Vec<_>>() }));
        let (sender, events) = mpsc::channel();
        let end = sender.clone();
        let live = Live::new(move |happening| {
            let _ = sender.send(Some(happening));
        });
        let witness = Witness::new(command)
            .limit(RUN)
            .grace(GRACE)
            .most_output(MOST_OUTPUT)
            .most_processes(MOST_PROCESSES);
        let begin = Instant::now();
        let report = thread::scope(|scope| {
            let live = &live;
            scope.spawn(move || pass_on(live, &events, begin));
            let report = self.witness(witness, live);
            let _ = end.send(None);
            report
        })?;
        let why = match report.exceeded {
            _ if live.was_ended() => Some("asked"),
            Some(Limit::Time) => Some("time"),
            Some(Limit::Output) => Some("output"),
            Some(Limit::Processes) => Some("processes"),
            None => None,
        };
        let processes: Vec<Value> = report
            .processes
            .iter()
            .map(|process| {
                let left = match process.fate {
                    Fate::Ended => None,
                    Fate::Zombie => Some("zombie"),
                    Fate::Orphan => Some("orphan"),
                    Fate::Hung => Some("hung"),
                };
                json!({
                    "parent": process.parent,
                    "waited": process.waited.map(millis),
                    "cpu": millis(process.cpu),
                    "threads": process.threads,
                    "left": left,
                })
            })
            .collect();
        tell(&json!({ "is": "end", "why": why, "processes": processes }));
        Ok(())
    }
}

fn refused(what: &str, why: &str) -> Refused {
    Refused(json!({ "is": "refused", "what": what, "why": why }))
}

/// A duration as it is told.
fn millis(time: Duration) -> f64 {
    // A tenth of a millisecond is finer than anybody sees.
    (time.as_secs_f64() * 10_000.0).round() / 10.0
}

/// Does something, and tells meanwhile that it goes on.
fn beating<T>(act: impl FnOnce() -> T) -> T {
    let (done, wait) = mpsc::channel::<()>();
    thread::scope(|scope| {
        scope.spawn(move || {
            while wait.recv_timeout(BEAT) == Err(RecvTimeoutError::Timeout) {
                tell(&json!({ "is": "beat" }));
            }
        });
        let result = act();
        drop(done);
        result
    })
}

/// Passes on what happens, until the end; what is written in pieces, and between, who is there.
fn pass_on(live: &Live, events: &Receiver<Option<Happening>>, begin: Instant) {
    let mut written = Written::default();
    let (mut looked, mut pause) = (Instant::now(), Duration::ZERO);
    let (mut last, mut told) = (Value::Null, Instant::now());
    loop {
        match events.recv_timeout(PIECE) {
            Ok(Some(Happening { at, what })) => written.or_tell(at, what),
            Err(RecvTimeoutError::Timeout) => {}
            Ok(None) | Err(RecvTimeoutError::Disconnected) => break,
        }
        if written.since.is_some_and(|since| since.elapsed() >= PIECE) {
            written.tell();
        }
        if looked.elapsed() >= pause {
            looked = Instant::now();
            let all: Value = live.look().iter().map(shown).collect();
            pause = LOOK.max(4 * looked.elapsed());
            if all != last || told.elapsed() >= BEAT {
                tell(&json!({ "is": "look", "at": millis(begin.elapsed()), "all": all }));
                (last, told) = (all, Instant::now());
            }
        }
    }
    written.tell();
}

/// A process as it is told: its id, its parent's, what it does, threads, processor time, ends of pipes to read and write.
fn shown(seen: &Seen) -> Value {
    let state = match seen.state {
        Doing::Runs => "runs",
        Doing::Waits => "waits",
        Doing::Stopped => "stopped",
        Doing::Zombie => "zombie",
    };
    let writes = seen.pipes.iter().filter(|pipe| pipe.writes).count();
    let reads = seen.pipes.len() - writes;
    json!([seen.pid, seen.parent, state, seen.threads, millis(seen.cpu), reads, writes])
}

/// What was written and has not been told.
#[derive(Default)]
struct Written {
    /// Standard output and standard error.
    texts: [Text; 2],
    pieces: Vec<(bool, Duration, String)>,
    since: Option<Instant>,
}

impl Written {
    /// Tells something, after what was written before it; of what is written, a part later.
    fn or_tell(&mut self, at: Duration, what: What) {
        if let What::Writes { to_stderr, bytes } = what {
            let text = self.texts[usize::from(to_stderr)].take(bytes);
            match self.pieces.last_mut() {
                Some((to, _, last)) if *to == to_stderr => last.push_str(&text),
                _ => self.pieces.push((to_stderr, at, text)),
            }
            self.since.get_or_insert_with(Instant::now);
            return;
        }
        self.tell();
        tell(&event(at, what));
    }

    fn tell(&mut self) {
        for (to_stderr, at, text) in self.pieces.drain(..) {
            tell(&json!({ "is": "out", "at": millis(at), "text": text, "error": to_stderr }));
        }
        self.since = None;
    }
}

/// An event as it is told.
fn event(at: Duration, what: What) -> Value {
    let name = |program: PathBuf| {
        program.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
    };
    let at = millis(at);
    match what {
        What::Starts { place, pid, parent, program } => json!({
            "is": "starts", "at": at, "place": place, "pid": pid, "parent": parent, "program": name(program),
        }),
        What::Becomes { place, program } => {
            json!({ "is": "becomes", "at": at, "place": place, "program": name(program) })
        }
        What::Stops { place } => json!({ "is": "stops", "at": at, "place": place }),
        What::GoesOn { place } => json!({ "is": "goes on", "at": at, "place": place }),
        What::Ends { place, status } => {
            use std::os::unix::process::ExitStatusExt as _;
            let name = |signal: i32| {
                Signal::try_from(signal)
                    .map_or_else(|_| signal.to_string(), |name| name.to_string())
            };
            let signal = status.signal().map(name);
            json!({ "is": "ends", "at": at, "place": place, "code": status.code(), "signal": signal })
        }
        _ => json!({ "is": "beat" }),
    }
}

/// Text that comes in pieces, which may end in the middle of a letter.
#[derive(Default)]
struct Text(Vec<u8>);

impl Text {
    /// The text so far; the beginning of a letter at its end waits for the rest.
    fn take(&mut self, bytes: Vec<u8>) -> String {
        self.0.extend(bytes);
        let whole = match std::str::from_utf8(&self.0) {
            Err(error) if error.error_len().is_none() => error.valid_up_to(),
            _ => self.0.len(),
        };
        let rest = self.0.split_off(whole);
        String::from_utf8_lossy(&std::mem::replace(&mut self.0, rest)).into_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_letter_in_two_pieces_is_one() {
        let mut text = Text::default();
        let (first, second) = "a行b".as_bytes().split_at(2);
        assert_eq!(text.take(first.to_vec()), "a");
        assert_eq!(text.take(second.to_vec()), "行b");
        assert_eq!(text.take(vec![b'x', 0xff, b'y']), "x\u{fffd}y");
    }
}
