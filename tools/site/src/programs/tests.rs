use super::*;

const RUST: &str = "//! Works. `cargo run --example work -- --tasks 3`\n\nfn help() {\n    \"<&>\";\n}\n\n\
    /// Does it.\n#[cfg(unix)]\nfn work() {\n    help();\n}\n\nfn main() {\n    work();\n}\n";

/// A project with these files, and its programs in a language.
fn project(code: &str, files: &[(&str, &str)]) -> Result<(tempfile::TempDir, Programs)> {
    let root = tempfile::tempdir()?;
    for (path, text) in files {
        let path: PathBuf = root.path().join(path);
        fs::create_dir_all(path.parent().unwrap_or(root.path()))?;
        fs::write(path, text)?;
    }
    let edition = Edition { root: root.path().to_owned(), ..Edition::in_language(code) };
    let repository = Some(Repository { url: "https://host".to_owned() });
    let programs = Programs::of(&edition, &Site { repository, ..Site::default() })?;
    Ok((root, programs))
}

/// A block of a page, with the file that stands in it.
fn block(info: &str, file: &str, text: &str) -> String {
    format!("```{info},file={file}\n{text}```\n")
}

/// HTML without its tags.
fn text(html: &str) -> String {
    let text: String = html.split(['<', '>']).step_by(2).collect();
    text.replace("&quot;", "\"").replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
}

/// Long enough to fold: the program with so many functions before it.
fn long() -> String {
    RUST.replace("fn help", &("fn more() {}\n".repeat(LONG) + "fn help"))
}

#[test]
fn the_file_of_a_program_or_a_part_of_the_library_is_noted() -> Result<()> {
    let (_root, programs) = project("en", &[("examples/a.rs", RUST)])?;
    let noted = |block: &str| {
        let mut page = format!("text\n\n```{block}\n```\n");
        programs.note(Path::new("src/en/part"), &mut page).map(|()| page)
    };
    let whole = noted("rust\n{{#include ../../../examples/a.rs}}")?;
    assert!(whole.contains("```rust,file=examples/a.rs\n{{#include"), "{whole}");
    let part = noted(
        "rust\n# use a;\n{{#include ../../../mp/lib.rs:one}}\n#\n{{#include ../../../mp/lib.rs:two}}",
    )?;
    assert!(part.contains("```rust,file=mp/lib.rs\n# use a;"), "{part}");
    for other in [
        "rust\n{{#include ../../../examples/a.rs:main}}",
        "rust\n{{#include ../../../examples/other.rs}}",
        "rust\nlet a = 1;\n{{#include ../../../mp/lib.rs:one}}",
        "rust\n{{#include ../../../mp/lib.rs:one}}\n{{#include ../../../mp/pool.rs:two}}",
        "console\n{{#include ../../../examples/output/a.txt}}",
    ] {
        assert!(!noted(other)?.contains("file="), "{other}");
    }
    Ok(())
}

#[test]
fn a_program_gets_its_file_its_link_its_command_and_its_colours() -> Result<()> {
    let (_root, programs) =
        project("en", &[("examples/work.rs", RUST), ("examples/python/work.py", "print(1)\n")])?;
    let page = block("rust", "examples/work.rs", RUST)
        + &block("python", "examples/python/work.py", "print(1)\n");
    let html = programs.dress(&page)?;
    for part in [
        r#"<a href="https://host/blob/HEAD/examples/work.rs"><code>examples/work.rs</code></a>"#,
        "<span>Run</span> <code>cargo run --example work -- --tasks 3</code>",
        "<code>python3 examples/python/work.py</code>",
        r#"<pre><code class="language-rust"><span class="c">"#,
        r#"<span class="k">fn</span>"#,
    ] {
        assert!(html.contains(part), "{part} is not in {html}");
    }
    // A short program has no fold, and its text is all there.
    assert!(!html.contains("fold") && text(&html).contains(RUST.trim_end()), "{html}");
    Ok(())
}

#[test]
fn what_marks_parts_for_mdbook_is_not_shown() -> Result<()> {
    let marked = RUST.replace("/// Does it.\n", "// ANCHOR: work\n/// Does it.\n");
    let marked = marked.replace("fn main", "// ANCHOR_END: work\nfn main");
    let (_root, programs) = project("en", &[("examples/work.rs", &marked)])?;
    let html = programs.dress(&block("rust", "examples/work.rs", &marked))?;
    assert!(text(&html).contains(RUST.trim_end()), "{html}");
    Ok(())
}

