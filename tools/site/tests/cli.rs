//! The command line of `cargo book`: what it refuses, and how.

use std::{
    error::Error,
    net::TcpListener,
    process::{Command, Output},
};

/// Runs `cargo book` with `args`.
fn book(args: &[&str]) -> std::io::Result<Output> {
    Command::new(env!("CARGO_BIN_EXE_book")).args(args).output()
}

#[test]
fn a_bad_argument_says_what_is_expected_and_exits_2() -> Result<(), Box<dyn Error>> {
    for args in [&["bind"][..], &["--port", "high"], &["build", "--port", "1"], &["read", "all"]] {
        let output = book(args)?;
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{args:?}: {stderr}");
        assert!(stderr.contains("Usage: ") || stderr.contains("--help"), "{args:?}: {stderr}");
    }
    Ok(())
}

#[test]
fn the_help_names_every_chore() -> Result<(), Box<dyn Error>> {
    let output = book(&["--help"])?;
    assert_eq!(output.status.code(), Some(0));
    let help = String::from_utf8_lossy(&output.stdout);
    for verb in [
        "read", "build", "export", "publish", "check", "accept", "capture", "figures", "mpi",
        "python", "--port",
    ] {
        assert!(help.contains(verb), "{verb}: {help}");
    }
    Ok(())
}

#[test]
fn a_port_that_is_taken_exits_2_before_anything_is_built() -> Result<(), Box<dyn Error>> {
    let taken = TcpListener::bind(("127.0.0.1", 0))?;
    let port = taken.local_addr()?.port().to_string();
    let output = book(&["--no-open", "--port", &port])?;
    assert_eq!(output.status.code(), Some(2));
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(stderr.contains(&format!("port {port} is taken; expected")), "{stderr}");
    assert!(output.stdout.is_empty());
    Ok(())
}

#[cfg(unix)]
#[test]
fn a_build_that_is_interrupted_leaves_nothing() -> Result<(), Box<dyn Error>> {
    let folder = tempfile::tempdir()?;
    let [scratch, dest] = ["scratch", "dest"].map(|name| folder.path().join(name));
    std::fs::create_dir(&scratch)?;
    let mut build = Command::new(env!("CARGO_BIN_EXE_book"))
        .args(["build", "--dest"])
        .arg(&dest)
        .env("TMPDIR", &scratch)
        .spawn()?;
    // It has begun to write pages.
    while !std::fs::read_dir(&scratch)?.flatten().any(|made| {
        let site = std::fs::read_dir(made.path().join("new"));
        site.is_ok_and(|mut files| files.next().is_some())
    }) {
        assert_eq!(build.try_wait()?, None, "it has ended by itself");
        std::thread::sleep(std::time::Duration::from_millis(2));
    }
    assert!(Command::new("kill").arg("-INT").arg(build.id().to_string()).status()?.success());
    assert_eq!(build.wait()?.code(), Some(130));
    assert_eq!(std::fs::read_dir(&scratch)?.count(), 0, "it has left something");
    assert!(!dest.exists());
    Ok(())
}
