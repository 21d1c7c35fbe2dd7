//! Numbers of measurements come from the measurements: none is typed into the text.

use std::fs;

use anyhow::{Context as _, Result, ensure};
use regex::Regex;
use site::markdown::{
    parser,
    pulldown_cmark::{Event, Tag, TagEnd},
};
use tests::root;

/// Numbers with a unit that are no measurement: the page, what it says, and why.
const CONSTANTS: &[(&str, &str, &str)] = &[
    ("why/how_time_goes", "5 ms", "the switch interval that CPython sets"),
    ("why/how_time_goes", "5 milliseconds", "a turn in the lab's model"),
    ("programs/supervisor", "200 milliseconds", "a pause that the program makes"),
    ("programs/io_bound", "50 milliseconds", "how long the program's server waits"),
    ("programs/io_bound", "20 times", "the number of questions that the program asks"),
    ("earnest/mpi", "15 seconds", "the time that the script gives to the job"),
    ("earnest/mpi", "300 seconds", "what Open MPI sets; .ci/hosts compares it"),
    ("earnest/mpi", "20 seconds", "the same"),
    ("programs/race_condition", "99 times", "how often a thread of the story adds"),
    ("appendix/for_teachers", "20 minutes", "what a test reckons with"),
    ("appendix/for_teachers", "20 分鐘", "what a test reckons with"),
    ("why/how_time_goes", "5 毫秒", "the two of the English page"),
    ("programs/supervisor", "200 毫秒", "a pause that the program makes"),
    ("programs/io_bound", "50 毫秒", "how long the program's server waits"),
    ("earnest/mpi", "15 秒", "the three of the English page"),
    ("earnest/mpi", "300 秒", "the three of the English page"),
    ("earnest/mpi", "20 秒", "the three of the English page"),
];

/// A number and a unit of time or of throughput, or a ratio.
fn measurement() -> Result<Regex> {
    let unit = r"(?:ns|µs|us|ms|s|[kMGT]i?B/s|(?:nano|micro|milli)?seconds?|minutes?|times)";
    let chinese = "(?:[奈微毫]?秒|分鐘|倍)";
    Ok(Regex::new(&format!(r"\b[0-9][0-9.,]*[\s\u{{a0}}-]?(?:{unit}\b|{chinese})"))?)
}

/// The measurements typed into a page, outside of code and of what it includes.
fn typed(page: &str, measurement: &Regex) -> Vec<String> {
    let (mut code, mut found) = (0, Vec::new());
    let mut text = String::new();
    for event in parser(page) {
        match event {
            Event::Start(Tag::CodeBlock(_)) => code += 1,
            Event::End(TagEnd::CodeBlock) => code -= 1,
            Event::Text(part) | Event::Html(part) | Event::InlineHtml(part) if code == 0 => {
                text.push_str(&part);
            }
            Event::SoftBreak | Event::HardBreak => text.push(' '),
            // What stands in code has no unit of its own.
            Event::Code(_) => text.push('`'),
            Event::End(
                TagEnd::Paragraph | TagEnd::Item | TagEnd::TableCell | TagEnd::Heading(_),
            ) => {
                text.push('\n');
            }
            _ => {}
        }
    }
    found.extend(measurement.find_iter(&text).map(|m| m.as_str().to_owned()));
    found
}

#[test]
fn no_measurement_is_typed_into_the_text() -> Result<()> {
    let mut files = Vec::new();
    for edition in site::editions(&root()) {
        let base = root().join(&edition.source);
        files.extend(project::files_of(&base, "md")?.into_iter().map(|file| (base.clone(), file)));
    }
    let (measurement, mut wrong) = (measurement()?, Vec::new());
    let mut used = Vec::new();
    for (base, file) in files {
        let page = file.with_extension("").display().to_string();
        let text = fs::read_to_string(base.join(file)).with_context(|| page.clone())?;
        for typed in typed(&text, &measurement) {
            if CONSTANTS.iter().any(|&(p, t, _)| p == page && t == typed) {
                used.push((page.clone(), typed));
            } else {
                wrong.push(format!("{page}: {typed:?} is typed, not included from a measurement"));
            }
        }
    }
    for &(page, text, _) in CONSTANTS {
        if !used.iter().any(|(p, t)| p == page && t == text) {
            wrong.push(format!("{page} says no more {text:?}: take it off the list"));
        }
    }
    ensure!(wrong.is_empty(), "\n{}", wrong.join("\n"));
    Ok(())
}

#[test]
fn what_is_typed_is_found() -> Result<()> {
    let measurement = measurement()?;
    for (page, expected) in [
        ("It takes 265 µs.", "265 µs"),
        ("It moves 2.5 GB/s\nhere.", "2.5 GB/s"),
        ("It is 12\ntimes as fast.", "12 times"),
        ("| a | b |\n|---|---|\n| 3 ms | c |", "3 ms"),
        ("A 10-second wait.", "10-second"),
        ("要 5 毫秒以上。", "5 毫秒"),
        ("快了 12 倍。", "12 倍"),
    ] {
        assert_eq!(typed(page, &measurement), [expected], "{page}");
    }
    for page in [
        "```text\n12 ms\n```",
        "It takes {{#include ../../benches/numbers.md:start_thread}}.",
        "`sleep 3 s` and 64 KiB, 8 workers, chunk 1000 tasks.",
    ] {
        assert_eq!(typed(page, &measurement), [""; 0], "{page}");
    }
    Ok(())
}
