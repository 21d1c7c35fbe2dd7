//! Why a command could not be watched.

use std::ffi::OsString;
use std::{fmt, io};

/// Why a command could not be watched.
#[derive(Debug)]
#[non_exhaustive]
pub enum Error {
    /// The command can't be started.
    Start(OsString, io::Error),
    /// This process may not trace others: a container or a security module forbids it.
    NotAllowed(io::Error),
    /// This system has no `ptrace` as it is needed here.
    Unsupported,
    /// There is no system call of this name.
    NoSuchCall(String),
    /// The system refused something in the middle of the run; everything was killed.
    Lost(io::Error),
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Error::Start(program, error) => write!(f, "can't start {}: {error}", program.display()),
            Error::NotAllowed(error) => write!(
                f,
                "this process may not trace another ({error}): a container has to allow ptrace, and \
                 /proc/sys/kernel/yama/ptrace_scope must not be 3"
            ),
            Error::Unsupported => {
                write!(f, "processes are followed exactly on Linux with glibc only")
            }
            Error::NoSuchCall(name) => write!(f, "no system call has the name '{name}'"),
            Error::Lost(error) => write!(f, "the processes were lost from sight: {error}"),
        }
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Error::Start(_, error) | Error::NotAllowed(error) | Error::Lost(error) => Some(error),
            Error::Unsupported | Error::NoSuchCall(_) => None,
        }
    }
}
