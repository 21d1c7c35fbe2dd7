//! What can go wrong in a call of a [`Pool`](crate::Pool).

use std::error::Error;
use std::fmt;
use std::io;
use std::process::ExitStatus;
use std::time::Duration;

/// What can go wrong in a call of a [`Pool`](crate::Pool).
#[derive(Debug)]
pub enum PoolError {
    /// A pool needs at least one worker, a chunk at least one task, and a task some time.
    Zero(&'static str),
    /// The task for `inputs[index]` panicked with `message`.
    TaskPanicked {
        /// The place of the input among the inputs.
        index: usize,
        /// The panic's message.
        message: String,
    },
    /// The result for `inputs[index]` could not be serialised, or not read back.
    Codec {
        /// The place of the input among the inputs.
        index: usize,
        /// What the serialiser said.
        message: String,
    },
    /// A worker ended before its work was done: killed by a signal, or a task ended the process.
    WorkerDied {
        /// The place of the input whose task it had in hand; `None` if it had none in hand.
        index: Option<usize>,
        /// How it ended; `None` if the system keeps that to itself, since SIGCHLD is ignored.
        status: Option<ExitStatus>,
    },
    /// The task for `inputs[index]` took longer than [`Pool::with_task_timeout`] allows, and was
    /// killed with its worker.
    ///
    /// [`Pool::with_task_timeout`]: crate::Pool::with_task_timeout
    TimedOut {
        /// The place of the input among the inputs.
        index: usize,
        /// How long a task may take.
        limit: Duration,
    },
    /// A worker was stopped (SIGSTOP, SIGTSTP) between two tasks, nobody let it go on for as long as
    /// [`Pool::with_task_timeout`] allows a task, and it was killed.
    ///
    /// [`Pool::with_task_timeout`]: crate::Pool::with_task_timeout
    Stopped {
        /// The place of the first of its inputs whose result has not come.
        index: usize,
        /// How long a task may take.
        limit: Duration,
    },
    /// Something came out of a worker that is no message of the pool's: a task, or a process that it
    /// left behind, wrote into a descriptor that isn't its own.
    BadMessage {
        /// What came, and what is wrong with it.
        message: String,
    },
    /// The system refused a process, a pipe or memory, or [`Process::spawn`] refused to fork.
    ///
    /// [`Process::spawn`]: crate::Process::spawn
    Io(io::Error),
}

impl fmt::Display for PoolError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            PoolError::Zero(what) => write!(f, "{what} must not be 0"),
            PoolError::TaskPanicked { index, message } => {
                write!(f, "the task for input {index} panicked: {message}")
            }
            PoolError::Codec { index, message } => {
                write!(f, "the result for input {index} can't be passed on: {message}")
            }
            PoolError::WorkerDied { index, status } => {
                match index {
                    Some(index) => write!(f, "a worker died at the task for input {index}")?,
                    None => write!(f, "a worker died before its work was done")?,
                }
                match status {
                    Some(status) => write!(f, " ({status})"),
                    None => write!(f, " (how is not known, since SIGCHLD is ignored)"),
                }
            }
            PoolError::TimedOut { index, limit } => {
                write!(f, "the task for input {index} took longer than {limit:?} and was killed")
            }
            PoolError::Stopped { index, limit } => {
                let lost = format_args!("and was killed: the result for input {index} is lost");
                write!(f, "a worker was stopped for longer than {limit:?} {lost}")
            }
            PoolError::BadMessage { message } => {
                write!(f, "a worker sent what is no message of the pool: {message}")
            }
            PoolError::Io(error) => error.fmt(f),
        }
    }
}

impl Error for PoolError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            // Its own text stands in ours already.
            PoolError::Io(error) => error.source(),
            _ => None,
        }
    }
}

impl From<io::Error> for PoolError {
    fn from(error: io::Error) -> Self {
        PoolError::Io(error)
    }
}
