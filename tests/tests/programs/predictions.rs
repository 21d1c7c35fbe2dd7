//! The answers that the book folds away: programs changed as the question says, and what they do.

use std::process::Command;

use anyhow::{Context as _, Result, ensure};
use tests::rustc::{Fate, changed, fate};
use tests::{LIMIT, Stdout, asked};

#[test]
fn single_process_without_exit_prints_nine_lines() -> Result<()> {
    let exit = "unsafe { nix::libc::_exit(i32::from(flushed.is_err())) }";
    let (_workshop, program) = changed("single_process", &[(exit, "flushed?; return Ok(())")])?;
    let ended = tests::run(program, Stdout::Pipe, LIMIT)?.success()?;
    asked("ask-without-exit")?.number(ended.lines().count())?;
    let ended = ended.lines().filter(|line| line.starts_with("The child has ended")).count();
    ensure!(ended == 3);
    Ok(())
}

#[test]
fn producer_consumer_hangs_when_the_child_keeps_a_writer() -> Result<()> {
    let (_workshop, program) = changed("producer_consumer", &[("        writer = None;\n", "")])?;
    // It is the last item, too.
    let seen = fate(program, &["--items", "1"], "takes item 1")?;
    asked("ask-kept-writer")?.one(
        &seen,
        &[
            ("It ends as before", Fate::Ends),
            ("The consumer misses the last item.", Fate::HangsBefore),
            ("The consumer never ends", Fate::Hangs),
            ("The parent says that the pipe is broken.", Fate::Fails),
        ],
    )
}

#[test]
fn order_hangs_when_the_parent_keeps_the_writer() -> Result<()> {
    let (_workshop, program) = changed("order", &[("    drop(writer);\n", "")])?;
    let seen = fate(program, &[], "task 0 is done")?;
    asked("ask-writer")?.one(
        &seen,
        &[
            ("It doesn't compile.", Fate::Refused),
            ("It ends as before", Fate::Ends),
            ("It says that all tasks are done, and then it hangs.", Fate::Hangs),
            ("It hangs before it has printed a line.", Fate::HangsBefore),
        ],
    )
}

#[test]
fn five_hundred_processes_all_run() -> Result<()> {
    let program = tests::example("multi_process", &["--processes", "500"])?;
    let ended = tests::run(program, Stdout::Pipe, LIMIT)?;
    let ran = ended.lines().filter(|line| line.starts_with("This is process")).count();
    let cpus = std::thread::available_parallelism()?.get();
    asked("ask-five-hundred")?.one(
        &(ended.status.success(), ran),
        &[
            ("It needs 500 cores, and on fewer it ends with an error.", (cpus >= 500, cpus)),
            ("As many run as there are cores", (true, cpus)),
            ("It needs no more cores than there are, and all 500 run.", (true, 500)),
        ],
    )
}

/// On a terminal as in a file: what waits in the buffer is copied, and a line that has ended doesn't wait.
#[test]
fn a_line_that_ends_before_the_fork_comes_once() -> Result<()> {
    let begun = "print!(\"  begun before the fork, \");\n    // SAFETY";
    let change = (begun, &*begun.replace("print!", "println!"));
    let mut seen = Vec::new();
    for stdout in [Stdout::Terminal, Stdout::File] {
        let (_workshop, mut program) = changed("fork_pitfalls", &[change])?;
        program.args(["--scene", "1"]);
        let ended = tests::run(program, stdout, LIMIT)?.success()?;
        let wrong: Vec<_> =
            ended.lines().skip(1).take_while(|line| !line.contains("right")).collect();
        let times = wrong.iter().filter(|line| line.contains("begun before the fork")).count();
        ensure!(wrong.len() == 2 + times, "{}", ended.output());
        seen.push(times);
    }
    asked("ask-whole-line")?.one(
        &seen,
        &[
            ("Twice on the terminal and twice in the file.", vec![2, 2]),
            ("Once on the terminal, twice in the file.", vec![1, 2]),
            ("Once in both.", vec![1, 1]),
        ],
    )
}

