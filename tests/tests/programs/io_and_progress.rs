//! The programs `io_bound`, `io_async` and `progress`.
#![cfg(unix)]

use std::collections::BTreeSet;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::os::unix::process::ExitStatusExt as _;
use std::process::Command;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Barrier};
use std::thread;
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use tests::rustc::Workshop;
use tests::{Ended, LIMIT, Running, Stdout, asked, example, read, run};

fn run_example(name: &str, arguments: &[&str]) -> Result<Ended> {
    run(example(name, arguments)?, Stdout::Pipe, LIMIT)
}

/// It must have ended with exit code 1 and a message that has all these parts.
fn ensure_fails(ended: &Ended, parts: &[&str]) -> Result<()> {
    let says = parts.iter().all(|part| ended.stderr.contains(part));
    ensure!(
        ended.status.code() == Some(1) && says && !ended.stderr.contains("panicked"),
        "not exit code 1 and {parts:?} but {}\n{}",
        ended.status,
        ended.output()
    );
    Ok(())
}

/// The program through a shell that changes its descriptors as `redirection` says.
fn redirected(program: &Command, before: &str, redirection: &str) -> Command {
    let mut shell = Command::new("sh");
    shell.arg("-c").arg(format!("{before} exec \"$0\" \"$@\" {redirection}"));
    shell.arg(program.get_program()).args(program.get_args());
    for (name, value) in program.get_envs() {
        match value {
            Some(value) => shell.env(name, value),
            None => shell.env_remove(name),
        };
    }
    shell
}

// ----------------------------------------------------------------------------------- io_bound

/// The sum and the milliseconds of a line such as `a thread for each: the sum is 30, after 51 ms`.
fn measured(ended: &Ended, name: &str) -> Result<(usize, u64)> {
    let parse = |line: &str| {
        let rest = line.strip_prefix(name)?.strip_prefix(": the sum is ")?.strip_suffix(" ms")?;
        let (sum, time) = rest.split_once(", after ")?;
        Some((sum.parse().ok()?, time.parse().ok()?))
    };
    let found = ended.lines().find_map(parse);
    found.with_context(|| format!("no line of `{name}`\n{}", ended.output()))
}

/// 20 requests of 200 ms. What is asked of the slow ways is so by construction; the quick ones have
/// room for a machine that has other things to do.
#[test]
fn waiting_overlaps() -> Result<()> {
    let ended = run_example("io_bound", &["--delay", "200"])?.success()?;
    let (sum, one_by_one) = measured(&ended, "one after another")?;
    let (each_sum, each) = measured(&ended, "a thread for each")?;
    let (pool_sum, pool) = measured(&ended, "5 threads for all")?;
    ensure!([sum, each_sum, pool_sum] == [2470; 3], "{}", ended.output());
    ensure!(one_by_one >= 20 * 200, "{}", ended.output());
    ensure!(each >= 200 && each * 3 < one_by_one, "{}", ended.output());
    ensure!(pool >= 4 * 200 && pool * 2 < one_by_one, "{}", ended.output());
    ensure!(ended.stdout.ends_with("a question without an answer: no answer within 800 ms\n"));
    Ok(())
}

#[test]
fn the_lock_in_the_loop_makes_the_pool_wait() -> Result<()> {
    let text = read("examples/io_bound.rs")?;
    let from = "while let Some(number) = take() {";
    ensure!(text.matches(from).count() == 1);
    let to = r#"while let Some(number) = queue.lock().expect("no panic").next() {"#;
    let text = text.replace(from, to).replace("let take =", "let _take =");
    let workshop = Workshop::new(&["anyhow", "mp"])?;
    let ended = run(workshop.program("io_bound", &text)?, Stdout::Pipe, LIMIT)?.success()?;
    let (_, pool) = measured(&ended, "5 threads for all")?;
    // It has ended, or `run` would give up.
    asked("ask-lock-in-the-loop")?.each(&[
        ("A fifth of a second", pool < 20 * 50),
        ("A second, as long as one after another.", pool >= 20 * 50),
        ("For ever", false),
    ])
}

