//! What cargo builds, as its messages tell.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, ensure};
use serde::Deserialize;

use crate::start::cargo;

/// What was built.
#[derive(Clone, Debug, Default)]
pub(crate) struct Built {
    /// The programs, by their names.
    pub programs: BTreeMap<String, PathBuf>,
    /// The libraries, by the names of their crates.
    pub libraries: BTreeMap<String, PathBuf>,
    /// Where the linker finds what is not Rust's.
    pub linked_paths: Vec<String>,
}

/// A message of cargo, as far as it is about something built.
#[derive(Deserialize)]
struct Message {
    target: Option<Target>,
    executable: Option<PathBuf>,
    #[serde(default)]
    filenames: Vec<PathBuf>,
    #[serde(default)]
    linked_paths: Vec<String>,
}

#[derive(Deserialize)]
struct Target {
    name: String,
}

impl Built {
    /// Builds more by `cargo build`. What was built before stays as it is.
    ///
    /// # Errors
    ///
    /// Cargo is missing, or something doesn't compile; cargo's own messages go to stderr.
    pub fn add<S: AsRef<OsStr>>(
        &mut self,
        root: &Path,
        arguments: impl IntoIterator<Item = S>,
    ) -> Result<()> {
        let mut cargo = cargo(root);
        cargo.args(["build", "--quiet", "--message-format=json-render-diagnostics"]);
        let output = cargo.args(arguments).output().context("cannot run cargo")?;
        let command = cargo.get_args().map(|word| word.display().to_string()).collect::<Vec<_>>();
        ensure!(
            output.status.success(),
            "`cargo {}` failed ({})",
            command.join(" "),
            output.status
        );
        for line in String::from_utf8_lossy(&output.stdout).lines() {
            self.take(serde_json::from_str(line).context("cargo wrote what is no message")?);
        }
        Ok(())
    }

    fn take(&mut self, message: Message) {
        self.linked_paths.extend(message.linked_paths);
        let Some(Target { name }) = message.target else { return };
        let is_library = |file: &&PathBuf| file.extension().is_some_and(|e| e == "rlib");
        if let Some(program) = message.executable {
            self.programs.insert(name, program);
        } else if let Some(library) = message.filenames.iter().find(is_library) {
            self.libraries.entry(name.replace('-', "_")).or_insert_with(|| library.clone());
        }
    }
}
