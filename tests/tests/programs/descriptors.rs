//! The program `passing_descriptors`: what the page says beyond its output.
#![cfg(target_os = "linux")]

use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;

use anyhow::{Context as _, Result, ensure};
use tests::asked;
use tests::rustc::changed;
use tests::{Ended, LIMIT, Stdout, example, run};

const NAME: &str = "passing_descriptors";

/// How many connections were answered, how many broken, and how many workers were killed.
fn counts(output: &str) -> Result<[usize; 3]> {
    let counts = || {
        let (_, rest) = output.split_once(" connections: ")?;
        let (answered, rest) = rest.split_once(" answered, ")?;
        let (broken, rest) = rest.split_once(" broken\n")?;
        let (_, killed) = rest.trim_end().rsplit_once(": ")?;
        Some([answered.parse().ok()?, broken.parse().ok()?, killed.parse().ok()?])
    };
    counts().with_context(|| output.to_owned())
}

/// Each request that kills costs one connection and one worker, however many there are of either.
#[test]
fn each_kill_costs_one_connection() -> Result<()> {
    for (workers, clients, kill) in [("4", 100, 0), ("1", 30, 10), ("8", 60, 60), ("3", 300, 7)] {
        let (clients, kill) = (clients.to_string(), kill.to_string());
        let arguments = ["--workers", workers, "--clients", &clients, "--kill", &kill];
        let ended = run(example(NAME, &arguments)?, Stdout::Pipe, LIMIT)?.success()?;
        let (clients, kill): (usize, usize) = (clients.parse()?, kill.parse()?);
        let expected = [clients - kill, kill, kill];
        ensure!(counts(&ended.stdout)? == expected, "{arguments:?}\n{}", ended.output());
    }
    Ok(())
}

/// Whenever a worker is killed: it is replaced, and at most one connection is broken.
#[cfg(target_env = "gnu")]
#[test]
fn a_worker_that_is_killed_costs_what_it_has_in_hand() -> Result<()> {
    let arguments = ["--workers", "2", "--clients", "40", "--kill", "0"];
    let witness = || anyhow::Ok(witness::Witness::new(example(NAME, &arguments)?).limit(2 * LIMIT));
    let whole = match witness()?.count_calls().run() {
        Err(error @ witness::Error::NotAllowed(_)) if std::env::var_os("CI").is_none() => {
            eprintln!("not tested: {error}");
            return Ok(());
        }
        whole => whole?,
    };
    // This program, the reader, the doorman, and two workers.
    ensure!(whole.processes.len() == 5, "{whole}");
    let calls = whole.processes[3].calls.min(whole.processes[4].calls);
    let mut hit = 0;
    for share in 1..=6 {
        let moment = witness::Moment::Call(1 + calls * (share - 1) / 6);
        let report = witness()?.kill(3, moment).run()?;
        let output = String::from_utf8_lossy(&report.stdout).into_owned();
        let [answered, broken, killed] =
            counts(&output).with_context(|| format!("{moment:?}\n{report}"))?;
        let was_killed = report.killed().count();
        ensure!(report.main().code() == Some(0) && report.left().count() == 0, "{report}");
        ensure!(killed == was_killed, "{killed} replaced: {report}");
        ensure!(answered + broken == 40 && broken <= killed, "{output}\n{report}");
        hit += killed;
    }
    ensure!(hit > 0, "no worker was killed at all");
    Ok(())
}

/// The program with something else at the place of a text.
fn other(place: &str, text: &str) -> Result<Ended> {
    let (_workshop, program) = changed(NAME, &[(place, text)])?;
    run(program, Stdout::Pipe, LIMIT)
}

