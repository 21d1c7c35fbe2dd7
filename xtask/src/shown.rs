//! Shown output: what a page shows as the output of a command is a capture of a run.
//!
//! A capture file (`examples/output/NAME.txt`) holds commands and what they wrote:
//!
//! ```text
//! $ cargo run -q --example multi_process
//! This is process 0 (pid 4711)
//! $ cargo run -q --example multi_process -- --processes none
//! usage: multi_process [--processes N]
//! [exit status: 2]
//! ```
//!
//! A page includes the file in a fence of the language `console`, which may name a [`Mode`].
//! [`capture_all`] runs every command again and rewrites the files; the tests run them and compare.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsString;
use std::fmt::{self, Write as _};
use std::fs;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::{LazyLock, mpsc};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail, ensure};
pub use benches::peer::python;
use regex::Regex;

use crate::complain;
use crate::mpi::Job;

/// Where the captures stand, from the root of the repository.
pub const OUTPUT_DIR: &str = "examples/output";

/// How long a shown command may run before its process group is killed.
pub const LIMIT: Duration = Duration::from_secs(60);

// ---------------------------------------------------------------------------------------------
// How two outputs are compared
// ---------------------------------------------------------------------------------------------

/// How a shown output is compared with a run, from the strictest to the loosest.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Mode {
    /// The same lines in the same order.
    #[default]
    Exact,
    /// The same lines, each as often, in any order.
    Unordered,
    /// The same distinct lines, whatever their number: a program that writes a line per CPU.
    /// Numbers of workers are normalised too.
    PerCpu,
}

impl Mode {
    /// The mode that a fence's info string asks for (`console`, `console,unordered`,
    /// `console,per-cpu`); `None` where the fence is not a `console` one.
    ///
    /// # Errors
    ///
    /// A word after `console` that names no mode.
    pub fn of_fence(info: &str) -> Result<Option<Mode>> {
        let mut words = info.split([',', ' ']).map(str::trim).filter(|word| !word.is_empty());
        if words.next() != Some("console") {
            return Ok(None);
        }
        let mode = match words.next() {
            None => Mode::Exact,
            Some("unordered") => Mode::Unordered,
            Some("per-cpu") => Mode::PerCpu,
            Some(other) => bail!("`{info}`: `{other}` is no mode (unordered or per-cpu)"),
        };
        match words.next() {
            None => Ok(Some(mode)),
            Some(second) => bail!("`{info}`: one mode is enough, `{second}` is too much"),
        }
    }
}

impl fmt::Display for Mode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Mode::Exact => "exact",
            Mode::Unordered => "unordered",
            Mode::PerCpu => "per-cpu",
        })
    }
}

/// Patterns and what stands for them in a normalised line. The order counts: a time stamp holds a
/// time of day.
static ALWAYS: LazyLock<Vec<(Regex, &str)>> = LazyLock::new(|| {
    patterns(&[
        // The source's log format: `…:NAME:THREAD:LEVEL:PROCESS:message`.
        (
            r":(?:ThreadId\(\d+\)|\d+):(TRACE|DEBUG|INFO|WARN|WARNING|ERROR|CRITICAL):\d+:",
            ":THREAD:$1:PROCESS:",
        ),
        (r"\b\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d+)*(?:Z\b|[+-]\d\d:?\d\d\b)?", "STAMP"),
        (r"\b\d\d:\d\d:\d\d(?:[.,]\d+)*", "TIME"),
        (r"\b\d+(?:\.\d+)?\s?(?:ns|µs|μs|us|ms|s)\b", "DURATION"),
        // A column of times is aligned by more or fewer spaces.
        (r" {2,}DURATION", " DURATION"),
        (r"\bpid([ =])\d+\b", "pid${1}PID"),
        (r"\bThreadId\(\d+\)", "ThreadId(THREAD)"),
        (r"\btid([ =])\d+\b", "tid${1}THREAD"),
        (r"\b\d+ CPUs?\b", "COUNT CPUs"),
        (r"\bCPU \d+\b", "CPU NUMBER"),
        // What a timeline drawn with letters shows.
        (r"│[^│]+│", "│TIMELINE│"),
        (r"\bswitches: \d+\b", "switches: COUNT"),
        // What two threads have seen of each other depends on the machine and on who ran when.
        (r"\bseen: \d+\b", "seen: COUNT"),
        // A panic names the thread and its id; a rank names the machine it runs on.
        (r"\bthread '([^']*)' \(\d+\)", "thread '$1' (THREAD)"),
        (r"\bon host [\w.-]+", "on host HOST"),
    ])
});

