//! `stock FILE`: counts what is in the file by two processes, carries a thing from the first shelf to the last, and writes the file.

use std::env;
use std::path::Path;
use std::process::ExitCode;

use anyhow::Result;
use testing::{Stock, count, load, save};

fn run(path: &Path) -> Result<()> {
    let things = load(path)?;
    println!("{} things", count(&things, 2)?);
    let stock = Stock::new(&things);
    stock.carry(0, things.len().saturating_sub(1), 1);
    save(path, &stock.things())
}

fn main() -> Result<ExitCode> {
    let mut arguments = env::args_os().skip(1);
    let (Some(path), None) = (arguments.next(), arguments.next()) else {
        eprintln!("usage: stock FILE");
        return Ok(ExitCode::from(2));
    };
    run(path.as_ref())?;
    Ok(ExitCode::SUCCESS)
}