/// A server that does with each connection what `answer` says, from now on; and its port.
fn server(answer: impl Fn(usize, &str, TcpStream) + Send + Sync + 'static) -> Result<String> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    let port = listener.local_addr()?.port().to_string();
    let answer = Arc::new(answer);
    thread::spawn(move || {
        for (number, connection) in listener.incoming().enumerate() {
            let (Ok(stream), answer) = (connection, Arc::clone(&answer)) else { return };
            thread::spawn(move || {
                let mut question = String::new();
                let _ = BufReader::new(&stream).read_line(&mut question);
                answer(number, question.trim_end(), stream);
            });
        }
    });
    Ok(port)
}

/// Waits until the other side has closed the connection.
fn hold(mut stream: TcpStream) {
    while matches!(stream.read(&mut [0; 100]), Ok(1..)) {}
}

const REQUESTS: usize = 15;
const WORKERS: usize = 5;

/// Runs it with a server that answers when as many requests are there as each way is to have under
/// way at a time: one, all, five. It must be so many, and never more.
fn ensure_under_way(change: impl FnOnce(Command) -> Command) -> Result<()> {
    let under_way = AtomicUsize::new(0);
    let most = Arc::new([const { AtomicUsize::new(0) }; 3]);
    let meet = [Barrier::new(1), Barrier::new(REQUESTS), Barrier::new(WORKERS)];
    let seen = Arc::clone(&most);
    let port = server(move |number, question, mut stream| {
        let Ok(value) = question.parse::<usize>() else { return hold(stream) };
        let way = number / REQUESTS;
        let now = under_way.fetch_add(1, Ordering::SeqCst) + 1;
        seen[way].fetch_max(now, Ordering::SeqCst);
        meet[way].wait();
        thread::sleep(Duration::from_millis(10)); // time for one too many to come
        under_way.fetch_sub(1, Ordering::SeqCst);
        let _ = writeln!(stream, "{}", value * value);
    })?;
    let program =
        example("io_bound", &["--requests", "15", "--timeout", "20000", "--port", &port])?;
    let ended = run(change(program), Stdout::Pipe, LIMIT)?.success()?;
    let most = most.each_ref().map(|most| most.load(Ordering::SeqCst));
    ensure!(most == [1, REQUESTS, WORKERS], "{most:?}\n{}", ended.output());
    for name in ["one after another", "a thread for each", "5 threads for all"] {
        ensure!(measured(&ended, name)?.0 == 1015, "{}", ended.output());
    }
    Ok(())
}

#[test]
fn each_way_has_as_many_requests_under_way_as_it_says() -> Result<()> {
    ensure_under_way(|program| program)?;
    // As many at a time as there are threads, so it takes that many rounds of 50 ms.
    asked("ask-ten-threads")?.number(20_usize.div_ceil(10) * 50)
}

#[cfg(target_os = "linux")]
#[test]
fn the_number_of_cpus_does_not_matter() -> Result<()> {
    use nix::sched::{CpuSet, sched_getaffinity};

    let allowed = sched_getaffinity(Pid::from_raw(0))?;
    let first = (0..CpuSet::count()).find(|&cpu| allowed.is_set(cpu).unwrap_or(false));
    let first = first.context("this test runs on a CPU")?;
    let before = format!("taskset -p -c {first} $$ >/dev/null &&");
    ensure_under_way(|program| redirected(&program, &before, ""))
}

#[test]
fn nobody_listens() -> Result<()> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    let port = listener.local_addr()?.port().to_string();
    drop(listener);
    let ended = run_example("io_bound", &["--port", &port])?;
    ensure_fails(&ended, &["one after another", "refused"])
}

#[test]
fn a_server_that_closes_instead_of_answering() -> Result<()> {
    let port = server(|_, _, stream| drop(stream))?;
    let ended = run_example("io_bound", &["--port", &port])?;
    ensure_fails(&ended, &["one after another", "closed the connection without an answer"])
}