/// What [`Mode::PerCpu`] normalises besides.
static PER_CPU: LazyLock<Vec<(Regex, &str)>> = LazyLock::new(|| {
    patterns(&[(r"\b([Ww]orker) \d+\b", "$1 NUMBER"), (r"\b\d+ (?:workers?)\b", "COUNT workers")])
});

fn patterns(list: &[(&str, &'static str)]) -> Vec<(Regex, &'static str)> {
    list.iter()
        .map(|&(pattern, instead)| {
            let regex = Regex::new(pattern).expect("the patterns above are constant and tested");
            (regex, instead)
        })
        .collect()
}

/// A line of output without what changes from run to run: process and thread ids, times, numbers
/// of CPUs; white space at its end is dropped.
#[must_use]
pub fn normalise(line: &str, mode: Mode) -> String {
    let per_cpu = (mode == Mode::PerCpu).then_some(&*PER_CPU);
    let mut line = line.trim_end().to_owned();
    for (pattern, instead) in ALWAYS.iter().chain(per_cpu.into_iter().flatten()) {
        line = pattern.replace_all(&line, *instead).into_owned();
    }
    line
}

/// Compares what is shown with what a run wrote. The error is the difference, to be read by people:
/// lines that only the page has (`-`) and lines that only the run has (`+`).
///
/// # Errors
///
/// The difference, if there is one.
pub fn compare(mode: Mode, shown: &[String], run: &[String]) -> Result<(), String> {
    let shown: Vec<String> = shown.iter().map(|line| normalise(line, mode)).collect();
    let run: Vec<String> = run.iter().map(|line| normalise(line, mode)).collect();
    let (same, differences) = match mode {
        Mode::Exact => (shown == run, line_by_line(&shown, &run)),
        Mode::Unordered => as_multisets(&shown, &run),
        Mode::PerCpu => {
            let set = |lines: Vec<String>| -> Vec<String> {
                lines.into_iter().collect::<BTreeSet<_>>().into_iter().collect()
            };
            as_multisets(&set(shown), &set(run))
        }
    };
    if same {
        return Ok(());
    }
    let mut message = format!("the output differs (compared as {mode}; - shown, + run):\n");
    for line in differences {
        let _ = writeln!(message, "    {line}");
    }
    Err(message)
}

/// The longest common subsequence, printed as a diff.
fn line_by_line(shown: &[String], run: &[String]) -> Vec<String> {
    // common[i][j]: how many lines shown[i..] and run[j..] have in common.
    let mut common = vec![vec![0_usize; run.len() + 1]; shown.len() + 1];
    for i in (0..shown.len()).rev() {
        for j in (0..run.len()).rev() {
            common[i][j] = if shown[i] == run[j] {
                common[i + 1][j + 1] + 1
            } else {
                common[i + 1][j].max(common[i][j + 1])
            };
        }
    }
    let (mut i, mut j) = (0, 0);
    let mut diff = Vec::new();
    while i < shown.len() || j < run.len() {
        if i < shown.len() && j < run.len() && shown[i] == run[j] {
            diff.push(format!("  {}", shown[i]));
            i += 1;
            j += 1;
        } else if j == run.len() || (i < shown.len() && common[i + 1][j] >= common[i][j + 1]) {
            diff.push(format!("- {}", shown[i]));
            i += 1;
        } else {
            diff.push(format!("+ {}", run[j]));
            j += 1;
        }
    }
    diff
}

fn as_multisets(shown: &[String], run: &[String]) -> (bool, Vec<String>) {
    let mut balance: BTreeMap<&str, isize> = BTreeMap::new();
    for line in shown {
        *balance.entry(line).or_default() += 1;
    }
    for line in run {
        *balance.entry(line).or_default() -= 1;
    }
    let diff: Vec<String> = balance
        .iter()
        .filter_map(|(line, &count)| match count {
            0 => None,
            1 => Some(format!("- {line}")),
            -1 => Some(format!("+ {line}")),
            n if n > 0 => Some(format!("- {line}   ({n} times)")),
            n => Some(format!("+ {line}   ({} times)", -n)),
        })
        .collect();
    (diff.is_empty(), diff)
}

// ---------------------------------------------------------------------------------------------
// What is shown
// ---------------------------------------------------------------------------------------------

/// A command and the output shown beneath it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shown {
    /// The command as it stands after `$ `.
    pub command: String,
    /// The lines that it wrote to stdout and stderr, and `[exit status: N]` where it isn't 0.
    pub output: Vec<String>,
}

impl fmt::Display for Shown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "$ {}", self.command)?;
        self.output.iter().try_for_each(|line| writeln!(f, "{line}"))
    }
}