#[test]
fn other_blocks_get_colours_and_lines_that_mdbook_hides_stay_hidden() -> Result<()> {
    let (_root, programs) = project("zh-TW", &[])?;
    let html = programs.dress("a\n\n```rust,compile_fail,E0499\n# use a;\n#\n    one();\n```\n\n```console\n$ ls\n\n```\n\nb\n")?;
    let rust = r#"<pre><code class="language-rust compile_fail E0499"><span class="boring">"#;
    assert!(html.starts_with(&format!("a\n\n{rust}")), "{html}");
    assert_eq!(html.matches("boring").count(), 2);
    assert_eq!(text(&html), "a\n\nuse a;\n\n    one();\n\n\n$ ls\n\n\n\n\nb\n");
    let part = programs.dress(&block("rust", "mp/lib.rs", "one();\n"))?;
    let head = r#"<div class="program"><p class="program-file">"#;
    assert!(part.starts_with(head) && !part.contains("program-run"), "{part}");
    let error = programs.dress("- a\n\n  ```rust\n  a\n  ```\n").map_err(|e| e.to_string());
    assert!(error.is_err_and(|error| error.contains("inside of something else")));
    Ok(())
}

#[test]
fn a_long_program_folds_to_main_or_to_what_is_named_and_keeps_its_text() -> Result<()> {
    let program = long();
    let named = (FOLDS, "\"examples/work.rs\" = [\"fn work\"]");
    for (files, seen) in [(&[][..], "main"), (&[named][..], "work")] {
        let files = [&[("examples/work.rs", program.as_str())][..], files].concat();
        let (_root, programs) = project("zh-TW", &files)?;
        let html = programs.dress(&block("rust", "examples/work.rs", &program))?;
        let lines = program.lines().count();
        assert!(html.contains(&format!("<summary>完整程式，共 {lines} 行</summary>")), "{html}");
        assert!(text(&html).contains(program.trim_end()), "{html}");
        // What goes away stands in a span of its own, which holds whole lines.
        let folded: Vec<_> = html.split(r#"<span class="fold">"#).skip(1).collect();
        let folded: String =
            folded.iter().filter_map(|part| part.split("\n</span>").next()).collect();
        assert!(!text(&folded).contains(&format!("fn {seen}()")), "{html}");
        assert!(text(&folded).contains("fn help()"), "{html}");
    }
    Ok(())
}

#[test]
fn an_item_is_found_with_what_stands_above_it() -> Result<()> {
    let fold = |program: &str, item: &str| {
        let lines: Vec<_> = program.lines().collect();
        let fold = Fold::to(&lines, &[item])?;
        Ok::<_, anyhow::Error>(
            fold.html(&program.lines().map(|line| format!("{line}\n")).collect::<Vec<_>>()),
        )
    };
    let html = fold(RUST, "fn work")?;
    let folded: String = html
        .split("<span class=\"fold\">")
        .skip(1)
        .filter_map(|f| f.split("</span>").next())
        .collect();
    assert!(
        folded.contains("<&>") && !folded.contains("work() {") && !folded.contains("Does it"),
        "{html}"
    );
    let html = fold(
        "import os\n\n\n\n\n@once\ndef run(\n    a,\n):\n    for b in a:\n        b()\n\n    a()\n\n\ndef end():\n    pass\n\n\n\n\nrun()\n",
        "def run",
    )?;
    let (before, rest) = html.split_once("@once").context("a decorator")?;
    assert!(
        before.ends_with("</span>") && rest.starts_with("\ndef run(\n    a,\n):\n    for"),
        "{html}"
    );
    assert!(rest.contains("    a()\n<span class=\"fold-mark\" data-lines=\"9\">"), "{html}");
    Ok(())
}

#[test]
fn what_is_missing_is_named() {
    let fails = |files: &[(&str, &str)]| match project("en", files) {
        Ok(_) => panic!("no error"),
        Err(error) => format!("{error:#}"),
    };
    let folds = (FOLDS, "\"examples/work.rs\" = [\"fn nosuch\"]");
    let error = fails(&[("examples/work.rs", &long()), folds]);
    assert!(error.contains("examples/work.rs") && error.contains("`fn nosuch`"), "{error}");
    // What is named in vain is an error too.
    assert!(fails(&[("examples/work.rs", RUST), folds]).contains("it isn't long"));
    assert!(fails(&[folds]).contains("names examples/work.rs, and there is no such program"));
    let error = fails(&[("examples/work.rs", "fn main() {}\n")]);
    assert!(error.contains("don't say how to run it"), "{error}");
}
