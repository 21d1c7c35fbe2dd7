//! The exercises in the book: each in a box of its section, on the page of all exercises and on that of the solutions, and
//! what the teachers' page reckons with.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context as _, Result, ensure};
use exercise::{EXERCISES, Exercise};
use regex::Regex;
use tests::{blocks, read, root};

/// The page of all exercises, that of their solutions, and that for teachers.
const ALL: &str = "appendix/exercises.md";
const SOLUTIONS: &str = "appendix/solutions.md";
const TEACHERS: &str = "appendix/for_teachers.md";

/// An edition: the code of its language, and its pages as their readers see them, by their paths in its folder.
type Edition = (String, BTreeMap<String, String>);

fn editions() -> Result<Vec<Edition>> {
    let mut found = Vec::new();
    for edition in site::editions(&root()) {
        let folder = format!("{}/", edition.source.display());
        let pages = blocks::pages()?.iter().filter_map(|page| {
            Some((page.path.strip_prefix(&folder)?.to_owned(), page.text.clone()))
        });
        found.push((edition.code, pages.collect()));
    }
    ensure!(found.len() > 1, "{} editions", found.len());
    Ok(found)
}

fn page<'a>(pages: &'a BTreeMap<String, String>, path: &str) -> Result<&'a str> {
    pages.get(path).map(String::as_str).with_context(|| format!("there is no {path}"))
}

/// What is wrong, a line each; nothing is good.
fn none(wrong: &[String]) -> Result<()> {
    ensure!(wrong.is_empty(), "\n{}", wrong.join("\n"));
    Ok(())
}

/// The boxes of a page, each as the text between the tags of its element.
fn boxes(text: &str) -> Vec<&str> {
    let parts = text.split("<div class=\"exercise\">").skip(1);
    parts.filter_map(|part| part.split("</div>").next()).collect()
}

/// The box of an exercise by its command.
fn names(text: &str, exercise: &Exercise) -> bool {
    text.contains(&format!("`cargo exercise {}`", exercise.name))
}

/// The hints of a box, each on one line.
fn hints(text: &str) -> Vec<String> {
    let hint = |part: &str| {
        let text = part.split_once("</summary>")?.1.split("</details>").next()?;
        Some(text.split_whitespace().collect::<Vec<_>>().join(" "))
    };
    text.split("<details>").skip(1).filter_map(hint).collect()
}

#[test]
fn every_exercise_is_in_a_box_of_its_section() -> Result<()> {
    let mut wrong = Vec::new();
    for (code, pages) in editions()? {
        for exercise in &EXERCISES {
            let (name, section) = (exercise.name, page(&pages, exercise.page)?);
            let of_it: Vec<&str> =
                boxes(section).into_iter().filter(|text| names(text, exercise)).collect();
            let [text] = of_it[..] else {
                let path = exercise.page;
                wrong.push(format!("src/{code}/{path}: {} boxes name {name}", of_it.len()));
                continue;
            };
            let file = format!("`exercises/{name}.rs`");
            let link = format!("](../{ALL}#{})", name.replace('_', "-"));
            for part in [&file, &link] {
                if !text.contains(part) {
                    wrong.push(format!(
                        "src/{code}/{}: the box of {name} has no {part}",
                        exercise.page
                    ));
                }
            }
            let rest = section.split(text).nth(1).unwrap_or_default();
            if rest.contains("class=\"predict\"") || rest.contains("\n## ") {
                wrong.push(format!(
                    "src/{code}/{}: the box of {name} stands before a question or a heading",
                    exercise.page
                ));
            }
        }
        for (path, text) in pages.iter().filter(|(path, _)| *path != ALL) {
            let known = EXERCISES.iter().filter(|exercise| exercise.page == path).count();
            let found = boxes(text).len();
            if found != known {
                wrong.push(format!("src/{code}/{path}: {found} boxes, and {known} exercises"));
            }
        }
    }
    none(&wrong)
}