/// The commands of a capture file or of a `console` block, with their outputs.
///
/// # Errors
///
/// The text doesn't begin with a command.
pub fn parse(text: &str) -> Result<Vec<Shown>> {
    let mut all: Vec<Shown> = Vec::new();
    for line in text.lines() {
        if let Some(command) = line.strip_prefix("$ ") {
            all.push(Shown { command: command.trim().to_owned(), output: Vec::new() });
        } else {
            let Some(last) = all.last_mut() else {
                bail!("it has to begin with a command (`$ …`), not with `{line}`");
            };
            last.output.push(line.to_owned());
        }
    }
    ensure!(!all.is_empty(), "it shows no command (`$ …`)");
    Ok(all)
}

/// What a shown command starts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Program {
    /// `cargo run -q [--features FEATURES] --example NAME`
    Example {
        /// Its name.
        name: String,
        /// The features that the command turns on, as it has them; empty for none.
        features: String,
    },
    /// `python3 examples/python/NAME.py`
    Python(String),
    /// `cargo mpi NAME [--ranks N] [--seconds N]`, where MPI is installed
    Mpi(Job),
}

/// Which program a shown command starts and with which arguments.
///
/// # Errors
///
/// The command is none of `cargo run -q [--features FEATURES] --example NAME [-- ARGUMENTS]`,
/// `python3 examples/python/NAME.py [ARGUMENTS]` and `cargo mpi NAME [--ranks N] [--seconds N]
/// [-- ARGUMENTS]`: nothing else is run.
pub fn parse_command(command: &str) -> Result<(Program, Vec<String>)> {
    let words: Vec<&str> = command.split_whitespace().collect();
    if let Some(job) = Job::parse(&words) {
        return Ok((Program::Mpi(job), Vec::new()));
    }
    let (program, arguments) = match words.as_slice() {
        ["cargo", "run", "-q", "--example", name, rest @ ..] => (example(name, ""), rest),
        ["cargo", "run", "-q", "--features", features, "--example", name, rest @ ..] => {
            (example(name, features), rest)
        }
        ["python3", script, arguments @ ..] => {
            let name = script
                .strip_prefix("examples/python/")
                .and_then(|file| file.strip_suffix(".py"))
                .filter(|name| is_name(name));
            let python = name.map(|name| Program::Python(name.to_owned()));
            (python, arguments)
        }
        _ => (None, &[][..]),
    };
    let arguments = match (&program, arguments) {
        (Some(Program::Example { .. }), ["--", arguments @ ..]) => Some(arguments),
        (Some(Program::Example { .. }), [_, ..]) => None,
        (_, arguments) => Some(arguments),
    };
    match (program, arguments) {
        (Some(program), Some(arguments)) => {
            Ok((program, arguments.iter().map(|&word| word.to_owned()).collect()))
        }
        _ => bail!(
            "`{command}`: only `cargo run -q [--features FEATURES] --example NAME [-- ARGUMENTS]` \
             `python3 examples/python/NAME.py [ARGUMENTS]` and `cargo mpi NAME [--ranks N] \
             [--seconds N] [-- ARGUMENTS]` are run"
        ),
    }
}

fn example(name: &str, features: &str) -> Option<Program> {
    is_name(name).then(|| Program::Example { name: name.to_owned(), features: features.to_owned() })
}

