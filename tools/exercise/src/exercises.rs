//! The exercises, in the order of the book.

use crate::checks::{five_at_once, in_order, missing_close, one_child};
use crate::runs::{Checked, Runs};

/// An exercise.
#[derive(Debug)]
pub struct Exercise {
    /// The name of its file and of its program.
    pub name: &'static str,
    /// What it is called.
    pub title: &'static str,
    /// The page of the book that has what it needs, under `src/en`.
    pub page: &'static str,
    /// What helps, one more each time.
    pub hints: &'static [&'static str],
    /// Runs it, as often as that takes, and judges.
    pub(crate) check: fn(&mut Runs) -> Checked,
}

/// All of them.
pub const EXERCISES: [Exercise; 4] = [
    Exercise {
        name: "one_child",
        title: "One child and its exit code",
        page: "processes/single_process.md",
        hints: &[
            "`mp::Process::spawn` takes a closure and runs it in a child process; `join` waits for it.",
            "What the closure returns becomes the exit code. `std::process::ExitCode` is made from a `u8`.",
            "`join` returns an `ExitStatus`; its method `code` has the code, or `None` where a signal ended the child.",
        ],
        check: one_child::check,
    },
    Exercise {
        name: "five_at_once",
        title: "Five at once",
        page: "processes/multi_process.md",
        hints: &[
            "Start all five before you wait for the first: two loops, not one.",
            "A dropped `Process` waits for its child. Keep the five in a `Vec`.",
        ],
        check: five_at_once::check,
    },
    Exercise {
        name: "in_order",
        title: "Results in order, through a pipe",
        page: "programs/pipes.md",
        hints: &[
            "`std::io::pipe` makes a pipe: what is written into its second half comes out of its first.",
            "A pipe for each worker keeps the results apart; in a pipe for all, each result needs its number beside it.",
            "A `u64` becomes bytes by `to_le_bytes`, and comes out of them by `from_le_bytes`.",
        ],
        check: in_order::check,
    },
    Exercise {
        name: "missing_close",
        title: "Find the missing close",
        page: "programs/pipes.md",
        hints: &[
            "A child has copies of all descriptors that its parent had when it was started.",
            "Which ends of its own two pipes does the first worker hold? It waits for the end of one of them.",
            "The second worker also holds what the parent had of the first.",
            "In the child, drop what belongs to the parent: what is assigned in the closure changes the child's copy only.",
        ],
        check: missing_close::check,
    },
];

/// The exercise of a name.
#[must_use]
pub fn find(name: &str) -> Option<&'static Exercise> {
    EXERCISES.iter().find(|exercise| exercise.name == name)
}
