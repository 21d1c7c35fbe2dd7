//! The program `signals`: what the page says beyond its output.
#![cfg(unix)]

use std::thread;
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use tests::rustc::{Fate, changed, fate};
use tests::{Ended, LIMIT, Running, Stdout, asked, example, processes, run};

const UNTIL_CTRL_C: [&str; 6] = ["--scene", "7", "--items", "1000", "--interrupt", "0"];

/// How many items a line of the last scene speaks of.
fn items(ended: &Ended, before: &str) -> Result<usize> {
    let line = ended.lines().find_map(|line| Some(line.split_once(before)?.1));
    let line = line.with_context(|| format!("no '{before}'\n{}", ended.output()))?;
    Ok(line.split(' ').next().unwrap_or_default().parse()?)
}

fn ensure_in_order(ended: &Ended, by: &str) -> Result<()> {
    let (made, taken) = (items(ended, "has made ")?, items(ended, "has taken ")?);
    ensure!(made == taken && made < 1000, "{}", ended.output());
    ensure!(ended.stdout.contains(&format!("sees: signal: {by}")), "{}", ended.output());
    Ok(())
}

#[test]
fn the_scenes_one_by_one_write_what_all_write() -> Result<()> {
    let scenes =
        |arguments: &[&str]| run(example("signals", arguments)?, Stdout::Pipe, LIMIT)?.success();
    let mut one_by_one = String::new();
    for number in 1..=7 {
        one_by_one += &scenes(&["--scene", &number.to_string()])?.stdout;
    }
    let all = scenes(&[])?;
    ensure!(one_by_one == all.stdout, "{one_by_one}\nis not\n{}", all.output());
    Ok(())
}

/// Ctrl-C reaches all processes, at whatever moment; what was made is taken, and nobody is left.
#[test]
fn ctrl_c_ends_the_producer_and_the_consumer_in_order() -> Result<()> {
    for pause in [0, 35, 110] {
        let program = example("signals", &UNTIL_CTRL_C)?;
        let running = Running::start(program, Stdout::Pipe, LIMIT)?;
        running.wait_for_line(|line| line.ends_with("the producer begins"))?;
        thread::sleep(Duration::from_millis(pause));
        running.interrupt()?;
        ensure_in_order(&running.end()?.success()?, "2 (SIGINT)")?;
    }
    Ok(())
}

#[test]
fn without_a_signal_all_items_are_made() -> Result<()> {
    let arguments = ["--scene", "7", "--items", "7", "--interrupt", "0"];
    let ended = run(example("signals", &arguments)?, Stdout::Pipe, LIMIT)?.success()?;
    ensure!(items(&ended, "has taken ")? == 7, "{}", ended.output());
    ensure!(ended.stdout.contains("sees: exit status: 0"), "{}", ended.output());
    Ok(())
}

/// The prediction: the consumer has inherited the handler, and writes into the producer's pipe.
#[test]
fn a_signal_to_a_child_with_inherited_handlers_stops_the_parent() -> Result<()> {
    let own = "        handle(Signal::SIGINT, SigHandler::SigIgn, SaFlags::empty())?;
        handle(Signal::SIGTERM, SigHandler::SigDfl, SaFlags::empty())?;
";
    let (_workshop, mut program) = changed("signals", &[(own, "")])?;
    program.args(UNTIL_CTRL_C);
    let running = Running::start(program, Stdout::Pipe, LIMIT)?;
    running.wait_for_line(|line| line.ends_with("the producer begins"))?;
    let group = i32::try_from(running.pid())?;
    let all = processes::of_group(group)?;
    let producer = all.iter().find(|process| process.parent == group).context("a producer")?;
    let consumer = all.iter().find(|process| process.parent == producer.pid);
    kill(Pid::from_raw(consumer.context("a consumer")?.pid), Signal::SIGTERM)?;
    let ended = running.end()?.success()?;
    let (made, taken) = (items(&ended, "has made ")?, items(&ended, "has taken ")?);
    asked("ask-inherited-handler")?.one(
        &(made < 1000, made == taken),
        &[
            ("The consumer ends by the signal.", (true, false)),
            ("The producer stops, and the consumer goes on to the end.", (true, true)),
            ("Nothing", (false, true)),
        ],
    )?;
    ensure_in_order(&ended, "15 (SIGTERM)")
}

/// The prediction: a signal before the call interrupts nothing.
#[test]
fn a_signal_that_comes_before_the_read_is_missed() -> Result<()> {
    let sends = "            while !back.load(Relaxed) && TIMES.load(Relaxed) < begin + 20 {
                kill(Pid::this(), Signal::SIGUSR1)?;
                thread::sleep(A_MOMENT);
            }
            writer.write_all(b\"!\")
";
    let reads = "        let result = read(&reader);\n";
    let (_workshop, program) = changed(
        "signals",
        &[
            (sends, "            io::Result::Ok(())\n"),
            (reads, &format!("        raise(Signal::SIGUSR1)?;\n{reads}")),
        ],
    )?;
    asked("ask-signal-before-read")?.one(
        &fate(program, &["--scene", "2"], "a call that is interrupted")?,
        &[
            ("It returns at once", Fate::Ends),
            ("It waits for ever.", Fate::Hangs),
            // The flag is looked at after the call only.
            ("It returns as soon as somebody looks at the flag.", Fate::Ends),
        ],
    )
}

/// What the page says of Python: its function runs in the first thread, whichever the system has interrupted.
#[test]
fn python_handles_signals_in_the_first_thread() -> Result<()> {
    let mut python = runner::python();
    runner::clean(&mut python);
    python.arg(tests::root().join("examples/python/signals.py"));
    let output = match python.output() {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            ensure!(std::env::var_os("CI").is_none(), "python3 is missing");
            eprintln!("not tested: python3 is missing");
            return Ok(());
        }
        output => output?,
    };
    let said = String::from_utf8_lossy(&output.stdout);
    let line = "  the first one blocks it: the first thread handles it";
    ensure!(said.lines().any(|other| other == line), "no '{line}' in\n{said}");
    Ok(())
}
