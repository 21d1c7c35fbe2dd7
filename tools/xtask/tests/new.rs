//! `cargo book new` in a project of a few files.

#[path = "../src/new.rs"]
mod new;

use std::{error::Error, fs, path::Path};

use new::{Section, section};

fn project() -> Result<tempfile::TempDir, Box<dyn Error>> {
    let root = tempfile::tempdir()?;
    for (file, text) in [
        ("src/en/SUMMARY.md", "- [One](why/one.md)\n- [Two](processes/two.md)\n\n# Appendix\n"),
        ("src/zh-TW/SUMMARY.md", "- [一](why/one.md)\n- [二](processes/two.md)\n"),
        ("src/en/why/one.md", ""),
        ("src/zh-TW/why/one.md", ""),
        ("examples/one.rs", ""),
        ("examples/python/one.py", ""),
        ("examples/output/one.txt", ""),
        (
            "README.md",
            "| [one](examples/one.rs) | one | `cargo run --example one` |\n\nEnd, in [examples](examples/python)\n",
        ),
        ("README.zh-TW.md", "| [one](examples/one.rs) | 一 | `cargo run --example one` |\n"),
        (
            "tests/tests/programs/twins.rs",
            "    (\"locks\", Same::All(Mode::Exact)),\n    (\"one\", Same::All(Mode::Exact)),\n];\n",
        ),
        (
            "tests/tests/programs/killed.rs",
            "    (\"one\", &[\"--limit\", \"1\"]),\n    (\"zoo\", &[]),\n",
        ),
    ] {
        let path = root.path().join(file);
        fs::create_dir_all(path.parent().unwrap_or(Path::new("")))?;
        fs::write(path, text)?;
    }
    Ok(root)
}

fn named(part: &str, name: &str) -> Section {
    Section { part: part.to_owned(), name: name.to_owned(), title: "More of it".to_owned() }
}

#[test]
fn a_section_has_its_files_and_a_line_in_every_table() -> Result<(), Box<dyn Error>> {
    let root = project()?;
    let told = section(root.path(), &named("why", "more_of_it"))?;
    assert_eq!(told.len(), 12, "{told:?}");
    let read = |file: &str| fs::read_to_string(root.path().join(file));
    let line = "- [One](why/one.md)\n- [More of it](why/more_of_it.md)\n- [Two]";
    assert!(read("src/en/SUMMARY.md")?.starts_with(line));
    assert!(read("src/zh-TW/SUMMARY.md")?.contains("- [More of it](why/more_of_it.md)\n"));
    let page = "# More of it {#more-of-it}\n";
    assert!(read("src/en/why/more_of_it.md")?.starts_with(page));
    let waits = format!("<!-- waiting: page -->\n\n{page}");
    assert!(read("src/zh-TW/why/more_of_it.md")?.starts_with(&waits));
    assert!(read("examples/more_of_it.rs")?.contains("`cargo run --example more_of_it`"));
    assert_eq!(read("examples/output/more_of_it.txt")?, "$ cargo run -q --example more_of_it\n");
    assert!(read("README.md")?.contains("| `cargo run --example more_of_it` |\n\nEnd,"));
    let row =
        "(\"locks\", Same::All(Mode::Exact)),\n    (\"more_of_it\", Same::All(Mode::Exact)),\n";
    assert!(read("tests/tests/programs/twins.rs")?.contains(row));
    let row = "    (\"more_of_it\", &[]),\n    (\"one\"";
    assert!(read("tests/tests/programs/killed.rs")?.starts_with(row));
    Ok(())
}

#[test]
fn what_is_there_or_cannot_be_named_so_is_refused_and_nothing_is_written()
-> Result<(), Box<dyn Error>> {
    let root = project()?;
    let before = project::files(root.path())?;
    for (part, name, expected) in [
        ("why", "one", "examples/one.rs is there already"),
        ("why", "More-of-it", "is no name of a program"),
        ("nowhere", "more", "src/en has no part nowhere"),
    ] {
        let error = section(root.path(), &named(part, name)).expect_err(expected);
        assert!(
            error.is::<project::UsageError>() && error.to_string().contains(expected),
            "{error}"
        );
    }
    assert_eq!(project::files(root.path())?, before);
    Ok(())
}
