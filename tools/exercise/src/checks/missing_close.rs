//! Find the missing close.

use witness::{Report, Sight};

use crate::rules;
use crate::runs::{Checked, Runs, refuse};

/// Both workers ended by themselves because their requests did, and nobody held an end that isn't theirs.
pub fn check(runs: &mut Runs) -> Checked {
    let report = runs.run(&[])?;
    rules::ended(&report, "")?;
    rules::succeeded(&report, "")?;
    rules::children(&report, 2, "The work of both workers")?;
    let lines = ["worker 0: [1, 4, 9]", "worker 1: [16, 25, 36]"].map(str::to_owned);
    rules::wrote(&report, &lines, true)?;
    rules::side_by_side(&report)?;
    rules::waits(&report)?;
    rules::nobody_left(&report)?;
    if report.sight == Sight::Followed {
        ended_by_themselves(&report)?;
        nobody_holds_what_others_wait_for(&report)?;
    }
    let Some(report) = runs.run_and_kill(1, "read", 1)? else { return Ok(()) };
    rules::noticed(&report, "Child 1")
}

fn ended_by_themselves(report: &Report) -> Checked {
    for (place, child) in report.children(0) {
        let who = rules::capital(&rules::name(report, place));
        if let Some(signal) = child.signal() {
            return refuse(format!(
                "{who} was ended by signal {signal}: it should end by itself, when there are no more requests."
            ));
        }
        if child.sent.is_empty() || child.received.is_empty() {
            return refuse(format!("{who} did not answer its requests through pipes."));
        }
    }
    Ok(())
}

/// A worker's requests end when nobody can write any more.
fn nobody_holds_what_others_wait_for(report: &Report) -> Checked {
    for (place, child) in report.children(0) {
        for pipe in child.received.keys() {
            let held = report
                .children(0)
                .find(|(_, other)| other.pipes.iter().any(|end| end.pipe == *pipe && end.writes));
            if let Some((holder, _)) = held {
                let whose = if holder == place {
                    "its own requests".to_owned()
                } else {
                    format!("the requests of {}", rules::name(report, place))
                };
                return refuse(format!(
                    "The result is right, but {} held the end for writing of {whose} when it ended: while it is \
                     open, these requests have no end.",
                    rules::name(report, holder)
                ));
            }
        }
    }
    Ok(())
}
