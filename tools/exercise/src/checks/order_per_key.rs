//! Order per key.

use witness::{Limit, Report};

use crate::rules;
use crate::runs::{Checked, Runs, refuse};

/// Two workers booked side by side, and the entries of each account one after the other.
pub fn check(runs: &mut Runs) -> Checked {
    let line = |entry: u32| format!("account {}: entry {}", entry % 5, entry / 5 + 1);
    let lines: Vec<String> = (0..20).map(line).collect();
    for (when, environment) in [
        ("", None),
        ("In a second run the first entry of account 0 took long", Some(("EXERCISE_SLOW", "1"))),
    ] {
        let report = runs.run(environment.as_slice())?;
        if report.exceeded == Some(Limit::Time) && !when.is_empty() {
            return refuse(format!(
                "{when}, and the other accounts waited for it: their entries have nothing to do with it."
            ));
        }
        rules::ended(&report, when)?;
        rules::succeeded(&report, when)?;
        rules::children(&report, 2, "All of the booking")?;
        rules::side_by_side(&report)?;
        booked_by_workers(&report)?;
        rules::waits(&report)?;
        in_order(&report, when)?;
        rules::wrote(&report, &lines, false)?;
        rules::nobody_left(&report)?;
    }
    match runs.run_and_kill(1, "clock_nanosleep", 1)? {
        Some(report) => rules::noticed(&report, "Child 1"),
        None => Ok(()),
    }
}

/// What the accounts themselves have told.
fn in_order(report: &Report, when: &str) -> Checked {
    let told = String::from_utf8_lossy(&report.stderr);
    match told.lines().find(|line| line.starts_with("entry ")) {
        Some(line) if when.is_empty() => refuse(format!("{}: out of order.", rules::capital(line))),
        Some(line) => refuse(format!("{when}, and {line}: the order was luck.")),
        None => Ok(()),
    }
}

fn booked_by_workers(report: &Report) -> Checked {
    match report.written.iter().find(|piece| !piece.to_stderr && piece.by == 0) {
        Some(piece) => refuse(format!(
            "`{}` was booked by your program itself, and the workers had nothing to do.",
            String::from_utf8_lossy(&piece.bytes).trim_end()
        )),
        None => Ok(()),
    }
}
