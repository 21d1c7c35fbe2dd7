//! The Rust side of the measurements: a process that does one thing as often as it is told.
//!
//! `peer TOPIC CASE [NUMBER…]`, then a line with a number for each measurement; the answer is the
//! nanoseconds that it took. See the documentation of the package.

#[cfg(unix)]
mod usage;
#[cfg(unix)]
mod ways;

#[cfg(unix)]
fn main() -> std::process::ExitCode {
    use std::{
        io::{self, BufRead as _, Write as _},
        process::ExitCode,
    };

    // A worker of procspawn goes no further.
    procspawn::init();
    let refuse = |message: &str| {
        eprintln!("error: {message}");
        ExitCode::from(2)
    };
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let mut way = match ways::find(&arguments) {
        Ok(way) => way,
        Err(error) => return refuse(&format!("{error:#}")),
    };
    // The input is not kept locked and its buffer is empty between two lines: forks copy neither.
    let mut line = String::new();
    loop {
        line.clear();
        match io::stdin().lock().read_line(&mut line) {
            Ok(0) => return ExitCode::SUCCESS,
            Ok(_) => {}
            Err(error) => return refuse(&error.to_string()),
        }
        let Ok(n) = line.trim().parse() else {
            return refuse(&format!("expected how often, a whole number, not {:?}", line.trim()));
        };
        match way(n) {
            Ok(answer) => {
                println!("{answer}");
                let _ = io::stdout().flush();
            }
            Err(error) => {
                eprintln!("error: {error:#}");
                return ExitCode::FAILURE;
            }
        }
    }
}

#[cfg(not(unix))]
fn main() -> std::process::ExitCode {
    mp::unix_only()
}
