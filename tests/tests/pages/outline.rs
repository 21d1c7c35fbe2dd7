//! The book as a whole: programs and pages belong together, links lead somewhere, pictures speak.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, ensure};
use site::markdown::{
    parser,
    pulldown_cmark::{Event, Tag, TagEnd},
};
use tests::{blocks, names, read, root};

/// Pages of the parts that have no program of their own, and why.
const WITHOUT_PROGRAM: [(&str, &str); 10] = [
    ("why/questions", "it has the questions of the other pages of its part"),
    ("processes/questions", "it has the questions of the other pages of its part"),
    ("programs/questions", "it has the questions of the other pages of its part"),
    ("earnest/questions", "it has the questions of the other pages of its part"),
    ("why/how_time_goes", "its pictures come from `timeline`, which stands on a later page"),
    ("programs/what_things_cost", "its programs are the measurements, and `timeline`"),
    ("earnest/choosing", "its table points to the programs of the other pages"),
    ("earnest/mpi", "its programs stand in mpi/, since they need an MPI to build"),
    ("earnest/from_python", "its program stands in python/, since PyO3 and maturin build it"),
    (
        "earnest/job_arrays",
        "its program is `job_array`: one of many, and the page is about all of them",
    ),
];

/// Programs that stand on the page of another one.
const BESIDE: [(&str, &str); 7] = [
    ("full_pipe", "programs/pipes"),
    ("procspawn", "programs/start_methods"),
    ("io_async", "programs/io_bound"),
    ("order_per_key", "programs/pipeline"),
    ("timeline", "programs/what_things_cost"),
    ("whole_tree", "earnest/other_programs"),
    ("job_array", "earnest/job_arrays"),
];

/// The Markdown files of an edition: path without `.md`, relative to its source folder, and text.
fn sources(edition: &str) -> Result<BTreeMap<String, String>> {
    let folder = Path::new("src").join(edition);
    let pages = project::files_of(&root().join(&folder), "md")?.into_iter();
    let source = |page: PathBuf| {
        Ok((page.with_extension("").display().to_string(), read(folder.join(page))?))
    };
    pages.map(source).collect()
}

fn editions() -> Vec<String> {
    site::editions(&root()).into_iter().map(|edition| edition.code).collect()
}

/// What is wrong, a line each; nothing is good.
fn none(wrong: &[String]) -> Result<()> {
    ensure!(wrong.is_empty(), "\n{}", wrong.join("\n"));
    Ok(())
}

/// The pages that include a file as a whole, a name for each time.
fn pages_with(sources: &BTreeMap<String, String>, file: &str) -> Vec<String> {
    let whole = format!("{file}}}}}");
    sources
        .iter()
        .flat_map(|(page, text)| text.matches(&whole).map(move |_| page.clone()))
        .collect()
}

#[test]
fn every_program_stands_on_its_page_and_on_no_other() -> Result<()> {
    let mut wrong = Vec::new();
    for edition in editions() {
        let sources = sources(&edition)?;
        for name in names("examples", "rs")? {
            let beside = BESIDE.iter().find(|(program, _)| *program == name);
            let shown = pages_with(&sources, &format!("/examples/{name}.rs"));
            let good = match (&shown[..], beside) {
                ([page], Some((_, place))) => page == place,
                ([page], None) => page.rsplit('/').next() == Some(&name),
                _ => false,
            };
            if !good {
                wrong.push(format!("examples/{name}.rs is shown by {shown:?} of src/{edition}"));
            }
            for (folder, extension) in [("examples/python", "py"), ("examples/output", "txt")] {
                if !root().join(folder).join(&name).with_extension(extension).exists() {
                    continue;
                }
                let twin = pages_with(&sources, &format!("/{folder}/{name}.{extension}"));
                if twin.first() != shown.first() || twin.len() != 1 {
                    wrong.push(format!("{folder}/{name}.{extension} is shown by {twin:?}"));
                }
            }
        }
    }
    none(&wrong)
}

#[test]
fn every_section_has_its_program() -> Result<()> {
    let programs = names("examples", "rs")?;
    let mut wrong = Vec::new();
    for page in sources("en")?.keys() {
        let Some((part, stem)) = page.split_once('/') else { continue };
        let known = WITHOUT_PROGRAM.iter().any(|(without, _)| without == page);
        if part != "appendix" && known == programs.iter().any(|program| program == stem) {
            wrong.push(format!("src/en/{page}.md: its program would be examples/{stem}.rs"));
        }
    }
    none(&wrong)
}

