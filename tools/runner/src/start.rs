//! How the programs that others are run by are started: cargo and Python.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::LazyLock;

/// A command that starts Python 3: the program itself that `python3` leads to. A version manager puts a
/// script there, which seeks the program anew at each start and takes longer than many a twin.
/// Where there is no Python it starts `python3`, and so fails to.
#[must_use]
pub fn python() -> Command {
    static PROGRAM: LazyLock<Option<PathBuf>> = LazyLock::new(|| {
        let asked = ["-I", "-c", "import sys; print(sys.executable)"];
        let answer = Command::new("python3").args(asked).output().ok()?;
        let path = String::from_utf8(answer.stdout).ok()?;
        let path = PathBuf::from(path.trim_end());
        (answer.status.success() && path.is_file()).then_some(path)
    });
    Command::new(PROGRAM.as_deref().unwrap_or_else(|| Path::new("python3")))
}

/// The cargo that runs us, or the one in the path, at the root.
#[must_use]
pub fn cargo(root: &Path) -> Command {
    let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo.current_dir(root).stdin(Stdio::null()).stderr(Stdio::inherit());
    // In the tests RUSTC is what skeptic runs; cargo gets back the compiler it had.
    if let Some(rustc) = std::env::var_os("BOOK_RUSTC") {
        cargo.env("RUSTC", rustc);
    }
    cargo
}

/// Takes out of a command's environment what would change a program's output.
pub fn clean(command: &mut Command) {
    command
        .env_remove("RUST_BACKTRACE")
        .env_remove("RUST_LIB_BACKTRACE")
        .env_remove("RUST_LOG")
        .env_remove("RAYON_NUM_THREADS")
        .env_remove("PYTHONUNBUFFERED")
        .env_remove("PYTHONWARNINGS")
        .env("PYTHONDONTWRITEBYTECODE", "1");
}
