//! Hands the book to skeptic: every chapter as mdBook expands it, the READMEs, and the canary.

#[path = "blocks.rs"]
#[allow(dead_code)]
mod blocks;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::{env, fs};

use anyhow::{Context as _, Result};

fn main() -> ExitCode {
    match generate() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn generate() -> Result<()> {
    let package = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").context("run by cargo")?);
    let out = PathBuf::from(env::var_os("OUT_DIR").context("run by cargo")?);
    let root = package.parent().context("the package stands in the project")?;
    for path in ["src", "examples", "mp", "images", "book.toml"].into_iter().chain(blocks::READMES)
    {
        println!("cargo::rerun-if-changed=../{path}");
    }
    println!("cargo::rerun-if-changed=canary.md");

    // Cargo sets these for this package's tests and for nothing else: skeptic compiles the snippets
    // with RUSTC, which hands on to the compiler that cargo runs.
    let wrapper = package.join("rustc-2024");
    println!("cargo::rerun-if-changed=rustc-2024");
    println!("cargo::rustc-env=RUSTC={}", wrapper.display());
    let rustc = env::var("RUSTC").context("cargo names its compiler")?;
    println!("cargo::rustc-env=BOOK_RUSTC={rustc}");

    let mut known = BTreeSet::new();
    let mut files = Vec::new();
    for page in blocks::pages(root)? {
        let file = out.join(format!("{}.md", page.stem()));
        write_if_changed(&file, &blocks::for_skeptic(&page.text, &mut known))?;
        files.push(file);
    }
    skeptic::generate_doc_tests(&files);

    // The generated tests call skeptic; send them through our time limit.
    let generated = fs::read_to_string(out.join("skeptic-tests.rs"))?;
    let limited = generated
        .replace("extern crate skeptic;\n", "")
        .replace("skeptic::rt::", "tests::snippets::");
    write_if_changed(&out.join("book-tests.rs"), &limited)
}

fn write_if_changed(file: &Path, text: &str) -> Result<()> {
    if fs::read_to_string(file).is_ok_and(|old| old == text) {
        return Ok(());
    }
    fs::write(file, text).with_context(|| format!("cannot write {}", file.display()))
}
