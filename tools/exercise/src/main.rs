//! `cargo exercise`: lists the exercises, checks one, and helps with it.

use std::fs;
use std::path::Path;
use std::process::{Command, ExitCode, Stdio};

use anstream::{eprintln, println};
use anstyle::{AnsiColor, Style};
use anyhow::{Context as _, Result};
use clap::Parser;
use exercise::progress::Progress;
use exercise::watch::Saves;
use exercise::{EXERCISES, Exercise, Verdict, find, judge, source, timeline};

/// Exercises that check how, not only what. Edit exercises/NAME.rs; then `cargo exercise NAME` says what is wrong.
#[derive(Parser)]
#[command(name = "cargo exercise", bin_name = "cargo exercise", max_term_width = 100)]
#[allow(clippy::struct_excessive_bools, reason = "each is a flag of its own")]
struct Arguments {
    /// The exercise; without it all are listed
    name: Option<String>,
    /// Check again at each save
    #[arg(long, requires = "name", conflicts_with_all = ["hint", "reset", "solution"])]
    watch: bool,
    /// Show one more hint each time
    #[arg(long, requires = "name", conflicts_with_all = ["reset", "solution"])]
    hint: bool,
    /// Begin anew: what is in the file is kept as NAME.rs.old
    #[arg(long, requires = "name", conflicts_with = "solution")]
    reset: bool,
    /// Show a solution
    #[arg(long, requires = "name")]
    solution: bool,
}

const RIGHT: Style = AnsiColor::Green.on_default().bold();
const WRONG: Style = AnsiColor::Red.on_default().bold();
const FAINT: Style = Style::new().dimmed();

fn main() -> ExitCode {
    match run(&Arguments::parse()) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("{WRONG}error{WRONG:#}: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &Arguments) -> Result<ExitCode> {
    let root = project::root();
    let Some(name) = &arguments.name else {
        list(&root);
        return Ok(ExitCode::SUCCESS);
    };
    let name = name.trim_end_matches(".rs");
    let Some(exercise) = find(name) else {
        let names: Vec<&str> = EXERCISES.iter().map(|exercise| exercise.name).collect();
        eprintln!(
            "{WRONG}error{WRONG:#}: no exercise is called '{name}'; there are {}",
            names.join(", ")
        );
        return Ok(ExitCode::from(2));
    };
    if arguments.hint {
        hint(&root, exercise)?;
    } else if arguments.reset {
        reset(&root, exercise)?;
    } else if arguments.solution {
        let text = fs::read_to_string(source::of(&root, exercise.name))?;
        if !Progress::read(&root).is_done(exercise.name) {
            println!("{FAINT}// You have not solved it yet: `--hint` tells less.{FAINT:#}");
        }
        println!("{}", source::solution(&text).trim_end());
    } else if arguments.watch {
        watch(&root, exercise)?;
    } else if !check(&root, exercise)? {
        return Ok(ExitCode::FAILURE);
    }
    Ok(ExitCode::SUCCESS)
}

fn list(root: &Path) {
    let progress = Progress::read(root);
    for exercise in &EXERCISES {
        let done = progress.is_done(exercise.name);
        let (mark, style) = if done { ("✓", RIGHT) } else { ("·", FAINT) };
        println!(
            "{style}{mark}{style:#} {:<16} {:<34} {FAINT}src/en/{}{FAINT:#}",
            exercise.name, exercise.title, exercise.page
        );
    }
    let done = EXERCISES.iter().filter(|exercise| progress.is_done(exercise.name)).count();
    println!(
        "\n{done} of {} done. Edit exercises/NAME.rs, then: cargo exercise NAME",
        EXERCISES.len()
    );
}

fn hint(root: &Path, exercise: &Exercise) -> Result<()> {
    let all = exercise.hints.len();
    let shown = Progress::read(root).one_more_hint(exercise.name, all)?;
    for (number, hint) in exercise.hints.iter().enumerate().take(shown) {
        println!("{}. {hint}", number + 1);
    }
    let left = all - shown;
    let more = if left == 0 { "no more hints".to_owned() } else { format!("{left} more") };
    println!("{FAINT}{more}; the section is src/en/{}{FAINT:#}", exercise.page);
    Ok(())
}

fn reset(root: &Path, exercise: &Exercise) -> Result<()> {
    let file = source::edited(root, exercise.name);
    let text = fs::read_to_string(source::of(root, exercise.name))?;
    let old = file.with_extension("rs.old");
    if file.exists() {
        fs::rename(&file, &old).with_context(|| format!("can't keep {}", file.display()))?;
    }
    fs::write(&file, source::stub(&text))
        .with_context(|| format!("can't write {}", file.display()))?;
    Progress::read(root).forget(exercise.name)?;
    println!(
        "exercises/{0}.rs is as it was; what it held is in exercises/{0}.rs.old",
        exercise.name
    );
    Ok(())
}

fn watch(root: &Path, exercise: &Exercise) -> Result<()> {
    let saves = Saves::of(&source::edited(root, exercise.name))?;
    loop {
        let done = check(root, exercise)?;
        let next = if done { "Solved. " } else { "" };
        println!(
            "{FAINT}{next}Waiting for exercises/{}.rs to be saved; Ctrl-C ends.{FAINT:#}",
            exercise.name
        );
        if !saves.wait() {
            return Ok(());
        }
        println!();
    }
}

/// Builds it, runs it, and says what is wrong; whether nothing is.
fn check(root: &Path, exercise: &Exercise) -> Result<bool> {
    let mut progress = Progress::read(root);
    let Some(verdict) = verdict(root, exercise)? else {
        println!("{WRONG}It does not compile.{WRONG:#} The compiler says above what it misses.");
        progress.set_done(exercise.name, false)?;
        return Ok(false);
    };
    if let Some(run) = &verdict.run {
        println!("{}", timeline::draw(run));
    }
    let right = verdict.refused.is_none();
    match verdict.refused {
        None => println!("{RIGHT}Right.{RIGHT:#} {}", exercise.title),
        Some(sentence) => {
            println!("{WRONG}Not yet.{WRONG:#} {sentence}");
            println!(
                "{FAINT}Read src/en/{}; `cargo exercise {} --hint` helps.{FAINT:#}",
                exercise.page, exercise.name
            );
        }
    }
    if !verdict.unchecked.is_empty() {
        println!("{FAINT}Not seen on this system: {}.{FAINT:#}", verdict.unchecked.join("; "));
    }
    progress.set_done(exercise.name, right)?;
    Ok(right)
}

/// `None`: it does not compile.
fn verdict(root: &Path, exercise: &Exercise) -> Result<Option<Verdict>> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let built = Command::new(cargo)
        .args(["build", "--quiet", "--package", "exercises", "--bin", exercise.name])
        .current_dir(root)
        .stdin(Stdio::null())
        .status()
        .context("can't run cargo")?;
    if !built.success() {
        return Ok(None);
    }
    // Cargo puts it where it has put this program.
    let program = std::env::current_exe()?.with_file_name(exercise.name);
    let verdict = judge(exercise, &|| {
        let mut command = Command::new(&program);
        command.current_dir(root);
        command
    })?;
    Ok(Some(verdict))
}
