//! The words of the pictures, from the table `pictures` of a language's file.
//!
//! A line break in a label is a line break in the picture. `{name}` stands for something that the
//! picture fills in.

mod alternative;
pub mod costs;
pub mod lab;
pub mod measured;
pub mod mpi;
pub mod programs;
pub mod threads;

use anyhow::Result;
use serde::Deserialize;

pub use alternative::Alternative;
pub use words::{Language, languages};

/// The words of the pictures in a language.
///
/// # Errors
///
/// The language's file lacks one.
pub fn of(language: &Language) -> Result<&'static Words> {
    language.table("pictures")
}

/// The words in English.
#[cfg(test)]
pub fn english() -> &'static Words {
    languages(&project::root()).and_then(|all| of(all[0])).expect("the English words")
}

/// Puts values in the place of `{name}`.
pub fn fill(template: &str, values: &[(&str, &str)]) -> String {
    values.iter().fold(template.to_owned(), |text, (name, value)| {
        text.replace(&format!("{{{name}}}"), value)
    })
}

/// A label in one line. Where a line ended stands a space, but none between two Han characters or
/// beside full-width punctuation.
pub fn one_line(label: &str) -> String {
    let wide = |c: char| u32::from(c) >= 0x2e80;
    let punctuation = |c: char| matches!(c, '\u{3000}'..='\u{303f}' | '\u{ff00}'..='\u{ffef}');
    let mut line = String::new();
    for next in label.lines() {
        if let (Some(before), Some(after)) = (line.chars().last(), next.chars().next())
            && !(wide(before) && wide(after) || punctuation(before) || punctuation(after))
        {
            line.push(' ');
        }
        line.push_str(next);
    }
    line
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Words {
    pub list_joint: &'static str,
    /// Between things that hold lists themselves.
    pub list_joint_wide: &'static str,
    pub sentence_end: &'static str,
    pub sentence_joint: &'static str,
    /// Between the pieces of a lane.
    pub piece_joint: &'static str,
    /// What a lane of a timeline holds.
    pub lane: &'static str,
    pub time_axis: &'static str,
    pub kinds: Kinds,
    pub time: Time,
    pub memory: Memory,
    pub fork_join: ForkJoin,
    pub multi_process: MultiProcess,
    pub order: Order,
    pub process_pool: ProcessPool,
    pub thread_pool: ThreadPool,
    pub programs: programs::Programs,
    pub threads: threads::Threads,
    pub costs: costs::Costs,
    pub measured: measured::Measured,
    pub lab: lab::Lab,
    pub mpi: mpi::Mpi,
}

/// Kinds of piece in a timeline, for the text alternative.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Kinds {
    pub runs: &'static str,
    pub switch: &'static str,
    pub start: &'static str,
    pub moving: &'static str,
    pub wait: &'static str,
    pub zombie: &'static str,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Time {
    pub core: &'static str,
    pub main: &'static str,
    pub main_end: &'static str,
    pub starts: &'static str,
    pub receives: &'static str,
    pub one_core_end: &'static str,
    pub switch_note: &'static str,
    pub turns_note: &'static str,
    pub sum_note: &'static str,
    pub wait_key: &'static str,
    pub thread_start_key: &'static str,
    pub no_copy_key: &'static str,
    pub process_start_key: &'static str,
    pub move_key: &'static str,
    pub one_core: Alternative,
    pub cores: Alternative,
    pub processes: Alternative,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Memory {
    pub one_process: &'static str,
    pub two_processes: &'static str,
    pub shared_heap: &'static str,
    pub thread_stack: &'static str,
    pub process: &'static str,
    pub owned: &'static str,
    pub pipe: &'static str,
    pub mapping: &'static str,
    pub alternative: Alternative,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ForkJoin {
    pub parent: &'static str,
    pub child: &'static str,
    pub runs: &'static str,
    pub fork: &'static str,
    pub fork_spoken: &'static str,
    pub goes_on: &'static str,
    pub waits: &'static str,
    pub goes_on_again: &'static str,
    pub copy: &'static str,
    pub task: &'static str,
    pub exit: &'static str,
    pub status: &'static str,
    pub alternative: Alternative,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MultiProcess {
    pub parent: &'static str,
    pub children: &'static str,
    pub child: &'static str,
    pub spawn: &'static str,
    pub join: &'static str,
    /// The child that ends as the first, the second, …
    pub ends: [&'static str; 5],
    pub spoken_join_waits: &'static str,
    pub spoken_join_at_once: &'static str,
    pub spoken_runs: &'static str,
    pub start_key: &'static str,
    pub wait_key: &'static str,
    pub zombie_key: &'static str,
    pub alternative: Alternative,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Order {
    pub arrive: &'static str,
    pub placed: &'static str,
    pub index: &'static str,
    pub result: &'static str,
    pub row: &'static str,
    pub alternative: Alternative,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProcessPool {
    pub parent_before: &'static str,
    pub inputs: &'static str,
    pub fork: &'static str,
    pub counter: &'static str,
    pub take: &'static str,
    pub takes: &'static str,
    pub worker: &'static str,
    pub chunk: &'static str,
    pub chunks: &'static str,
    pub pipe: &'static str,
    pub parent_after: &'static str,
    pub results: &'static str,
    pub alternative: Alternative,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ThreadPool {
    pub process: &'static str,
    pub items: &'static str,
    pub busy: &'static str,
    pub idle: &'static str,
    pub queue: &'static str,
    pub empty: &'static str,
    pub takes: &'static str,
    pub steals: &'static str,
    pub alternative: Alternative,
}
