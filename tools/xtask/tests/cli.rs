//! The command line of the chores: what it refuses, and how.

use std::{
    error::Error,
    fs,
    process::{Command, Output},
};

/// Does a chore of `cargo book`.
fn chore(args: &[&str]) -> std::io::Result<Output> {
    Command::new(env!("CARGO_BIN_EXE_xtask")).args(args).output()
}

#[test]
fn a_bad_argument_says_what_is_expected_and_exits_2() -> Result<(), Box<dyn Error>> {
    for args in [&["bind"][..], &[], &["check", "all"], &["figures", "--only", "lunch"]] {
        let output = chore(args)?;
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{args:?}: {stderr}");
        assert!(stderr.contains("Usage: ") || stderr.contains("--help"), "{args:?}: {stderr}");
    }
    Ok(())
}

#[test]
fn exports_without_their_tools_name_each_one_and_write_nothing() -> Result<(), Box<dyn Error>> {
    let folder = tempfile::tempdir()?;
    let dest = folder.path().join("dest");
    for verb in ["export", "publish"] {
        let output = Command::new(env!("CARGO_BIN_EXE_xtask"))
            .args([verb, "--dest"])
            .arg(&dest)
            .env("PATH", "")
            .output()?;
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(1), "{stderr}");
        for remedy in [
            "pipx install weasyprint",
            "install poppler-utils",
            "fonttools[woff]",
            "install fontconfig",
        ] {
            assert!(stderr.contains(remedy), "{remedy}: {stderr}");
        }
        assert!(output.stdout.is_empty());
        assert_eq!(fs::read_dir(folder.path())?.count(), 0, "{verb} has left something");
    }
    Ok(())
}

#[test]
fn a_program_over_mpi_that_is_not_there_and_a_number_that_is_none_are_named()
-> Result<(), Box<dyn Error>> {
    for (args, expected) in [
        (&["mpi", "nosuch"][..], "there is no program nosuch: take hello, panics, pool, primes"),
        (&["mpi", "hello", "--ranks", "x"], "expected a number of processes from 1 to 10000"),
        (&["python", "nosuch"], "there is no program nosuch: take from_python"),
        (&["capture", "nosuch"], "there is no output 'nosuch'; expected one of async_processes"),
    ] {
        let output = chore(args)?;
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{args:?}: {stderr}");
        assert!(stderr.contains(expected), "{args:?}: {stderr}");
    }
    Ok(())
}
