//! Transfers without deadlock.

use witness::{Fate, Limit, Report};

use crate::rules;
use crate::runs::{Checked, Runs, refuse};

/// Three clerks worked side by side; nobody waited for ever or for other accounts, and no money was nowhere.
pub fn check(runs: &mut Runs) -> Checked {
    let lines: Vec<String> = [(0, 90), (1, 110), (2, 60), (3, 140)]
        .map(|(account, balance)| format!("account {account}: {balance}"))
        .into();
    for (when, variable) in [
        ("", "EXERCISE_PLAIN"),
        ("In a second run one of the transfers between 0 and 1 took long", "EXERCISE_HOLD"),
        ("In a third run the transfers between 0 and 1 met", "EXERCISE_MEET"),
    ] {
        let report = runs.run(&[(variable, "1")])?;
        nobody_waits_for_ever(&report, when)?;
        rules::ended(&report, when)?;
        rules::succeeded(&report, when)?;
        rules::children(&report, 3, "All of the transfers")?;
        rules::side_by_side(&report)?;
        locks_well(&report)?;
        rules::wrote(&report, &lines, true)?;
        rules::waits(&report)?;
        rules::nobody_left(&report)?;
    }
    Ok(())
}

fn nobody_waits_for_ever(report: &Report, when: &str) -> Checked {
    if report.exceeded != Some(Limit::Time) {
        return Ok(());
    }
    // Whoever takes long sleeps, and whoever waits for a lock does not.
    let sleeps = ["nanosleep", "clock_nanosleep"];
    let hung = report.children(0).filter(|(_, child)| child.fate == Fate::Hung);
    let (slow, blocked): (Vec<_>, Vec<_>) = hung
        .filter_map(|(place, child)| Some((place, child.waiting?.call)))
        .partition(|(_, call)| sleeps.contains(call));
    match (&slow[..], &blocked[..]) {
        ([], [(first, _), (second, _)]) => refuse(format!(
            "{} and {} wait for each other: each has locked the account that the other needs. That was so after 5 s, \
             and is so for ever.",
            rules::capital(&rules::name(report, *first)),
            rules::name(report, *second)
        )),
        ([_], _) if report.stderr.is_empty() => refuse(format!(
            "{when}, and the one between 2 and 3 waited for it: it needs neither of these accounts."
        )),
        _ => Ok(()),
    }
}

/// What the accounts themselves have told.
fn locks_well(report: &Report) -> Checked {
    let told = String::from_utf8_lossy(&report.stderr);
    if let Some(line) = told.lines().find(|line| line.contains("nowhere")) {
        return refuse(format!(
            "The result is right, and on the way it was not: {line}. Whoever adds all accounts up at that moment finds \
             too little."
        ));
    }
    if told.contains("asked 100 times for a lock") {
        return refuse(
            "A clerk asked 100 times for a lock and kept a CPU busy with that: `lock` waits until the account is free.",
        );
    }
    Ok(())
}
