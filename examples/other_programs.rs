//! Other programs: what they are given, a pipeline of five, how they end, a descriptor
//! of one's choice, and what starting them costs.
//!
//! Unix only. `cargo run --example other_programs`, or a scene of it: `-- --scene 2`
#![cfg_attr(not(unix), allow(dead_code, unused_imports))]

use std::fmt::Write as _;
use std::hint;
use std::io::{self, PipeWriter, Write as _};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread;
use std::time::{Duration, Instant};

#[cfg(unix)]
use std::os::{
    fd::{FromRawFd, IntoRawFd, OwnedFd},
    unix::process::CommandExt,
};

use anyhow::{Context, ensure};
#[cfg(unix)]
use nix::{
    fcntl::{FcntlArg, fcntl},
    unistd::{dup2_raw, geteuid},
};

/// What somebody has typed in: nobody takes it for a command.
const TYPED: &str = "it's; exit 1 # $HOME";

fn what_it_is_given() -> anyhow::Result<()> {
    let script = r#"echo "argument: $1"; echo "folder: $PWD";
        echo "HOME: ${HOME-not set}, GREETING: ${GREETING-not set}""#;
    let output = Command::new("/bin/sh")
        .args(["-c", script, "sh", TYPED])
        .env_clear()
        .env("GREETING", "hello")
        .current_dir("/")
        .stdin(Stdio::null())
        .output()?; // reads stdout and stderr at the same time, and waits
    ensure!(output.status.success(), "sh: {}", output.status);
    for line in String::from_utf8(output.stdout)?.lines() {
        println!("  {line}");
    }
    Ok(())
}

/// Ends whoever is left when an error ends the scene early.
struct Stages(Vec<Child>);

impl Drop for Stages {
    fn drop(&mut self) {
        for child in &mut self.0 {
            let _ = child.kill(); // who has been waited for is not touched
            let _ = child.wait();
        }
    }
}

/// Starts `stages`, each with the output of the one before it as its input, sends the
/// first one `input`, and reads what the last one writes.
fn pipeline(
    stages: &[&[&str]],
    input: &[u8],
) -> anyhow::Result<(String, Vec<ExitStatus>)> {
    let mut children = Stages(Vec::new());
    let (mut next, mut feed) = io::pipe()?;
    for stage in stages {
        let (reader, writer) = io::pipe()?;
        let mut command = Command::new(stage[0]);
        command.args(&stage[1..]).env("LC_ALL", "C").stdin(next).stdout(writer);
        children.0.push(command.spawn().with_context(|| stage[0].to_owned())?);
        next = reader;
    } // here `command` ends, and with it our copies of the two ends that it holds
    let output = thread::scope(|scope| {
        // An error says that nobody wants the rest. `feed` ends with the thread.
        scope.spawn(move || feed.write_all(input));
        io::read_to_string(next)
    })?;
    let statuses = children.0.iter_mut().map(Child::wait).collect::<Result<_, _>>()?;
    Ok((output, statuses))
}

/// 20,000 lines of a server's log.
fn log() -> String {
    (0..20_000_u32).fold(String::new(), |mut log, n| {
        let (client, status) =
            ((n % 97) * (n % 13) / 7, if n % 7 == 3 { 404 } else { 200 });
        let _ = writeln!(log, "10.0.0.{client} GET /page/{} {status}", n % 1000);
        log
    })
}

fn a_pipeline() -> anyhow::Result<()> {
    let stages: [&[&str]; 5] = [
        &["grep", " 404$"],
        &["cut", "-d", " ", "-f", "1"],
        &["sort"],
        &["uniq", "-c"],
        &["sort", "-k", "1,1rn", "-k", "2"],
    ];
    let show = |stages: &[&[&str]], input: &[u8]| {
        let (output, statuses) = pipeline(stages, input)?;
        for line in output.lines().take(3) {
            println!("  {}", line.trim_start()); // each system has its own column
        }
        for (stage, status) in stages.iter().zip(statuses) {
            println!("  {}: {status}", stage[0]);
        }
        anyhow::Ok(())
    };
    show(&stages, log().as_bytes())?;
    show(&[&["yes", "for ever"], &["head", "-n", "1"]], b"")
}

