//! Every `rust` block of the book is compiled and run: by skeptic, as edition 2024, or by a test here
//! that sees it fail to compile. What isn't run is listed and counted.

/// The tests that skeptic has generated from the expanded book, the READMEs and the canary.
#[allow(clippy::all, clippy::pedantic, reason = "skeptic writes this code")]
mod book {
    include!(concat!(env!("OUT_DIR"), "/book-tests.rs"));
}

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::process::{Command, Output};
use std::sync::LazyLock;

use anyhow::{Context as _, Result, anyhow, ensure};
use tests::blocks::{self, Block, Page};

/// How many blocks of the book are not run (`ignore`, `no_run`) or are to panic (`should_panic`).
/// Each says why in the text beside it; a new one has to be counted here.
const NOT_PLAINLY_RUN: usize = 0;

/// How many blocks are shown because they do not compile; the canary is one.
const MUST_NOT_COMPILE: usize = 8;

/// The languages that a fence may have.
const LANGUAGES: [&str; 6] = ["rust", "python", "console", "sh", "toml", "text"];

/// The words that may follow `rust` in a fence; error codes besides.
const RUST_WORDS: [&str; 5] = ["ignore", "no_run", "should_panic", "compile_fail", "mpi"];

/// The pages, expanded once.
fn pages() -> Result<&'static [Page]> {
    static PAGES: LazyLock<Result<Vec<Page>, String>> =
        LazyLock::new(|| blocks::pages(&tests::root()).map_err(|error| format!("{error:#}")));
    PAGES.as_deref().map_err(|error| anyhow!("{error}"))
}

/// Each different block of a kind, with its page.
fn different(wanted: impl Fn(&Block) -> bool) -> Result<Vec<(Page, Block)>> {
    let mut known = BTreeSet::new();
    let mut found = Vec::new();
    for page in pages()? {
        for block in blocks::blocks(&page.text) {
            if wanted(&block) && known.insert(blocks::key(&block)) {
                found.push((page.clone(), block));
            }
        }
    }
    Ok(found)
}

fn list(found: &[(Page, Block)]) -> String {
    found.iter().fold(String::new(), |mut list, (page, block)| {
        let _ = writeln!(list, "  {} {block}: {}", page.path, block.before);
        list
    })
}

#[test]
fn every_rust_block_is_tested() -> Result<()> {
    let rust = different(|block| block.language() == "rust")?.len();
    let fail = different(|block| block.has("compile_fail"))?.len();
    let mpi = different(|block| block.has("mpi"))?.len();
    let generated = include_str!(concat!(env!("OUT_DIR"), "/skeptic-tests.rs"));
    let skeptic = generated.matches("#[test] fn ").count();
    ensure!(
        rust == skeptic + fail + mpi,
        "the book shows {rust} different rust blocks, but {skeptic} are tested by skeptic, {fail} \
         by the test that sees them fail to compile, and {mpi} over MPI:\n{}",
        list(&different(|block| block.language() == "rust")?)
    );
    let limited = include_str!(concat!(env!("OUT_DIR"), "/book-tests.rs"));
    let calls = limited.matches("tests::snippets::").count();
    ensure!(calls == skeptic, "{calls} of skeptic's {skeptic} tests have the time limit");
    Ok(())
}

/// A block over MPI is a whole program of the package that needs MPI. Where MPI is installed, `outputs` builds
/// that package and runs what the page shows of each program; where it is not, `outputs` counts them as ignored.
#[test]
fn blocks_over_mpi_are_programs_whose_output_is_shown() -> Result<()> {
    let folder = tests::root().join("mpi/src/bin");
    let mut programs = BTreeMap::new();
    for entry in std::fs::read_dir(&folder).with_context(|| folder.display().to_string())? {
        let path = entry?.path();
        let name = path.file_stem().context("a program has a name")?.display().to_string();
        programs.insert(std::fs::read_to_string(&path)?.trim_end().to_owned(), name);
    }
    let found = different(|block| block.has("mpi"))?;
    ensure!(!found.is_empty(), "no block is over MPI, and the section on it shows some");
    for (page, block) in &found {
        let program = programs.get(block.code.trim_end());
        let name = program
            .with_context(|| format!("{} {block} is no program of mpi/src/bin", page.path))?;
        ensure!(
            page.text.contains(&format!("$ cargo mpi {name}")),
            "{} {block}: the page shows no output of {name}, so nothing runs it",
            page.path
        );
    }
    Ok(())
}