#[cfg(target_os = "linux")]
#[test]
fn cpu_count_follows_the_affinity_and_physical_does_not() -> Result<()> {
    use nix::sched::{CpuSet, sched_getaffinity};
    use nix::unistd::Pid;

    let allowed = sched_getaffinity(Pid::from_raw(0))?;
    let first = (0..CpuSet::count()).find(|&cpu| allowed.is_set(cpu).unwrap_or(false));
    let first = first.context("this test runs on a CPU")?.to_string();
    let mut program = Command::new("taskset");
    program.args(["--cpu-list", &first]).arg(tests::example("cpu_count", &[])?.get_program());
    let ended = tests::run(program, Stdout::Pipe, LIMIT)?.success()?;
    let says = |name: &str, count: &str| {
        ended
            .lines()
            .any(|line| line.starts_with(name) && line.ends_with(&format!(" {count} CPUs")))
    };
    let physical = num_cpus::get_physical().to_string();
    ensure!(says("num_cpus::get_physical", &physical), "{}", ended.output());
    let workers: Vec<&str> =
        ended.lines().filter(|line| line.starts_with("This is worker")).collect();
    ensure!(workers.iter().all(|line| line.ends_with(&format!("on CPU {first}"))), "{workers:?}");
    asked("ask-affinity")?.each(&[
        ("`available_parallelism` says 1.", says("std::thread::available_parallelism", "1")),
        ("`num_cpus::get` says 1.", says("num_cpus::get:", "1")),
        // Where the machine has one, it says so of the machine.
        ("`get_physical` says 1.", says("num_cpus::get_physical", "1") && physical != "1"),
        ("There are as many workers as before", workers.len() != 1),
    ])
}

const SPEEDUP: &str = "benches/data/speedup.json";

/// The prediction, with a cgroup that allows one and a half CPUs.
#[cfg(target_os = "linux")]
#[test]
fn a_quota_of_one_and_a_half_is_rounded_down() -> Result<()> {
    use std::fs;
    use std::path::Path;

    // Version 1, or version 2 where its root gives the controller on.
    let name = format!("asked-{}", std::process::id());
    let v1 = Path::new("/sys/fs/cgroup/cpu");
    let v2 = Path::new("/sys/fs/cgroup");
    let (group, limit, quota) = if v1.join("cpu.cfs_quota_us").exists() {
        (v1.join(name), "cpu.cfs_quota_us", "150000")
    } else {
        (v2.join(name), "cpu.max", "150000 100000")
    };
    let made = fs::create_dir(&group).and_then(|()| fs::write(group.join(limit), quota));
    let ended = made.map_err(anyhow::Error::from).and_then(|()| {
        let mut shell = Command::new("sh");
        shell.args(["-c", "echo $$ > \"$1/cgroup.procs\" && exec \"$0\" --workers 1"]);
        shell.arg(tests::example("cpu_count", &[])?.get_program()).arg(&group);
        tests::run(shell, Stdout::Pipe, LIMIT)
    });
    // Who has left it is gone from it some moments later.
    for _ in 0..100 {
        if fs::remove_dir(&group).is_ok() || !group.exists() {
            break;
        }
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
    let ended = match ended {
        Ok(ended) if ended.status.success() => ended,
        Ok(ended) if tests::may_lack("a quota", ended.output())? => return Ok(()),
        Err(error) if tests::may_lack("a quota", &error)? => return Ok(()),
        Ok(ended) => anyhow::bail!(ended.output()),
        Err(error) => return Err(error),
    };
    let line =
        ended.lines().find_map(|line| line.strip_prefix("std::thread::available_parallelism: "));
    let says = line.and_then(|line| line.split_once(' ')).context("it says a number")?.0;
    asked("ask-quota")?.number(says.parse()?)
}

#[test]
fn one_worker_gives_the_same_order() -> Result<()> {
    let run = |arguments: &[&str]| -> Result<String> {
        let program = tests::example("pool", arguments)?;
        Ok(tests::run(program, Stdout::Pipe, LIMIT)?.success()?.stdout)
    };
    let is_same = run(&["--workers", "1"])? == run(&["--workers", "7"])?;
    // How much quicker two threads of the pool are than one, as measured.
    let measured: serde_json::Value = serde_json::from_str(&tests::read(SPEEDUP)?)?;
    let points = measured["points"].as_array().context("it has points")?;
    let with = |workers: f64| {
        let is_it = |p: &&serde_json::Value| p["case"] == "rayon" && p["x"] == workers;
        points.iter().find(is_it).and_then(|p| p["median"].as_f64()).context("rayon is there")
    };
    let is_slower = with(2.0)? > 1.2 * with(1.0)?;
    asked("ask-one-worker")?.one(
        &(is_same, is_slower),
        &[
            ("The order changes", (false, true)),
            ("The order stays, and on several cores it takes longer.", (true, true)),
            ("The order stays, and it takes as long as before.", (true, false)),
        ],
    )
}
