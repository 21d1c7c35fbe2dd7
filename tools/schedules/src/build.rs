//! Takes the functions that are checked out of the programs that the book shows, as they stand there. Each
//! keeps its lines' numbers, so that a step in it can name its line in the program.

use std::env;
use std::fs;
use std::ops::RangeInclusive;
use std::path::Path;

use anyhow::{Context as _, Result, ensure};

/// What is taken out of a program of the book.
struct Taken {
    program: &'static str,
    /// The name of what is made of it.
    name: &'static str,
    /// The functions that are checked.
    functions: &'static [&'static str],
    /// Those that these call: a step in one of them is told with the line that calls it.
    called: &'static [&'static str],
    /// A word with which one line begins, and what stands instead of it in a program that is wrong.
    instead: Option<[&'static str; 2]>,
}

const NOTHING: Taken = Taken { program: "", name: "", functions: &[], called: &[], instead: None };

const TAKEN: [Taken; 5] = [
    Taken {
        program: "locks",
        name: "locks",
        functions: &["put", "take", "enter", "giver_first", "same_order"],
        called: &["lock", "acquire"],
        ..NOTHING
    },
    Taken {
        program: "locks",
        name: "locks_with_if",
        functions: &["put", "take"],
        called: &["lock"],
        instead: Some(["while", "if"]),
    },
    Taken {
        program: "ordering",
        name: "ordering",
        functions: &["store_then_load", "publish", "look"],
        ..NOTHING
    },
    Taken {
        program: "race_condition",
        name: "race_condition",
        functions: &["add_in_two_steps", "add_in_one_step", "look_then_sell", "take_then_sell"],
        ..NOTHING
    },
    Taken {
        program: "threads_and_processes",
        name: "threads_and_processes",
        functions: &["add_in_two_steps", "add_in_one_step"],
        ..NOTHING
    },
];

fn main() -> Result<()> {
    let to = env::var("OUT_DIR").context("cargo sets OUT_DIR")?;
    for Taken { program, name, functions, called, instead } in TAKEN {
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
        if let Some([word, other]) = instead {
            let begins = |line: &&mut String| line.trim_start().starts_with(&format!("{word} "));
            let mut lines: Vec<_> = taken.iter_mut().filter(begins).collect();
            ensure!(lines.len() == 1, "{path} has not one `{word}` in {functions:?}");
            *lines[0] = lines[0].replacen(word, other, 1);
        }
        fs::write(Path::new(&to).join(name).with_extension("rs"), taken.join("\n"))?;
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
