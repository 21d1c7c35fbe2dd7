//! Every case of every topic runs once, Rust and Python; a peer refuses what it does not understand;
//! nothing is left behind.
#![cfg(unix)]

use std::{
    collections::BTreeMap,
    fs,
    io::Write as _,
    os::unix::process::CommandExt as _,
    process::{Command, Output, Stdio},
    thread,
    time::{Duration, Instant},
};

use benches::peer::Peer;
use nix::{errno::Errno, sys::signal::killpg, unistd::Pid};

const RUST: [&str; 36] = [
    "start thread",
    "start scoped_thread",
    "start fork",
    "start mp_process",
    "start command",
    "start procspawn",
    "fork_memory fork 1000000",
    "fork_memory command 1000000",
    "chunk mp_pool 0 100",
    "chunk mp_pool 7 100",
    "chunk imap_unordered 7 100",
    "chunk mp_ranges 7 100",
    "chunk rayon 0 100",
    "chunk rayon 7 100",
    "chunk procspawn 7 100",
    "result mp_pool 1000 20",
    "result rayon 1000 20",
    "result procspawn 1000 20",
    "moving pipe 1000 300",
    "moving socketpair 1000 300",
    "moving shared_memory 1000 300",
    "moving shared_memory 1 3",
    "moving memcpy 1000 300",
    "moving mp_pool 100000 5",
    "speedup sequential 1 1000",
    "speedup mp_pool 3 1000",
    "speedup rayon 3 1000",
    "crossover sequential 100 50",
    "crossover mp_pool 100 50",
    "crossover rayon 100 50",
    "calibrate spin 1000",
    "usage sequential 1000",
    "usage threads 1000",
    "usage rayon 1000",
    "usage mp_pool 1000",
    "usage mp_pool 0",
];

const PYTHON: [&str; 22] = [
    "start thread",
    "start fork",
    "start forkserver",
    "start spawn",
    "fork_memory fork 1000000",
    "chunk pool 0 100",
    "chunk pool 7 100",
    "chunk executor 0 100",
    "chunk executor 7 100",
    "result pool 1000 20",
    "result executor 1000 20",
    "moving pipe 1000 300",
    "speedup sequential 1 1000",
    "speedup pool 3 1000",
    "crossover sequential 100 50",
    "crossover threads 100 50",
    "crossover processes 100 50",
    "calibrate spin 1000",
    "usage sequential 1000",
    "usage threads 1000",
    "usage processes 1000",
    "usage processes 0",
];

fn command(language: &str, arguments: &str) -> Command {
    let mut command = if language == "rust" {
        Command::new(env!("CARGO_BIN_EXE_peer"))
    } else {
        let mut python = runner::python();
        python.arg(concat!(env!("CARGO_MANIFEST_DIR"), "/peer.py"));
        python
    };
    command.args(arguments.split_whitespace());
    command
}

/// Runs a peer in a process group of its own, gives it the lines, and waits until the group is empty.
fn run(language: &str, arguments: &str, lines: &str) -> Output {
    let mut process = command(language, arguments)
        .process_group(0)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the peer starts");
    let group = Pid::from_raw(process.id().try_into().expect("a process id"));
    let mut input = process.stdin.take().expect("a pipe");
    let _ = input.write_all(lines.as_bytes());
    drop(input);
    let output = process.wait_with_output().expect("the peer ends");
    let start = Instant::now();
    // Python's fork server and resource tracker end a moment after the process they serve.
    while killpg(group, None) != Err(Errno::ESRCH) {
        assert!(
            start.elapsed() < Duration::from_secs(20),
            "{language} {arguments} leaves a process"
        );
        thread::sleep(Duration::from_millis(5));
    }
    output
}

/// Runs the cases, several at a time: most of them wait.
fn runs(language: &str, cases: &[&str]) {
    thread::scope(|scope| {
        for some in cases.chunks(cases.len().div_ceil(8)) {
            scope.spawn(|| some.iter().for_each(|case| case_runs(language, case)));
        }
    });
}

fn case_runs(language: &str, case: &str) {
    let output = run(language, case, "1\n1\n");
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && errors.is_empty(), "{language} {case}: {errors}");
    let answers = String::from_utf8(output.stdout).expect("text");
    let answers: Vec<&str> = answers.lines().collect();
    assert_eq!(answers.len(), 2, "{language} {case}: {answers:?}");
    for answer in answers {
        if case.starts_with("usage") {
            let counts: BTreeMap<String, f64> = serde_json::from_str(answer).expect("JSON");
            let names: Vec<&str> = counts.keys().map(String::as_str).collect();
            assert_eq!(
                names,
                [
                    "involuntary switches",
                    "minor faults",
                    "ms system",
                    "ms user",
                    "voluntary switches"
                ]
            );
            assert!(counts.values().all(|&count| count >= 0.0), "{language} {case}: {answer}");
        } else {
            let ns: u64 = answer.parse().unwrap_or_else(|_| panic!("{case}: {answer}"));
            assert!(ns < 60_000_000_000, "{language} {case}: {ns} ns");
        }
    }
}