/// It answers the first way and closes in the second: the failure of one thread of many.
#[test]
fn a_server_that_breaks_down_half_way() -> Result<()> {
    let port = server(|number, question, mut stream| {
        if number < 25
            && let Ok(value) = question.parse::<usize>()
        {
            let _ = writeln!(stream, "{}", value * value);
        }
    })?;
    let ended = run_example("io_bound", &["--port", &port])?;
    ensure_fails(&ended, &["a thread for each", "closed the connection without an answer"])?;
    ensure!(measured(&ended, "one after another")?.0 == 2470);
    Ok(())
}

#[test]
fn a_server_that_never_answers_is_given_up() -> Result<()> {
    let port = server(|_, _, stream| hold(stream))?;
    let ended = run_example("io_bound", &["--port", &port, "--timeout", "200"])?;
    ensure_fails(&ended, &["one after another", "no answer within 200 ms"])
}

/// A limit for each read would never be over.
#[test]
fn a_server_that_drips_is_given_up() -> Result<()> {
    let port = server(|_, _, mut stream| {
        while stream.write_all(b"1").is_ok() {
            thread::sleep(Duration::from_millis(50));
        }
    })?;
    let ended = run_example("io_bound", &["--port", &port, "--timeout", "500"])?;
    ensure_fails(&ended, &["one after another", "no answer within 500 ms"])
}

#[test]
fn a_server_that_never_stops_is_given_up() -> Result<()> {
    let port = server(|_, _, mut stream| while stream.write_all(&[b'1'; 1000]).is_ok() {})?;
    let ended = run_example("io_bound", &["--port", &port])?;
    ensure_fails(&ended, &["one after another", "the answer has no end"])
}

#[test]
fn an_answer_that_is_no_number() -> Result<()> {
    let port = server(|_, _, mut stream| drop(stream.write_all(b"many\n")))?;
    let ended = run_example("io_bound", &["--port", &port])?;
    ensure_fails(&ended, &["one after another", "'many' is not a number"])
}

/// Also its own server is stopped: the program ends although connections are open.
#[test]
fn its_own_server_is_too_slow() -> Result<()> {
    let ended = run_example("io_bound", &["--delay", "1000", "--timeout", "50"])?;
    ensure_fails(&ended, &["one after another", "no answer within 50 ms"])
}

#[test]
fn too_many_open_files_is_an_error() -> Result<()> {
    let arguments = ["--requests", "200", "--delay", "5", "--timeout", "2000"];
    let program = redirected(&example("io_bound", &arguments)?, "ulimit -n 40;", "");
    let ended = run(program, Stdout::Pipe, LIMIT)?;
    ensure!(ended.stdout.contains("one after another"), "{}", ended.output());
    // Whichever side wants one more: ours says so, the server lets the connection wait.
    ensure!(
        ended.status.code() == Some(1)
            && ["Too many open files", "no answer"].iter().any(|e| ended.stderr.contains(e)),
        "{}",
        ended.output()
    );
    Ok(())
}

// ----------------------------------------------------------------------------------- io_async

#[test]
fn tasks_wait_together_unless_they_block() -> Result<()> {
    let ended = run_example("io_async", &["--delay", "200"])?.success()?;
    let (sum, each) = measured(&ended, "a task for each")?;
    let (bounded_sum, bounded) = measured(&ended, "at most 5 at a time")?;
    let (blocking_sum, blocking) = measured(&ended, "20 tasks that block")?;
    ensure!([sum, bounded_sum, blocking_sum] == [2470; 3], "{}", ended.output());
    ensure!(blocking >= 20 * 200, "{}", ended.output());
    ensure!(each >= 200 && each * 3 < blocking, "{}", ended.output());
    ensure!(bounded >= 4 * 200 && bounded * 2 < blocking, "{}", ended.output());
    Ok(())
}

#[cfg(target_os = "linux")]
#[test]
fn all_tasks_are_on_one_thread() -> Result<()> {
    let program = example("io_async", &["--delay", "100", "--requests", "100"])?;
    let running = Running::start(program, Stdout::Pipe, LIMIT)?;
    running.wait_for_line(|line| line.starts_with("100 requests"))?;
    for _ in 0..20 {
        // One that has ended is still in the table, with one thread or none.
        let threads = std::fs::read_dir(format!("/proc/{}/task", running.pid()))?.count();
        ensure!(threads <= 1, "it has {threads} threads");
        thread::sleep(Duration::from_millis(20));
    }
    running.end()?.success()?;
    Ok(())
}

