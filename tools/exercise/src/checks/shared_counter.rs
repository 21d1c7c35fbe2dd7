//! A counter in shared memory.

use witness::Sight;

use crate::rules;
use crate::runs::{Checked, Refused, Runs, refuse};

/// Four processes counted together, and nobody's addition was lost where there were millions of them.
pub fn check(runs: &mut Runs) -> Checked {
    let report = runs.run(&[])?;
    rules::ended(&report, "")?;
    rules::succeeded(&report, "")?;
    rules::children(&report, 4, "All of the counting")?;
    rules::wrote(&report, &["40 were counted".to_owned()], true)?;
    rules::side_by_side(&report)?;
    if report.sight == Sight::Followed
        && let Some((place, _)) = report.children(0).find(|(_, child)| !child.sent.is_empty())
    {
        return refuse(format!(
            "{} sent something through a pipe: all should count in the same memory.",
            rules::capital(&rules::name(&report, place))
        ));
    }
    rules::waits(&report)?;
    rules::nobody_left(&report)?;
    let report = runs.run(&[("EXERCISE_CROWD", "1")])?;
    let when = "In a second run millions of visitors came";
    rules::ended(&report, when)?;
    rules::succeeded(&report, when)?;
    let all: u64 =
        report.children(0).map(|(_, child)| 3_000_000 + u64::from(child.pid % 1000)).sum();
    match rules::wrote(&report, &[format!("{all} were counted")], true) {
        Err(Refused::Because(sentence)) => refuse(format!(
            "{when}, and they were not counted right. {sentence} A load and a store are two steps, and others count \
             between them."
        )),
        other => other,
    }
}
