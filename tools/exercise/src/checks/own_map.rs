//! A map of one's own.

use witness::Sight;

use crate::rules;
use crate::runs::{Checked, Runs, refuse};

/// How long a result is.
const LENGTH: u64 = 200_000;

/// Four children sent results that are larger than their pipes, and one that gave none was noticed.
pub fn check(runs: &mut Runs) -> Checked {
    let report = runs.run(&[])?;
    rules::ended(&report, "")?;
    rules::succeeded(&report, "")?;
    rules::children(&report, 4, "All of the map")?;
    let line = |(input, letter)| format!("{input}: {LENGTH} bytes, the last is Some({letter:?})");
    rules::wrote(&report, &(0..4).zip('a'..).map(line).collect::<Vec<_>>(), true)?;
    rules::side_by_side(&report)?;
    if report.sight == Sight::Followed {
        for (place, child) in report.children(0) {
            let sent: u64 = child.sent.values().sum();
            if sent < LENGTH {
                return refuse(format!(
                    "{} sent {sent} bytes through pipes, and its result has {LENGTH}: it should take that way.",
                    rules::capital(&rules::name(&report, place))
                ));
            }
        }
        rules::no_leaked_end(&report)?;
    }
    rules::waits(&report)?;
    rules::nobody_left(&report)?;
    let Some(report) = runs.run_and_kill(2, "write", 1)? else { return Ok(()) };
    rules::noticed(&report, "Child 2")
}