#[test]
fn a_task_has_a_deadline() -> Result<()> {
    let ended = run_example("io_async", &["--delay", "1000", "--timeout", "50"])?;
    ensure_fails(&ended, &["a task for each", "no answer within 50 ms"])
}

// ----------------------------------------------------------------------------------- progress

/// A line of the log.
#[derive(Debug, PartialEq, Eq)]
struct Line {
    level: String,
    worker: usize,
    pid: i32,
    message: String,
}

/// `2026-01-01T00:00:00.000000Z  INFO worker{number=1 pid=2}: message`, whole.
fn log_line(line: &str) -> Option<Line> {
    let (time, rest) = line.split_once(' ')?;
    let date = time.strip_suffix('Z')?;
    let shape: String = date.chars().map(|c| if c.is_ascii_digit() { '0' } else { c }).collect();
    let (level, rest) = rest.trim_start().split_once(' ')?;
    let (worker, message) = rest.strip_prefix("worker{number=")?.split_once("}: ")?;
    let (worker, pid) = worker.split_once(" pid=")?;
    let known = ["begins", "has ended count=", "counted first=", "panicked at ", "ended early, "];
    let whole = shape == "0000-00-00T00:00:00.000000"
        && ["INFO", "DEBUG", "ERROR"].contains(&level)
        && known.iter().any(|known| message.starts_with(known))
        && known.iter().map(|known| message.matches(known).count()).sum::<usize>() == 1;
    let line = Line {
        level: level.to_owned(),
        worker: worker.parse().ok()?,
        pid: pid.parse().ok()?,
        message: message.to_owned(),
    };
    whole.then_some(line)
}

fn log<'a>(lines: impl IntoIterator<Item = &'a str>) -> Result<Vec<Line>> {
    let line = |line| log_line(line).with_context(|| format!("not a whole line: {line:?}"));
    lines.into_iter().map(line).collect()
}

/// The log of a run that went well: each worker, which is a process of its own, begins, counts its
/// chunks and ends with their sum.
fn ensure_complete(log: &[Line], workers: usize, count: usize, verbose: bool) -> Result<()> {
    let mut sum = 0;
    let mut pids = BTreeSet::new();
    for worker in 1..=workers {
        let own: Vec<&Line> = log.iter().filter(|line| line.worker == worker).collect();
        let [first, chunks @ .., last] = own.as_slice() else {
            anyhow::bail!("worker {worker}: {own:?}");
        };
        ensure!(first.message == "begins" && first.level == "INFO", "{own:?}");
        ensure!(verbose || chunks.is_empty(), "{own:?}");
        ensure!(own.iter().all(|line| line.pid == first.pid), "{own:?}");
        pids.insert(first.pid);
        let mut counted = 0;
        for line in chunks {
            let primes = line.message.split_once(" primes=").context("a chunk has primes")?.1;
            ensure!(line.level == "DEBUG", "{own:?}");
            counted += primes.parse::<usize>()?;
        }
        let count = last.message.strip_prefix("has ended count=").context("it ends")?;
        let count: usize = count.parse()?;
        ensure!(!verbose || counted == count, "{own:?}");
        sum += count;
    }
    ensure!(pids.len() == workers && sum == count, "{log:?}");
    Ok(())
}

const TORN: [&str; 2] =
    ["The parent writes half a line and the child a whole one.", "before the other half."];

#[test]
fn off_a_terminal_there_is_the_log_alone() -> Result<()> {
    for (workers, verbose, stdout) in [
        ("1", "0", Stdout::Pipe),
        ("3", "1", Stdout::Pipe),
        ("3", "0", Stdout::Terminal),
        ("64", "0", Stdout::File),
    ] {
        let arguments = ["--limit", "100000", "--workers", workers, "--verbose", verbose];
        let mut program = example("progress", &arguments)?;
        program.env("TERM", "xterm-256color");
        let ended = run(program, stdout, LIMIT)?.success()?;
        let expected = [TORN[0], TORN[1], "9592 primes below 100000"];
        ensure!(ended.lines().eq(expected), "{}", ended.output());
        let log = log(ended.stderr.lines())?;
        let verbose = verbose == "1";
        ensure_complete(&log, workers.parse()?, 9592, verbose)?;
        let chunks = log.iter().filter(|line| line.message.starts_with("counted"));
        ensure!(chunks.count() == if verbose { 10 } else { 0 }, "{}", ended.output());
    }
    Ok(())
}

