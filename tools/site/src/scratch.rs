//! Folders for what is on its way: they go away when they are done with, and when the program is interrupted.

use std::{
    path::{Path, PathBuf},
    process,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicI32, Ordering},
    },
};

use anyhow::{Context as _, Result};
use tempfile::TempDir;

/// The folders that there are now.
static FOLDERS: Mutex<Vec<PathBuf>> = Mutex::new(Vec::new());

/// How the program ends at Ctrl-C: as the shell says it, or well where Ctrl-C is how one ends it.
static EXIT: AtomicI32 = AtomicI32::new(130);

/// A temporary folder.
pub struct Scratch(TempDir);

impl Scratch {
    /// A fresh one.
    ///
    /// # Errors
    /// The system's temporary folder can't be written to.
    pub fn new() -> Result<Self> {
        let folder = tempfile::Builder::new().prefix("book-").tempdir();
        let folder = folder.context("can't make a temporary folder")?;
        lock().push(folder.path().to_owned());
        Ok(Self(folder))
    }

    /// Its path.
    #[must_use]
    pub fn path(&self) -> &Path {
        self.0.path()
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        lock().retain(|folder| folder != self.0.path());
    }
}

fn lock() -> std::sync::MutexGuard<'static, Vec<PathBuf>> {
    FOLDERS.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Lets Ctrl-C, and a request to end, remove the folders before the program ends.
///
/// # Errors
/// Somebody else waits for Ctrl-C.
pub fn end_at_ctrl_c() -> Result<()> {
    ctrlc::set_handler(|| {
        // Held to the end: no other folder is made.
        let folders = lock();
        let code = EXIT.load(Ordering::Relaxed);
        if code == 0 {
            project::say("\nend");
        }
        remove_and_exit(&folders, code);
    })
    .context("can't wait for Ctrl-C")
}

/// Another thread may write into a folder at this moment, and make it anew. So where one program can take the place of
/// another, a shell does: that ends all threads first.
fn remove_and_exit(folders: &[PathBuf], code: i32) -> ! {
    #[cfg(unix)]
    {
        use std::{os::unix::process::CommandExt as _, process::Command};

        const REMOVE: &str = r#"trap "" INT TERM; code=$1; shift; rm -rf -- "$@"; exit "$code""#;
        let _ =
            Command::new("sh").args(["-c", REMOVE, "sh", &code.to_string()]).args(folders).exec();
    }
    for folder in folders {
        let _ = std::fs::remove_dir_all(folder);
    }
    process::exit(code)
}

/// Makes Ctrl-C the good end of this program.
pub(crate) fn ctrl_c_is_the_end() {
    EXIT.store(0, Ordering::Relaxed);
}
