//! The first answer ends the search.

use crate::rules;
use crate::runs::{Checked, Runs, refuse};

/// Four searched side by side, and when one had found it nobody searched on, wherever it was.
pub fn check(runs: &mut Runs) -> Checked {
    for found in [2, 0] {
        let report = runs.run(&[("EXERCISE_FOUND", &found.to_string())])?;
        rules::ended(&report, "")?;
        rules::succeeded(&report, "")?;
        rules::children(&report, 4, "All of the search")?;
        rules::wrote(&report, &[format!("found in place {found}")], true)?;
        rules::side_by_side(&report)?;
        rules::waits(&report)?;
        rules::nobody_left(&report)?;
        let told = String::from_utf8_lossy(&report.stderr);
        let nothing = "there is nothing in place ";
        let mut places: Vec<String> =
            told.lines().filter_map(|line| line.strip_prefix(nothing)).map(str::to_owned).collect();
        places.sort_unstable();
        if !places.is_empty() {
            return refuse(format!(
                "Something was found in place {found}, and others searched on to the end: in place {}.",
                rules::list(&places)
            ));
        }
    }
    Ok(())
}