#[test]
fn every_case_in_rust_runs() {
    runs("rust", &RUST);
}

#[test]
fn every_case_in_python_runs() {
    if with_python() {
        runs("python", &PYTHON);
    }
}

/// Whether Python is there; where it is missing the test says so, and fails in CI.
fn with_python() -> bool {
    let found = runner::python().arg("--version").output().is_ok();
    if !found {
        assert!(std::env::var_os("CI").is_none(), "python3 is missing, and CI tests its peer");
        eprintln!("\nSKIPPED: python3 is missing; install it to test its peer\n");
    }
    found
}

#[test]
fn what_is_measured_is_what_is_tested() {
    let source = fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/benches/costs.rs"))
        .expect("the benchmark");
    for case in RUST.iter().chain(&PYTHON) {
        let name = case.split(' ').nth(1).expect("topic and case");
        let known = source.contains(&format!("\"{name}\""));
        assert!(known, "{case} is tested, and costs.rs doesn't measure it");
    }
}

#[test]
fn ten_times_as_often_takes_longer() {
    // So short that ten fit into what the system gives a process at once: of longer ones each time(10) would
    // be interrupted on a busy machine, and hardly a time(1).
    let cases = [("rust", "calibrate spin 10000"), ("python", "calibrate spin 3000")];
    for (language, case) in cases.into_iter().take(if with_python() { 2 } else { 1 }) {
        let mut peer = Peer::start(command(language, case)).expect("the peer starts");
        let mut time = |n| peer.time(n).expect("a time");
        // One of the two can be held up, but hardly fifty times.
        let longer = (0..50).any(|_| {
            let one = time(1);
            (5 * one..20 * one).contains(&time(10))
        });
        assert!(longer, "{language}: the time doesn't follow the number");
    }
}

#[test]
fn a_bad_argument_is_told_what_is_expected() {
    for language in ["rust", "python"].into_iter().take(if with_python() { 2 } else { 1 }) {
        for arguments in [
            "",
            "start",
            "start lunch",
            "start fork 1",
            "lunch fork",
            "chunk mp_pool x 1",
            "chunk pool 1",
            "fork_memory fork -1",
        ] {
            let output = run(language, arguments, "1\n");
            let errors = String::from_utf8_lossy(&output.stderr);
            assert_eq!(output.status.code(), Some(2), "{language} {arguments}: {errors}");
            assert!(errors.contains("expected one of"), "{language} {arguments}: {errors}");
            assert!(output.stdout.is_empty());
        }
    }
}

#[test]
fn a_bad_line_is_told_what_is_expected() {
    let cases = [("rust", "start thread"), ("python", "chunk pool 1 2")];
    for (language, case) in cases.into_iter().take(if with_python() { 2 } else { 1 }) {
        for line in ["x", "-1", "1.5", ""] {
            let output = run(language, case, &format!("{line}\n"));
            let errors = String::from_utf8_lossy(&output.stderr);
            assert_eq!(output.status.code(), Some(2), "{language} {line:?}: {errors}");
            assert!(errors.contains("expected how often, a whole number"), "{errors}");
        }
    }
}

fn shell(script: &str) -> Peer {
    let mut command = Command::new("sh");
    command.args(["-c", script]);
    Peer::start(command).expect("a shell")
}

#[test]
fn a_peer_that_dies_or_talks_nonsense_is_an_error_with_what_it_said() {
    let error = shell("read n; echo no idea >&2; exit 3").time(1).expect_err("it died");
    let error = format!("{error:#}");
    assert!(error.contains("no idea") && error.contains('3'), "{error}");
    let error = shell("exec >&-; kill -9 $$").time(1).expect_err("it was killed").to_string();
    assert!(error.contains("signal: 9"), "{error}");
    let error = shell("read n; echo about a second").time(1).expect_err("no number").to_string();
    assert!(error.contains("\"about a second\"; expected a number of nanoseconds"), "{error}");
    let error = Peer::start(Command::new("/no/such/program")).expect_err("no program").to_string();
    assert!(error.contains("can't start /no/such/program"), "{error}");
}