fn is_name(name: &str) -> bool {
    !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

// ---------------------------------------------------------------------------------------------
// Running it
// ---------------------------------------------------------------------------------------------

/// The built examples, and the libraries they were built with.
#[derive(Clone, Debug)]
pub struct Examples {
    root: PathBuf,
    programs: BTreeMap<String, PathBuf>,
    libraries: BTreeMap<String, PathBuf>,
    /// The features that an example requires, where it requires any, as `--features` takes them.
    required: BTreeMap<String, String>,
}

impl Examples {
    /// Builds the examples once, as `cargo build --examples` at the root does, then those that
    /// require features, and learns from cargo's messages where they are. `arguments` are given to
    /// cargo besides.
    ///
    /// # Errors
    ///
    /// Cargo is missing or the examples don't compile; cargo's own messages go to stderr.
    pub fn build(root: &Path, arguments: &[OsString]) -> Result<Examples> {
        let mut examples = Examples {
            root: root.to_owned(),
            programs: BTreeMap::new(),
            libraries: BTreeMap::new(),
            required: required_features(root)?,
        };
        examples.add(&["--examples"], arguments)?;
        let required: Vec<(String, String)> = examples.required.clone().into_iter().collect();
        if !required.is_empty() {
            let wanted: Vec<&str> = required
                .iter()
                .flat_map(|(name, features)| ["--example", name, "--features", features])
                .collect();
            examples.add(&wanted, arguments)?;
        }
        Ok(examples)
    }

    fn add(&mut self, wanted: &[&str], arguments: &[OsString]) -> Result<()> {
        let output = cargo(&self.root)
            .args(["build", "--quiet", "--message-format=json-render-diagnostics"])
            .args(wanted)
            .args(arguments)
            .output()
            .context("cannot run cargo")?;
        ensure!(
            output.status.success(),
            "`cargo build {}` failed ({})",
            wanted.join(" "),
            output.status
        );
        for line in String::from_utf8_lossy(&output.stdout).lines() {
            let message: serde_json::Value =
                serde_json::from_str(line).context("cargo wrote a message that is no JSON")?;
            self.take(&message);
        }
        Ok(())
    }

    /// Takes what a message of cargo says about an artifact; others say nothing here.
    fn take(&mut self, message: &serde_json::Value) {
        if message["reason"] != "compiler-artifact" {
            return;
        }
        let Some(name) = message["target"]["name"].as_str() else {
            return;
        };
        let is = |kind: &str| {
            message["target"]["kind"]
                .as_array()
                .is_some_and(|kinds| kinds.iter().any(|k| k == kind))
        };
        if is("example") {
            if let Some(path) = message["executable"].as_str() {
                self.programs.insert(name.to_owned(), path.into());
            }
        } else if is("lib") {
            let rlib = message["filenames"]
                .as_array()
                .into_iter()
                .flatten()
                .filter_map(serde_json::Value::as_str)
                .map(PathBuf::from)
                .find(|file| file.extension().is_some_and(|e| e == "rlib"));
            if let Some(rlib) = rlib {
                // What the plain examples were built with comes first and stays.
                self.libraries.entry(name.replace('-', "_")).or_insert(rlib);
            }
        }
    }

    /// The names of the examples.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.programs.keys().map(String::as_str)
    }

    /// The executable of an example.
    ///
    /// # Errors
    ///
    /// There is no such example.
    pub fn program(&self, name: &str) -> Result<&Path> {
        self.programs
            .get(name)
            .map(PathBuf::as_path)
            .with_context(|| format!("there is no example {name}"))
    }

    /// The libraries (crate name, rlib) that the examples were built with.
    #[must_use]
    pub fn libraries(&self) -> &BTreeMap<String, PathBuf> {
        &self.libraries
    }

    /// The command that a shown command stands for, in a clean environment, not yet started: an
    /// example's built program is run directly.
    ///
    /// # Errors
    ///
    /// It is none of the allowed commands, or there is no such program.
    pub fn command(&self, shown: &str) -> Result<Command> {
        let (program, arguments) = parse_command(shown)?;
        let mut command = match program {
            Program::Example { name, features } => {
                let required = self.required.get(&name).map_or("", String::as_str);
                ensure!(
                    features == required,
                    "`{shown}`: the example requires the features '{required}'"
                );
                Command::new(self.program(&name)?)
            }
            Program::Mpi(_) => {
                // The whole way: it builds, starts the ranks, and stops them in time.
                let mut xtask = cargo(&self.root);
                xtask.args(shown.split_whitespace().skip(1));
                xtask
            }
            Program::Python(name) => {
                let script = format!("examples/python/{name}.py");
                ensure!(self.root.join(&script).is_file(), "there is no {script}");
                let mut python = python();
                python.arg(script);
                python
            }
        };
        command.args(arguments).current_dir(&self.root);
        clean(&mut command);
        Ok(command)
    }
}

/// The features that examples require, from their entries in `Cargo.toml`.
fn required_features(root: &Path) -> Result<BTreeMap<String, String>> {
    let output = cargo(root)
        .args(["metadata", "--no-deps", "--format-version=1"])
        .output()
        .context("cannot run cargo")?;
    ensure!(output.status.success(), "`cargo metadata` failed ({})", output.status);
    let metadata: serde_json::Value = serde_json::from_slice(&output.stdout)?;
    let list = |value: &serde_json::Value| value.as_array().cloned().unwrap_or_default();
    let mut required = BTreeMap::new();
    for target in list(&metadata["packages"]).iter().flat_map(|package| list(&package["targets"])) {
        let features: Vec<String> = list(&target["required-features"])
            .iter()
            .filter_map(|feature| feature.as_str().map(str::to_owned))
            .collect();
        if let Some(name) = target["name"].as_str()
            && list(&target["kind"]).iter().any(|kind| kind == "example")
            && !features.is_empty()
        {
            required.insert(name.to_owned(), features.join(","));
        }
    }
    Ok(required)
}

