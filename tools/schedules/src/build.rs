//! Takes the functions that are checked out of the programs that the book shows, as they stand there.

use std::env;
use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result};

/// A program of the book, and its functions that are checked.
const TAKEN: [(&str, &[&str]); 1] = [("ordering", &["store_then_load", "publish", "look"])];

fn main() -> Result<()> {
    let to = env::var("OUT_DIR").context("cargo sets OUT_DIR")?;
    for (program, functions) in TAKEN {
        let path = format!("../../examples/{program}.rs");
        println!("cargo::rerun-if-changed={path}");
        let text = fs::read_to_string(&path).with_context(|| format!("can't read {path}"))?;
        let mut taken = String::new();
        for name in functions {
            let item = item(&text, name).with_context(|| format!("{path} has no fn {name}"))?;
            taken.push_str("pub ");
            taken.push_str(item);
        }
        fs::write(Path::new(&to).join(format!("{program}.rs")), taken)?;
    }
    Ok(())
}

/// A function at the margin, to its closing brace at the margin.
fn item<'a>(text: &'a str, name: &str) -> Option<&'a str> {
    let end = "\n}\n";
    let start = text.find(&format!("\nfn {name}("))? + 1;
    let length = text[start..].find(end)? + end.len();
    Some(&text[start..start + length])
}