fn how_they_end() -> anyhow::Result<()> {
    let ends = [
        ("it exits with 3", "exit 3"),
        ("it exits with 300", "exit 300"),
        ("a signal", "kill -TERM $$"),
        ("a signal, and a shell between", "sh -c 'kill -TERM $$'; exit $?"),
        ("no such program, and a shell between", "no-such-program"),
    ];
    for (what, script) in ends {
        let mut shell = Command::new("sh");
        let status = shell.args(["-c", script]).stderr(Stdio::null()).status()?;
        println!("  {what}: {status}");
    }
    for (what, program) in
        [("no such program", "no-such-program"), ("no program", "/etc/passwd")]
    {
        match Command::new(program).status() {
            Ok(status) => println!("  {what}: {status}"),
            Err(error) => println!("  {what}: no process, {:?}", error.kind()),
        }
    }
    Ok(())
}

#[cfg(unix)]
/// The program that is started finds the end of the pipe as descriptor 3.
fn as_descriptor_three(command: &mut Command, end: &PipeWriter) -> io::Result<()> {
    // A copy with another number than 3, which is closed when a program starts.
    let copy = fcntl(end, FcntlArg::F_DUPFD_CLOEXEC(4))?;
    // SAFETY: `copy` is an open descriptor that nobody else owns.
    let copy = unsafe { OwnedFd::from_raw_fd(copy) };
    let prepare = move || {
        // SAFETY: in this process, which is about to become a program, nobody owns 3.
        let three = unsafe { dup2_raw(&copy, 3) }?;
        let _stays_open = three.into_raw_fd();
        Ok(())
    };
    // SAFETY: between fork and exec it makes one call of the system; it takes no lock
    // and allocates nothing.
    unsafe { command.pre_exec(prepare) };
    Ok(())
}

#[cfg(unix)]
fn a_fourth_descriptor() -> anyhow::Result<()> {
    let script = "echo 'the result'; echo '2 words' >&3";
    let (report, writer) = io::pipe()?;
    let mut command = Command::new("sh");
    command.args(["-c", script]).stderr(Stdio::null());
    as_descriptor_three(&mut command, &writer)?;
    let output = command.output()?;
    drop((command, writer)); // now the report has an end
    ensure!(output.status.success(), "sh: {}", output.status);
    println!("  stdout: {}", String::from_utf8(output.stdout)?.trim_end());
    println!("  3: {}", io::read_to_string(report)?.trim_end());
    let without =
        Command::new("sh").args(["-c", script]).stderr(Stdio::null()).output()?;
    println!("  without it: the program says success: {}", without.status.success());
    Ok(())
}

fn median_start(
    runs: usize,
    change: impl Fn(&mut Command),
) -> anyhow::Result<Duration> {
    let mut times = Vec::new();
    for _ in 0..runs {
        let mut command = Command::new("/bin/sh");
        command.args(["-c", ":"]);
        change(&mut command);
        let start = Instant::now();
        let mut child = command.spawn()?;
        times.push(start.elapsed());
        let status = child.wait()?;
        ensure!(status.success(), "sh: {status}");
    }
    times.sort();
    Ok(times[runs / 2])
}

#[cfg(unix)]
fn what_starting_costs(megabytes: usize, runs: usize) -> anyhow::Result<()> {
    let memory = vec![1_u8; megabytes << 20];
    println!("  with {megabytes} MiB in use:");
    let show = |what, change: &dyn Fn(&mut Command)| {
        let time = median_start(runs, change)?;
        println!("  {what:<13}  {:.2} ms", time.as_secs_f64() * 1e3);
        anyhow::Ok(())
    };
    show("as it is", &|_| {})?;
    show("process_group", &|command| {
        command.process_group(0);
    })?;
    show("uid, our own", &|command| {
        command.uid(geteuid().as_raw());
    })?;
    show("pre_exec", &|command| {
        // SAFETY: between fork and exec it does nothing.
        unsafe { command.pre_exec(|| Ok(())) };
    })?;
    hint::black_box(memory);
    Ok(())
}

#[cfg(unix)]
fn main() -> anyhow::Result<()> {
    let [only, megabytes, runs] = mp::args([
        ("scene", 0, 0..=5),
        ("megabytes", 128, 0..=65_536),
        ("runs", 9, 1..=1000),
    ]);
    let costs = || what_starting_costs(megabytes, runs);
    let scenes: [(&str, &dyn Fn() -> anyhow::Result<()>); 5] = [
        ("what it is given", &what_it_is_given),
        ("a pipeline", &a_pipeline),
        ("how they end", &how_they_end),
        ("a fourth descriptor", &a_fourth_descriptor),
        ("what starting costs", &costs),
    ];
    for (number, (title, scene)) in (1..).zip(scenes) {
        if only == 0 || only == number {
            println!("{title}:");
            scene()?;
        }
    }
    Ok(())
}

#[cfg(not(unix))]
fn main() -> std::process::ExitCode {
    mp::unix_only()
}
