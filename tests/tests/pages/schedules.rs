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
    code: Vec<Function>,
    instead: Option<(String, String)>,
}

#[derive(Deserialize)]
struct Function {
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
        let mut others = Vec::new();
        for Function { first, lines } in graph.code {
            let own = program.lines().skip(first - 1).take(lines.len());
            let pairs = own.zip(&lines).filter(|(own, line)| own != line);
            others.extend(pairs.map(|(own, line)| (own.to_owned(), line.clone())));
        }
        // A program that is made wrong differs in one word.
        let as_said = match (graph.instead, &*others) {
            (None, []) => true,
            (Some((word, other)), [(own, line)]) => own.replacen(&word, &other, 1) == *line,
            _ => false,
        };
        ensure!(
            as_said,
            "{name}.json is of another program, run `cargo run -p schedules`: {others:?}"
        );
        programs.insert(graph.program);
    }
    ensure!(programs.len() > 2, "of {programs:?} only");
    Ok(())
}

#[test]
fn every_schedule_is_shown_on_a_page() -> Result<()> {
    let mut shown = BTreeSet::new();
    for page in tests::blocks::pages()? {
        let parts = page.text.split("data-schedules=\"").skip(1);
        shown.extend(parts.filter_map(|part| Some(part.split_once('"')?.0.to_owned())));
    }
    let made: BTreeSet<_> = names("tools/schedules/data", "json")?.into_iter().collect();
    ensure!(shown == made, "{:?}", shown.symmetric_difference(&made));
    Ok(())
}
