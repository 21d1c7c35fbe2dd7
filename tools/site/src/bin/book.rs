//! `cargo book`: reads and builds the book by itself, with what that needs; for every other chore it hands
//! over to the program `xtask`, which Cargo builds then.

use std::{
    env,
    ffi::OsString,
    path::Path,
    process::{Command, ExitCode},
};

use anyhow::{Context as _, Result};
use clap::{Args, CommandFactory as _, Parser, Subcommand, error::ErrorKind};
use site::{
    cli::{self, Build},
    serve,
};

/// What the program `xtask` does.
const CHORES: [(&str, &str); 9] = [
    ("export", "Make EPUB and PDF of every edition, and an archive of the site"),
    ("publish", "Build the site and its exports into one folder, ready to be uploaded"),
    ("check", "Check that the site builds without a warning, its links and its figures"),
    ("new", "Make the skeleton of a section: program, twin, output, pages, lines in the tables"),
    ("accept", "Note that pages or blocks of another edition are made of the English beside them"),
    ("capture", "Run the programs again and rewrite the outputs that the book shows"),
    ("figures", "Measure what things cost (some minutes), and draw the figures again"),
    ("mpi", "Build the programs of mpi/ and run one over MPI (`cargo mpi hello --ranks 4`)"),
    (
        "python",
        "Build the module of python/ and run a program that uses it (`cargo python from_python`)",
    ),
];

/// Read the book: build it, serve it on this machine and open the browser; or do one of its chores.
///
/// Exit status: 0 done, 1 something failed, 2 a bad argument or a port that is taken.
#[derive(Parser)]
#[command(name = "cargo book", bin_name = "cargo book", args_conflicts_with_subcommands = true)]
struct Cli {
    #[command(subcommand)]
    verb: Option<Verb>,
    #[command(flatten)]
    read: Read,
}

#[derive(Subcommand)]
enum Verb {
    /// Build the book, serve it on this machine, open the browser, and follow changes (the default)
    Read(Read),
    /// Build the site of every edition
    Build(Build),
    #[command(external_subcommand)]
    Other(Vec<OsString>),
}

/// How to read the book.
#[derive(Args)]
struct Read {
    /// The port on 127.0.0.1 [default: 3000, or the next free one]
    #[arg(long)]
    port: Option<u16>,
    /// Don't open the browser
    #[arg(long)]
    no_open: bool,
}

fn main() -> ExitCode {
    if env::args_os().nth(1).is_some_and(|word| word == here::KEEPER) {
        return here::keep();
    }
    let chores: String = CHORES.map(|(name, about)| format!("\n  {name:<8} {about}")).concat();
    let command = Cli::command().after_help(format!("Chores (each has --help):{chores}"));
    let parsed = command
        .clone()
        .try_get_matches()
        .and_then(|matches| <Cli as clap::FromArgMatches>::from_arg_matches(&matches));
    let cli = match parsed {
        Ok(cli) => cli,
        Err(error) => error.exit(),
    };
    if let Some(Verb::Other(words)) = &cli.verb
        && !CHORES.iter().any(|(name, _)| words.first().is_some_and(|word| word == name))
    {
        let word = words.first().map(|word| word.to_string_lossy()).unwrap_or_default();
        let names = CHORES.map(|(name, _)| name).join(", ");
        let text = format!("there is no chore '{word}': expected read, build, {names}");
        command.clone().error(ErrorKind::InvalidSubcommand, text).exit();
    }
    cli::run(|root| run(root, cli))
}

/// Does what the command line asks for.
fn run(root: &Path, cli: Cli) -> Result<ExitCode> {
    match cli.verb.unwrap_or(Verb::Read(cli.read)) {
        Verb::Read(Read { port, no_open }) => {
            let options = serve::Options { port, open: !no_open };
            serve::run(root, &root.join("book"), &options)?;
        }
        Verb::Build(build) => {
            let (dest, site) = build.read(root)?;
            serve::build(root, &dest, &site)?;
        }
        Verb::Other(words) => return hand_over(root, &words),
    }
    Ok(ExitCode::SUCCESS)
}

/// Lets Cargo build and run `xtask` with these words, in this one's place.
fn hand_over(root: &Path, words: &[OsString]) -> Result<ExitCode> {
    let mut cargo = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo.args(["run", "--bin", "xtask", "--manifest-path"]).arg(root.join("Cargo.toml"));
    cargo.arg("--").args(words);
    #[cfg(unix)]
    let failed = Err(std::os::unix::process::CommandExt::exec(&mut cargo));
    #[cfg(not(unix))]
    let failed = cargo.status();
    let status: std::process::ExitStatus = failed.context("can't run cargo")?;
    Ok(ExitCode::from(status.code().and_then(|code| u8::try_from(code).ok()).unwrap_or(1)))
}