/// How many words a text has without its programs, its HTML and the addresses of its links.
fn words(text: &str) -> usize {
    let mut in_a_block = false;
    let mut said = String::new();
    for event in parser(text) {
        match event {
            Event::Start(Tag::CodeBlock(_)) => in_a_block = true,
            Event::End(TagEnd::CodeBlock) => in_a_block = false,
            Event::Text(text) | Event::Code(text) if !in_a_block => said.push_str(&text),
            Event::End(end) if !matches!(end, TagEnd::Emphasis | TagEnd::Strong | TagEnd::Link) => {
                said.push('\n');
            }
            Event::SoftBreak | Event::HardBreak => said.push('\n'),
            _ => {}
        }
    }
    said.split_whitespace().count()
}

#[test]
fn a_section_can_be_read_in_one_sitting() -> Result<()> {
    assert_eq!(words("Two *words*.\n\n```rust\nfn main() {}\n```\n\n[three](there.md)"), 3);
    let sections = sources("en")?.into_iter().filter(|(page, _)| !page.starts_with("appendix/"));
    let long = sections.map(|(page, text)| (page, words(&text))).filter(|(_, words)| *words > 3000);
    let wrong: Vec<_> =
        long.map(|(page, words)| format!("{page}: {words} words of text")).collect();
    none(&wrong)
}

#[test]
fn every_twin_and_every_output_belongs_to_a_program() -> Result<()> {
    let programs = names("examples", "rs")?;
    let mut wrong = Vec::new();
    for twin in names("examples/python", "py")? {
        if !programs.contains(&twin) {
            wrong.push(format!("examples/python/{twin}.py has no examples/{twin}.rs"));
        }
    }
    for output in names("examples/output", "txt")? {
        let text = read(format!("examples/output/{output}.txt"))?;
        let example = programs.iter().any(|name| text.contains(&format!("--example {name}")));
        let outside = ["$ cargo mpi ", "$ cargo python "];
        if !example && !outside.iter().any(|command| text.starts_with(command)) {
            wrong.push(format!("examples/output/{output}.txt runs no example"));
        }
    }
    none(&wrong)
}

#[test]
fn each_readme_names_every_program_and_its_command() -> Result<()> {
    let mut wrong = Vec::new();
    for path in blocks::READMES {
        let readme = read(path)?;
        for name in names("examples", "rs")? {
            let row = readme.lines().find(|line| line.contains(&format!("(examples/{name}.rs)")));
            match row {
                Some(row) if row.contains(&format!("--example {name}`")) => {}
                Some(row) => wrong.push(format!("{path}: no command in `{row}`")),
                None => wrong.push(format!("{path}: no row for examples/{name}.rs")),
            }
        }
    }
    none(&wrong)
}

/// The readers of a README on the web follow its links: to files of the project and to the other one.
#[test]
fn the_links_of_each_readme_lead_somewhere() -> Result<()> {
    let mut wrong = Vec::new();
    for path in blocks::READMES {
        let text = read(path)?;
        let mut links = 0;
        for event in parser(&text) {
            let Event::Start(Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. }) = event
            else {
                continue;
            };
            links += 1;
            if !dest_url.contains("://") && !root().join(&*dest_url).exists() {
                wrong.push(format!("{path}: there is no {dest_url}"));
            }
        }
        let others = blocks::READMES.iter().filter(|other| **other != path);
        for other in others.filter(|other| !text.contains(&format!("]({other})"))) {
            wrong.push(format!("{path}: no link to {other}"));
        }
        ensure!(links > 20, "{path} has {links} links");
    }
    none(&wrong)
}

#[test]
fn programs_say_how_they_are_run() -> Result<()> {
    let mut wrong = Vec::new();
    for name in names("examples", "rs")? {
        let text = read(format!("examples/{name}.rs"))?;
        let head: Vec<&str> = text.lines().take_while(|line| line.starts_with("//!")).collect();
        if !head.iter().any(|line| line.contains(&format!("--example {name}"))) {
            wrong.push(format!("examples/{name}.rs: its //! lines don't say how to run it"));
        }
        for (index, line) in text.lines().enumerate() {
            let columns = line.chars().count();
            if columns > 88 {
                wrong.push(format!(
                    "examples/{name}.rs:{}: {columns} columns, and a page has 88",
                    index + 1
                ));
            }
        }
    }
    none(&wrong)
}