#[test]
fn small_limits() -> Result<()> {
    for (limit, count) in [("0", 0), ("1", 0), ("2", 0), ("3", 1), ("10", 4), ("10001", 1229)] {
        let ended = run_example("progress", &["--limit", limit])?.success()?;
        let last = format!("{count} primes below {limit}");
        ensure!(ended.lines().last() == Some(&last), "{}", ended.output());
        ensure_complete(&log(ended.stderr.lines())?, 4, count, false)?;
    }
    Ok(())
}

/// On a terminal of 200 columns: its output, and what is on it in the end.
fn on_a_terminal(arguments: &[&str]) -> Result<(Ended, Vec<String>)> {
    let mut program = example("progress", arguments)?;
    program.env("TERM", "xterm-256color");
    let program = redirected(&program, "stty cols 200 rows 50 <&1;", "2>&1");
    let ended = run(program, Stdout::Terminal, LIMIT)?;
    let rows = screen(&ended.stdout, 200)?;
    Ok((ended, rows))
}

/// What a terminal shows after this output; as long as need be, so that nothing is scrolled away.
fn screen(output: &str, columns: usize) -> Result<Vec<String>> {
    let mut rows: Vec<Vec<char>> = vec![Vec::new()];
    let (mut row, mut column) = (0_usize, 0);
    let mut characters = output.chars();
    while let Some(character) = characters.next() {
        match character {
            '\r' => column = 0,
            '\n' => (row, column) = (row + 1, 0),
            '\x1b' => {
                ensure!(characters.next() == Some('['), "an unknown escape sequence");
                let mut number = String::new();
                let command = loop {
                    match characters.next().context("an escape sequence without its end")? {
                        digit if digit.is_ascii_digit() => number.push(digit),
                        command => break command,
                    }
                };
                match (command, number.parse::<usize>()) {
                    ('A', Ok(up)) => row = row.checked_sub(up).context("above the first row")?,
                    ('B', Ok(down)) => row += down,
                    ('K', Ok(2)) => rows[row].clear(),
                    other => anyhow::bail!("an unknown escape sequence: {other:?}"),
                }
            }
            character => {
                if column == columns {
                    (row, column) = (row + 1, 0);
                }
                rows.resize(rows.len().max(row + 1), Vec::new());
                let length = rows[row].len().max(column + 1);
                rows[row].resize(length, ' ');
                rows[row][column] = character;
                column += 1;
            }
        }
        rows.resize(rows.len().max(row + 1), Vec::new());
    }
    let text = |row: Vec<char>| row.into_iter().collect::<String>().trim_end().to_owned();
    let mut rows: Vec<String> = rows.into_iter().map(text).collect();
    while rows.last().is_some_and(String::is_empty) {
        rows.pop();
    }
    Ok(rows)
}

#[test]
fn the_screen_of_these_tests_is_a_terminal() -> Result<()> {
    let output = "one\ntwo\x1b[1A\r\x1b[2Kthree\nfour \nabcdefgh\rX\x1b[1Bi";
    assert_eq!(screen(output, 5)?, ["three", "four", "abcde", "Xgh", " i"]);
    assert!(screen("\x1b[1A", 5).is_err());
    assert!(screen("\x1b[5m", 5).is_err());
    Ok(())
}

