//! Measures what things cost: `measure [--mine] [TOPIC …]`; `cargo book figures` runs it.
//!
//! No topic means all of them. With `--mine` a copy of the book in `target/mine` takes the measurements, and
//! committed files stay as they are.

use std::process::ExitCode;

use anyhow::Result;
use benches::measure;
use figures::topic::TOPICS;
use project::{UsageError, complain, root, say};

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            complain(format_args!("error: {error:#}"));
            ExitCode::from(if error.is::<UsageError>() { 2 } else { 1 })
        }
    }
}

fn run() -> Result<()> {
    let mut topics: Vec<String> = std::env::args().skip(1).collect();
    let mine =
        topics.iter().position(|word| word == "--mine").map(|at| topics.remove(at)).is_some();
    if let Some(other) = topics.iter().find(|topic| !TOPICS.contains(&topic.as_str())) {
        return Err(UsageError::new(format!(
            "there is no topic {other}: take {}",
            TOPICS.join(", ")
        ))
        .into());
    }
    if mine {
        measure::mine(&root(), &topics)?;
    } else {
        for file in measure::write_all(&root(), &topics)? {
            say(file.display());
        }
    }
    Ok(())
}