/// Every edition shows the same blocks, so one test is enough for all of them.
#[test]
fn no_edition_has_a_block_that_english_has_not() -> Result<()> {
    let (mut english, mut others) = (BTreeSet::new(), Vec::new());
    for page in pages()? {
        let is_other = page.path.starts_with("src/") && !page.path.starts_with("src/en/");
        for block in blocks::blocks(&page.text) {
            if is_other {
                others.push((page.clone(), block));
            } else {
                english.insert(blocks::key(&block));
            }
        }
    }
    others.retain(|(_, block)| !english.contains(&blocks::key(block)));
    ensure!(others.is_empty(), "blocks that no English page has:\n{}", list(&others));
    Ok(())
}

#[test]
fn blocks_that_are_not_plainly_run_are_counted() -> Result<()> {
    let found = different(|block| {
        block.language() == "rust"
            && block.words.iter().any(|w| RUST_WORDS[..3].contains(&w.as_str()))
    })?;
    eprint!("not plainly run:\n{}", list(&found));
    ensure!(
        found.len() == NOT_PLAINLY_RUN,
        "{NOT_PLAINLY_RUN} blocks are known that are not plainly run, the book has {}:\n{}",
        found.len(),
        list(&found)
    );
    for (page, block) in &found {
        ensure!(
            !block.before.is_empty(),
            "{} {block}: the text before it says no reason",
            page.path
        );
    }
    Ok(())
}

#[test]
fn fences_have_a_known_language() -> Result<()> {
    let mut wrong = String::new();
    for page in pages()? {
        for block in blocks::blocks(&page.text) {
            let known = match block.language() {
                "rust" => block.words[1..]
                    .iter()
                    .all(|word| RUST_WORDS.contains(&word.as_str()) || is_error_code(word)),
                "console" => {
                    xtask::shown::Mode::of_fence(&block.words.join(",")).is_ok()
                        && block.code.starts_with("$ ")
                }
                other => LANGUAGES.contains(&other) && block.words.len() == 1,
            };
            if !known {
                let _ = writeln!(wrong, "  {} {block}", page.path);
            }
        }
    }
    ensure!(
        wrong.is_empty(),
        "a fence has one of the languages {LANGUAGES:?}, `rust` may be followed by {RUST_WORDS:?} and \
         an error code, `console` by a mode and begins with `$ `:\n{wrong}"
    );
    Ok(())
}

fn is_error_code(word: &str) -> bool {
    word.strip_prefix('E')
        .is_some_and(|digits| digits.len() == 4 && digits.bytes().all(|b| b.is_ascii_digit()))
}

// ---------------------------------------------------------------------------------------------
// Blocks that must not compile
// ---------------------------------------------------------------------------------------------

#[test]
fn blocks_that_must_not_compile_fail_with_their_error() -> Result<()> {
    let found = different(|block| block.has("compile_fail"))?;
    ensure!(
        found.len() == MUST_NOT_COMPILE,
        "{MUST_NOT_COMPILE} blocks are known that must not compile, the book has {}:\n{}",
        found.len(),
        list(&found)
    );
    let mut wrong = String::new();
    for (page, block) in &found {
        let expected: BTreeSet<&str> =
            block.words.iter().map(String::as_str).filter(|word| is_error_code(word)).collect();
        ensure!(
            expected.len() == 1,
            "{} {block}: it names the one error that is expected (`rust,compile_fail,E0373`)",
            page.path
        );
        let output = rustc("rustc-2024", &without_hidden_marks(&block.code), &[])?;
        let codes = error_codes(&output)?;
        let seen: BTreeSet<&str> = codes.keys().map(String::as_str).collect();
        if output.status.success() || seen != expected {
            let messages: String = codes.values().flatten().map(String::as_str).collect();
            let _ = writeln!(
                wrong,
                "{} {block}: expected {expected:?}, the compiler says {}\n{messages}",
                page.path,
                if seen.is_empty() { "nothing".to_owned() } else { format!("{seen:?}") },
            );
        }
    }
    ensure!(wrong.is_empty(), "{wrong}");
    Ok(())
}

/// The code as the compiler gets it: `# ` hides a line from the reader.
fn without_hidden_marks(code: &str) -> String {
    code.lines()
        .map(|line| match line.trim_start() {
            "#" => "",
            hidden => hidden.strip_prefix("# ").unwrap_or(line),
        })
        .flat_map(|line| [line, "\n"])
        .collect()
}

/// The errors of a compilation: code (empty where an error has none) and messages.
fn error_codes(output: &Output) -> Result<BTreeMap<String, Vec<String>>> {
    let mut errors: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for line in String::from_utf8_lossy(&output.stderr).lines() {
        let message: serde_json::Value = serde_json::from_str(line)
            .with_context(|| format!("the compiler wrote no JSON: {line}"))?;
        let text = message["message"].as_str().unwrap_or_default();
        // The last line of all counts the errors; it is an error without a place.
        let summary = message["spans"].as_array().is_none_or(Vec::is_empty)
            && text.starts_with("aborting due to");
        if message["level"] == "error" && !summary {
            let code = message["code"]["code"].as_str().unwrap_or_default();
            let rendered = message["rendered"].as_str().unwrap_or(text);
            errors.entry(code.to_owned()).or_default().push(rendered.to_owned());
        }
    }
    Ok(errors)
}