#[test]
fn one_page_has_all_exercises_in_the_order_of_the_runner() -> Result<()> {
    let mut wrong = Vec::new();
    for (code, pages) in editions()? {
        let text = page(&pages, ALL)?;
        let headings: Vec<&str> = text
            .lines()
            .filter_map(|line| line.strip_prefix("### ")?.split_once(" {#"))
            .map(|(_, id)| id.trim_end_matches('}'))
            .collect();
        let ids: Vec<String> =
            EXERCISES.iter().map(|exercise| exercise.name.replace('_', "-")).collect();
        if headings != ids {
            wrong.push(format!("src/{code}/{ALL}: it has {headings:?}, expected {ids:?}"));
        }
        let parts: Vec<&str> = text.split("\n### ").skip(1).collect();
        for (part, exercise) in parts.iter().zip(&EXERCISES) {
            let section = format!("](../{})", exercise.page);
            let of_it = boxes(part).iter().filter(|text| names(text, exercise)).count();
            if of_it != 1 || !part.contains(&section) {
                let name = exercise.name;
                wrong.push(format!("src/{code}/{ALL}: {name}: no {section}, or {of_it} boxes"));
            }
        }
    }
    none(&wrong)
}

/// In English a box says what `cargo exercise` says; another edition has as many hints.
#[test]
fn title_and_hints_are_those_of_the_runner() -> Result<()> {
    let mut wrong = Vec::new();
    for (code, pages) in editions()? {
        let text = page(&pages, ALL)?;
        for exercise in &EXERCISES {
            let of_it = boxes(text).into_iter().find(|text| names(text, exercise));
            let of_it = of_it.with_context(|| format!("{code}: no box of {}", exercise.name))?;
            let (found, name) = (hints(of_it), exercise.name);
            if found.len() != exercise.hints.len() {
                let count = exercise.hints.len();
                wrong.push(format!("{code}: {name} has {} hints, expected {count}", found.len()));
            }
            if code != "en" {
                continue;
            }
            for (found, hint) in found.iter().zip(exercise.hints) {
                if found != hint {
                    wrong.push(format!("{name}: `{found}`, and the runner says `{hint}`"));
                }
            }
            for title in [
                format!("### {} {{#", exercise.title),
                format!("**Exercise: {}.**", exercise.title),
            ] {
                if !text.contains(&title) {
                    wrong.push(format!("{name}: no `{title}`"));
                }
            }
        }
    }
    none(&wrong)
}

/// That nothing else of the site shows one is a check of the site: `site::check`.
#[test]
fn solutions_are_folded_on_a_page_to_which_one_page_leads() -> Result<()> {
    let mut wrong = Vec::new();
    for (code, pages) in editions()? {
        let source = read(format!("src/{code}/{SOLUTIONS}"))?;
        let folded: Vec<&str> = source
            .split("<details class=\"solution\">\n<summary>")
            .skip(1)
            .filter_map(|part| part.split("</details>").next())
            .collect();
        let include = |name: &str| format!("exercises/cases/{name}/solution.rs");
        let right = folded.len() == EXERCISES.len()
            && source.matches("```rust").count() == EXERCISES.len()
            && folded.iter().zip(&EXERCISES).all(|(part, of)| part.contains(&include(of.name)));
        if !right {
            wrong.push(format!("src/{code}/{SOLUTIONS}: not each solution once, in order, folded"));
        }
        let shown = page(&pages, SOLUTIONS)?;
        for mark in ["ANCHOR", "//|", "{{#", "cargo exercise one_child"] {
            if shown.contains(mark) {
                wrong.push(format!("src/{code}/{SOLUTIONS}: it shows `{mark}`"));
            }
        }
        for (path, text) in &pages {
            let leads = text.contains("solutions.md");
            if leads != (path == ALL) {
                wrong.push(format!("src/{code}/{path}: a link to {SOLUTIONS}: {leads}"));
            }
            if path != SOLUTIONS && text.contains("exercises/cases") {
                wrong.push(format!("src/{code}/{path}: it has a part of exercises/cases"));
            }
        }
    }
    none(&wrong)
}

/// The pages, exercises and minutes of the rows of a table.
type Rows = Vec<(Vec<String>, Vec<String>, u64)>;

