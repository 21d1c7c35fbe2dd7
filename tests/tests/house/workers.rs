//! skeptic at work in processes of its own: it sees what fails, and what does not end is ended.

use std::collections::BTreeSet;
use std::fs;
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use tests::snippets::{self, Task};

fn fails(task: Task, text: &str) -> Result<String> {
    failure(snippets::test(task, text))
}

fn failure(verdict: Result<()>) -> Result<String> {
    match verdict {
        Ok(()) => anyhow::bail!("it passed"),
        Err(error) => Ok(format!("{error:#}")),
    }
}

#[test]
fn a_snippet_that_does_not_compile_fails_with_what_the_compiler_says() -> Result<()> {
    for task in [Task::Compile, Task::Run] {
        let message = fails(task, "fn main() { let number: u8 = \"text\"; }")?;
        ensure!(
            message.contains("error[E0308]") && message.contains("Command failed"),
            "{message}"
        );
    }
    Ok(())
}

#[test]
fn a_snippet_that_fails_shows_what_it_wrote_and_only_that() -> Result<()> {
    let program = |n: u32| {
        format!(
            "fn main() {{ println!(\"out {n}\"); eprintln!(\"err {n}\"); std::process::exit({n}) }}"
        )
    };
    for n in 1..4 {
        let message = fails(Task::Run, &program(n))?;
        ensure!(message.contains(&format!("out {n}\nerr {n}\n")), "{message}");
        let others = (1..4).filter(|other| *other != n);
        for other in others {
            ensure!(!message.contains(&format!("out {other}")), "{message}");
        }
        // Compiled only, it does not fail.
        snippets::test(Task::Compile, &program(n))?;
    }
    Ok(())
}

/// Of two it would take the one or the other, and what it compiled with the one is lost for the other: then most
/// snippets compile again in every run.
#[test]
fn skeptic_is_shown_one_build_of_each_crate() -> Result<()> {
    snippets::test(Task::Compile, "fn main() {}")?;
    let mut known = BTreeSet::new();
    for entry in fs::read_dir(tests::profile_folder()?.join("snippets/.fingerprint"))? {
        let name = entry?.file_name().to_string_lossy().into_owned();
        let (name, _) = name.rsplit_once('-').context("a name ends with a hash")?;
        ensure!(known.insert(name.to_owned()), "{name} is there twice");
    }
    ensure!(known.contains("nix"), "{known:?}");
    Ok(())
}

/// It is killed with what it has left behind, which holds the pipe that skeptic reads.
#[test]
fn a_snippet_that_does_not_end_is_killed() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let sign = folder.path().join("hang");
    let program = format!(
        "fn main() {{ \
             if !std::path::Path::new(\"{}\").exists() {{ return; }} \
             println!(\"began\"); \
             std::process::Command::new(\"sleep\").arg(\"600\").spawn().expect(\"sleep\"); \
             loop {{ std::thread::park() }} \
         }}",
        sign.display()
    );
    // Compiled first, with all the time that this takes.
    snippets::test(Task::Run, &program)?;
    std::fs::write(&sign, "")?;
    let message = failure(snippets::within(Duration::from_secs(5), Task::Run, &program))?;
    for part in ["began", "KILLED after 5 s:   sleep", "loop { std::thread::park() }"] {
        ensure!(message.contains(part), "{part}: {message}");
    }
    Ok(())
}
