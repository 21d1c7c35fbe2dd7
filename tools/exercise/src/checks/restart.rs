//! Restart a worker that crashes, with a limit.

use witness::{Report, Sight};

use crate::rules;
use crate::runs::{Checked, Runs, refuse};

/// How many attempts there may be.
const ATTEMPTS: usize = 4;

/// One worker after the other until one succeeded or there had been enough, whatever had ended them.
pub fn check(runs: &mut Runs) -> Checked {
    let report = runs.run(&[])?;
    rules::ended(&report, "")?;
    rules::succeeded(&report, "")?;
    if report.children(0).count() == 0 {
        rules::children(&report, 1, "Each attempt")?;
    }
    rules::nobody_left(&report)?;
    one_at_a_time(&report)?;
    rules::children(&report, 3, "Each attempt")?;
    rules::wrote(&report, &["done at attempt 3".to_owned()], true)?;
    let when = "In a second run each attempt failed";
    let report = runs.run(&[("EXERCISE_CRASHES", "1000")])?;
    rules::ended(&report, when)?;
    let started = report.children(0).count();
    if started != ATTEMPTS {
        return refuse(format!(
            "{when}, and your program started {}: there should be {ATTEMPTS} attempts.",
            rules::count(started, "worker")
        ));
    }
    if report.main().code() == Some(0) {
        return refuse(format!(
            "{when}, and your program ended with code 0: who started it believes that all went well."
        ));
    }
    let Some(report) = runs.run_and_kill(1, "clock_nanosleep", 1)? else { return Ok(()) };
    rules::ended(&report, "Child 1 was killed on purpose")?;
    if report.children(0).count() != 3 || report.stdout != b"done at attempt 3\n" {
        return refuse(format!(
            "Child 1 was killed on purpose, and your program did not go on as after a panic: it started {}, and wrote \
             `{}`. A worker that a signal has ended has no exit code.",
            rules::count(report.children(0).count(), "worker"),
            String::from_utf8_lossy(&report.stdout).trim_end()
        ));
    }
    rules::left_nobody_after(&report, "Child 1")
}

/// The next one began when the one before had ended.
fn one_at_a_time(report: &Report) -> Checked {
    let children: Vec<_> = report.children(0).collect();
    for pair in children.windows(2) {
        let [(first, earlier), (second, later)] = pair else { continue };
        if report.sight == Sight::Followed && earlier.ended > later.started {
            return refuse(format!(
                "{} was started before {} had ended: it is not known yet whether another attempt is needed.",
                rules::capital(&rules::name(report, *second)),
                rules::name(report, *first)
            ));
        }
    }
    Ok(())
}
