//! Takes the functions that are checked out of the programs that the book shows, as they stand there. Each
//! keeps its lines' numbers, so that a step in it can name its line in the program.

use std::env;
use std::fs;
use std::ops::RangeInclusive;
use std::path::Path;

use anyhow::{Context as _, Result};

/// A program of the book, its functions that are checked, and those that these call: a step in one of the
/// latter is told with the line that calls it.
const TAKEN: [(&str, &[&str], &[&str]); 3] = [
    ("locks", &["giver_first", "same_order"], &["lock"]),
    ("ordering", &["store_then_load", "publish", "look"], &[]),
    (
        "race_condition",
        &["add_in_two_steps", "add_in_one_step", "look_then_sell", "take_then_sell"],
        &[],
    ),
];

fn main() -> Result<()> {
    let to = env::var("OUT_DIR").context("cargo sets OUT_DIR")?;
    for (program, functions, called) in TAKEN {
        let path = format!("../../examples/{program}.rs");
        println!("cargo::rerun-if-changed={path}");
        let text = fs::read_to_string(&path).with_context(|| format!("can't read {path}"))?;
        let lines: Vec<&str> = text.lines().collect();
        let mut taken = vec![String::new(); lines.len()];
        for (prefix, names) in [("pub ", functions), ("#[track_caller] pub ", called)] {
            for name in names {
                let range =
                    item(&lines, name).with_context(|| format!("{path} has no fn {name}"))?;
                let first = *range.start();
                for line in range {
                    taken[line] = lines[line].to_owned();
                }
                taken[first].insert_str(0, prefix);
            }
        }
        fs::write(Path::new(&to).join(format!("{program}.rs")), taken.join("\n"))?;
    }
    Ok(())
}

/// The lines of a function at the margin, to its closing brace at the margin.
fn item(lines: &[&str], name: &str) -> Option<RangeInclusive<usize>> {
    let begins = |line: &&str| {
        let rest = line.strip_prefix("fn ").and_then(|line| line.strip_prefix(name));
        rest.is_some_and(|rest| rest.starts_with(['(', '<']))
    };
    let first = lines.iter().position(begins)?;
    let length = lines[first..].iter().position(|line| *line == "}")?;
    Some(first..=first + length)
}
