//! A queue with backpressure.

use witness::{Limit, Report};

use crate::rules;
use crate::runs::{Checked, Runs, refuse};

/// Two workers did the jobs, and there were never more than eight of them at once, nor fewer without need.
pub fn check(runs: &mut Runs) -> Checked {
    let lines: Vec<String> = (0..24).map(|number| format!("job {number} is done")).collect();
    for (when, environment) in
        [("", None), ("In a second run the first jobs took long", Some(("EXERCISE_STUCK", "1")))]
    {
        let report = runs.run(environment.as_slice())?;
        makes_enough(&report, when)?;
        rules::ended(&report, when)?;
        rules::succeeded(&report, when)?;
        rules::children(&report, 2, "All of the work")?;
        rules::wrote(&report, &lines, false)?;
        rules::side_by_side(&report)?;
        makes_not_too_many(&report, when)?;
        rules::waits(&report)?;
        rules::nobody_left(&report)?;
    }
    match runs.run_and_kill(1, "clock_nanosleep", 1)? {
        Some(report) => rules::noticed(&report, "Child 1"),
        None => Ok(()),
    }
}

/// Who works waits in the second run until there are eight.
fn makes_enough(report: &Report, when: &str) -> Checked {
    let sleeps = |call| matches!(call, "nanosleep" | "clock_nanosleep");
    let mut workers = report.children(0).filter_map(|(_, child)| child.waiting);
    if report.exceeded == Some(Limit::Time)
        && !when.is_empty()
        && workers.any(|waiting| sleeps(waiting.call))
    {
        return refuse(format!(
            "{when}, and your program did not make eight jobs meanwhile: with a queue it goes on while there is room."
        ));
    }
    Ok(())
}

fn makes_not_too_many(report: &Report, when: &str) -> Checked {
    let told = String::from_utf8_lossy(&report.stderr);
    let too_many = told.matches("too many are on their way").count();
    if too_many == 0 {
        return Ok(());
    }
    let when = if when.is_empty() { String::new() } else { format!("{when}, and ") };
    refuse(rules::capital(&format!(
        "{when}{} made while eight others had not been done yet. What keeps your program from making the next one?",
        rules::count_of(too_many, "job was", "jobs were")
    )))
}
