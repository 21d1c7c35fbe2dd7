use std::path::PathBuf;

use super::{fold::Fold, *};

const RUST: &str = "//! Works. `cargo run --example work -- --tasks 3`\n\nfn help() {\n    \"<&>\";\n}\n\n\
    /// Does it.\n#[cfg(unix)]\nfn work() {\n    help();\n}\n\nfn main() {\n    work();\n}\n";

/// A project with these files, and its programs.
fn project(files: &[(&str, &str)]) -> Result<(tempfile::TempDir, Programs)> {
    let root = tempfile::tempdir()?;
    for (path, text) in files {
        let path: PathBuf = root.path().join(path);
        fs::create_dir_all(path.parent().unwrap_or(root.path()))?;
        fs::write(path, text)?;
    }
    let programs = Programs::read(root.path())?;
    Ok((root, programs))
}

/// The words of a language.
fn words(code: &str) -> Result<&'static Words> {
    words::language(&project::root(), code)?.table("site")
}

/// A block as mdBook writes it.
fn block(class: &str, text: &str) -> String {
    format!("<pre><code class=\"{class}\">{}</code></pre>", escape(text.trim_end()))
}

/// Long enough to fold: the program with so many functions before it.
fn long() -> String {
    RUST.replace("fn help", &("fn more() {}\n".repeat(LONG) + "fn help"))
}

#[test]
fn a_program_gets_its_file_its_link_and_its_command() -> Result<()> {
    let (_root, programs) =
        project(&[("examples/work.rs", RUST), ("examples/python/work.py", "print(1)\n")])?;
    let page = block("language-rust", RUST) + &block("language-python", "print(1)");
    let link = |path: &str| Some(format!("https://host/{path}"));
    let (html, found) = programs.dress(&page, words("en")?, link)?;
    assert_eq!(found, 2);
    assert_eq!(programs.count(&format!("```rust\n{RUST}\n```\n\n```python\nprint(1)\n```")), 2);
    for part in [
        r#"<a href="https://host/examples/work.rs"><code>examples/work.rs</code></a>"#,
        "<span>Run</span> <code>cargo run --example work -- --tasks 3</code>",
        "<code>python3 examples/python/work.py</code>",
    ] {
        assert!(html.contains(part), "{part} is not in {html}");
    }
    // A short program has no fold, and the blocks stand there as they were.
    assert!(!html.contains("fold") && html.contains(&page[..page.len() / 2]));
    Ok(())
}

#[test]
fn other_blocks_stay_and_parts_of_the_library_name_their_file() -> Result<()> {
    let library = "fn a() {\n    // ANCHOR: b\n    one();\n    two();\n    three();\n}\n";
    let (_root, programs) = project(&[("mp/lib.rs", library)])?;
    let page = block("language-rust", "let x = 1;\nlet y = 2;\nlet z = 3;")
        + &block("language-console", "$ ls")
        + "<pre><code class=\"language-rust\"><span class=\"boring\">use a;\n</span>    one();\n    two();\n    three();\n</code></pre>";
    let (html, found) = programs.dress(&page, words("zh-TW")?, |_| None)?;
    assert_eq!(found, 0);
    let head = r#"<div class="program"><p class="program-file"><code>mp/lib.rs</code></p>"#;
    assert_eq!(html.matches("class=\"program\"").count(), 1, "{html}");
    assert!(
        html.contains(&format!(r#"{head}<pre><code class="language-rust"><span class="boring">"#))
    );
    Ok(())
}

#[test]
fn a_long_program_folds_and_keeps_its_text() -> Result<()> {
    let text = long();
    let (_root, programs) = project(&[("examples/work.rs", &text)])?;
    let (html, _) = programs.dress(&block("language-rust", &text), words("zh-TW")?, |_| None)?;
    let lines = text.lines().count();
    assert!(html.contains(&format!("<summary>完整程式，共 {lines} 行</summary>")), "{html}");
    // `main` is what is seen.
    let (folded, seen) = html.rsplit_once("</span>fn ").context("a fold")?;
    assert!(seen.starts_with("main() {\n    work();\n}") && folded.contains("fn work"), "{seen}");
    let blocks = read(&html)?;
    assert_eq!(blocks[0].all, text.trim_end());
    Ok(())
}

#[test]
fn an_item_is_found_with_what_stands_above_it() -> Result<()> {
    let lines: Vec<_> = RUST.lines().collect();
    let html = Fold::to(&lines, &["fn work"])?.html(RUST);
    let folded: String = html
        .split("<span class=\"fold\">")
        .skip(1)
        .filter_map(|f| f.split("</span>").next())
        .collect();
    assert!(
        folded.contains("&lt;&amp;&gt;")
            && !folded.contains("work() {")
            && !folded.contains("Does it"),
        "{html}"
    );
    let python = "import os\n\n\n\n\n@once\ndef run(\n    a,\n):\n    for b in a:\n        b()\n\n    a()\n\n\ndef end():\n    pass\n\n\n\n\nrun()\n";
    let lines: Vec<_> = python.lines().collect();
    let html = Fold::to(&lines, &["def run"])?.html(python);
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
    let fails = |files: &[(&str, &str)]| match project(files) {
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

#[test]
fn a_program_folds_to_what_is_named() -> Result<()> {
    let text = long();
    let folds = (FOLDS, "\"examples/work.rs\" = [\"fn work\"]");
    let (_root, programs) = project(&[("examples/work.rs", &text), folds])?;
    let (html, _) = programs.dress(&block("language-rust", &text), words("en")?, |_| None)?;
    let folded = html.split("<span class=\"fold\">").nth(1).context("a fold")?;
    assert!(folded.split("</span>").nth(1).context("its end")?.contains("fn work"), "{html}");
    Ok(())
}

#[test]
fn a_box_without_code_is_an_error() -> Result<()> {
    let (_root, programs) = project(&[])?;
    assert!(programs.dress("<pre>text</pre>", words("en")?, |_| None).is_err());
    Ok(())
}
