//! Port ten lines of Python.

use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering};
use std::{env, fs, process};

use witness::{Error, Limit, Report};

use crate::rules;
use crate::runs::{Checked, Refused, Runs, refuse};

/// Three workers took the numbers one by one, and the program itself wrote the results in order.
pub fn check(runs: &mut Runs) -> Checked {
    let steps: [u64; 12] = [0, 1, 7, 2, 5, 8, 16, 3, 19, 6, 14, 9];
    let lines = (1..).zip(steps).map(|(number, steps)| format!("{number}: {steps}"));
    let lines: Vec<String> =
        lines.chain([format!("together {}", steps.iter().sum::<u64>())]).collect();
    let folder = Folder::new()?;
    let path = folder.0.to_string_lossy().into_owned();
    for (when, environment) in [
        ("", None),
        ("In a second run the number 1 took long", Some(("EXERCISE_FOLDER", path.as_str()))),
    ] {
        let report = runs.run(environment.as_slice())?;
        if report.exceeded == Some(Limit::Time) && !when.is_empty() {
            return refuse(format!(
                "{when}, and other numbers waited behind it: as with `imap`, whoever is free takes the next one, and \
                 only that."
            ));
        }
        rules::ended(&report, when)?;
        rules::succeeded(&report, when)?;
        rules::children(&report, 3, "All of the computing")?;
        rules::side_by_side(&report)?;
        written_here(&report)?;
        rules::wrote(&report, &lines, true)?;
        rules::waits(&report)?;
        rules::nobody_left(&report)?;
    }
    match runs.run_and_kill(1, "clock_nanosleep", 1)? {
        Some(report) => rules::noticed(&report, "Child 1"),
        None => Ok(()),
    }
}

fn written_here(report: &Report) -> Checked {
    match report.written.iter().find(|piece| !piece.to_stderr && piece.by != 0) {
        Some(piece) => refuse(format!(
            "`{}` was written by {}: in Python the loop writes, and it runs in the program itself.",
            String::from_utf8_lossy(&piece.bytes).trim_end(),
            rules::name(report, piece.by)
        )),
        None => Ok(()),
    }
}

/// A folder of one check, which goes with it.
struct Folder(PathBuf);

impl Folder {
    fn new() -> Checked<Folder> {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let path = env::temp_dir().join(format!("exercise-{}-{number}", process::id()));
        fs::create_dir(&path).map_err(|error| Refused::Unseen(Error::Lost(error)))?;
        Ok(Folder(path))
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}