/// The cargo that runs us, or the one in the path, at the root.
pub(crate) fn cargo(root: &Path) -> Command {
    let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo.current_dir(root).stdin(Stdio::null()).stderr(Stdio::inherit());
    // In the tests RUSTC is what skeptic runs; cargo gets back the compiler it had.
    if let Some(rustc) = std::env::var_os("BOOK_RUSTC") {
        cargo.env("RUSTC", rustc);
    }
    cargo
}

/// Takes out of a command's environment what would change a program's output.
pub fn clean(command: &mut Command) {
    command
        .env_remove("RUST_BACKTRACE")
        .env_remove("RUST_LIB_BACKTRACE")
        .env_remove("RUST_LOG")
        .env_remove("RAYON_NUM_THREADS")
        .env_remove("PYTHONUNBUFFERED")
        .env_remove("PYTHONWARNINGS")
        .env("PYTHONDONTWRITEBYTECODE", "1");
}

/// Runs a shown command: the lines that it writes to stdout and stderr, through one pipe, and
/// `[exit status: N]` where it isn't 0.
///
/// # Errors
///
/// It can't be started, or it hasn't ended within the limit: then its process group is killed and
/// the error has what it wrote until then.
pub fn run(examples: &Examples, shown: &str, limit: Duration) -> Result<Vec<String>> {
    let command = examples.command(shown)?;
    let (status, output) = run_group(command, limit).with_context(|| format!("`{shown}`"))?;
    let mut lines: Vec<String> = output.lines().map(str::to_owned).collect();
    if !status.success() {
        lines.push(format!("[{status}]"));
    }
    Ok(lines)
}

/// Runs a command as a process group of its own with no stdin and with stdout and stderr in one
/// pipe, and returns its exit status and what the group wrote.
fn run_group(mut command: Command, limit: Duration) -> Result<(ExitStatus, String)> {
    let (mut reader, writer) = io::pipe()?;
    command.stdin(Stdio::null()).stdout(writer.try_clone()?).stderr(writer);
    in_own_group(&mut command);
    let deadline = Instant::now() + limit;
    let mut child = command
        .spawn()
        .with_context(|| format!("cannot run {}", command.get_program().display()))?;
    // The command holds the pipe's writing ends; without this the reader would never see its end.
    drop(command);

    let (sender, pieces) = mpsc::channel();
    let reading = thread::spawn(move || {
        let mut buffer = [0; 4096];
        while let Ok(n @ 1..) = reader.read(&mut buffer) {
            if sender.send(buffer[..n].to_vec()).is_err() {
                break;
            }
        }
    });
    let mut output = Vec::new();
    let ended = loop {
        match pieces.recv_timeout(deadline.saturating_duration_since(Instant::now())) {
            Ok(piece) => output.extend(piece),
            Err(mpsc::RecvTimeoutError::Disconnected) => break wait_until(&mut child, deadline)?,
            Err(mpsc::RecvTimeoutError::Timeout) => break None,
        }
    };
    let Some(status) = ended else {
        kill_group(&mut child);
        let _ = child.wait();
        let _ = reading.join();
        output.extend(pieces.iter().flatten());
        bail!(
            "has not ended within {} s and was killed; it wrote:\n{}",
            limit.as_secs_f32(),
            String::from_utf8_lossy(&output)
        );
    };
    let _ = reading.join();
    Ok((status, String::from_utf8(output).context("it wrote no UTF-8")?))
}

fn wait_until(child: &mut Child, deadline: Instant) -> io::Result<Option<ExitStatus>> {
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(Some(status));
        }
        if Instant::now() >= deadline {
            return Ok(None);
        }
        thread::sleep(Duration::from_millis(5));
    }
}

#[cfg(unix)]
fn in_own_group(command: &mut Command) {
    use std::os::unix::process::CommandExt as _;
    command.process_group(0);
}

#[cfg(unix)]
fn kill_group(child: &mut Child) {
    use nix::sys::signal::{Signal, killpg};
    use nix::unistd::Pid;
    if let Ok(group) = i32::try_from(child.id()) {
        let _ = killpg(Pid::from_raw(group), Signal::SIGKILL);
    }
}

#[cfg(not(unix))]
fn in_own_group(_: &mut Command) {}

#[cfg(not(unix))]
fn kill_group(child: &mut Child) {
    let _ = child.kill();
}

// ---------------------------------------------------------------------------------------------
// Capturing
// ---------------------------------------------------------------------------------------------