/// The prediction: the position is the file's, and a buffer moves it as far as it reads.
#[test]
fn a_buffer_reads_ahead_for_both() -> Result<()> {
    let ended = other(
        "    println!(\"  the other process reads on: {}\", four_bytes(&file)?);\n",
        "    let mut line = String::new();
    io::BufRead::read_line(&mut io::BufReader::new(&file), &mut line)?;
    print!(\"  the other process reads on: {line}\");\n",
    )?;
    ensure!(ended.stdout.ends_with("  the other process reads on: two\n"), "{}", ended.output());
    let reads = |word: &str| ended.stdout.contains(&format!("this process reads: {word}\n"));
    asked("ask-buffered-reader")?.each(&[
        ("\"six\", as before.", reads("six")),
        ("\"two\": the buffer", reads("two")),
        ("Nothing: the file is at its end.", ended.stderr.contains("failed to fill whole buffer")),
    ])
}

const BOUND: &str = "    let server = listener.local_addr()?;\n";

/// The prediction: the queue takes a connection, and what was written into it.
#[test]
fn who_comes_before_the_workers_is_answered() -> Result<()> {
    let early = format!(
        "{BOUND}    let mut early = TcpStream::connect(server)?;
    early.write_all(b\"early\")?;
    early.shutdown(Shutdown::Write)?;
    let early = thread::spawn(|| io::read_to_string(early));\n"
    );
    let told = "    let broken = clients - answered;\n";
    let tells =
        format!("    println!(\"  early: {{}}\", early.join().expect(\"no panic\")?);\n{told}");
    let (_workshop, program) = changed(NAME, &[(BOUND, &early), (told, &tells)])?;
    let ended = run(program, Stdout::Pipe, LIMIT)?.success()?;
    ensure!(ended.stdout.contains("  early: ylrae\n"), "{}", ended.output());
    ensure!(counts(&ended.stdout)? == [197, 3, 3], "{}", ended.output());
    // The workers are started by the thread that has connected, behind it: `connect` has not waited for them.
    asked("ask-early-client")?.each(&[
        ("It succeeds at once.", ended.status.success()),
        ("It waits until a worker", false),
        ("It fails", !ended.status.success()),
    ])
}

/// The prediction: who waits in the queue of a socket that nobody has any more is told so. If this program has kept its
/// copy, the next worker answers.
#[test]
fn the_queue_goes_with_the_last_who_has_the_socket() -> Result<()> {
    let scene = |keeps: bool| {
        format!(
            "{BOUND}    if true {{
        let worker = Other::start(\"worker\")?;
        send(&worker.socket, &listener)?;
        println!(\"  first: {{}}\", ask(server, \"one\")?); // so it has the socket
        let kept = {keeps}.then(|| listener.try_clone()).transpose()?;
        drop(listener);
        let _busy = TcpStream::connect(server)?;
        let mut waits = TcpStream::connect(server)?;
        waits.write_all(b\"two\")?;
        waits.shutdown(Shutdown::Write)?;
        drop(worker);
        let next = Other::start(\"worker\")?;
        if let Some(kept) = &kept {{
            send(&next.socket, kept)?;
        }}
        // The worker's first client is the one that was busy, if nobody had it.
        drop(_busy);
        println!(\"  waits: {{:?}}\", io::read_to_string(waits).map_err(|error| error.kind()));
        let comes = TcpStream::connect(server).map(drop);
        println!(\"  comes: {{:?}}\", comes.map_err(|error| error.kind()));
        return Ok(());
    }}
    let listener = TcpListener::bind(\"127.0.0.1:0\")?;\n"
        )
    };
    let ended = other(BOUND, &scene(false))?.success()?;
    let lost = "  first: eno\n  waits: Err(ConnectionReset)\n  comes: Err(ConnectionRefused)\n";
    ensure!(ended.stdout.ends_with(lost), "{}", ended.output());
    let ended = other(BOUND, &scene(true))?.success()?;
    let answered = "  first: eno\n  waits: Ok(\"owt\")\n  comes: Ok(())\n";
    ensure!(ended.stdout.ends_with(answered), "{}", ended.output());
    asked("ask-last-holder")?.each(&[
        // It has ended.
        ("It waits on", false),
        ("An error: the connection is reset.", lost.contains("waits: Err(ConnectionReset)")),
        ("The end of the stream", lost.contains("waits: Ok(\"\")")),
    ])
}

/// A stranger may send more than was expected: all of them come, and are closed.
#[test]
fn three_come_where_one_was_expected() -> Result<()> {
    let sends = "    let descriptors = [descriptor.as_fd()];\n";
    let three = "    let descriptors = [descriptor.as_fd(); 3];\n";
    let (one, all) = ("cmsg_space!(ScmRights(1))", "cmsg_space!(ScmRights(3))");
    let takes = "    received.pop().context";
    let counts = format!("    println!(\"  received: {{}}\", received.len());\n{takes}");
    let (_workshop, program) = changed(NAME, &[(sends, three), (one, all), (takes, &counts)])?;
    let ended = run(program, Stdout::Pipe, LIMIT)?.success()?;
    // The reader, the doorman, four workers, and three that take the place of those killed.
    ensure!(ended.stdout.matches("  received: 3\n").count() == 9, "{}", ended.output());
    Ok(())
}

/// A socket that ends before a descriptor has come is an error with its reason.
#[test]
fn who_gets_no_descriptor_says_so() -> Result<()> {
    for role in ["reader", "doorman", "worker"] {
        let (ours, theirs) = UnixStream::pair()?;
        drop(ours);
        // Not `run`, which gives it another stdin.
        let ended = example(NAME, &[role])?.stdin(OwnedFd::from(theirs)).output()?;
        let told = String::from_utf8(ended.stderr)?;
        ensure!(ended.status.code() == Some(1) && ended.stdout.is_empty(), "{told}");
        ensure!(told == "Error: no descriptor has come\n", "{told}");
    }
    Ok(())
}
