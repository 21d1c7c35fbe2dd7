//! A deadline for each worker.

use witness::Sight;

use crate::rules;
use crate::runs::{Checked, Refused, Runs, refuse};

/// The results of those who were in time were written, and whoever was late was ended and waited for.
pub fn check(runs: &mut Runs) -> Checked {
    let report = runs.run(&[])?;
    rules::ended(&report, "")?;
    rules::succeeded(&report, "")?;
    rules::children(&report, 3, "All of the work")?;
    rules::wrote(&report, &lines(1), true)?;
    rules::side_by_side(&report)?;
    rules::waits(&report)?;
    rules::nobody_left(&report)?;
    let late = report.children(0).filter(|(_, child)| child.code().is_none()).count();
    if report.sight == Sight::Followed && late != 1 {
        return refuse(format!(
            "{} ended by a signal: whoever is late should be, and nobody else.",
            if late == 0 { "No worker was".to_owned() } else { format!("{late} workers were") }
        ));
    }
    let when = "In a second run worker 0 hung instead of worker 1";
    let report = runs.run(&[("EXERCISE_HANGS", "0")])?;
    rules::ended(&report, when)?;
    rules::succeeded(&report, when)?;
    match rules::wrote(&report, &lines(0), true) {
        Err(Refused::Because(sentence)) => refuse(format!("{when}. {sentence}")),
        other => other,
    }
}

fn lines(late: u8) -> Vec<String> {
    let line = |number: u8| match number {
        _ if number == late => format!("{number}: late"),
        _ => format!("{number}: {}", number * 10),
    };
    (0..3).map(line).collect()
}
