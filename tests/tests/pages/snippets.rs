//! Every `rust` block of the book is compiled and run by skeptic, as edition 2024, or skeptic sees it fail to
//! compile with the error that it names. What isn't run is listed and counted.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::process::Command;

use anyhow::{Context as _, Result, bail, ensure};
use libtest_mimic::Trial;
use tests::blocks::{Block, Page, pages};
use tests::snippets::{self, Task};

/// How many blocks of the book are not run (`ignore`, `no_run`) or are to panic (`should_panic`).
/// Each says why in the text beside it; a new one has to be counted here.
const NOT_PLAINLY_RUN: usize = 0;

/// How many blocks are shown because they do not compile; the canary is one.
const MUST_NOT_COMPILE: usize = 8;

/// The languages that a fence may have.
const LANGUAGES: [&str; 6] = ["rust", "python", "console", "sh", "toml", "text"];

/// The words that may follow `rust` in a fence; error codes besides.
const RUST_WORDS: [&str; 6] = ["ignore", "no_run", "should_panic", "compile_fail", "mpi", "python"];

/// A block and the page that shows it.
type Found = (&'static Page, &'static Block);

/// Each different block of a kind, with its page.
fn different(wanted: impl Fn(&Block) -> bool) -> Result<Vec<Found>> {
    let mut known = BTreeSet::new();
    let mut found = Vec::new();
    for page in pages()? {
        let new = page.blocks.iter().filter(|block| wanted(block) && known.insert(block.key()));
        found.extend(new.map(|block| (page, block)));
    }
    Ok(found)
}

fn list(found: &[Found]) -> String {
    found.iter().fold(String::new(), |mut list, (page, block)| {
        let _ = writeln!(list, "  {} {block}: {}", page.path, block.before);
        list
    })
}

fn is_rust(block: &Block) -> bool {
    block.language() == "rust"
}

/// A test for each block; one over MPI is for [`blocks_that_need_mpi_run_over_it`], one for Python for
/// [`blocks_for_python_are_its_module`].
pub fn trials() -> Result<Vec<Trial>> {
    let blocks = different(|block| is_rust(block) && !block.has("mpi") && !block.has("python"))?;
    let trial = |(page, block): Found| {
        let name = format!("pages::snippets: {}:{}", page.path, block.line);
        tests::trial(name, move || test(block)).with_ignored_flag(block.has("ignore"))
    };
    Ok(blocks.into_iter().map(trial).collect())
}

fn test(block: &Block) -> Result<()> {
    let program = block.program();
    if block.has("compile_fail") {
        return fails_to_compile(block, &program);
    }
    if block.has("no_run") {
        return snippets::test(Task::Compile, &program);
    }
    if block.has("should_panic") {
        snippets::test(Task::Compile, &program)?;
        ensure!(snippets::test(Task::Run, &program).is_err(), "it does not fail");
        return Ok(());
    }
    snippets::test(Task::Run, &program)
}

