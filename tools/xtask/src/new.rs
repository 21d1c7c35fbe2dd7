//! `cargo book new`: the skeleton of a section, so that what is left is to write.

use std::{
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context as _, Result};
use project::UsageError;

const PROGRAM: &str = include_str!("../section/program.rs");
const TWIN: &str = include_str!("../section/twin.py");
const PAGE: &str = include_str!("../section/page.md");

/// The mark of a page that waits for its words.
const WAITS: &str = "<!-- waiting: page -->\n\n";

/// The tables of the tests that name every program, each with what follows the name in a line, and its first value.
const TABLES: [(&str, &str, &str); 2] = [
    ("tests/tests/programs/killed.rs", "\", &[", "])"),
    ("tests/tests/programs/twins.rs", "\", Same::", "All(Mode::Exact))"),
];

/// What is asked for.
pub struct Section {
    /// The folder of its part: `why`, `processes`, `programs`, `earnest`.
    pub part: String,
    /// The name of its program, and of all its files.
    pub name: String,
    /// Its title in English.
    pub title: String,
}

/// Makes the files of a section and adds its lines to the tables that name every section; returns what was
/// written, and what is left to do.
///
/// # Errors
/// [`UsageError`] where the name is none of a program, the part is not there or a file is. Then nothing is
/// written.
pub fn section(root: &Path, section: &Section) -> Result<Vec<String>> {
    let Section { part, name, title } = section;
    let is_name = |text: &str| {
        text.starts_with(|c: char| c.is_ascii_lowercase())
            && text.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
    };
    let wrong = |text: String| Err(UsageError::new(text).into());
    if !is_name(name) {
        return wrong(format!("{name} is no name of a program: expected one such as work_queue"));
    }
    let codes: Vec<String> = site::editions(root).into_iter().map(|edition| edition.code).collect();
    let page = format!("{part}/{name}.md");
    let mut files = vec![
        (format!("examples/{name}.rs"), PROGRAM),
        (format!("examples/python/{name}.py"), TWIN),
        (format!("examples/output/{name}.txt"), "$ cargo run -q --example NAME\n"),
    ];
    files.extend(codes.iter().map(|code| (format!("src/{code}/{page}"), PAGE)));
    if let Some((file, _)) = files.iter().find(|(file, _)| root.join(file).exists()) {
        return wrong(format!("{file} is there already"));
    }
    if !root.join("src/en").join(part).is_dir() {
        return wrong(format!("src/en has no part {part}"));
    }
    // Read and changed before anything is written.
    let mut changed: Vec<(PathBuf, String)> = Vec::new();
    for code in &codes {
        let file = PathBuf::from(format!("src/{code}/SUMMARY.md"));
        let line = format!("- [{title}]({page})");
        let of_part = format!("]({part}/");
        changed.push(added(root, file, &line, |line| line.contains(&of_part).then_some(true))?);
    }
    for readme in fs::read_dir(root)?.flatten().map(|entry| PathBuf::from(entry.file_name())) {
        if readme.to_string_lossy().starts_with("README") {
            let line =
                format!("| [{name}](examples/{name}.rs) | TODO | `cargo run --example {name}` |");
            changed.push(added(root, readme, &line, |line| {
                (line.starts_with("| [") && line.contains("](examples/")).then_some(true)
            })?);
        }
    }
    for (table, behind, value) in TABLES {
        let row = format!("    (\"{name}{behind}{value},");
        let before = |line: &str| {
            let of = line.strip_prefix("    (\"").and_then(|rest| rest.split_once(behind));
            of.map(|(other, _)| other < name.as_str())
        };
        changed.push(added(root, table.into(), &row, before)?);
    }

    let id = name.replace('_', "-");
    let mut written = Vec::new();
    for (file, template) in files {
        let waits =
            if file.starts_with("src/") && !file.starts_with("src/en/") { WAITS } else { "" };
        let text = waits.to_owned() + template;
        let text = text.replace("NAME", name).replace("TITLE", title).replace("ID", &id);
        let path = root.join(&file);
        fs::write(&path, text).with_context(|| format!("can't write {}", path.display()))?;
        written.push(file);
    }
    for (file, text) in changed {
        fs::write(root.join(&file), text)
            .with_context(|| format!("can't write {}", file.display()))?;
        written.push(format!("{}, a line", file.display()));
    }
    written.push(format!(
        "write where TODO stands, then: cargo book capture {name}, cargo book check, cargo test"
    ));
    Ok(written)
}

/// A file with a line more: behind the last one that stands before it, or else where the first one stands that comes
/// after it. Of lines that are none of its table `before` is `None`.
fn added(
    root: &Path,
    file: PathBuf,
    line: &str,
    before: impl Fn(&str) -> Option<bool>,
) -> Result<(PathBuf, String)> {
    let text = fs::read_to_string(root.join(&file))
        .with_context(|| format!("can't read {}", file.display()))?;
    let mut lines: Vec<&str> = text.lines().collect();
    let last = lines.iter().rposition(|line| before(line) == Some(true)).map(|last| last + 1);
    let place = last.or_else(|| lines.iter().position(|line| before(line).is_some()));
    let place = place.with_context(|| format!("{} has no place for `{line}`", file.display()))?;
    lines.insert(place, line);
    Ok((file, lines.join("\n") + "\n"))
}