/// Compiles a program with a compiler of this folder (`rustc-2024`) or with the true one (`rustc`),
/// with the crates that a snippet may use; nothing is written but messages.
fn rustc(compiler: &str, code: &str, arguments: &[&str]) -> Result<Output> {
    let folder = tempfile::tempdir()?;
    let file = folder.path().join("snippet.rs");
    std::fs::write(&file, code)?;
    let mut command = if compiler == "rustc" {
        Command::new(env!("BOOK_RUSTC"))
    } else {
        Command::new(tests::root().join("tests").join(compiler))
    };
    command
        .env("BOOK_RUSTC", env!("BOOK_RUSTC"))
        .args(["--crate-type=bin", "--emit=metadata", "--error-format=json"])
        .args(arguments)
        .arg("--out-dir")
        .arg(folder.path())
        .arg(&file);
    for (name, rlib) in tests::examples()?.libraries() {
        command.arg("--extern").arg(format!("{name}={}", rlib.display()));
        if let Some(folder) = rlib.parent() {
            command.arg("-L").arg(format!("dependency={}", folder.display()));
        }
    }
    command.output().with_context(|| format!("cannot run {compiler}"))
}

// ---------------------------------------------------------------------------------------------
// Blocks that need MPI
// ---------------------------------------------------------------------------------------------

/// Each is compiled against the crates of `mpi/` and runs as three ranks. Where MPI is not installed
/// they are counted, and in CI that fails.
#[test]
fn blocks_that_need_mpi_run_over_it() -> Result<()> {
    let found = different(|block| block.has("mpi"))?;
    let missing = xtask::mpi::missing();
    if !missing.is_empty() {
        let count = found.len();
        eprintln!("{count} blocks are NOT TESTED, since there is no {}", missing.join(", no "));
        ensure!(std::env::var_os("CI").is_none(), "CI has to install MPI: .ci/mpi install");
        return Ok(());
    }
    let programs = xtask::mpi::Programs::build(&tests::root(), &[])?;
    let folder = tempfile::tempdir()?;
    for (number, (page, block)) in found.iter().enumerate() {
        let file = folder.path().join(format!("block{number}.rs"));
        std::fs::write(&file, without_hidden_marks(&block.code))?;
        let compiled = Command::new(env!("BOOK_RUSTC"))
            .args(["--edition=2024", "-O", "--out-dir"])
            .arg(folder.path())
            .args(programs.rustc_arguments())
            .arg(&file)
            .output()?;
        let message = String::from_utf8_lossy(&compiled.stderr).into_owned();
        ensure!(compiled.status.success(), "{} {block} does not compile:\n{message}", page.path);
        // One that panics on purpose is run by the test of its output.
        if block.code.contains("has failed") {
            continue;
        }
        let mut mpirun = xtask::mpi::mpirun(3);
        mpirun.arg(file.with_extension(""));
        tests::run(mpirun, tests::Stdout::Pipe, tests::LIMIT)?
            .success()
            .with_context(|| format!("{} {block}", page.path))?;
    }
    Ok(())
}

// ---------------------------------------------------------------------------------------------
// The edition
// ---------------------------------------------------------------------------------------------

#[test]
fn snippets_are_compiled_as_edition_2024() -> Result<()> {
    ensure!(
        env!("RUSTC").ends_with("tests/rustc-2024") && std::env::var("RUSTC")? == env!("RUSTC"),
        "skeptic runs the compiler that RUSTC names, and it has to be our wrapper"
    );
    let canary = pages()?
        .iter()
        .find(|page| page.path == "tests/canary.md")
        .context("the canary is a page")?;
    let canary = &blocks::blocks(&canary.text)[0];
    ensure!(canary.is_for_skeptic() && canary.code.contains("if let Some(n) = number && n"));

    let before = rustc("rustc", &canary.code, &["--edition=2021"])?;
    let message = String::from_utf8_lossy(&before.stderr).into_owned();
    ensure!(
        !before.status.success() && message.contains("only allowed in Rust 2024"),
        "the canary has to fail as edition 2021:\n{message}"
    );
    let raised = rustc("rustc-2024", &canary.code, &["--edition=2021"])?;
    ensure!(
        raised.status.success(),
        "the wrapper has not raised the edition:\n{}",
        String::from_utf8_lossy(&raised.stderr)
    );
    Ok(())
}