/// Counted once more, in another way: by the lines that open a fence.
#[test]
fn every_rust_block_is_tested() -> Result<()> {
    let mut blocks = 0;
    for page in pages()? {
        let opens = |line: &&str| line.trim_start_matches([' ', '>']).starts_with("```rust");
        let fences = page.text.lines().filter(opens).count();
        let found = page.blocks.iter().filter(|block| is_rust(block)).count();
        ensure!(fences == found, "{}: {fences} fences open rust, {found} blocks", page.path);
        blocks += found;
    }
    let (tested, mpi) = (trials()?.len(), different(|block| block.has("mpi"))?.len());
    let python = different(|block| is_rust(block) && block.has("python"))?.len();
    let different = different(is_rust)?;
    let keys: BTreeSet<String> = different.iter().map(|(_, block)| block.key()).collect();
    ensure!(
        keys.len() == tested + mpi + python && keys.len() <= blocks,
        "the book shows {} different rust blocks, but {tested} are tested by skeptic, {mpi} over \
         MPI, and {python} are of the module for Python:\n{}",
        keys.len(),
        list(&different)
    );
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

/// A block for Python is the whole source of the module in `python/`, and the page shows what a Python program
/// does with it. Where maturin is installed, `outputs` builds the module and runs that program; in CI it has to be.
#[test]
fn blocks_for_python_are_its_module() -> Result<()> {
    let module = tests::read("python/src/lib.rs")?;
    let found = different(|block| is_rust(block) && block.has("python"))?;
    ensure!(!found.is_empty(), "no block is for Python, and the section on it shows one");
    for (page, block) in &found {
        ensure!(
            block.code.trim_end() == module.trim_end(),
            "{} {block} is not python/src/lib.rs",
            page.path
        );
        ensure!(
            page.text.contains("$ cargo python "),
            "{} {block}: the page shows no output of a Python program, so nothing runs it",
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
        for block in &page.blocks {
            if is_other {
                others.push((page, block));
            } else {
                english.insert(block.key());
            }
        }
    }
    others.retain(|(_, block)| !english.contains(&block.key()));
    ensure!(others.is_empty(), "blocks that no English page has:\n{}", list(&others));
    Ok(())
}

#[test]
fn blocks_that_are_not_plainly_run_are_counted() -> Result<()> {
    let found = different(|block| {
        block.language() == "rust"
            && block.words.iter().any(|w| RUST_WORDS[..3].contains(&w.as_str()))
    })?;
    if !found.is_empty() {
        eprint!("not plainly run:\n{}", list(&found));
    }
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
        for block in &page.blocks {
            let known = match block.language() {
                "rust" => block.words[1..]
                    .iter()
                    .all(|word| RUST_WORDS.contains(&word.as_str()) || is_error_code(word)),
                "console" => {
                    runner::Mode::of_fence(&block.words.join(",")).is_ok()
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
fn blocks_that_must_not_compile_are_counted() -> Result<()> {
    let found = different(|block| block.has("compile_fail"))?;
    ensure!(
        found.len() == MUST_NOT_COMPILE,
        "{MUST_NOT_COMPILE} blocks are known that must not compile, the book has {}:\n{}",
        found.len(),
        list(&found)
    );
    Ok(())
}

/// The compiler says the one error that the block names, and no other.
fn fails_to_compile(block: &Block, program: &str) -> Result<()> {
    let named = block.words.iter().map(String::as_str).filter(|word| is_error_code(word));
    let expected: Vec<&str> = named.collect();
    let [expected] = expected[..] else {
        bail!("it names the one error that is expected (`rust,compile_fail,E0373`)");
    };
    let Err(said) = snippets::test(Task::Compile, program) else {
        bail!("it compiles, and {expected} was expected");
    };
    let said = format!("{said:#}");
    let seen = error_codes(&said);
    ensure!(seen == BTreeSet::from([expected]), "expected {expected}, not {seen:?}:\n{said}");
    Ok(())
}

/// The errors that the compiler reports, by code; empty where one has none.
fn error_codes(said: &str) -> BTreeSet<&str> {
    said.lines()
        .filter_map(|line| {
            let rest = line.strip_prefix("error")?;
            let code = rest.strip_prefix('[').and_then(|rest| rest.split_once("]: "));
            match (code, rest.strip_prefix(": ")) {
                (Some((code, _)), _) => Some(code),
                // The last line of all counts the errors.
                (None, Some(message)) if !message.starts_with("aborting due to") => Some(""),
                _ => None,
            }
        })
        .collect()
}

#[test]
fn the_errors_of_the_compiler_are_told_apart() {
    let said =
        "\nerror[E0384]: cannot assign\n  error: inside\nerror: aborting due to 1 previous error\n";
    assert_eq!(error_codes(said), BTreeSet::from(["E0384"]));
    assert_eq!(
        error_codes("error: expected `;`\nerror[E0308]: x\n"),
        BTreeSet::from(["", "E0308"])
    );
    assert_eq!(error_codes("warning: unused\n"), BTreeSet::new());
}

#[test]
fn a_block_that_fails_otherwise_than_it_says_is_found() -> Result<()> {
    let page = |fence: &str, program: &str| -> Result<Block> {
        let text = format!("```{fence}\nfn main() {{ {program} }}\n```\n");
        Page::new("page", &text, text.clone())?.blocks.pop().context("a block")
    };
    let twice = "let number = 1; number = 2;";
    test(&page("rust,compile_fail,E0384", twice)?)?;
    test(&page("rust,should_panic", "panic!()")?)?;
    test(&page("rust,no_run", "loop {}")?)?;
    for (fence, program) in [
        ("rust,compile_fail,E0308", twice),
        ("rust,compile_fail", twice),
        ("rust,compile_fail,E0384", "let number = 1; number = 2; let text: u8 = \"\";"),
        ("rust,compile_fail,E0384", ""),
        ("rust,should_panic", ""),
        ("rust,should_panic", twice),
        ("rust,no_run", twice),
        ("rust", "panic!()"),
    ] {
        ensure!(test(&page(fence, program)?).is_err(), "{fence}: {program}");
    }
    Ok(())
}

// ---------------------------------------------------------------------------------------------
// Blocks that need MPI
// ---------------------------------------------------------------------------------------------

/// Each is compiled against the crates of `mpi/` and runs as three ranks. Where MPI is not installed
/// they are counted, and in CI that fails.
#[test]
fn blocks_that_need_mpi_run_over_it() -> Result<()> {
    let found = different(|block| block.has("mpi"))?;
    let missing = runner::mpi::missing();
    if !missing.is_empty() {
        let count = found.len();
        eprintln!("{count} blocks are NOT TESTED, since there is no {}", missing.join(", no "));
        ensure!(std::env::var_os("CI").is_none(), "CI has to install MPI: .ci/mpi install");
        return Ok(());
    }
    let programs = runner::mpi::Programs::build(&tests::root(), &[])?;
    let folder = tempfile::tempdir()?;
    for (number, (page, block)) in found.iter().enumerate() {
        let file = folder.path().join(format!("block{number}.rs"));
        std::fs::write(&file, block.program())?;
        let compiled = Command::new(tests::rustc::compiler())
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
        let mut mpirun = runner::mpi::mpirun(3);
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

/// The canary, which is one of the blocks above, compiles in edition 2024 alone.
#[test]
fn snippets_are_compiled_as_edition_2024() -> Result<()> {
    let canary = pages()?
        .iter()
        .find(|page| page.path == "tests/canary.md")
        .and_then(|page| page.blocks.first())
        .context("the canary is a page with a block")?;
    ensure!(canary.words == ["rust"] && canary.code.contains("if let Some(n) = number && n"));
    snippets::test(Task::Run, &canary.program())?;

    let folder = tempfile::tempdir()?;
    let file = folder.path().join("canary.rs");
    std::fs::write(&file, &canary.code)?;
    let before = Command::new(tests::rustc::compiler())
        .args(["--edition=2021", "--emit=metadata", "--out-dir"])
        .arg(folder.path())
        .arg(&file)
        .output()?;
    let message = String::from_utf8_lossy(&before.stderr).into_owned();
    ensure!(
        !before.status.success() && message.contains("only allowed in Rust 2024"),
        "the canary has to fail as edition 2021:\n{message}"
    );
    Ok(())
}
