//! A command and the output shown beneath it, and which program the command starts.

use std::fmt;

use anyhow::{Result, bail, ensure};

use super::from_python::Call;
use super::job::Job;

/// A command and the output shown beneath it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shown {
    /// The command as it stands after `$ `.
    pub command: String,
    /// The lines that it wrote to stdout and stderr, and `[exit status: N]` where it isn't 0.
    pub output: Vec<String>,
}

impl fmt::Display for Shown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "$ {}", self.command)?;
        self.output.iter().try_for_each(|line| writeln!(f, "{line}"))
    }
}

/// The commands of a capture file or of a `console` block, with their outputs.
///
/// # Errors
///
/// The text doesn't begin with a command.
pub fn parse(text: &str) -> Result<Vec<Shown>> {
    let mut all: Vec<Shown> = Vec::new();
    for line in text.lines() {
        if let Some(command) = line.strip_prefix("$ ") {
            all.push(Shown { command: command.trim().to_owned(), output: Vec::new() });
        } else {
            let Some(last) = all.last_mut() else {
                bail!("it has to begin with a command (`$ …`), not with `{line}`");
            };
            last.output.push(line.to_owned());
        }
    }
    ensure!(!all.is_empty(), "it shows no command (`$ …`)");
    Ok(all)
}

/// What a shown command starts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Program {
    /// `cargo run -q [--features FEATURES] --example NAME`
    Example {
        /// Its name.
        name: String,
        /// The features that the command turns on, as it has them; empty for none.
        features: String,
    },
    /// `python3 examples/python/NAME.py`
    Python(String),
    /// `cargo mpi NAME [--ranks N] [--seconds N]`, where MPI is installed
    Mpi(Job),
    /// `cargo python NAME`, where maturin is installed
    FromPython(Call),
}

/// Which program a shown command starts and with which arguments.
///
/// # Errors
///
/// The command is none of `cargo run -q [--features FEATURES] --example NAME [-- ARGUMENTS]`,
/// `python3 examples/python/NAME.py [ARGUMENTS]`, `cargo mpi NAME [--ranks N] [--seconds N]
/// [-- ARGUMENTS]` and `cargo python NAME [-- ARGUMENTS]`: nothing else is run.
pub fn parse_command(command: &str) -> Result<(Program, Vec<String>)> {
    let words: Vec<&str> = command.split_whitespace().collect();
    if let Some(job) = Job::parse(&words) {
        return Ok((Program::Mpi(job), Vec::new()));
    }
    if let Some(call) = Call::parse(&words) {
        return Ok((Program::FromPython(call), Vec::new()));
    }
    let (program, arguments) = match words.as_slice() {
        ["cargo", "run", "-q", "--example", name, rest @ ..] => (example(name, ""), rest),
        ["cargo", "run", "-q", "--features", features, "--example", name, rest @ ..] => {
            (example(name, features), rest)
        }
        ["python3", script, arguments @ ..] => {
            let name = script
                .strip_prefix("examples/python/")
                .and_then(|file| file.strip_suffix(".py"))
                .filter(|name| is_name(name));
            let python = name.map(|name| Program::Python(name.to_owned()));
            (python, arguments)
        }
        _ => (None, &[][..]),
    };
    let arguments = match (&program, arguments) {
        (Some(Program::Example { .. }), ["--", arguments @ ..]) => Some(arguments),
        (Some(Program::Example { .. }), [_, ..]) => None,
        (_, arguments) => Some(arguments),
    };
    match (program, arguments) {
        (Some(program), Some(arguments)) => {
            Ok((program, arguments.iter().map(|&word| word.to_owned()).collect()))
        }
        _ => bail!(
            "`{command}`: only `cargo run -q [--features FEATURES] --example NAME [-- ARGUMENTS]`, \
             `python3 examples/python/NAME.py [ARGUMENTS]`, `cargo mpi NAME [--ranks N] \
             [--seconds N] [-- ARGUMENTS]` and `cargo python NAME [-- ARGUMENTS]` are run"
        ),
    }
}

fn example(name: &str, features: &str) -> Option<Program> {
    is_name(name).then(|| Program::Example { name: name.to_owned(), features: features.to_owned() })
}

fn is_name(name: &str) -> bool {
    !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(text: &str) -> Vec<String> {
        text.lines().map(str::to_owned).collect()
    }

    #[test]
    fn commands_and_their_outputs_are_told_apart() -> Result<()> {
        let text = "$ cargo run -q --example a\none\n\ntwo\n$ python3 examples/python/a.py\n";
        let shown = parse(text)?;
        assert_eq!(shown.len(), 2);
        assert_eq!(shown[0].output, ["one", "", "two"]);
        assert!(shown[1].output.is_empty());
        let again: String = shown.iter().map(ToString::to_string).collect();
        assert_eq!(again, text);
        assert!(parse("one\n$ cargo run -q --example a\n").is_err());
        assert!(parse("").is_err());
        Ok(())
    }

    #[test]
    fn only_programs_of_the_book_are_run() -> Result<()> {
        let example = |name: &str, features: &str| Program::Example {
            name: name.to_owned(),
            features: features.to_owned(),
        };
        assert_eq!(parse_command("cargo run -q --example pool")?, (example("pool", ""), vec![]));
        assert_eq!(
            parse_command("cargo run -q --features async,x --example io -- 1")?,
            (example("io", "async,x"), lines("1"))
        );
        assert_eq!(
            parse_command("cargo run -q --example pool -- --tasks 3")?,
            (example("pool", ""), lines("--tasks\n3"))
        );
        assert_eq!(
            parse_command("python3 examples/python/pool.py --tasks 3")?,
            (Program::Python("pool".to_owned()), lines("--tasks\n3"))
        );
        for wrong in [
            "",
            "rm -rf x",
            "cargo run --example pool",
            "cargo run -q --example pool --tasks 3",
            "cargo run -q --example ../pool",
            "python3 examples/python/../../pool.py",
            "python3 examples/pool.py",
            "python3 -c pass",
        ] {
            assert!(parse_command(wrong).is_err(), "{wrong}");
        }
        Ok(())
    }
}
