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
        "--port",
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
