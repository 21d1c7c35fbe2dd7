//! Programs made from the book's own by a change in their text, compiled and run.
//!
//! What the compiler made stays in the target folder, under a name made from all that went into it, so
//! that a program whose text has not changed is compiled once, as cargo and skeptic do it.

use std::env;
use std::ffi::OsString;
use std::fs;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;
use std::thread;
use std::time::{Duration, SystemTime};

use anyhow::{Context as _, Result, ensure};
use tempfile::TempDir;

use runner::{LIMIT, Running, Stdout, processes};

use crate::{examples, place};

/// A program of the book in which texts are replaced by others; see [`place::changed`]. The program
/// goes away with the workshop.
///
/// # Errors
///
/// A text does not stand there, or the changed program does not compile.
pub fn changed(name: &str, changes: &[(&str, &str)]) -> Result<(Workshop, Command)> {
    let text = place::changed(&format!("examples/{name}.rs"), changes)?;
    let mut used = vec![
        "anyhow",
        "crc32fast",
        "humantime",
        "mp",
        "nix",
        "num_cpus",
        "png",
        "postcard",
        "rayon",
        "serde",
    ];
    used.extend(
        ["landlock", "rustix", "seccompiler", "tokio"]
            .into_iter()
            .filter(|name| text.contains(&format!("{name}::"))),
    );
    let workshop = Workshop::new(&used)?;
    let program = workshop.program(name, &text)?;
    Ok((workshop, program))
}

/// How a program goes on, as somebody claims or a test has seen it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// The compiler refuses it.
    Refused,
    /// It ends, and all is well.
    Ends,
    /// It ends by itself, and has not done what it should.
    Differs,
    /// It ends with an error.
    Fails,
    /// It goes on for ever after it has written what is waited for.
    Hangs,
    /// It goes on for ever and doesn't get so far.
    HangsBefore,
}

/// Runs a program: whether it ends, or is still there a while after it has written `line`.
///
/// # Errors
///
/// It can't be run.
pub fn fate(mut program: Command, arguments: &[&str], line: &str) -> Result<Fate> {
    program.args(arguments);
    let running = Running::start(program, Stdout::Pipe, LIMIT)?;
    let written = running.wait_for_line(|text| text.contains(line)).is_ok();
    thread::sleep(Duration::from_secs(1));
    let pid = i32::try_from(running.pid())?;
    let left = processes::of_group(pid)?;
    if left.iter().any(|process| process.pid == pid && process.state != "Z") {
        return Ok(if written { Fate::Hangs } else { Fate::HangsBefore });
    }
    Ok(if running.end()?.status.success() { Fate::Ends } else { Fate::Fails })
}

/// Runs a program that the book says never ends; see [`fate`].
///
/// # Errors
///
/// It has ended, or has not written the line.
pub fn hangs(program: Command, arguments: &[&str], line: &str) -> Result<()> {
    let seen = fate(program, arguments, line)?;
    ensure!(seen == Fate::Hangs, "the book says that it hangs: {seen:?}");
    Ok(())
}

/// A debug build, since most of them run once and briefly: optimising takes longer than it saves. What they
/// compute much with is `mp`'s, which is optimised.
const FLAGS: [&str; 2] = ["-C", "codegen-units=1"];

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
        let libraries = examples::examples()?.libraries();
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
        let mut sources = Vec::new();
        let folder = file.parent().context("a file stands in a folder")?;
        for name in project::files(folder)? {
            sources.push(name.display().to_string().into_bytes());
            sources.push(fs::read(folder.join(name))?);
        }
        let library = self.compiled(name, file, "lib", &sources)?;
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
        fs::write(&file, text)?;
        let compiled = self.compiled(name, &file, "bin", &[text.as_bytes().to_vec()])?;
        // A link, since a copy that is still open for writing in a forked child can't be run.
        let program = self.folder().join(name);
        fs::hard_link(&compiled, &program)
            .with_context(|| format!("cannot link {}", compiled.display()))?;
        Ok(Command::new(program))
    }

    /// The file that the compiler makes of `file`, whose text is `sources`: from an earlier run, or
    /// compiled now.
    fn compiled(
        &self,
        name: &str,
        file: &Path,
        kind: &str,
        sources: &[Vec<u8>],
    ) -> Result<PathBuf> {
        let mut hasher = DefaultHasher::new();
        (version()?, FLAGS, name, kind, sources).hash(&mut hasher);
        for (name, library) in &self.externs {
            let metadata = fs::metadata(library)
                .with_context(|| format!("cannot read {}", library.display()))?;
            (name, library, metadata.len(), metadata.modified()?).hash(&mut hasher);
        }
        let kept = kept()?.join(format!("{name}-{:016x}", hasher.finish()));
        let made = match kind {
            "lib" => format!("lib{name}.rlib"),
            _ => name.to_owned(),
        };
        if !kept.exists() {
            // Renamed as a whole folder: another test that compiles the same may come first.
            let fresh = tempfile::tempdir_in(kept.parent().context("it stands in a folder")?)?;
            self.rustc(name, file, kind, fresh.path())?;
            match fs::rename(fresh.path(), &kept) {
                Err(_) if kept.exists() => {}
                renamed => renamed.with_context(|| format!("cannot make {}", kept.display()))?,
            }
        }
        Ok(kept.join(made))
    }

    fn rustc(&self, name: &str, file: &Path, kind: &str, to: &Path) -> Result<()> {
        let mut rustc = Command::new(compiler());
        rustc.args(["--edition=2024", "--crate-name", name, "--crate-type", kind]).args(FLAGS);
        rustc.arg("--out-dir").arg(to).arg(file);
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

/// The compiler that cargo runs.
#[must_use]
pub fn compiler() -> OsString {
    env::var_os("RUSTC").unwrap_or_else(|| "rustc".into())
}

/// The compiler's own words about itself.
///
/// # Errors
///
/// It can't be run.
pub fn version() -> Result<&'static str> {
    static VERSION: OnceLock<String> = OnceLock::new();
    if let Some(version) = VERSION.get() {
        return Ok(version);
    }
    let output = Command::new(compiler()).arg("-vV").output().context("cannot run rustc")?;
    Ok(VERSION.get_or_init(|| String::from_utf8_lossy(&output.stdout).into_owned()))
}

/// The folder of what was compiled, without what is older than a week: a changed program leaves the
/// old one behind, and one that is needed again is compiled again.
fn kept() -> Result<&'static Path> {
    static KEPT: OnceLock<PathBuf> = OnceLock::new();
    if let Some(kept) = KEPT.get() {
        return Ok(kept);
    }
    let kept = place::profile_folder()?.join("workshop");
    fs::create_dir_all(&kept).with_context(|| format!("cannot make {}", kept.display()))?;
    let week = Duration::from_secs(7 * 24 * 60 * 60);
    for entry in fs::read_dir(&kept)? {
        let entry = entry?;
        let made = entry.metadata().and_then(|metadata| metadata.modified());
        let age = made.map(|made| SystemTime::now().duration_since(made).unwrap_or_default());
        if age.is_ok_and(|age| age > week) {
            // Another run may have been first.
            let _ = fs::remove_dir_all(entry.path());
        }
    }
    Ok(KEPT.get_or_init(|| kept))
}
