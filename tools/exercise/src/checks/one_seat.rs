//! A seat is sold once.

use std::collections::BTreeSet;

use crate::rules;
use crate::runs::{Checked, Runs, refuse};

const CUSTOMERS: usize = 5;

/// Each customer asked for itself, and one got the seat, also when another asked before it had bought.
pub fn check(runs: &mut Runs) -> Checked {
    let report = runs.run(&[])?;
    rules::ended(&report, "")?;
    rules::succeeded(&report, "")?;
    rules::children(&report, CUSTOMERS, "All of the sale")?;
    let mut lines = vec!["sold out".to_owned(); CUSTOMERS - 1];
    lines.push("sold".to_owned());
    rules::wrote(&report, &lines, false)?;
    let told = String::from_utf8_lossy(&report.stderr);
    let asked = told.lines().filter(|line| *line == "a customer asks").count();
    let by: BTreeSet<usize> =
        report.written.iter().filter(|piece| !piece.to_stderr).map(|piece| piece.by).collect();
    if asked < CUSTOMERS || (1..CUSTOMERS).contains(&by.len()) {
        return refuse(format!(
            "{asked} of the {CUSTOMERS} customers asked whether the seat was free: each should, in its own process."
        ));
    }
    rules::side_by_side(&report)?;
    rules::waits(&report)?;
    rules::nobody_left(&report)?;
    let when = "In a second run the first customer was slow between asking and buying";
    let report = runs.run(&[("EXERCISE_SLOW", "1")])?;
    rules::ended(&report, when)?;
    rules::succeeded(&report, when)?;
    let text = String::from_utf8_lossy(&report.stdout);
    match text.lines().filter(|line| *line == "sold").count() {
        1 => rules::wrote(&report, &lines, false),
        sold => refuse(format!(
            "{when}, and the seat was sold {sold} times: meanwhile nobody else may ask."
        )),
    }
}
