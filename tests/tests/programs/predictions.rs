//! The answers that the book folds away: programs changed as the question says, and what they do.

use std::process::Command;

use anyhow::{Context as _, Result, ensure};
use tests::rustc::{changed, hangs};
use tests::{LIMIT, Stdout};

#[test]
fn single_process_without_exit_prints_nine_lines() -> Result<()> {
    let exit = "unsafe { nix::libc::_exit(i32::from(flushed.is_err())) }";
    let (_workshop, program) = changed("single_process", &[(exit, "flushed?; return Ok(())")])?;
    let ended = tests::run(program, Stdout::Pipe, LIMIT)?.success()?;
    ensure!(ended.lines().count() == 9, "{}", ended.output());
    let ended = ended.lines().filter(|line| line.starts_with("The child has ended")).count();
    ensure!(ended == 3);
    Ok(())
}

#[test]
fn producer_consumer_hangs_when_the_child_keeps_a_writer() -> Result<()> {
    let (_workshop, program) = changed("producer_consumer", &[("        writer = None;\n", "")])?;
    hangs(program, &["--items", "1"], "producer:ThreadId(2)")
}

#[test]
fn order_hangs_when_the_parent_keeps_the_writer() -> Result<()> {
    let (_workshop, program) = changed("order", &[("    drop(writer);\n", "")])?;
    hangs(program, &[], "task 0 is done")
}

#[test]
fn five_hundred_processes_all_run() -> Result<()> {
    let program = tests::example("multi_process", &["--processes", "500"])?;
    let ended = tests::run(program, Stdout::Pipe, LIMIT)?.success()?;
    ensure!(ended.lines().filter(|line| line.starts_with("This is process")).count() == 500);
    Ok(())
}

/// On a terminal as in a file: what waits in the buffer is copied, and a line that has ended doesn't wait.
#[test]
fn a_line_that_ends_before_the_fork_comes_once() -> Result<()> {
    let begun = "print!(\"  begun before the fork, \");\n    // SAFETY";
    let change = (begun, &*begun.replace("print!", "println!"));
    for stdout in [Stdout::Terminal, Stdout::File] {
        let (_workshop, mut program) = changed("fork_pitfalls", &[change])?;
        program.args(["--scene", "1"]);
        let ended = tests::run(program, stdout, LIMIT)?.success()?;
        let wrong: Vec<_> =
            ended.lines().skip(1).take_while(|line| !line.contains("right")).collect();
        let times = wrong.iter().filter(|line| line.contains("begun before the fork")).count();
        ensure!((times, wrong.len()) == (1, 3), "{}", ended.output());
    }
    Ok(())
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
    ensure!(says("std::thread::available_parallelism", "1"), "{}", ended.output());
    ensure!(says("num_cpus::get:", "1"), "{}", ended.output());
    ensure!(says("num_cpus::get_physical", &physical), "{}", ended.output());
    let workers: Vec<&str> =
        ended.lines().filter(|line| line.starts_with("This is worker")).collect();
    ensure!(workers.len() == 1 && workers[0].ends_with(&format!("on CPU {first}")), "{workers:?}");
    Ok(())
}

#[test]
fn one_worker_gives_the_same_order() -> Result<()> {
    let run = |arguments: &[&str]| -> Result<String> {
        let program = tests::example("pool", arguments)?;
        Ok(tests::run(program, Stdout::Pipe, LIMIT)?.success()?.stdout)
    };
    ensure!(run(&["--workers", "1"])? == run(&["--workers", "7"])?);
    Ok(())
}
