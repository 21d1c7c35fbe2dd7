//! A share of a job array.

use std::collections::BTreeMap;

use crate::rules;
use crate::runs::{Checked, Runs, refuse};

const ITEMS: usize = 10;

/// All runs of an array together did each item once, and a run that no array has did none.
pub fn check(runs: &mut Runs) -> Checked {
    let lines: Vec<String> = (0..ITEMS).map(|item| format!("item {item} is done")).collect();
    let report = runs.run(&[])?;
    rules::ended(&report, "")?;
    rules::succeeded(&report, "")?;
    rules::wrote(&report, &lines, true)?;
    for (first, count) in [(0, 4), (1, 3), (5, 2), (0, 12)] {
        an_array(runs, first, count)?;
    }
    for (id, first, count) in [("4", 0, 4), ("0", 1, 3), ("x", 0, 4)] {
        no_run(runs, id, first, count)?;
    }
    Ok(())
}

/// The environment of a run.
fn run_of(runs: &mut Runs, id: &str, first: usize, count: usize) -> Checked<witness::Report> {
    let [min, max, count] = [first, first + count - 1, count].map(|number| number.to_string());
    runs.run(&[
        ("SLURM_ARRAY_TASK_ID", id),
        ("SLURM_ARRAY_TASK_MIN", min.as_str()),
        ("SLURM_ARRAY_TASK_MAX", max.as_str()),
        ("SLURM_ARRAY_TASK_COUNT", count.as_str()),
        ("SLURM_ARRAY_TASK_STEP", "1"),
    ])
}

fn an_array(runs: &mut Runs, first: usize, count: usize) -> Checked {
    let last = first + count - 1;
    let mut done = BTreeMap::new();
    let mut sizes = Vec::new();
    for id in first..=last {
        let when = format!("Run {id} of --array={first}-{last} was started");
        let report = run_of(runs, &id.to_string(), first, count)?;
        rules::ended(&report, &when)?;
        rules::succeeded(&report, &when)?;
        let text = String::from_utf8_lossy(&report.stdout).into_owned();
        sizes.push((text.lines().count(), id));
        for line in text.lines() {
            if let Some(other) = done.insert(line.to_owned(), id) {
                return refuse(format!(
                    "Of --array={first}-{last}, run {other} wrote `{line}`, and so did run {id}: each item is done by one \
                     of them."
                ));
            }
        }
    }
    let missing = (0..ITEMS).find(|item| !done.contains_key(&format!("item {item} is done")));
    if let Some(item) = missing {
        return refuse(format!("Of --array={first}-{last}, no run did item {item}."));
    }
    if done.len() > ITEMS {
        return refuse(format!(
            "The runs of --array={first}-{last} wrote more than the ten lines."
        ));
    }
    let (small, large) = (sizes.iter().min(), sizes.iter().max());
    match (small, large) {
        (Some((fewest, idle)), Some((most, busy))) if most - fewest > 1 => refuse(format!(
            "Of --array={first}-{last}, run {busy} did {most} items, and run {idle} did {fewest}: no share is more than \
             one item larger than another."
        )),
        _ => Ok(()),
    }
}

fn no_run(runs: &mut Runs, id: &str, first: usize, count: usize) -> Checked {
    let last = first + count - 1;
    let report = run_of(runs, id, first, count)?;
    let when = format!("SLURM_ARRAY_TASK_ID was `{id}` in --array={first}-{last}");
    rules::ended(&report, &when)?;
    if !report.stdout.is_empty() {
        return refuse(format!(
            "{when}, which has no such run, and your program wrote `{}`.",
            String::from_utf8_lossy(&report.stdout).lines().next().unwrap_or("")
        ));
    }
    if report.main().code() != Some(2) || report.stderr.is_empty() {
        let how = report.main().status.map_or_else(String::new, |status| status.to_string());
        return refuse(format!(
            "{when}, which has no such run, and your program ended with {how}: whoever started it is to see exit code 2 \
             and a message."
        ));
    }
    Ok(())
}
