//! What the page *Memory between strangers* says: `strangers` and its twin.
#![cfg(target_os = "linux")]

use std::fs::{self, File};
use std::os::unix::fs::FileExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use anyhow::{Context as _, Result, ensure};
use tempfile::TempDir;
use tests::asked;
use tests::rustc::{Workshop, changed};
use tests::{Ended, LIMIT, Stdout, example, root, run};

/// Where the numbers lie, in bytes.
const VERSION: u64 = 8;
const WRITTEN: u64 = 16;
const READ: u64 = 24;

/// What a reader says that has all.
const ALL: &str = "  the reader has 20 messages, the last: 19 squared is 361\n";

/// A role of the program, played in Rust or in Python.
fn role(rust: bool, role: &str, path: &Path) -> Result<Command> {
    let mut command = if rust {
        example("strangers", &[])?
    } else {
        let mut python = runner::python();
        runner::clean(&mut python);
        python.arg(root().join("examples/python/strangers.py"));
        python
    };
    command.arg(role).arg(path).env_remove("RUST_BACKTRACE");
    Ok(command)
}

/// A new ring; it goes with the folder.
fn ring() -> Result<(TempDir, PathBuf)> {
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("ring");
    run(role(true, "--make", &path)?, Stdout::Pipe, LIMIT)?.success()?;
    Ok((folder, path))
}

fn number(path: &Path, at: u64) -> Result<u64> {
    let mut bytes = [0; 8];
    File::open(path)?.read_exact_at(&mut bytes, at)?;
    Ok(u64::from_ne_bytes(bytes))
}

fn store(path: &Path, at: u64, number: u64) -> Result<()> {
    Ok(File::options().write(true).open(path)?.write_all_at(&number.to_ne_bytes(), at)?)
}

/// Ends a stranger when a test fails beside it.
struct Beside(Option<Child>);

impl Beside {
    fn start(mut command: Command) -> Result<Beside> {
        let pipes = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        Ok(Beside(Some(pipes.spawn()?)))
    }

    fn stdout(mut self) -> Result<String> {
        let output = self.0.take().context("it runs")?.wait_with_output()?;
        let told = String::from_utf8_lossy(&output.stderr);
        ensure!(output.status.success(), "{}\n{told}", output.status);
        Ok(String::from_utf8(output.stdout)?)
    }
}

