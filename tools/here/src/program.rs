//! The book's own programs: no other is run.

use std::fs;
use std::path::Path;

/// How a program is built and run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Program {
    /// An example, and the words with which cargo builds it.
    Rust {
        /// Its name.
        name: String,
        /// What is said to cargo.
        build: Vec<String>,
    },
    /// A twin.
    Python,
}

/// The command that the `//!` lines of a Rust program give to run it: `cargo run …`.
#[must_use]
pub fn command(text: &str) -> Option<String> {
    let head: String = text.lines().map_while(|line| line.strip_prefix("//!")).collect();
    let mut quoted = head.split('`').skip(1).step_by(2);
    quoted.find(|code| code.starts_with("cargo ")).map(str::to_owned)
}

/// The program at a path from the root of the project; `None`: the book has none there.
pub fn find(root: &Path, path: &str) -> Option<Program> {
    let name = |folder: &str, ending: &str| {
        let name = path.strip_prefix(folder)?.strip_suffix(ending)?;
        let is_name = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
        // By letters alone: no path, and nothing that cargo takes for an option.
        (!name.is_empty() && name.chars().all(is_name)).then(|| name.to_owned())
    };
    let file = root.join(path);
    let is_file = || fs::symlink_metadata(&file).is_ok_and(|file| file.is_file());
    if name("examples/python/", ".py").is_some() {
        return is_file().then_some(Program::Python);
    }
    let name = name("examples/", ".rs").filter(|_| is_file())?;
    let command = command(&fs::read_to_string(&file).ok()?)?;
    let words = command.strip_prefix("cargo run ")?.split_whitespace();
    let words = words.take_while(|word| *word != "--").map(str::to_owned);
    let build: Vec<String> = [String::from("build")].into_iter().chain(words).collect();
    let is_it = build.windows(2).any(|two| two[0] == "--example" && two[1] == name);
    is_it.then_some(Program::Rust { name, build })
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn only_the_books_own_programs_are_found() -> anyhow::Result<()> {
        let root = tempfile::tempdir()?;
        fs::create_dir_all(root.path().join("examples/python"))?;
        let text = "//! It counts:\n//! `cargo run --features async --example one -- --a 1`\n";
        fs::write(root.path().join("examples/one.rs"), text)?;
        fs::write(root.path().join("examples/two.rs"), text)?;
        fs::write(root.path().join("examples/python/one.py"), "")?;
        fs::write(root.path().join("secret.py"), "")?;
        std::os::unix::fs::symlink("/bin/sh", root.path().join("examples/python/sh.py"))?;
        let words = ["build", "--features", "async", "--example", "one"].map(str::to_owned);
        let rust = Program::Rust { name: "one".to_owned(), build: words.to_vec() };
        assert_eq!(find(root.path(), "examples/one.rs"), Some(rust));
        assert_eq!(find(root.path(), "examples/python/one.py"), Some(Program::Python));
        for other in [
            "examples/absent.rs",
            "examples/two.rs", // it names another
            "examples/python/../../secret.py",
            "examples/python/../python/one.py",
            "examples/../examples/one.rs",
            "../secret.py",
            "secret.py",
            "/bin/sh",
            "examples/python/sh.py",
            "examples/python/.py",
            "examples/--help.rs",
            "",
        ] {
            assert_eq!(find(root.path(), other), None, "{other}");
        }
        Ok(())
    }
}
