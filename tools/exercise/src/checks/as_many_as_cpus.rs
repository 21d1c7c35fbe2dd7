//! As many workers as CPUs.

use std::collections::BTreeSet;

use witness::Report;

use crate::rules;
use crate::runs::{Checked, Runs, refuse};

const PIECES: usize = 12;
const OWN: &str = "all pieces are done";

/// There were as many workers as the program could use CPUs, also where that was one, and the work was shared out.
pub fn check(runs: &mut Runs) -> Checked {
    let report = runs.run(&[])?;
    let workers = judge(&report, &usable())?;
    // A worker that is started late, on a busy machine, may find nothing to do any more.
    let several = |report: &Report| {
        let by = |line: &String| rules::writer(report, line).map(|(by, _)| by);
        let by: Vec<Option<usize>> = lines().iter().map(by).collect();
        by.contains(&None) || by.iter().collect::<BTreeSet<_>>().len() > 1
    };
    let mut shared_out = workers < 2 || several(&report);
    for _ in 0..2 {
        shared_out = shared_out || several(&runs.run(&[])?);
    }
    if !shared_out {
        return refuse(format!(
            "One of the {workers} workers did all the pieces; each of them should do its share."
        ));
    }
    let Some(report) = runs.run_on_one_cpu()? else { return Ok(()) };
    judge(&report, &[1]).map(drop)
}

/// A run in which so many CPUs could be used; how many workers there were.
fn judge(report: &Report, usable: &[usize]) -> Checked<usize> {
    rules::ended(report, "")?;
    rules::succeeded(report, "")?;
    let workers = report.children(0).count();
    if workers == 0 {
        rules::children(report, 1, "All pieces")?;
    }
    if !usable.iter().any(|&cpus| workers == cpus.min(PIECES)) {
        let cpus = usable.first().copied().unwrap_or(1);
        let (cpu, worker) = (rules::count(cpus, "CPU"), rules::count(workers, "worker"));
        return refuse(format!(
            "Your program could use {cpu}, and started {worker}: there should be as many as it can use."
        ));
    }
    rules::wrote(report, &[lines(), vec![OWN.to_owned()]].concat(), false)?;
    rules::side_by_side(report)?;
    rules::waits(report)?;
    rules::nobody_left(report)?;
    rules::wrote_last(report, OWN)?;
    Ok(workers)
}

fn lines() -> Vec<String> {
    (0..PIECES).map(|number| format!("piece {number} is done")).collect()
}

/// How many CPUs this program can use, and with it those that it starts: one answer minds a container's quota, the
/// other doesn't, and both are right.
fn usable() -> Vec<usize> {
    let mut usable: Vec<usize> =
        std::thread::available_parallelism().map(std::num::NonZero::get).into_iter().collect();
    #[cfg(target_os = "linux")]
    if let Ok(allowed) = nix::sched::sched_getaffinity(nix::unistd::Pid::from_raw(0)) {
        let cpus = 0..nix::sched::CpuSet::count();
        usable.push(cpus.filter(|&cpu| allowed.is_set(cpu) == Ok(true)).count());
    }
    usable
}
