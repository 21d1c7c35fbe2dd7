//! What is made of the programs, and committed.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use anyhow::Result;

use crate::graph::graph;
use crate::programs::PROGRAMS;

/// The files in `data/` and what stands in them: a graph for each program, and of all of them the rows of a table,
/// which a page shows to whoever has no JavaScript.
///
/// # Errors
/// As [`graph`].
pub fn all() -> Result<Vec<(PathBuf, String)>> {
    let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("data");
    let mut files = Vec::new();
    let mut rows = String::new();
    for program in PROGRAMS {
        let graph = graph(&program)?;
        let name = program.name;
        let _ =
            writeln!(rows, "<!-- ANCHOR: {name} -->\n{}<!-- ANCHOR_END: {name} -->", graph.rows());
        files.push((data.join(name).with_extension("json"), graph.json()?));
    }
    files.push((data.join("outcomes.md"), rows));
    Ok(files)
}