/// Runs every command of every capture file again and rewrites the files whose output has changed,
/// compared as the pages that show them compare it. So a second capture changes nothing. A line on
/// stderr tells of each command. Returns the files that were rewritten, relative to `root`.
///
/// # Errors
///
/// The examples don't build, a file can't be read or written, a command is not allowed or hangs.
pub fn capture_all(root: &Path) -> Result<Vec<PathBuf>> {
    let files = capture_files(root)?;
    let modes = modes_of_files(root)?;
    complain("building the examples");
    let examples = Examples::build(root, &[])?;
    let mut rewritten = Vec::new();
    for file in files {
        let name = display(root, &file);
        let text = fs::read_to_string(&file).with_context(|| name.clone())?;
        let mode = modes.get(&file).copied().unwrap_or_default();
        let mut fresh = String::new();
        let mut changed = false;
        for shown in parse(&text).with_context(|| name.clone())? {
            complain(format_args!("{name}: $ {}", shown.command));
            let output = run(&examples, &shown.command, LIMIT).with_context(|| name.clone())?;
            let output = if compare(mode, &shown.output, &output).is_ok() {
                shown.output
            } else {
                changed = true;
                output
            };
            let command = shown.command;
            let _ = write!(fresh, "{}", Shown { command, output });
        }
        if changed {
            let beside = file.with_extension("txt.new");
            fs::write(&beside, fresh).with_context(|| display(root, &beside))?;
            fs::rename(&beside, &file).with_context(|| name.clone())?;
            rewritten.push(PathBuf::from(name));
        }
    }
    Ok(rewritten)
}

fn display(root: &Path, file: &Path) -> String {
    file.strip_prefix(root).unwrap_or(file).display().to_string()
}

/// The capture files, sorted.
///
/// # Errors
///
/// The directory can't be read.
pub fn capture_files(root: &Path) -> Result<Vec<PathBuf>> {
    let mut files = files_under(&root.join(OUTPUT_DIR), "txt")?;
    files.sort();
    Ok(files)
}

/// For each capture file the loosest mode in which a page shows it.
fn modes_of_files(root: &Path) -> Result<BTreeMap<PathBuf, Mode>> {
    let mut pages = files_under(&root.join("src"), "md")?;
    pages.extend(["README.md", "README.zh-TW.md"].map(|readme| root.join(readme)));
    let mut modes: BTreeMap<PathBuf, Mode> = BTreeMap::new();
    for page in pages {
        let Ok(text) = fs::read_to_string(&page) else {
            continue;
        };
        let mut fence = None;
        for line in text.lines() {
            if let Some(info) = line.trim_start().strip_prefix("```") {
                fence = Mode::of_fence(info).with_context(|| display(root, &page))?;
            } else if let Some(mode) = fence
                && let Some(file) = included_capture(root, line)
            {
                let loosest = modes.entry(file).or_default();
                *loosest = mode.max(*loosest);
            }
        }
    }
    Ok(modes)
}

/// The capture file that a line like `{{#include ../../../examples/output/pool.txt}}` includes.
fn included_capture(root: &Path, line: &str) -> Option<PathBuf> {
    let path = line.trim().strip_prefix("{{#include ")?.strip_suffix("}}")?;
    let (_, name) = path.split_once("examples/output/")?;
    let name = name.split(':').next()?;
    Some(root.join(OUTPUT_DIR).join(name.trim()))
}

