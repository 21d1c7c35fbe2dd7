//! The chores of `cargo book`, a verb each; reading and building the book is the program `book`'s.

mod new;

use std::{
    path::{Path, PathBuf},
    process::ExitCode,
    thread,
};

use anyhow::{Result, ensure};
use clap::{Args, Parser, Subcommand, builder::PossibleValuesParser};
use figures::topic::TOPICS;
use project::{complain, say};
use runner::{from_python, mpi};
use site::{
    cli::{self, Build},
    serve,
};

/// One of the chores of the book.
///
/// Exit status: 0 done, 1 something failed, 2 a bad argument.
#[derive(Parser)]
#[command(name = "cargo book", bin_name = "cargo book")]
struct Cli {
    #[command(subcommand)]
    verb: Verb,
}

/// The chores.
#[derive(Subcommand)]
enum Verb {
    /// Make EPUB and PDF of every edition, and an archive of the site
    Export {
        /// The folder for them [default: target/export in the project]
        #[arg(long, value_name = "DIR")]
        dest: Option<PathBuf>,
        /// Make some of them
        #[arg(long, value_name = "KIND", value_delimiter = ',')]
        only: Vec<export::Kind>,
    },
    /// Build the site and its exports into one folder, ready to be uploaded
    Publish(Build),
    /// Check that the site builds without a warning, its links and its figures
    Check {
        /// Blocks that wait for their Chinese are wrong too
        #[arg(long)]
        complete: bool,
    },
    /// Make the skeleton of a section: program, twin, output, pages, and its lines in the tables
    New {
        /// The folder of its part: why, processes, programs, earnest
        part: String,
        /// The name of its program and of all its files, such as `work_queue`
        name: String,
        /// Its title in English [default: the name in words]
        #[arg(long)]
        title: Option<String>,
    },
    /// Note that pages or blocks of another edition are made of the English that stands beside them now
    Accept(Accept),
    /// Run the programs again and rewrite the outputs that the book shows
    Capture {
        /// Outputs, such as pool for examples/output/pool.txt [default: all]
        #[arg(value_name = "NAME")]
        names: Vec<String>,
    },
    /// Measure what things cost (some minutes), and draw the figures again
    Figures(Figures),
    /// Build the programs of mpi/ and run one over MPI (`cargo mpi hello --ranks 4`)
    Mpi {
        /// A program: hello, primes, pool, panics
        program: String,
        /// How many processes
        #[arg(long, value_name = "N", default_value_t = 4, value_parser = number_of_ranks)]
        ranks: usize,
        /// Stop it after so many seconds
        #[arg(long, value_name = "N")]
        seconds: Option<u64>,
        /// A file that lists the hosts to run on [default: this machine]
        #[arg(long, value_name = "FILE")]
        hosts: Option<PathBuf>,
        /// What the program is given, after --
        #[arg(last = true)]
        arguments: Vec<String>,
    },
    /// Build the module of python/ with maturin and run a Python program that uses it (`cargo python from_python`)
    Python {
        /// A program of python/, without its .py
        program: String,
        /// What the program is given, after --
        #[arg(last = true)]
        arguments: Vec<String>,
    },
}

/// What to accept.
#[derive(Args)]
struct Accept {
    /// A page, or a block by a line of its own, such as src/zh-TW/introduction.md:12
    #[arg(value_name = "PAGE[:LINE]", required_unless_present = "all", conflicts_with = "all")]
    places: Vec<String>,
    /// Every page
    #[arg(long)]
    all: bool,
    /// Also blocks that have not changed since their English has
    #[arg(long)]
    as_it_is: bool,
}

/// What to measure and where to.
#[derive(Args)]
struct Figures {
    /// Measure nothing: draw the figures from the measurements there are
    #[arg(long, conflicts_with_all = ["only", "mine"])]
    draw: bool,
    /// Measure some topics
    #[arg(long, value_name = "TOPIC", value_delimiter = ',', value_parser = PossibleValuesParser::new(TOPICS))]
    only: Vec<String>,
    /// Measure for a copy of the book in target/mine, and read that; committed files stay as they are
    #[arg(long)]
    mine: bool,
    /// With --mine: the port on 127.0.0.1 [default: 3000, or the next free one]
    #[arg(long, requires = "mine")]
    port: Option<u16>,
    /// With --mine: don't open the browser
    #[arg(long, requires = "mine")]
    no_open: bool,
}

fn main() -> ExitCode {
    let cli = Cli::parse();
    cli::run(|root| run(root, cli).map(|()| ExitCode::SUCCESS))
}

