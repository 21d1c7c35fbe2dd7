//! A pipeline, in order.

use witness::{Limit, Report};

use crate::rules;
use crate::runs::{Checked, Runs, refuse};

/// Three stages ran side by side, a process each; a dish was passed on at once, and all had them in the same order.
pub fn check(runs: &mut Runs) -> Checked {
    let lines: Vec<String> = (0..6).map(|dish| format!("dish {dish} is ready")).collect();
    for (when, environment) in [
        ("", None),
        ("In a second run the stages waited for each other", Some(("EXERCISE_OVERLAP", "1"))),
    ] {
        let report = runs.run(environment.as_slice())?;
        overlaps(&report)?;
        rules::ended(&report, when)?;
        rules::succeeded(&report, when)?;
        rules::children(&report, 3, "All of the kitchen")?;
        rules::side_by_side(&report)?;
        a_stage_each(&report)?;
        rules::wrote(&report, &lines, true)?;
        rules::waits(&report)?;
        rules::nobody_left(&report)?;
    }
    match runs.run_and_kill(2, "clock_nanosleep", 2)? {
        Some(report) => rules::noticed(&report, "Child 2"),
        None => Ok(()),
    }
}

/// What the kitchen has told before it waited in vain.
fn overlaps(report: &Report) -> Checked {
    let told = String::from_utf8_lossy(&report.stderr);
    if report.exceeded != Some(Limit::Time) {
        return Ok(());
    }
    if told.contains("dish 3 waits") {
        return refuse(
            "Dish 3 was washed before dish 0 was cooked: a stage kept what it had done instead of passing it on.",
        );
    }
    if told.contains("dish 0 waits") {
        return refuse(
            "Dish 2 was not washed while dish 0 was cooked: one stage had nothing to do while another worked.",
        );
    }
    Ok(())
}

/// What the kitchen has told of who did what.
fn a_stage_each(report: &Report) -> Checked {
    let told = String::from_utf8_lossy(&report.stderr);
    let line = |what: &str| told.lines().find(|line| line.contains(what));
    if let Some(line) = line("another process than") {
        return refuse(format!("{}: a stage is one process.", rules::capital(line)));
    }
    match line("out of its order") {
        Some(line) => refuse(format!("{}.", rules::capital(line))),
        None => Ok(()),
    }
}
