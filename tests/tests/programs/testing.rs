//! What the page *Testing* says: three harnesses, and which tests find what.
#![cfg(target_os = "linux")]

use std::collections::BTreeMap;

use anyhow::{Context as _, Result, ensure};
use tests::rustc::changed;
use tests::{LIMIT, Stdout, asked, example, read, run};

/// The verdicts under a harness, a line each.
fn verdicts(harness: &str) -> Result<Vec<String>> {
    let ended =
        run(example("testing", &["--harness", harness])?, Stdout::Pipe, LIMIT)?.success()?;
    let verdicts = ended.lines().filter(|line| line.contains(" ... "));
    Ok(verdicts.map(|line| line.trim().to_owned()).collect())
}

fn verdict<'a>(verdicts: &'a [String], test: &str) -> Result<&'a str> {
    let of = |line: &'a String| line.strip_prefix(test)?.strip_prefix(" ... ");
    verdicts.iter().filter(|line| !line.ends_with("(a copy tells)")).find_map(of).context("a line")
}

/// The prediction: a child of a thread that panics ends with 0. `hidden.txt` is what libtest says, and the
/// tests of `testing/` make it again.
#[test]
fn who_asks_sees_a_failure_only_where_no_thread_forked() -> Result<()> {
    let asks = "its_child_fails_and_is_asked";
    let by_thread = verdicts("1")?;
    ensure!(verdict(&by_thread, asks)? == "ok", "{by_thread:?}");
    let by_process = verdicts("3")?;
    ensure!(verdict(&by_process, asks)?.starts_with("FAILED"), "{by_process:?}");
    for verdicts in [&by_thread, &by_process] {
        ensure!(verdict(verdicts, "its_child_fails")? == "ok", "{verdicts:?}");
    }
    let libtest = read("testing/shown/hidden.txt")?;
    let of_libtest = "test who_asks_is_told_that_all_is_well ... ";
    let says = libtest.lines().find_map(|line| line.strip_prefix(of_libtest)).context("a line")?;
    asked("ask-asked-and-passes")?.each(&[
        ("`ok`.", says == "ok"),
        ("`FAILED`, since the child's exit code", says != "ok"),
        ("`FAILED`, since the child's panic", says != "ok"),
    ])
}

#[test]
fn a_lock_of_another_test_hangs_the_child_of_a_thread_only() -> Result<()> {
    for (harness, expected) in [("1", "FAILED: the child hung"), ("2", "ok"), ("3", "ok")] {
        let verdicts = verdicts(harness)?;
        let said = verdict(&verdicts, "its_child_needs_the_list")?;
        ensure!(said == expected, "{harness}: {verdicts:?}");
    }
    Ok(())
}

/// The text, and the prediction.
#[test]
fn each_copy_goes_on_with_the_rest() -> Result<()> {
    let verdicts = verdicts("2")?;
    let of_copies = verdicts.iter().filter(|line| line.ends_with("(a copy tells)")).count();
    ensure!((verdicts.len(), of_copies) == (8, 4), "{verdicts:?}");

    let asks = "    (\"its_child_fails_and_is_asked\", its_child_fails_and_is_asked),\n";
    let first = "    (\"holds_the_list\", holds_the_list),\n";
    let moved = format!("{asks}{first}");
    let (_workshop, mut program) = changed("testing", &[(asks, ""), (first, &moved)])?;
    program.args(["--harness", "2"]);
    let ended = run(program, Stdout::Pipe, LIMIT)?.success()?;
    asked("ask-how-many-lines")?.number(ended.lines().filter(|line| line.contains(" ... ")).count())
}

/// A row of a table by its first word, the cells behind it.
type Rows = BTreeMap<String, Vec<String>>;

/// What the tests of `testing/` have found: they compare the file with what they find.
fn found() -> Result<Rows> {
    let text = read("testing/found.txt")?;
    let rows = text.lines().skip(1).map(|line| {
        let line = line.replace("by luck", "luck");
        let mut words = line.split_whitespace().map(str::to_owned);
        Ok((words.next().context("a bug")?, words.collect()))
    });
    rows.collect()
}

/// The table of the page, in the words of the file.
fn shown(page: &str, words: [&str; 4]) -> Result<Rows> {
    let text = read(page)?;
    let rows = text.lines().skip_while(|line| !line.starts_with("|---|:-:|:-:|:-:|")).skip(1);
    let mut all = Rows::new();
    for row in rows.take_while(|line| line.starts_with('|')) {
        let mut cells = row.trim_matches('|').split('|').map(str::trim);
        let bug = cells.next().context("a bug")?.trim_matches('`');
        let bug = if bug == words[3] { "none" } else { bug };
        let word = |cell: &str| {
            let place = words.iter().position(|word| *word == cell);
            place.and_then(|place| ["passes", "fails", "luck"].get(place)).copied()
        };
        let cells = cells.map(|cell| word(cell).map(str::to_owned).context(cell.to_owned()));
        all.insert(bug.to_owned(), cells.collect::<Result<_>>()?);
    }
    Ok(all)
}

#[test]
fn the_page_shows_what_was_found() -> Result<()> {
    let found = found()?;
    ensure!(found.len() == 8, "{found:?}");
    for (page, words) in [
        ("src/en/earnest/testing.md", ["–", "found", "by luck", "none"]),
        ("src/zh-TW/earnest/testing.md", ["–", "找到", "碰運氣", "沒有錯"]),
    ] {
        ensure!(shown(page, words)? == found, "{page}: {found:?}");
    }
    // The text says it of the first column and of the last row.
    ensure!(found.values().all(|row| row[0] == "passes"), "{found:?}");
    ensure!(found["none"].iter().all(|cell| cell == "passes"), "{found:?}");
    let finds = |column: usize| found["torn"][column] == "fails";
    asked("ask-which-kind")?.each(&[
        ("Properties:", finds(4)),
        ("Schedules:", finds(3)),
        ("Faults:", finds(5)),
    ])
}