impl Drop for Beside {
    fn drop(&mut self) {
        if let Some(child) = &mut self.0 {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

/// Two languages, one ring: both ways round. Python has no atomics; on x86-64 the machine keeps the order of its stores.
#[test]
#[cfg(target_arch = "x86_64")]
fn rust_and_python_share_a_ring() -> Result<()> {
    for rust_reads in [true, false] {
        let (_folder, path) = ring()?;
        let ours = if rust_reads { "--read" } else { "--write" };
        let theirs = if rust_reads { "--write" } else { "--read" };
        let beside = Beside::start(role(true, ours, &path)?)?;
        let Some(twin) = tests::run_python(role(false, theirs, &path)?)? else { return Ok(()) };
        let told = beside.stdout()? + &twin.stdout;
        ensure!(told == ALL, "Rust reads: {rust_reads}\n{told}");
        ensure!((number(&path, WRITTEN)?, number(&path, READ)?) == (20, 20), "it isn't empty");
    }
    Ok(())
}

fn refused(ended: &Ended, message: &str) -> Result<()> {
    let line = ended.stderr.lines().next().unwrap_or_default();
    ensure!(
        ended.status.code() == Some(1) && line == format!("Error: {message}"),
        "not '{message}' but {}\n{}",
        ended.status,
        ended.output()
    );
    Ok(())
}

/// Both roles, in both languages, refuse what they don't know, and change nothing there.
#[test]
fn another_version_is_refused_by_all() -> Result<()> {
    let (_folder, path) = ring()?;
    store(&path, VERSION, 2)?;
    let before = fs::read(&path)?;
    for name in ["--read", "--write"] {
        let ended = run(role(true, name, &path)?, Stdout::Pipe, LIMIT)?;
        refused(&ended, "version 2, and here 1 is known")?;
        let python = role(false, name, &path)?;
        if let Ok(ended) = run(python, Stdout::Pipe, LIMIT) {
            refused(&ended, "version 2, and here 1 is known")?;
        }
    }
    ensure!(fs::read(&path)? == before, "the ring was changed");
    Ok(())
}

/// Whatever stands in the file, the reader ends with an error, and not by a signal. Where only bytes of messages are
/// changed it says that the message is another.
#[test]
fn no_bytes_end_the_reader_by_a_signal() -> Result<()> {
    let whole = |written: u64, read: u64| -> Result<(TempDir, PathBuf)> {
        let (folder, path) = ring()?;
        store(&path, WRITTEN, written)?;
        store(&path, READ, read)?;
        Ok((folder, path))
    };
    let cases = [
        (u64::MAX, 0, "18446744073709551615 written and 0 read can't be"),
        (0, 1, "0 written and 1 read can't be"),
        (9, 0, "9 written and 0 read can't be"),
        (1, 0, "message 0 is ''"),
    ];
    for (written, read, message) in cases {
        let (_folder, path) = whole(written, read)?;
        refused(&run(role(true, "--read", &path)?, Stdout::Pipe, LIMIT)?, message)?;
    }
    let (_folder, path) = whole(1, 0)?;
    let file = File::options().write(true).open(&path)?;
    file.write_all_at(&2_u32.to_ne_bytes(), 32)?;
    file.write_all_at(&[0xFF, 0xFE], 36)?;
    let ended = run(role(true, "--read", &path)?, Stdout::Pipe, LIMIT)?;
    refused(&ended, "message 0 is no text")?;
    file.set_len(0)?;
    let ended = run(role(true, "--read", &path)?, Stdout::Pipe, LIMIT)?;
    refused(&ended, "0 bytes, and a ring has 544")
}

/// The prediction: after five messages that were read, eight more, ten seconds, and an error. The next reader gets these
/// eight, and from the next writer the rest.
#[test]
fn without_a_reader_the_writer_gives_up() -> Result<()> {
    let (_folder, path) = ring()?;
    store(&path, WRITTEN, 5)?;
    store(&path, READ, 5)?;
    let gave_up = run(role(true, "--write", &path)?, Stdout::Pipe, LIMIT)?;
    refused(&gave_up, "there is no Reader")?;
    ensure!((number(&path, WRITTEN)?, number(&path, READ)?) == (13, 5), "it has written others");
    let reader = Beside::start(role(true, "--read", &path)?)?;
    run(role(true, "--write", &path)?, Stdout::Pipe, LIMIT)?.success()?;
    let told = reader.stdout()?;
    ensure!(told == ALL, "{told}");
    asked("ask-killed-reader")?.each(&[
        ("It gets SIGPIPE", gave_up.status.code().is_none()),
        ("It writes eight more at most", gave_up.status.code() == Some(1)),
        // It has ended.
        ("It waits for ever", false),
    ])
}

/// Names are removed; the memory of a memfd has none.
#[test]
fn no_name_is_left() -> Result<()> {
    let ended = run(example("strangers", &[])?, Stdout::Pipe, LIMIT)?.success()?;
    let name = format!("strangers-{}", ended.pid);
    for folder in [std::env::temp_dir(), PathBuf::from("/dev/shm")] {
        ensure!(!folder.join(&name).exists(), "{name} is left in {}", folder.display());
    }
    Ok(())
}

#[test]
fn one_role_at_a_time() -> Result<()> {
    let program = example("strangers", &["--read", "/none", "--write", "/none"])?;
    let ended = run(program, Stdout::Pipe, LIMIT)?;
    ensure!(ended.status.code() == Some(2) && ended.stdout.is_empty(), "{}", ended.output());
    ensure!(ended.stderr.starts_with("error: one of "), "{}", ended.output());
    Ok(())
}

const SCENES: &str = "    match (make, reads, writes) {\n";
const COPY: &str = "slot.bytes[..length].iter()";
/// With nothing between the two loads, a cache line that came for the first mostly serves the second too: of 45 million
/// pairs one differed. Here the other thread has its turn in between.
const LOADED_AGAIN: &str = "{
            thread::yield_now();
            slot.bytes[..slot.length.load(Relaxed) as usize].iter()
        }";
const MOUNT: &str = "= small_shm(mib) {";

/// The program with a scene for each prediction, chosen by `--die`: a length that is loaded twice, a seat that a child
/// inherits. And it may not mount.
fn other_scenes() -> Result<(Workshop, Command)> {
    let scenes = "    if dies_at == 1 {
        let ring: &'static Mapped = Box::leak(Box::new(memfd()?));
        let ring: &'static Ring = ring;
        thread::spawn(move || {
            loop {
                ring.slots[0].length.store(5, Relaxed);
                ring.slots[0].length.store(u32::MAX, Relaxed);
            }
        });
        let begin = Instant::now();
        while begin.elapsed() < Duration::from_secs(40) {
            ring.written.store(1, Relaxed);
            ring.read.store(0, Relaxed);
            let _ = ring.take(0);
        }
        bail!(\"the two loads were the same each time\");
    }
    if dies_at == 2 {
        let ring = memfd()?;
        ring.sit(Seat::Writer)?;
        let mut child = mp::Process::spawn(|| {
            println!(\"inherited: {:?}\", ring.sit(Seat::Writer).is_ok());
            let anew = Mapped::open(&ring.path())?;
            println!(\"opened anew: {}\", anew.sit(Seat::Writer).is_ok());
            println!(\"taken: {}\", anew.is_taken(Seat::Writer)?);
            anyhow::Ok(())
        })?;
        ensure!(child.join()?.success(), \"the child failed\");
        return Ok(ExitCode::SUCCESS);
    }
";
    let (workshop, mut program) = changed(
        "strangers",
        &[
            (SCENES, &format!("{scenes}{SCENES}")),
            (COPY, LOADED_AGAIN),
            (MOUNT, "= Err::<(), anyhow::Error>(Errno::EPERM.into()) {"),
        ],
    )?;
    program.env_remove("RUST_BACKTRACE");
    Ok((workshop, program))
}

/// The prediction: what is checked must be what is used.
#[test]
fn a_second_load_can_be_another_number() -> Result<()> {
    let (_workshop, mut program) = other_scenes()?;
    program.args(["--die", "1"]);
    let ended = run(program, Stdout::Pipe, LIMIT)?;
    ensure!(ended.status.code() == Some(101), "{}\n{}", ended.status, ended.output());
    ensure!(ended.stderr.contains("range end index 4294967295 out of range"), "{}", ended.output());
    asked("ask-double-fetch")?.one(
        &ended.status.code(),
        &[
            ("Nothing:", Some(0)),
            ("The reader panics,", Some(101)),
            // A signal would end it, or nothing would tell.
            ("The reader reads memory outside", None),
        ],
    )
}

/// The prediction: the lock belongs to what `open` has made.
#[test]
fn who_inherits_the_descriptor_has_the_seat_as_well() -> Result<()> {
    let (_workshop, mut program) = other_scenes()?;
    program.args(["--die", "2"]);
    let ended = run(program, Stdout::Pipe, LIMIT)?.success()?;
    let said = "inherited: true\nopened anew: false\ntaken: true\n";
    ensure!(ended.stdout == said, "{}", ended.output());
    asked("ask-inherited-seat")?.each(&[
        ("An error:", ended.stdout.contains("inherited: false")),
        ("No error:", ended.stdout.contains("inherited: true")),
        // It has ended.
        ("It waits", false),
    ])
}

/// Who may not mount hears what is missing.
#[test]
fn who_may_not_mount_is_told() -> Result<()> {
    let (_workshop, mut program) = other_scenes()?;
    program.args(["--shm", "1"]);
    let ended = run(program, Stdout::Pipe, LIMIT)?;
    ensure!(ended.status.code() == Some(2) && ended.stdout.is_empty(), "{}", ended.output());
    ensure!(ended.stderr.starts_with("missing: the right to mount"), "{}", ended.output());
    Ok(())
}
