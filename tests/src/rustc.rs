//! Programs made from the book's own by a change in their text, compiled and run.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread;
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use tempfile::TempDir;

use crate::{LIMIT, Running, Stdout, processes};

/// A program of the book in which texts are replaced by others; see [`crate::changed`]. The program
/// goes away with the workshop.
///
/// # Errors
///
/// A text does not stand there, or the changed program does not compile.
pub fn changed(name: &str, changes: &[(&str, &str)]) -> Result<(Workshop, Command)> {
    let text = crate::changed(&format!("examples/{name}.rs"), changes)?;
    let used = ["anyhow", "humantime", "mp", "nix", "num_cpus", "postcard", "rayon", "serde"];
    let workshop = Workshop::new(&used)?;
    let program = workshop.program(name, &text)?;
    Ok((workshop, program))
}

/// Runs a program that the book says never ends: a while after it has written `line` it is still
/// there.
///
/// # Errors
///
/// It has not written the line, or has ended.
pub fn hangs(mut program: Command, arguments: &[&str], line: &str) -> Result<()> {
    program.args(arguments);
    let running = Running::start(program, Stdout::Pipe, LIMIT)?;
    running.wait_for_line(|text| text.contains(line))?;
    thread::sleep(Duration::from_secs(1));
    let pid = i32::try_from(running.pid())?;
    let left = processes::of_group(pid)?;
    ensure!(
        left.iter().any(|process| process.pid == pid && process.state != "Z"),
        "it has ended, and the book says that it hangs"
    );
    Ok(())
}

/// Compiled programs in a folder of their own, which is deleted with this value.
#[derive(Debug)]
pub struct Workshop {
    folder: TempDir,
    /// Crates to compile against: name and library.
    externs: Vec<(String, PathBuf)>,
}

impl Workshop {
    /// A folder in which programs are compiled against the named crates, as the examples were built
    /// with them.
    ///
    /// # Errors
    ///
    /// The examples don't compile, or were built without such a crate.
    pub fn new(crates: &[&str]) -> Result<Workshop> {
        let libraries = crate::examples()?.libraries();
        let mut externs = Vec::new();
        for name in crates {
            let library =
                libraries.get(*name).with_context(|| format!("no example uses {name}"))?;
            externs.push(((*name).to_owned(), library.clone()));
        }
        Ok(Workshop { folder: tempfile::tempdir()?, externs })
    }

    /// The folder.
    #[must_use]
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Compiles a library from a file, for the programs that follow to use.
    ///
    /// # Errors
    ///
    /// It doesn't compile; the error has what the compiler says.
    pub fn library(&mut self, name: &str, file: &Path) -> Result<()> {
        self.rustc(name, file, "lib")?;
        let library = self.folder().join(format!("lib{name}.rlib"));
        self.externs.push((name.to_owned(), library));
        Ok(())
    }

    /// Compiles a program from its text.
    ///
    /// # Errors
    ///
    /// As [`Workshop::library`].
    pub fn program(&self, name: &str, text: &str) -> Result<Command> {
        let file = self.folder().join(format!("{name}.rs"));
        std::fs::write(&file, text)?;
        self.rustc(name, &file, "bin")?;
        Ok(Command::new(self.folder().join(name)))
    }

    fn rustc(&self, name: &str, file: &Path, kind: &str) -> Result<()> {
        let mut rustc = Command::new(option_env!("BOOK_RUSTC").unwrap_or("rustc"));
        rustc.args(["--edition=2024", "--crate-name", name, "--crate-type", kind, "--out-dir"]);
        rustc.arg(self.folder()).arg(file);
        for (name, library) in &self.externs {
            rustc.arg("--extern").arg(format!("{name}={}", library.display()));
            if let Some(folder) = library.parent() {
                rustc.arg("-L").arg(format!("dependency={}", folder.display()));
            }
        }
        let output = rustc.output().context("cannot run rustc")?;
        ensure!(
            output.status.success(),
            "{name} does not compile:\n{}",
            String::from_utf8_lossy(&output.stderr)
        );
        Ok(())
    }
}