/// Checks the rows of bars: which worker, and how far.
fn ensure_bars(rows: &[String], expected: &[(usize, usize)]) -> Result<()> {
    ensure!(rows.len() == expected.len(), "{rows:#?}");
    for (index, (row, (done, of))) in rows.iter().zip(expected).enumerate() {
        let bar = row
            .strip_prefix(&format!("worker {} ", index + 1))
            .and_then(|row| row.strip_suffix(&format!(" {done}/{of} chunks")))
            .with_context(|| format!("{row} is not at {done} of {of}"))?;
        let full = bar.chars().filter(|&c| c == '█').count();
        let empty = bar.chars().filter(|&c| c == '░').count();
        ensure!(full + empty <= 40 && (empty == 0) == (done == of), "{row}");
    }
    Ok(())
}

#[test]
fn on_a_terminal_the_bars_stand_below_whole_lines_of_the_log() -> Result<()> {
    let arguments = ["--limit", "200000", "--workers", "4", "--verbose", "1"];
    let (ended, rows) = on_a_terminal(&arguments)?;
    let ended = ended.success()?;
    ensure!(ended.stdout.contains('\x1b') && ended.stderr.is_empty(), "{}", ended.output());
    let shown: Vec<&str> = rows.iter().map(String::as_str).collect();
    let [torn @ .., last] = shown.as_slice() else { anyhow::bail!("an empty screen") };
    ensure!(*last == "17984 primes below 200000" && torn.starts_with(&TORN), "{rows:#?}");
    let bars = rows.len() - 1 - 4;
    ensure_bars(&rows[bars..rows.len() - 1], &[(5, 5); 4])?;
    let log = log(rows[TORN.len()..bars].iter().map(String::as_str))?;
    ensure!(log.len() == 4 + 20 + 4, "{rows:#?}");
    ensure_complete(&log, 4, 17984, true)
}

#[test]
fn the_bar_of_a_worker_that_panics_stays_where_it_is() -> Result<()> {
    let (ended, rows) = on_a_terminal(&["--panic", "2"])?;
    ensure!(ended.status.code() == Some(1), "{}", ended.output());
    let [.., last] = rows.as_slice() else { anyhow::bail!("an empty screen") };
    ensure!(last == "Error: worker 2 failed, exit status: 101", "{rows:#?}");
    let bars = rows.len() - 1 - 4;
    let stays = |at: &usize| {
        let expected = [(25, 25), (*at, 25), (25, 25), (25, 25)];
        ensure_bars(&rows[bars..rows.len() - 1], &expected).is_ok()
    };
    let bar = (0..=25).find(stays).with_context(|| format!("{rows:#?}"))?;
    asked("ask-bar-of-a-panic")?.number(bar)?;
    log(rows[TORN.len()..bars].iter().map(String::as_str))?;
    Ok(())
}

/// The prediction: a socket keeps the writes apart.
#[cfg(unix)]
#[test]
fn a_line_of_1024_letters_is_written_in_two() -> Result<()> {
    use std::os::fd::OwnedFd;
    use std::os::unix::net::UnixDatagram;

    let text = "fn main() {
        let letters: usize = std::env::args().nth(1).unwrap().parse().unwrap();
        println!(\"{}\", \"x\".repeat(letters));
    }";
    let workshop = Workshop::new(&[])?;
    let program = workshop.program("long_line", text)?.get_program().to_owned();
    let writes = |letters: usize| -> Result<usize> {
        let (ours, theirs) = UnixDatagram::pair()?;
        let mut program = Command::new(&program);
        program.arg(letters.to_string()).stdout(OwnedFd::from(theirs));
        ensure!(program.status()?.success());
        ours.set_nonblocking(true)?;
        let (mut bytes, mut writes) = (0, 0);
        while let Ok(length) = ours.recv(&mut [0; 4096]) {
            (bytes, writes) = (bytes + length, writes + 1);
            if bytes > letters {
                break;
            }
        }
        ensure!(bytes == letters + 1, "{bytes} bytes came");
        Ok(writes)
    };
    ensure!(writes(1023)? == 1);
    asked("ask-long-line")?.number(writes(1024)?)
}

