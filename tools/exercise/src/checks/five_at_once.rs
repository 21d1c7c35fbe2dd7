//! Five at once.

use crate::rules;
use crate::runs::{Checked, Runs, refuse};

const OWN: &str = "all five have ended";

/// Each task ran in a child of its own, all side by side, and the parent waited for all.
pub fn check(runs: &mut Runs) -> Checked {
    let report = runs.run(&[])?;
    rules::ended(&report, "")?;
    rules::succeeded(&report, "")?;
    rules::children(&report, 5, "All five tasks")?;
    let lines: Vec<String> = (0..5).map(|number| format!("task {number} is done")).collect();
    rules::wrote(&report, &[&lines[..], &[OWN.to_owned()]].concat(), false)?;
    let mut seen = Vec::new();
    for line in &lines {
        let Some((by, _)) = rules::writer(&report, line) else { continue };
        if seen.contains(&by) {
            return refuse(format!(
                "{} ran more than one of the tasks; each should run in a process of its own.",
                rules::capital(&rules::name(&report, by))
            ));
        }
        seen.push(by);
    }
    rules::side_by_side(&report)?;
    rules::waits(&report)?;
    rules::nobody_left(&report)?;
    rules::wrote_last(&report, OWN)
}