/// The tables of the teachers' page.
fn tables(text: &str) -> Result<Vec<Rows>> {
    let link = Regex::new(r"\]\(\.\./([a-z_]+/[a-z_]+\.md)\)")?;
    let code = Regex::new("`([a-z_]+)`")?;
    let all = |pattern: &Regex, cell: &str| -> Vec<String> {
        pattern.captures_iter(cell).map(|found| found[1].to_owned()).collect()
    };
    let (mut tables, mut inside) = (Vec::<Rows>::new(), false);
    for line in text.lines() {
        let cells: Vec<&str> = line.trim_matches('|').split('|').map(str::trim).collect();
        if line.starts_with("|---") {
            tables.push(Rows::new());
            inside = true;
        } else if !line.starts_with('|') {
            inside = false;
        } else if let ([sections, exercises, minutes], Some(rows), true) =
            (&cells[..], tables.last_mut(), inside)
        {
            let minutes = minutes.parse().with_context(|| line.to_owned())?;
            rows.push((all(&link, sections), all(&code, exercises), minutes));
        }
    }
    Ok(tables)
}

/// How long an exercise takes, as the page says.
const MINUTES: u64 = 20;

/// What can be taught in a day.
const DAY: u64 = 6 * 60;

/// The minutes of a section by the rule of the page, before they are rounded.
fn reckoned(text: &str) -> u64 {
    let (words, questions) = (text.split_whitespace().count(), text.matches("data-ask=").count());
    words as u64 / 100 + 2 * questions as u64
}

#[test]
fn teachers_find_every_section_with_its_minutes_and_exercises() -> Result<()> {
    let english = site::editions(&root()).into_iter().next().context("there is no edition")?;
    let mut of_book = Vec::new();
    for part in site::parts(&english)?.into_iter().filter(|part| part.title.is_some()) {
        let of_part = part.chapters.into_iter().map(|chapter| chapter.path.display().to_string());
        let is_section =
            |path: &String| !path.starts_with("appendix/") && !path.ends_with("/questions.md");
        of_book.extend(of_part.filter(is_section));
    }
    let mut wrong = Vec::new();
    for (code, pages) in editions()? {
        let tables = tables(page(&pages, TEACHERS)?)?;
        let (all, plans) = tables.split_first().context("no table")?;
        let listed: Vec<&String> = all.iter().flat_map(|(sections, ..)| sections).collect();
        if listed != of_book.iter().collect::<Vec<_>>() {
            wrong.push(format!("src/{code}/{TEACHERS}: {listed:?}, expected {of_book:?}"));
        }
        let mut minutes_of = BTreeMap::new();
        for (sections, exercises, minutes) in all {
            let [section] = &sections[..] else { continue };
            if !of_book.contains(section) {
                continue; // said above
            }
            let of_it = EXERCISES.iter().filter(|exercise| exercise.page == section);
            let of_it: Vec<&str> = of_it.map(|exercise| exercise.name).collect();
            if *exercises != of_it {
                wrong.push(format!("{code}: {section} has {of_it:?}, not {exercises:?}"));
            }
            // A sentence more on a page changes no row; half a page does.
            let reckoned = reckoned(&read(format!("src/en/{section}"))?);
            if minutes.abs_diff(reckoned) > 5 {
                wrong.push(format!("{code}: {section}: {minutes} minutes, by the rule {reckoned}"));
            }
            minutes_of.insert(section.as_str(), *minutes);
        }
        if plans.len() != 4 {
            wrong.push(format!("{code}: the plans have {} days, expected 1 and 3", plans.len()));
        }
        for (day, rows) in plans.iter().enumerate() {
            let (total, rows) = rows.split_last().context("a day has rows")?;
            let mut taught = BTreeSet::new();
            for (sections, exercises, minutes) in rows {
                taught.extend(sections.iter().map(String::as_str));
                let of_sections: Option<u64> =
                    sections.iter().map(|section| minutes_of.get(section.as_str())).sum();
                let right = of_sections.map(|sum| sum + MINUTES * exercises.len() as u64);
                if right != Some(*minutes) {
                    wrong.push(format!("{code}, day {day}: {minutes} minutes, expected {right:?}"));
                }
                let known = |name: &String| {
                    let found = exercise::find(name);
                    found.is_some_and(|exercise| taught.contains(exercise.page))
                };
                if let Some(name) = exercises.iter().find(|name| !known(name)) {
                    wrong.push(format!("{code}, day {day}: {name} comes before its section"));
                }
            }
            let sum: u64 = rows.iter().map(|(.., minutes)| minutes).sum();
            if sum != total.2 || sum > DAY {
                wrong.push(format!("{code}, day {day}: {sum} minutes, and it says {}", total.2));
            }
        }
    }
    none(&wrong)
}
