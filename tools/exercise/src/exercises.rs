//! The exercises, in the order of the book.

use crate::checks::{
    a_deadline, as_many_as_cpus, first_answer, five_at_once, in_order, missing_close, one_child,
    one_seat, own_map, restart, same_bits, shared_counter, survive_a_panic,
};
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
pub const EXERCISES: [Exercise; 13] = [
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
        name: "as_many_as_cpus",
        title: "As many workers as CPUs",
        page: "processes/cpu_count.md",
        hints: &[
            "Do not ask how many CPUs the machine has: ask how many this program may use.",
            "`std::thread::available_parallelism` minds CPU affinity, and a container's quota.",
            "There are twelve pieces: more workers than that have nothing to do.",
        ],
        check: as_many_as_cpus::check,
    },
    Exercise {
        name: "survive_a_panic",
        title: "Survive a task that panics",
        page: "processes/process_pool.md",
        hints: &[
            "A panic ends the child, not its parent: the pipe ends without a result, and `join` tells how it ended.",
            "The exit code of a child that panicked is 101; who was killed by a signal has none.",
            "Do not return from the loop at the first failure: the others still have results.",
        ],
        check: survive_a_panic::check,
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
    Exercise {
        name: "own_map",
        title: "A map of one's own",
        page: "programs/pipes.md",
        hints: &[
            "Where does each process wait? The verdict says it: one for the other.",
            "A pipe takes 64 KiB, and the rest is written only when somebody reads. Read first, then `join`.",
            "A child that is killed has written less than its result. Its status tells.",
        ],
        check: own_map::check,
    },
    Exercise {
        name: "shared_counter",
        title: "A counter in shared memory",
        page: "programs/shared_memory.md",
        hints: &[
            "Which two steps does each addition consist of, and what happens if another process counts between them?",
            "An atomic type has operations that load, add and store in one step; no ordering makes one of two.",
        ],
        check: shared_counter::check,
    },
    Exercise {
        name: "one_seat",
        title: "A seat is sold once",
        page: "programs/locks.md",
        hints: &[
            "Asking and buying have to be one step for all others: a lock, held from before the one until after the other.",
            "A `Mutex` of the standard library is copied by `fork`, and each copy is a lock of its own.",
            "`mp::Semaphore::new(1)` is a lock for processes that are forked when it has been made. A permit that is called \
             `_` is dropped at once.",
        ],
        check: one_seat::check,
    },
    Exercise {
        name: "a_deadline",
        title: "A deadline for each worker",
        page: "programs/deadlines.md",
        hints: &[
            "`join_timeout` waits for a child, and not longer than it is told to.",
            "All have the same two seconds: how much of them is left when you come to the next one?",
            "A child that was killed has to be waited for, too.",
        ],
        check: a_deadline::check,
    },
    Exercise {
        name: "restart",
        title: "Restart a worker, with a limit",
        page: "programs/supervisor.md",
        hints: &[
            "`join` returns the status of the worker; `success` is true for exit code 0 alone.",
            "A loop over the attempts, which the first success leaves: what does the program return below it?",
        ],
        check: restart::check,
    },
    Exercise {
        name: "same_bits",
        title: "The same sum, to the bit",
        page: "programs/rayon_tour.md",
        hints: &[
            "`into_par_iter` from `rayon::prelude` shares a range out among rayon's threads.",
            "`sum` of a parallel iterator groups the additions by who is free: (a + b) + c rounds in another way than \
             a + (b + c).",
            "Add chunks of a fixed size one after the other, whatever the number of threads, and then their sums in order.",
        ],
        check: same_bits::check,
    },
    Exercise {
        name: "first_answer",
        title: "The first answer ends the search",
        page: "programs/first_answer.md",
        hints: &[
            "You can't `join` four children at once: wait for a message of whoever is first, in a pipe for all.",
            "`kill` ends a child that searches on; `join` it afterwards.",
        ],
        check: first_answer::check,
    },
];

/// The exercise of a name.
#[must_use]
pub fn find(name: &str) -> Option<&'static Exercise> {
    EXERCISES.iter().find(|exercise| exercise.name == name)
}
