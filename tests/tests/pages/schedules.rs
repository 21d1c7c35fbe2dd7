//! What a reader steps through is the program that the page shows. That every schedule is there, CI tests with the model
//! checker (tools/schedules).

use std::collections::BTreeSet;

use anyhow::{Context as _, Result, ensure};
use serde::Deserialize;
use tests::{names, read};

/// What is looked at of a file of `tools/schedules`.
#[derive(Deserialize)]
struct Graph {
    program: String,
    first: usize,
    lines: Vec<String>,
}

#[test]
fn the_functions_of_the_explorer_stand_in_the_programs_line_by_line() -> Result<()> {
    let folder = "tools/schedules/data";
    let mut programs = BTreeSet::new();
    for name in names(folder, "json")? {
        let graph: Graph = serde_json::from_str(&read(format!("{folder}/{name}.json"))?)
            .with_context(|| name.clone())?;
        let program = read(format!("examples/{}.rs", graph.program))?;
        let lines = program.lines().skip(graph.first - 1).take(graph.lines.len());
        ensure!(lines.eq(&graph.lines), "{name}.json is of another program: `cargo run -p schedules`");
        programs.insert(graph.program);
    }
    ensure!(programs.len() > 1, "of {programs:?} only");
    Ok(())
}