/// Does what the command line asks for.
fn run(root: &Path, cli: Cli) -> Result<()> {
    match cli.verb {
        Verb::Export { dest, only } => {
            let kinds = if only.is_empty() { export::Kind::ALL.to_vec() } else { only };
            export::run(root, &dest.unwrap_or_else(|| root.join("target/export")), &kinds)
        }
        Verb::Publish(args) => {
            let (dest, site) = args.read(root)?;
            export::publish(root, &dest, &site)
        }
        Verb::Check { complete } => check(root, complete),
        Verb::New { part, name, title } => {
            let title = title.unwrap_or_else(|| {
                let mut letters = name.chars();
                let first = letters.next().into_iter().flat_map(char::to_uppercase);
                first.chain(letters).collect::<String>().replace('_', " ")
            });
            print(new::section(root, &new::Section { part, name, title })?)
        }
        Verb::Accept(Accept { places, as_it_is, .. }) => {
            let pages = editions::accept(root, &editions::Acceptance { places, as_it_is })?;
            print_or(pages, "nothing to accept: all of it is noted as it is")
        }
        Verb::Capture { names } => capture(root, &names),
        Verb::Figures(Figures { draw: true, .. }) => {
            let files = figures::write_all(root)?;
            print_or(files.iter().map(|file| file.display()), "every picture is as it is drawn")
        }
        Verb::Figures(Figures { mine, only, port, no_open, .. }) => {
            measure(root, mine, &only)?;
            if mine {
                let mine = root.join("target/mine");
                serve::run(&mine, &mine.join("book"), &serve::Options { port, open: !no_open })?;
            }
            Ok(())
        }
        Verb::Mpi { program, ranks, seconds, hosts, arguments } => {
            let job = runner::Job { program, ranks, seconds, hosts, arguments };
            mpi::exit(mpi::run(root, &job)?)
        }
        Verb::Python { program, arguments } => {
            let call = from_python::Call { program, arguments };
            std::process::exit(from_python::run(root, &call)?.code().unwrap_or(1))
        }
    }
}

/// Runs programs again, tells which outputs have changed, and fails where one that was named could not be.
fn capture(root: &Path, names: &[String]) -> Result<()> {
    let runner::Captured { rewritten, left } = runner::capture(root, names)?;
    for line in &left {
        complain(line);
    }
    print_or(rewritten.iter().map(|file| file.display()), "no output has changed")?;
    ensure!(
        names.is_empty() || left.is_empty(),
        "not all outputs that were named could be captured"
    );
    Ok(())
}

/// Checks what neither skeptic nor the other tests see, all at once.
fn check(root: &Path, complete: bool) -> Result<()> {
    let editions = if complete { editions::check_complete } else { editions::check };
    let (site, texts, figures) = thread::scope(|scope| {
        let site = scope.spawn(|| site::check::run(root));
        let (texts, figures) = (editions(root), figures::check(root));
        (site.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)), texts, figures)
    });
    let (mut passed, mut problems) = site?;
    for (more, wrong) in [texts?, figures?] {
        passed.extend(more);
        problems.extend(wrong);
    }
    ensure!(problems.is_empty(), "{}", problems.join("\n"));
    print(passed)
}

/// Lets Cargo build and run the program that measures: nobody else's build needs what it needs.
fn measure(root: &Path, mine: bool, topics: &[String]) -> Result<()> {
    let mut command = runner::cargo(root);
    command.args(["run", "--quiet", "--bin", "measure", "--"]);
    let status = command.args(mine.then_some("--mine")).args(topics).status()?;
    ensure!(status.success(), "the measuring has failed ({status})");
    Ok(())
}

/// The number that `--ranks` is given.
fn number_of_ranks(text: &str) -> Result<usize, String> {
    let number = text.parse().ok().filter(|number| (1..=10_000).contains(number));
    number.ok_or_else(|| "expected a number of processes from 1 to 10000".to_owned())
}

/// Prints a line each, or, where there is none, what that means.
fn print_or(lines: impl IntoIterator<Item = impl std::fmt::Display>, none: &str) -> Result<()> {
    let mut lines = lines.into_iter().peekable();
    if lines.peek().is_none() {
        say(none);
    }
    print(lines)
}

/// Prints a line each.
#[expect(clippy::unnecessary_wraps, reason = "it ends a verb")]
fn print(lines: impl IntoIterator<Item = impl std::fmt::Display>) -> Result<()> {
    for line in lines {
        say(line);
    }
    Ok(())
}
