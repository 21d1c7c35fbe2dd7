//! One child and its exit code.

use crate::rules;
use crate::runs::{Checked, Runs, refuse};

const TASK: &str = "the task is done";
const OWN: &str = "the child has ended with code 7";

/// A child ran the task and ended with its number, and its parent waited for it before it wrote so.
pub fn check(runs: &mut Runs) -> Checked {
    let report = runs.run(&[])?;
    rules::ended(&report, "")?;
    rules::succeeded(&report, "")?;
    rules::children(&report, 1, "The task")?;
    rules::wrote(&report, &[TASK.to_owned(), OWN.to_owned()], true)?;
    if let Some((by, _)) = rules::writer(&report, TASK)
        && by != 1
    {
        return refuse(format!(
            "The task ran in {}; it should run in the child.",
            rules::name(&report, by)
        ));
    }
    if let Some(status) = report.processes[1].status
        && status.code() != Some(7)
    {
        return refuse(format!(
            "The child ended with {status}, and your program wrote that it was code 7: the child should end with the \
             task's number, and your program write what `join` tells it."
        ));
    }
    rules::waits(&report)?;
    rules::nobody_left(&report)?;
    rules::wrote_last(&report, OWN)
}