/// The files with an extension in a directory and below it; none where there is no directory.
fn files_under(directory: &Path, extension: &str) -> Result<Vec<PathBuf>> {
    if !directory.is_dir() {
        return Ok(Vec::new());
    }
    let mut files = Vec::new();
    for entry in
        fs::read_dir(directory).with_context(|| format!("cannot read {}", directory.display()))?
    {
        let path = entry?.path();
        if path.is_dir() {
            files.extend(files_under(&path, extension)?);
        } else if path.extension().is_some_and(|e| e == extension) {
            files.push(path);
        }
    }
    Ok(files)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(text: &str) -> Vec<String> {
        text.lines().map(str::to_owned).collect()
    }

    #[track_caller]
    fn same(mode: Mode, shown: &str, run: &str) {
        if let Err(difference) = compare(mode, &lines(shown), &lines(run)) {
            panic!("{difference}");
        }
    }

    #[track_caller]
    fn differ(mode: Mode, shown: &str, run: &str) -> String {
        compare(mode, &lines(shown), &lines(run)).expect_err("the difference went unseen")
    }

    #[test]
    fn ids_times_and_cpu_counts_are_normalised() {
        for (line, normal) in [
            ("This is process 3 (pid 4711)", "This is process 3 (pid PID)"),
            ("pid=1, tid=2, tid 77", "pid=PID, tid=THREAD, tid THREAD"),
            ("ThreadId(12) of rapid 9", "ThreadId(THREAD) of rapid 9"),
            ("took 1.2 s, 35 µs, 7ms", "took DURATION, DURATION, DURATION"),
            ("fork   192 µs ->    7.0 ms", "fork DURATION -> DURATION"),
            ("at 12:01:02.345 sharp", "at TIME sharp"),
            ("2026-08-04T12:01:02.345678Z start", "STAMP start"),
            ("2026-08-04 12:01:02+02:00 start", "STAMP start"),
            (
                "2026-08-04 12:01:02,345.345.6:root:140234:INFO:4711:hello",
                "STAMP:root:THREAD:INFO:PROCESS:hello",
            ),
            (
                "12:01:02.345:producer:ThreadId(2):INFO:4711:sent 3",
                "TIME:producer:THREAD:INFO:PROCESS:sent 3",
            ),
            ("16 CPUs, 1 CPU, on CPU 3", "COUNT CPUs, COUNT CPUs, on CPU NUMBER"),
            ("     A │  sAA..aa >│", "     A │TIMELINE│"),
            ("switches: 12, 12 switches", "switches: COUNT, 12 switches"),
            ("seen: 12, 12 seen", "seen: COUNT, 12 seen"),
            ("trailing \t", "trailing"),
        ] {
            assert_eq!(normalise(line, Mode::Exact), normal);
        }
    }

    #[test]
    fn what_a_program_determines_is_not_normalised() {
        for line in [
            "process 123 ended with exit status: 0",
            "This is worker 3",
            "4 workers",
            "5 seconds, 3 sums, 12 stones",
            "task 7 -> 49",
            "sum = 4950",
        ] {
            assert_eq!(normalise(line, Mode::Exact), line);
        }
        assert_eq!(normalise("This is worker 3", Mode::PerCpu), "This is worker NUMBER");
        assert_eq!(normalise("1 worker", Mode::PerCpu), "COUNT workers");
        assert_eq!(normalise("task 7", Mode::PerCpu), "task 7");
    }

    #[test]
    fn exact_sees_every_difference() {
        let shown = "a\nb (pid 1)\nc";
        same(Mode::Exact, shown, "a\nb (pid 2)\nc");
        let message = differ(Mode::Exact, shown, "a\nB (pid 1)\nc");
        assert!(message.contains("- b (pid PID)\n") && message.contains("+ B (pid PID)\n"));
        assert!(differ(Mode::Exact, shown, "a\nc").contains("    - b (pid PID)\n"));
        assert!(differ(Mode::Exact, shown, "a\nb (pid 1)\nc\nd").contains("    + d\n"));
        differ(Mode::Exact, shown, "b (pid 1)\na\nc");
        differ(Mode::Exact, "", "a");
    }

    #[test]
    fn unordered_sees_every_difference_but_the_order() {
        let shown = "a\nb\nb";
        same(Mode::Unordered, shown, "b\na\nb");
        let message = differ(Mode::Unordered, shown, "b\nA\nb");
        assert!(message.contains("- a\n") && message.contains("+ A\n"));
        assert!(differ(Mode::Unordered, shown, "b\na").contains("- b\n"));
        assert!(differ(Mode::Unordered, shown, "b\na\nb\nb").contains("+ b\n"));
        assert!(differ(Mode::Unordered, shown, "b\na\nb\nc\nc").contains("+ c   (2 times)\n"));
    }

    #[test]
    fn per_cpu_sees_every_difference_but_the_order_and_the_number() {
        let shown = "2 CPUs\nworker 0 (pid 5)\nworker 1 (pid 6)\nend";
        same(Mode::PerCpu, shown, "1 CPU\nworker 0 (pid 9)\nend");
        same(
            Mode::PerCpu,
            shown,
            "3 CPUs\nworker 2 (pid 1)\nworker 1 (pid 2)\nworker 0 (pid 3)\nend",
        );
        let message = differ(Mode::PerCpu, shown, "2 CPUs\nWorker no 0\nend");
        assert!(message.contains("- worker NUMBER (pid PID)\n"), "{message}");
        assert!(message.contains("+ Worker no 0\n"), "{message}");
        assert!(differ(Mode::PerCpu, shown, "2 CPUs\nworker 0 (pid 5)").contains("- end\n"));
        assert!(differ(Mode::PerCpu, shown, &format!("{shown}\nmore")).contains("+ more\n"));
    }

    #[test]
    fn a_fence_names_its_mode() -> Result<()> {
        assert_eq!(Mode::of_fence("console")?, Some(Mode::Exact));
        assert_eq!(Mode::of_fence("console,unordered")?, Some(Mode::Unordered));
        assert_eq!(Mode::of_fence("console, per-cpu")?, Some(Mode::PerCpu));
        assert_eq!(Mode::of_fence("consoles")?, None);
        assert_eq!(Mode::of_fence("rust")?, None);
        assert_eq!(Mode::of_fence("")?, None);
        assert!(Mode::of_fence("console,any").is_err());
        assert!(Mode::of_fence("console,unordered,per-cpu").is_err());
        Ok(())
    }

    #[test]
    fn commands_and_their_outputs_are_told_apart() -> Result<()> {
        let text = "$ cargo run -q --example a\none\n\ntwo\n$ python3 examples/python/a.py\n";
        let shown = parse(text)?;
        assert_eq!(shown.len(), 2);
        assert_eq!(shown[0].output, ["one", "", "two"]);
        assert!(shown[1].output.is_empty());
        let again: String = shown.iter().map(ToString::to_string).collect();
        assert_eq!(again, text);
        assert!(parse("one\n$ cargo run -q --example a\n").is_err());
        assert!(parse("").is_err());
        Ok(())
    }

    #[test]
    fn only_programs_of_the_book_are_run() -> Result<()> {
        let example = |name: &str, features: &str| Program::Example {
            name: name.to_owned(),
            features: features.to_owned(),
        };
        assert_eq!(parse_command("cargo run -q --example pool")?, (example("pool", ""), vec![]));
        assert_eq!(
            parse_command("cargo run -q --features async,x --example io -- 1")?,
            (example("io", "async,x"), lines("1"))
        );
        assert_eq!(
            parse_command("cargo run -q --example pool -- --tasks 3")?,
            (example("pool", ""), lines("--tasks\n3"))
        );
        assert_eq!(
            parse_command("python3 examples/python/pool.py --tasks 3")?,
            (Program::Python("pool".to_owned()), lines("--tasks\n3"))
        );
        for wrong in [
            "",
            "rm -rf x",
            "cargo run --example pool",
            "cargo run -q --example pool --tasks 3",
            "cargo run -q --example ../pool",
            "python3 examples/python/../../pool.py",
            "python3 examples/pool.py",
            "python3 -c pass",
        ] {
            assert!(parse_command(wrong).is_err(), "{wrong}");
        }
        Ok(())
    }

    #[test]
    fn a_page_says_how_its_capture_is_compared() -> Result<()> {
        let root = tempfile::tempdir()?;
        let page = root.path().join("src/en/a.md");
        fs::create_dir_all(root.path().join("src/en"))?;
        fs::create_dir_all(root.path().join(OUTPUT_DIR))?;
        for name in ["a", "b", "c"] {
            fs::write(root.path().join(OUTPUT_DIR).join(name).with_extension("txt"), "")?;
        }
        fs::write(
            page,
            "```console,unordered\n{{#include ../../examples/output/a.txt}}\n```\n\
             ```console\n{{#include ../../examples/output/a.txt:1:2}}\n```\n\
             ```console,per-cpu\n{{#include ../../examples/output/b.txt}}\n```\n\
             {{#include ../../examples/output/c.txt}}\n",
        )?;
        let modes = modes_of_files(root.path())?;
        let files = capture_files(root.path())?;
        let modes: Vec<_> = files.iter().map(|file| modes.get(file).copied()).collect();
        assert_eq!(modes, [Some(Mode::Unordered), Some(Mode::PerCpu), None]);
        Ok(())
    }

    #[cfg(unix)]
    #[test]
    fn stdout_and_stderr_come_through_one_pipe_in_order() -> Result<()> {
        let mut command = Command::new("sh");
        command.args(["-c", "echo 1; echo 2 >&2; echo 3; exit 5"]);
        let (status, output) = run_group(command, Duration::from_secs(20))?;
        assert_eq!(output, "1\n2\n3\n");
        assert_eq!(status.to_string(), "exit status: 5");
        Ok(())
    }

    #[cfg(unix)]
    #[test]
    fn what_hangs_is_killed_with_its_whole_group() {
        // The grandchild holds the pipe: were it not killed, reading would not end.
        for script in ["echo began; sleep 600 & sleep 600", "echo began; sleep 600 & exit 0"] {
            let begin = Instant::now();
            let mut command = Command::new("sh");
            command.args(["-c", script]);
            let error = run_group(command, Duration::from_millis(300)).expect_err("it hangs");
            assert!(error.to_string().contains("began"), "{error}");
            assert!(begin.elapsed() < Duration::from_secs(60));
        }
    }
}
