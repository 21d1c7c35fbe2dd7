//! The program `async_processes`: as many children at a time as it says, each ended and waited for, also by Ctrl-C.

use anyhow::{Context as _, Result, ensure};
use runner::Mode;
use tests::{LIMIT, Running, Stdout, asked, example};

const NAME: &str = "async_processes";

/// The lines that tell of jobs, sorted.
fn jobs(output: &str) -> Vec<&str> {
    let mut jobs: Vec<_> = output.lines().filter_map(|line| line.strip_prefix("  ")).collect();
    jobs.sort_unstable();
    jobs
}

#[cfg(all(target_os = "linux", target_env = "gnu"))]
#[test]
fn no_more_run_at_once_than_it_says_and_each_is_waited_for() -> Result<()> {
    for most in ["1", "3"] {
        let command = example(NAME, &["--at-once", most, "--deadline", "10000"])?;
        let report = witness::Witness::new(command).limit(2 * LIMIT).run()?;
        let children: Vec<_> = report.children(0).map(|(_, child)| child).collect();
        ensure!(children.len() == 6, "{report}");
        let at_once = report.most_alive(children.iter().copied());
        ensure!(at_once <= most.parse()?, "{at_once} at once: {report}");
        ensure!(report.main().code() == Some(0) && report.left().count() == 0, "{report}");
        let killed = children.iter().filter(|child| child.signal() == Some(9)).count();
        ensure!(killed == 1, "the one that hangs: {report}");
    }
    Ok(())
}

#[test]
fn a_job_ends_in_its_own_way() -> Result<()> {
    let ended =
        tests::run(example(NAME, &["--deadline", "10000"])?, Stdout::Pipe, LIMIT)?.success()?;
    let jobs: Vec<_> =
        jobs(&ended.stdout).into_iter().map(|job| runner::normalise(job, Mode::Exact)).collect();
    let expected = [
        "fails  exit status: 65",
        "hangs  too late",
        "long   20000 lines",
        "long   20000 lines",
        "short  3 lines",
        "short  3 lines",
    ];
    ensure!(jobs == expected, "{jobs:?}");
    Ok(())
}

/// All else waits for as long as the work takes: the whole of it is one step of a task.
#[test]
fn work_in_a_task_holds_up_all_else() -> Result<()> {
    let waited = |numbers: &str| -> Result<u64> {
        let ended = tests::run(example(NAME, &["--numbers", numbers])?, Stdout::Pipe, LIMIT)?;
        let ended = ended.success()?;
        let line = ended.lines().find(|line| line.starts_with("in the task: "));
        let words = line.with_context(|| ended.output())?.split_whitespace();
        Ok(words.rev().nth(1).context("a number of milliseconds")?.parse()?)
    };
    // A thousand times the work: no machine is busy enough to hide it.
    let (little, much) = (waited("1000")?, waited("1000000")?);
    ensure!(much > 10 + little / 2, "{little} ms, {much} ms");
    Ok(())
}

#[cfg(unix)]
#[test]
fn ctrl_c_stops_those_that_run_and_those_that_wait() -> Result<()> {
    use std::os::unix::process::ExitStatusExt as _;

    let command = example(NAME, &["--at-once", "1", "--deadline", "60000"])?;
    let running = Running::start(command, Stdout::Pipe, LIMIT)?;
    running.wait_for_line(|line| line.starts_with("  long"))?;
    running.interrupt()?;
    let ended = running.end()?;
    ensure!(ended.status.signal() == Some(2), "{}", ended.output());
    let stopped = jobs(&ended.stdout).iter().filter(|job| job.ends_with("stopped")).count();
    ensure!(stopped >= 4, "{}", ended.output());
    Ok(())
}

// ---------------------------------------------------------------------------------------------
// What the page says of tokio
// ---------------------------------------------------------------------------------------------

fn block_on<T>(task: impl Future<Output = Result<T>>) -> Result<T> {
    tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(task)
}

/// The child waits for somebody to read, and who waits for its end waits for ever.
#[test]
fn a_child_that_nobody_reads_is_too_late() -> Result<()> {
    use std::process::Stdio;
    use tokio::time::timeout;

    let start = |job: &str| -> Result<tokio::process::Child> {
        let mut command = tokio::process::Command::from(example(NAME, &["job", job])?);
        Ok(command.stdin(Stdio::null()).stdout(Stdio::piped()).kill_on_drop(true).spawn()?)
    };
    block_on(async {
        let mut short = start("short")?;
        let short = timeout(LIMIT, short.wait()).await??.success();
        let mut long = start("long")?;
        let a_second = std::time::Duration::from_secs(1);
        let is_late = timeout(a_second, long.wait()).await.is_err();
        asked("ask-wait-alone")?.one(
            &(short, is_late),
            &[
                ("All as before", (true, false)),
                ("The long jobs are too late as well.", (true, true)),
                // The deadline ends even those that would hang.
                ("The program hangs.", (false, true)),
            ],
        )?;
        let read = timeout(LIMIT, long.wait_with_output()).await??;
        ensure!(read.status.success() && read.stdout.len() == 140_000);
        Ok(())
    })
}

#[cfg(unix)]
#[test]
fn a_dropped_child_runs_on_without_kill_on_drop() -> Result<()> {
    use nix::sys::signal::{Signal, kill};
    use nix::unistd::Pid;

    for kill_on_drop in [false, true] {
        block_on(async {
            let mut command = tokio::process::Command::new("sleep");
            let mut child = command.arg("600").kill_on_drop(kill_on_drop).spawn()?;
            let pid = Pid::from_raw(child.id().context("it runs")?.try_into()?);
            let task = tokio::spawn(async move { child.wait().await });
            tokio::task::yield_now().await;
            task.abort();
            ensure!(task.await.is_err_and(|error| error.is_cancelled()));
            if !kill_on_drop {
                // There, and no zombie, which could be signalled as well.
                let state = std::fs::read_to_string(format!("/proc/{pid}/stat"));
                let is_zombie = state.is_ok_and(|state| state.contains(") Z "));
                let is_there = kill(pid, None).is_ok();
                asked("ask-dropped-child")?.one(
                    &(is_there, is_zombie),
                    &[
                        ("It is killed", (false, false)),
                        ("It runs on for its five seconds.", (true, false)),
                        ("It becomes a zombie at once.", (true, true)),
                    ],
                )?;
                kill(pid, Signal::SIGKILL)?;
            }
            // The runtime collects it, as the page says, some time later.
            let begin = std::time::Instant::now();
            while kill(pid, None).is_ok() {
                ensure!(begin.elapsed() < LIMIT, "{pid} is there, kill_on_drop {kill_on_drop}");
                tokio::time::sleep(std::time::Duration::from_millis(10)).await;
            }
            Ok(())
        })?;
    }
    Ok(())
}