#[test]
fn a_panic_is_in_the_log_and_nowhere_else() -> Result<()> {
    let ended = run_example("progress", &["--limit", "100000", "--panic", "2"])?;
    ensure!(ended.status.code() == Some(1), "{}", ended.output());
    ensure!(ended.lines().eq(TORN), "{}", ended.output());
    let mut lines: Vec<&str> = ended.stderr.lines().collect();
    ensure!(lines.pop() == Some("Error: worker 2 failed, exit status: 101"), "{lines:#?}");
    let log = log(lines)?;
    let messages = |worker: usize| -> Vec<&str> {
        let own = log.iter().filter(|line| line.worker == worker);
        own.map(|line| line.message.as_str()).collect()
    };
    let second = messages(2);
    ensure!(second.len() == 3 && second[0] == "begins", "{second:?}");
    let at = second[1].strip_prefix("panicked at examples/progress.rs:");
    ensure!(at.is_some_and(|at| at.ends_with(" as --panic asked for")), "{second:?}");
    ensure!(second[2] == "ended early, exit status: 101", "{second:?}");
    let errors = log.iter().filter(|line| line.level == "ERROR");
    ensure!(errors.map(|line| line.worker).eq([2, 2]), "{log:?}");
    for worker in [1, 3, 4] {
        let ended = messages(worker).last().is_some_and(|last| last.starts_with("has ended"));
        ensure!(ended, "worker {worker} does not end: {log:?}");
    }
    Ok(())
}

#[test]
fn a_killed_worker_is_reported_at_once_and_leaves_nothing_behind() -> Result<()> {
    let program = example("progress", &["--limit", "3000000"])?;
    let program = redirected(&program, "", "2>&1");
    let running = Running::start(program, Stdout::Pipe, 2 * LIMIT)?;
    let begins =
        |line: &str| log_line(line).filter(|line| line.worker == 3 && line.message == "begins");
    let line = running.wait_for_line(|line| begins(line).is_some())?;
    let pid = begins(&line).context("it has been found")?.pid;
    kill(Pid::from_raw(pid), Signal::SIGKILL)?;
    let ended = running.end()?;
    ensure!(ended.status.code() == Some(1), "{}", ended.output());
    ensure!(!ended.stdout.contains("primes below"), "{}", ended.output());
    ensure!(ended.lines().last() == Some("Error: worker 3 failed, signal: 9 (SIGKILL)"));
    let lines: Vec<&str> = ended.lines().skip(TORN.len()).collect();
    let log = log(lines[..lines.len() - 1].iter().copied())?;
    let reported = log.iter().position(|line| line.message == "ended early, signal: 9 (SIGKILL)");
    let reported = reported.with_context(|| ended.output())?;
    ensure!(log[reported].worker == 3 && log[reported].pid == pid, "{}", ended.output());
    let first_end = log.iter().position(|line| line.message.starts_with("has ended"));
    ensure!(first_end.is_some_and(|end| end > reported), "{}", ended.output());
    Ok(())
}

#[test]
fn nobody_reads_the_log() -> Result<()> {
    // Standard output is what the harness calls standard error, and the other way round.
    let program = example("progress", &["--limit", "100000", "--verbose", "1"])?;
    let program = redirected(&program, "", "3>&1 1>&2 2>&3 3>&-");
    let ended = run(program, Stdout::BrokenPipe, LIMIT)?.success()?;
    ensure!(ended.stderr.ends_with("9592 primes below 100000\n"), "{}", ended.output());
    Ok(())
}

#[test]
fn nobody_reads_the_result() -> Result<()> {
    let program = example("progress", &["--limit", "100000"])?;
    let ended = run(program, Stdout::BrokenPipe, LIMIT)?;
    ensure!(!ended.status.success() && ended.status.signal().is_none(), "{}", ended.output());
    Ok(())
}

#[test]
fn a_bad_argument_ends_with_2() -> Result<()> {
    for (name, arguments) in [
        ("io_bound", ["--workers", "0"]),
        ("io_async", ["--bound", "0"]),
        ("progress", ["--workers", "65"]),
    ] {
        let ended = run_example(name, &arguments)?;
        ensure!(ended.status.code() == Some(2), "{name}\n{}", ended.output());
        ensure!(ended.stderr.contains(&format!("usage: {name}")), "{name}\n{}", ended.output());
    }
    Ok(())
}
