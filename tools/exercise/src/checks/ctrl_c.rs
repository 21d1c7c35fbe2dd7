//! Ctrl-C leaves nobody.

use witness::{Fate, Report, To};

use crate::rules;
use crate::runs::{Checked, Runs, refuse};

/// SIGINT, which has this number on every Unix.
const INTERRUPT: i32 = 2;

/// Three workers ran side by side, and whenever the signal came, and to whom, your program ended all of them.
pub fn check(runs: &mut Runs) -> Checked {
    let mut lines: Vec<String> = (1..=3).map(|number| format!("errand {number} is done")).collect();
    lines.push("all errands are done".to_owned());
    let report = runs.run(&[])?;
    rules::ended(&report, "")?;
    rules::succeeded(&report, "")?;
    rules::children(&report, 3, "All of the errands")?;
    rules::wrote(&report, &lines, false)?;
    rules::wrote_last(&report, "all errands are done")?;
    rules::side_by_side(&report)?;
    rules::waits(&report)?;
    rules::nobody_left(&report)?;
    for (when, to, process, call, nth) in [
        ("SIGINT came to your program alone", To::Process(0), 3, "clock_nanosleep", 1),
        ("Ctrl-C sent SIGINT to all", To::Group(0), 3, "clock_nanosleep", 1),
        ("SIGINT came when your program had one worker", To::Process(0), 0, "clone", 2),
    ] {
        let environment = [("EXERCISE_LONG", "1")];
        let interrupt = |witness: witness::Witness| {
            witness.signal(INTERRUPT, to, process, witness::Moment::Named(call, nth))
        };
        let Some(report) = runs.run_and_signal(&environment, when, interrupt)? else { continue };
        rules::ended(&report, when)?;
        leaves_nobody(&report, when)?;
    }
    Ok(())
}

fn leaves_nobody(report: &Report, when: &str) -> Checked {
    let main = report.main();
    let how = match (main.code(), main.signal()) {
        (Some(code), _) => format!("your program ended with code {code}"),
        (None, Some(INTERRUPT)) => "ended your program".to_owned(),
        (None, signal) => format!("signal {} ended your program", signal.unwrap_or(0)),
    };
    let left =
        report.children(0).find(|(_, child)| child.fate == Fate::Orphan && child.code().is_none());
    if let Some((place, _)) = left {
        return refuse(format!(
            "{when}, {how}, and {} was left behind, still at work. Who ends it?",
            rules::name(report, place)
        ));
    }
    // Of a program that a signal has ended it is not seen whom it had waited for.
    let by_itself = main.code().is_some();
    let zombie = report.children(0).find(|(_, child)| by_itself && child.waited.is_none());
    if let Some((place, _)) = zombie {
        return refuse(format!(
            "{when}, {how}, and did not wait for {}, which it had killed.",
            rules::name(report, place)
        ));
    }
    if main.code() != Some(130) && main.signal() != Some(INTERRUPT) {
        return refuse(format!(
            "{when}, and {how}: who started it is to see that it was interrupted, by the signal itself or by code 130."
        ));
    }
    Ok(())
}
