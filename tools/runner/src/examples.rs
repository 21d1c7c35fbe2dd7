//! The built examples, and what a shown command of one writes.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};

use super::built::Built;
use super::console::{Program, parse_command};
use super::run::{Stdout, run_patiently};
use super::start::{cargo, clean, python};

/// The built examples, and the libraries they were built with.
#[derive(Clone, Debug)]
pub struct Examples {
    root: PathBuf,
    built: Built,
    /// The features that an example requires, where it requires any, as `--features` takes them.
    required: BTreeMap<String, String>,
}

impl Examples {
    /// Builds the examples once, as `cargo build --examples` at the root does, then those that
    /// require features, and learns from cargo's messages where they are. `arguments` are given to
    /// cargo besides.
    ///
    /// # Errors
    ///
    /// Cargo is missing or the examples don't compile; cargo's own messages go to stderr.
    pub fn build(root: &Path, arguments: &[OsString]) -> Result<Examples> {
        let mut examples = Examples::none(root)?;
        examples.add(&["--examples"], arguments)?;
        examples.add_required(|_| true, arguments)?;
        Ok(examples)
    }

    /// As [`Examples::build`], of some examples alone.
    ///
    /// # Errors
    ///
    /// As [`Examples::build`], or there is no such example.
    pub fn build_some(root: &Path, names: &BTreeSet<String>) -> Result<Examples> {
        let mut examples = Examples::none(root)?;
        let plain = names.iter().filter(|name| !examples.required.contains_key(*name));
        let wanted: Vec<&str> = plain.flat_map(|name| ["--example", name]).collect();
        if !wanted.is_empty() {
            examples.add(&wanted, &[])?;
        }
        examples.add_required(|name| names.contains(name), &[])?;
        Ok(examples)
    }

    fn none(root: &Path) -> Result<Examples> {
        Ok(Examples {
            root: root.to_owned(),
            built: Built::default(),
            required: required_features(root)?,
        })
    }

    /// Builds those of the examples that require features.
    fn add_required(
        &mut self,
        wanted: impl Fn(&str) -> bool,
        arguments: &[OsString],
    ) -> Result<()> {
        let required = self.required.clone();
        let wanted: Vec<&str> = required
            .iter()
            .filter(|(name, _)| wanted(name))
            .flat_map(|(name, features)| ["--example", name, "--features", features])
            .collect();
        if wanted.is_empty() { Ok(()) } else { self.add(&wanted, arguments) }
    }

    fn add(&mut self, wanted: &[&str], arguments: &[OsString]) -> Result<()> {
        let arguments = arguments.iter().map(OsString::as_os_str);
        self.built.add(&self.root, wanted.iter().map(OsStr::new).chain(arguments))
    }

    /// The executable of an example.
    ///
    /// # Errors
    ///
    /// There is no such example.
    pub fn program(&self, name: &str) -> Result<&Path> {
        self.built
            .programs
            .get(name)
            .map(PathBuf::as_path)
            .with_context(|| format!("there is no example {name}"))
    }

    /// The libraries (crate name, rlib) that the examples were built with.
    #[must_use]
    pub fn libraries(&self) -> &BTreeMap<String, PathBuf> {
        &self.built.libraries
    }

    /// The command that a shown command stands for, in a clean environment, not yet started: an
    /// example's built program is run directly.
    ///
    /// # Errors
    ///
    /// It is none of the allowed commands, or there is no such program.
    pub fn command(&self, shown: &str) -> Result<Command> {
        let (program, arguments) = parse_command(shown)?;
        let mut command = match program {
            Program::Example { name, features } => {
                let required = self.required.get(&name).map_or("", String::as_str);
                ensure!(
                    features == required,
                    "`{shown}`: the example requires the features '{required}'"
                );
                Command::new(self.program(&name)?)
            }
            Program::Mpi(_) | Program::FromPython(_) => {
                // The whole way: it builds, starts, and stops what is to be stopped in time.
                let mut xtask = cargo(&self.root);
                xtask.args(shown.split_whitespace().skip(1));
                xtask
            }
            Program::Python(name) => {
                let script = format!("examples/python/{name}.py");
                ensure!(self.root.join(&script).is_file(), "there is no {script}");
                let mut python = python();
                python.arg(script);
                python
            }
        };
        command.args(arguments).current_dir(&self.root);
        clean(&mut command);
        Ok(command)
    }
    /// Runs a shown command: the lines that it writes to stdout and stderr, through one pipe, and
    /// `[exit status: N]` where it isn't 0.
    ///
    /// # Errors
    ///
    /// It can't be started, hasn't ended within the limit, or has left somebody behind; the error has what it wrote.
    pub fn run(&self, shown: &str, limit: Duration) -> Result<Vec<String>> {
        let ended = run_patiently(self.command(shown)?, Stdout::Together, limit);
        let ended = ended.with_context(|| format!("`{shown}`"))?;
        let mut lines: Vec<String> = ended.lines().map(str::to_owned).collect();
        if !ended.status.success() {
            lines.push(format!("[{}]", ended.status));
        }
        Ok(lines)
    }
}

/// The features that examples require, from their entries in `Cargo.toml`.
fn required_features(root: &Path) -> Result<BTreeMap<String, String>> {
    let output = cargo(root)
        .args(["metadata", "--no-deps", "--format-version=1"])
        .output()
        .context("cannot run cargo")?;
    ensure!(output.status.success(), "`cargo metadata` failed ({})", output.status);
    let metadata: serde_json::Value = serde_json::from_slice(&output.stdout)?;
    let list = |value: &serde_json::Value| value.as_array().cloned().unwrap_or_default();
    let mut required = BTreeMap::new();
    for target in list(&metadata["packages"]).iter().flat_map(|package| list(&package["targets"])) {
        let features: Vec<String> = list(&target["required-features"])
            .iter()
            .filter_map(|feature| feature.as_str().map(str::to_owned))
            .collect();
        if let Some(name) = target["name"].as_str()
            && list(&target["kind"]).iter().any(|kind| kind == "example")
            && !features.is_empty()
        {
            required.insert(name.to_owned(), features.join(","));
        }
    }
    Ok(required)
}
