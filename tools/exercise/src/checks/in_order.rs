//! Results in order, through a pipe.

use crate::rules;
use crate::runs::{Checked, Refused, Runs, refuse};

/// Five children computed side by side and sent their results through pipes; the order of the lines is not theirs.
pub fn check(runs: &mut Runs) -> Checked {
    let lines: Vec<String> =
        (0..5).map(|number| format!("{number}: {}", number * number)).collect();
    let report = runs.run(&[])?;
    rules::ended(&report, "")?;
    rules::succeeded(&report, "")?;
    rules::children(&report, 5, "All five tasks")?;
    rules::wrote(&report, &lines, true)?;
    rules::side_by_side(&report)?;
    rules::sent(&report)?;
    rules::waits(&report)?;
    rules::nobody_left(&report)?;
    // The same with other times: then the results come in another order.
    let report = runs.run(&[("EXERCISE_LAST", "4")])?;
    rules::ended(&report, "")?;
    rules::succeeded(&report, "")?;
    match rules::wrote(&report, &lines, true) {
        Err(Refused::Because(sentence)) => refuse(format!(
            "The order was luck. In a second run, in which other tasks took longer: {sentence}"
        )),
        other => other,
    }
}
