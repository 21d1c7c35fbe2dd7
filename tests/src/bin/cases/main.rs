//! The cases of the library `mp`, one a run: `cases NAME` asserts inside and prints what the test
//! `tests/programs/library.rs` compares. A case forks, so it must not run in a thread of the test harness: a failed
//! assertion in a child forked from there ends with status 0. `cases` alone lists the names.
//!
//! After each case [`check::Before`] looks for what it left behind.

#[cfg(unix)]
mod case;
#[cfg(unix)]
mod check;
#[cfg(unix)]
mod pool;
#[cfg(unix)]
mod process;
#[cfg(unix)]
mod shared;

#[cfg(unix)]
pub(crate) use case::cases;

#[cfg(unix)]
fn main() -> std::process::ExitCode {
    let all = [process::CASES, shared::CASES, pool::CASES].concat();
    let Some(wanted) = std::env::args().nth(1) else {
        for (name, _) in all {
            println!("{name}");
        }
        return std::process::ExitCode::SUCCESS;
    };
    let Some((_, case)) = all.iter().find(|(name, _)| *name == wanted) else {
        eprintln!("error: there is no case '{wanted}'");
        return std::process::ExitCode::from(2);
    };
    check::prepare();
    let before = check::Before::now();
    case();
    before.nothing_is_left();
    println!("end of {wanted}");
    std::process::ExitCode::SUCCESS
}

#[cfg(not(unix))]
fn main() -> std::process::ExitCode {
    mp::unix_only()
}
