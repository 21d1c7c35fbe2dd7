//! The questions of the pages: every section has some, and something holds the answer of each.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, ensure};
use regex::Regex;
use site::questions::{Question, of};
use tests::{read, root};

/// How many questions a section has at least.
const LEAST: usize = 2;

/// The sections of the parts in English, each with its text and its questions.
fn sections() -> Result<Vec<(PathBuf, String, Vec<Question>)>> {
    let edition = site::editions(&root()).into_iter().next().context("there is no edition")?;
    let mut sections = Vec::new();
    // What stands before the first part and behind the last has none.
    for part in site::parts(&edition)?.into_iter().filter(|part| part.title.is_some()) {
        for chapter in part.chapters {
            let is_of_part = !chapter.path.starts_with("appendix");
            if is_of_part && !chapter.content.contains("<div class=\"ask-part\">") {
                let file = edition.source.join(&chapter.path);
                let questions = of(&file, &chapter.content)?;
                sections.push((file, chapter.content, questions));
            }
        }
    }
    Ok(sections)
}

#[test]
fn every_section_asks() -> Result<()> {
    let mut wrong = Vec::new();
    for (file, text, questions) in sections()? {
        let (file, asked) = (file.display(), questions.len());
        if asked < LEAST {
            wrong.push(format!("{file}: {asked} questions, expected {LEAST} at least"));
        }
        let folded = text.matches("<details class=\"predict\"").count();
        if folded != asked {
            wrong.push(format!("{file}: {} answers unfold to no question", folded - asked));
        }
    }
    ensure!(wrong.is_empty(), "\n{}", wrong.join("\n"));
    Ok(())
}

/// The names of all tests, each with that of its file: `FILE::TEST`.
fn tests() -> Result<BTreeSet<String>> {
    let attribute = Regex::new(r"#\[test\]\s*(?:#\[[^\n]*\]\s*)*fn (\w+)")?;
    let mut names = BTreeSet::new();
    for folder in ["tests/tests", "tools/schedules/tests"] {
        for file in project::files_of(&root().join(folder), "rs")? {
            let stem = file.file_stem().unwrap_or_default().to_string_lossy().into_owned();
            let text = read(Path::new(folder).join(&file))?;
            let found = attribute.captures_iter(&text);
            names.extend(found.map(|found| format!("{stem}::{}", &found[1])));
        }
    }
    Ok(names)
}

/// Whether what a question of a page names is there.
fn holds(tests: &BTreeSet<String>, page: &Path, question: &Question, check: &str) -> bool {
    if check.contains("://") {
        return question.text.contains(&format!("]({check})"))
            || question
                .text
                .split_whitespace()
                .collect::<String>()
                .contains(&format!("]({check})"));
    }
    match check.split_once('#') {
        Some((other, id)) => {
            let file = if other.is_empty() { page.to_owned() } else { page.with_file_name(other) };
            read(file).is_ok_and(|text| text.contains(&format!("{{#{id}}}")))
        }
        None if check == "block" => question.text.contains("```rust"),
        None => tests.contains(check),
    }
}

#[test]
fn something_holds_every_answer() -> Result<()> {
    let tests = tests()?;
    let mut wrong = Vec::new();
    let mut by_tests = 0;
    for (file, _, questions) in sections()? {
        for question in &questions {
            for check in &question.checks {
                if !holds(&tests, &file, question, check) {
                    let (file, line, id) = (file.display(), question.line, &question.id);
                    wrong
                        .push(format!("{file}:{line}: {id} is held by {check}, which isn't there"));
                }
            }
            by_tests += usize::from(question.checks.iter().any(|check| tests.contains(check)));
        }
    }
    ensure!(wrong.is_empty(), "\n{}", wrong.join("\n"));
    ensure!(by_tests > 60, "{by_tests} questions are held by a test of their own");
    Ok(())
}

/// The questions whose choices no test judges, since they ask for no outcome that could come of a run, a schedule, the compiler
/// or a rule; and what they ask for instead. What holds the answer stands beside it, as with all.
const REASONS: [(&str, &str); 5] = [
    ("ask-only-reads", "whether something pays: nothing changes, and how little is a measurement"),
    ("ask-crashing-library", "what to take"),
    ("ask-ten-thousand-waits", "what to take"),
    ("ask-idle-root", "what a library does while it waits; its makers say it"),
    ("ask-missing-call", "what a standard demands of all ranks"),
];

/// The questions that tests judge choice by choice, each with the test: `asked("ID")` stands in it.
fn judged() -> Result<BTreeSet<(String, String)>> {
    let test = Regex::new(r"#\[test\]\s*(?:#\[[^\n]*\]\s*)*fn (\w+)")?;
    let asked = Regex::new(r#"\basked\("(ask-[a-z0-9-]+)"\)"#)?;
    let mut judged = BTreeSet::new();
    let folder = "tests/tests";
    for file in project::files_of(&root().join(folder), "rs")? {
        let stem = file.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let source = read(Path::new(folder).join(&file))?;
        let starts: Vec<_> = test.captures_iter(&source).collect();
        for (n, start) in starts.iter().enumerate() {
            let from = start.get(0).context("a match")?.end();
            let next = starts.get(n + 1).and_then(|next| next.get(0));
            let body = &source[from..next.map_or(source.len(), |next| next.start())];
            let name = format!("{stem}::{}", &start[1]);
            judged.extend(asked.captures_iter(body).map(|id| (id[1].to_owned(), name.clone())));
        }
    }
    Ok(judged)
}

#[test]
fn every_choice_is_judged_or_asks_for_a_reason() -> Result<()> {
    let judged = judged()?;
    let (mut wrong, mut all, mut of_reasons) = (Vec::new(), 0, 0);
    for (file, _, questions) in sections()? {
        for Question { id, checks, line, .. } in &questions {
            all += 1;
            let place = format!("{}:{line}: {id}", file.display());
            let by: Vec<_> = judged.iter().filter(|(asked, _)| asked == id).collect();
            let reason = REASONS.iter().find(|(asked, _)| asked == id);
            of_reasons += usize::from(reason.is_some());
            match (by.is_empty(), reason) {
                (true, None) => wrong.push(format!(
                    "{place} is judged by no test; expected `asked(\"{id}\")` in the one that it names"
                )),
                (false, Some((_, what))) => {
                    wrong.push(format!("{place} is judged, and is said to ask {what}"));
                }
                _ => {}
            }
            for (_, test) in by {
                if !checks.contains(test) {
                    wrong.push(format!(
                        "{place} is judged by {test}, which its data-check doesn't name"
                    ));
                }
            }
        }
    }
    ensure!(wrong.is_empty(), "\n{}", wrong.join("\n"));
    ensure!(of_reasons == REASONS.len(), "a reason is said of a question that isn't there");
    let number = all - of_reasons;
    println!("{number} of {all} questions are judged; {of_reasons} ask for a reason");
    ensure!(number >= 86, "{number} questions are judged");
    Ok(())
}

#[test]
fn what_holds_nothing_is_found() -> Result<()> {
    let page = Path::new("src/en/processes/order.md");
    let question = of(page, &read(page)?)?.into_iter().next().context("a question")?;
    let tests = tests()?;
    let holds = |check: &str| holds(&tests, page, &question, check);
    for check in ["questions::every_section_asks", "#what-happened", "pool.md#the-program"] {
        ensure!(holds(check), "{check}");
    }
    for check in [
        "questions::sections",
        "pages::every_section_asks",
        "#nowhere",
        "gone.md#the-program",
        "block",
        "https://example.org/",
    ] {
        ensure!(!holds(check), "{check}");
    }
    Ok(())
}
