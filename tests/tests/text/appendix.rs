//! The appendix: every public name of Python's modules has its row, and every row is whole.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail, ensure};
use site::markdown::{
    parser,
    pulldown_cmark::{Event, Tag, TagEnd},
};
use tests::{LIMIT, Stdout, root};

/// The modules of which every public name has a row. The page has rows of others besides.
const MODULES: [&str; 5] = [
    "multiprocessing",
    "multiprocessing.pool",
    "multiprocessing.shared_memory",
    "threading",
    "concurrent.futures",
];

/// Writes each public name of the modules that are its arguments: `module name`.
const PUBLIC_NAMES: &str = "
import importlib, sys
for module in sys.argv[1:]:
    for name in importlib.import_module(module).__all__:
        print(module, name)
";

/// A row of a table.
struct Row {
    /// Where it stands, for people.
    place: String,
    /// The code in the head of its table.
    module: String,
    /// The code in its first cell.
    names: Vec<String>,
    /// What is written in its cells.
    cells: Vec<String>,
    /// How many cells its author has written: the parser drops what is too much.
    written: usize,
}

/// The page in each edition that has it, with its path.
fn pages() -> Result<Vec<(String, String)>> {
    let mut pages = Vec::new();
    for edition in site::editions(&root()) {
        let path: PathBuf = edition.source.join("appendix/python_to_rust.md");
        if root().join(&path).exists() {
            pages.push((path.display().to_string(), tests::read(&path)?));
        }
    }
    ensure!(pages.iter().any(|(path, _)| Path::new(path).starts_with("src/en")), "no page");
    Ok(pages)
}

/// The rows of all tables of a page.
fn rows(path: &str, text: &str) -> Result<Vec<Row>> {
    let mut rows = Vec::new();
    let (mut module, mut names, mut cells) = (String::new(), Vec::new(), Vec::<String>::new());
    let mut in_cell = false;
    for (event, range) in parser(text).into_offset_iter() {
        match event {
            Event::Start(Tag::TableHead | Tag::TableRow) => (names, cells) = (vec![], vec![]),
            Event::Start(Tag::TableCell) => {
                in_cell = true;
                cells.push(String::new());
            }
            Event::End(TagEnd::TableCell) => in_cell = false,
            Event::Code(code) if in_cell => {
                if cells.len() == 1 {
                    names.push(code.to_string());
                }
                cells.last_mut().context("a cell")?.push_str(&code);
            }
            Event::Text(text) if in_cell => cells.last_mut().context("a cell")?.push_str(&text),
            Event::End(end @ (TagEnd::TableHead | TagEnd::TableRow)) => {
                let line = text[..range.start].matches('\n').count() + 1;
                let place = format!("{path}:{line}");
                if end == TagEnd::TableHead {
                    module = names.pop().with_context(|| format!("{place}: no module"))?;
                    continue;
                }
                let bars = text[range].replace("\\|", "").matches('|').count();
                rows.push(Row {
                    place,
                    module: module.clone(),
                    names: std::mem::take(&mut names),
                    cells: std::mem::take(&mut cells),
                    written: bars.saturating_sub(1),
                });
            }
            _ => {}
        }
    }
    Ok(rows)
}

/// The public names of the installed Python, `None` where there is no Python.
fn public_names() -> Result<Option<BTreeMap<String, BTreeSet<String>>>> {
    let mut python = runner::python();
    // Isolated: neither the environment nor the current folder can put another module in between.
    python.args(["-I", "-c", PUBLIC_NAMES]).args(MODULES).current_dir(root());
    let ended = match tests::run(python, Stdout::Pipe, LIMIT) {
        Err(error) if is_missing(&error) => return Ok(None),
        other => other?.success()?,
    };
    let mut public: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for line in ended.lines() {
        let (module, name) = line.split_once(' ').context("a module and a name")?;
        public.entry(module.to_owned()).or_default().insert(name.to_owned());
    }
    for module in MODULES {
        ensure!(public.contains_key(module), "Python knows no public name of {module}");
    }
    Ok(Some(public))
}

fn is_missing(error: &anyhow::Error) -> bool {
    error.downcast_ref::<io::Error>().is_some_and(|error| error.kind() == io::ErrorKind::NotFound)
}

#[test]
fn every_public_name_of_python_has_a_row() -> Result<()> {
    let Some(public) = public_names()? else {
        if std::env::var_os("CI").is_some() {
            bail!("python3 is missing, and CI compares the appendix with it");
        }
        // Not `eprintln!`: of a test that passes, nobody would see it.
        let message = "SKIPPED: python3 is missing; install it to compare the appendix with it";
        return Ok(writeln!(io::stderr(), "\n{message}\n")?);
    };
    let mut wrong = Vec::new();
    for (path, text) in pages()? {
        let rows = rows(&path, &text)?;
        for (module, names) in &public {
            let of_module = rows.iter().filter(|row| row.module == *module);
            let known: BTreeSet<&String> = of_module.flat_map(|row| &row.names).collect();
            let without = names.iter().filter(|name| !known.contains(name));
            wrong.extend(without.map(|name| format!("{path}: no row for {module}.{name}")));
        }
    }
    ensure!(wrong.is_empty(), "\n{}", wrong.join("\n"));
    Ok(())
}

#[test]
fn every_row_is_whole_and_every_name_stands_once() -> Result<()> {
    let mut wrong = Vec::new();
    for (path, text) in pages()? {
        let mut seen = BTreeSet::new();
        for Row { place, module, names, cells, written } in rows(&path, &text)? {
            if written != 3 || cells.len() != 3 || cells.iter().any(|cell| cell.trim().is_empty()) {
                wrong.push(format!("{place}: not three cells with something in each"));
            }
            if names.is_empty() {
                wrong.push(format!("{place}: no name in the first cell"));
            }
            for name in names {
                if !seen.insert((module.clone(), name.clone())) {
                    wrong.push(format!("{place}: {module}.{name} stands twice"));
                }
            }
        }
        ensure!(!seen.is_empty(), "{path}: no table was found");
    }
    ensure!(wrong.is_empty(), "\n{}", wrong.join("\n"));
    Ok(())
}
