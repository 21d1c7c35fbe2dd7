//! Survive a task that panics.

use witness::Report;

use crate::rules;
use crate::runs::{Checked, Refused, Runs, refuse};

/// What became of each task was written, whichever panicked, and also when one was killed.
pub fn check(runs: &mut Runs) -> Checked {
    let report = runs.run(&[])?;
    rules::ended(&report, "")?;
    rules::children(&report, 5, "All five tasks")?;
    rules::succeeded(&report, "")?;
    rules::wrote(&report, &lines(3), true)?;
    rules::side_by_side(&report)?;
    rules::sent(&report)?;
    rules::waits(&report)?;
    rules::nobody_left(&report)?;
    // Another task may panic as well.
    let report = runs.run(&[("EXERCISE_PANICS", "1")])?;
    rules::ended(&report, "In a second run task 1 panicked instead of task 3")?;
    rules::succeeded(&report, "In a second run task 1 panicked instead of task 3")?;
    if let Err(Refused::Because(sentence)) = rules::wrote(&report, &lines(1), true) {
        return refuse(format!("In a second run task 1 panicked instead of task 3. {sentence}"));
    }
    let Some(report) = runs.run_and_kill(2, "clock_nanosleep", 1)? else { return Ok(()) };
    killed(&report)
}

/// The second child was killed before it had a result.
fn killed(report: &Report) -> Checked {
    rules::ended(report, "Child 2 was killed on purpose")?;
    if report.main().code() != Some(0) {
        let status = report.main().status.map_or_else(String::new, |status| status.to_string());
        return refuse(format!(
            "Child 2 was killed on purpose, and your program ended with {status}: with it the results of the others \
             were lost.",
        ));
    }
    let text = String::from_utf8_lossy(&report.stdout);
    let told: Vec<&str> = text.lines().collect();
    let right = lines(3);
    let other: Vec<&&str> = told
        .iter()
        .zip(&right)
        .filter(|(told, right)| *told != right)
        .map(|(told, _)| told)
        .collect();
    match other[..] {
        [line] if told.len() == right.len() && line.ends_with(": it was killed") => {
            rules::left_nobody_after(report, "Child 2")
        }
        [line] => refuse(format!(
            "Child 2 was killed on purpose, and your program wrote `{line}`: the status that `join` returns tells who \
             panicked and who was killed."
        )),
        _ => refuse(
            "Child 2 was killed on purpose, and the lines of the others are not what they were without that.",
        ),
    }
}

fn lines(panics: u64) -> Vec<String> {
    let line = |number: u64| match number {
        _ if number == panics => format!("{number}: it panicked"),
        _ => format!("{number}: {}", number * 10),
    };
    (0..5).map(line).collect()
}