#[test]
fn summary_names_every_page() -> Result<()> {
    let mut wrong = Vec::new();
    for edition in editions() {
        let sources = sources(&edition)?;
        for page in sources.keys().filter(|page| *page != "SUMMARY") {
            if !sources["SUMMARY"].contains(&format!("({page}.md)")) {
                wrong.push(format!("src/{edition}/SUMMARY.md does not name {page}.md"));
            }
        }
    }
    none(&wrong)
}

#[test]
fn headings_have_ids_of_their_own_choosing() -> Result<()> {
    let mut wrong = Vec::new();
    for edition in editions() {
        for (page, text) in sources(&edition)?.iter().filter(|(page, _)| *page != "SUMMARY") {
            let mut seen = BTreeSet::new();
            for event in parser(text) {
                let Event::Start(Tag::Heading { id, .. }) = event else { continue };
                match id {
                    None => wrong.push(format!("src/{edition}/{page}.md: a heading without an id")),
                    Some(id) if !seen.insert(id.to_string()) => {
                        wrong.push(format!("src/{edition}/{page}.md: the id {id} stands twice"));
                    }
                    Some(_) => {}
                }
            }
        }
    }
    none(&wrong)
}

#[test]
fn pictures_have_a_caption_and_speak() -> Result<()> {
    let mut wrong = Vec::new();
    let mut used = BTreeSet::new();
    for edition in editions() {
        for (page, text) in sources(&edition)? {
            let place = format!("src/{edition}/{page}.md");
            for figure in text.split("<figure").skip(1) {
                let figure = figure.split("</figure>").next().unwrap_or_default();
                if !figure.contains("<figcaption>") {
                    wrong.push(format!("{place}: a figure without a caption"));
                }
            }
            for image in text.split("images/").skip(1) {
                used.insert(image.split(['}', ')', '"']).next().unwrap_or_default().to_owned());
            }
        }
    }
    // The picture that stands for an edition where somebody links to it: the head of each page names it.
    for edition in editions() {
        let name = format!("preview-{edition}.png");
        if !root().join("images").join(&name).is_file() {
            wrong.push(format!("images/{name} is missing: src/{edition} has no preview"));
        }
        used.insert(name);
    }
    for path in blocks::READMES {
        for image in read(path)?.split("(images/").skip(1) {
            used.insert(image.split(')').next().unwrap_or_default().to_owned());
        }
    }
    for entry in fs::read_dir(root().join("images"))? {
        let path = entry?.path();
        let name = path.file_name().context("a file has a name")?.display().to_string();
        if !used.contains(&name) {
            wrong.push(format!("images/{name} is used by no page"));
        }
        if path.extension().is_some_and(|extension| extension == "svg") {
            let svg = fs::read_to_string(&path)?;
            for part in ["<title", "<desc", "role=\"img\"", "aria-labelledby"] {
                if !svg.contains(part) {
                    wrong.push(format!("images/{name} has no {part}"));
                }
            }
        }
    }
    none(&wrong)
}

/// Links, fragments, includes, ids, requests to other hosts, pictures that are out of date.
#[test]
fn the_site_builds_and_its_links_lead_somewhere() -> Result<()> {
    let (_, mut problems) = site::check::run(&root())?;
    for (_, more) in [editions::check(&root())?, figures::check(&root())?] {
        problems.extend(more);
    }
    ensure!(problems.is_empty(), "{}", problems.join("\n"));
    Ok(())
}

/// The oldest Rust that builds this: no dependency declares a newer one. What the code itself takes
/// from the standard library is held to the same version by clippy's `incompatible_msrv`.
#[test]
fn the_rust_version_is_the_highest_that_a_dependency_declares() -> Result<()> {
    // Not `--offline`: what only MPI's programs need has not been downloaded yet on many machines.
    let output = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
        .args(["metadata", "--format-version=1", "--all-features", "--locked"])
        .current_dir(root())
        .output()?;
    ensure!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let metadata: serde_json::Value = serde_json::from_slice(&output.stdout)?;
    let packages = metadata["packages"].as_array().context("metadata lists packages")?;
    let version = |package: &serde_json::Value| -> Option<(u32, u32)> {
        let mut numbers = package["rust_version"].as_str()?.split('.').map(str::parse);
        Some((numbers.next()?.ok()?, numbers.next()?.ok()?))
    };
    let (ours, others): (Vec<_>, Vec<_>) =
        packages.iter().partition(|package| package["source"].is_null());
    let newest = others.iter().filter_map(|package| version(package)).max();
    for package in ours {
        ensure!(
            version(package) == newest,
            "{} declares rust-version {}, the dependencies need {newest:?}",
            package["name"],
            package["rust_version"]
        );
    }
    Ok(())
}
