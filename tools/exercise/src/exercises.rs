//! The exercises, in the order of the book.

use crate::checks::{
    a_deadline, a_share, as_many_as_cpus, backpressure, ctrl_c, first_answer, five_at_once,
    in_a_pipeline, in_order, missing_close, one_child, one_seat, order_per_key, own_map,
    port_ten_lines, restart, same_bits, shared_counter, survive_a_panic, transfers,
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
pub const EXERCISES: [Exercise; 20] = [
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
        name: "backpressure",
        title: "A queue with backpressure",
        page: "programs/work_queue.md",
        hints: &[
            "A pipe for the jobs alone takes thousands of them before a write waits.",
            "Let something come back from a worker for each job that is done, and wait for that before you make one too many.",
            "A second pipe, with eight bytes in it at the beginning: a byte is room for one job.",
        ],
        check: backpressure::check,
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
        name: "transfers",
        title: "Transfers without deadlock",
        page: "programs/locks.md",
        hints: &[
            "Two clerks each have one account and wait for the other's. What if both had begun with the same one?",
            "One order for all: the account with the lower number first, whichever way the money goes.",
            "Give both back only when the money has arrived.",
        ],
        check: transfers::check,
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
        name: "ctrl_c",
        title: "Ctrl-C leaves nobody",
        page: "programs/signals.md",
        hints: &[
            "A Ctrl-C in a terminal goes to all processes of the program; a signal from elsewhere goes to one of them.",
            "A handler may do little: it writes a byte into a pipe, and your program waits for that byte and for the end of the workers at once.",
            "The handler is there before the first worker is. The workers inherit it: they are better off without.",
        ],
        check: ctrl_c::check,
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
    Exercise {
        name: "order_per_key",
        title: "Order per key",
        page: "programs/pipeline.md",
        hints: &[
            "Which worker gets an entry must not depend on who is free.",
            "A queue for each worker, and an account always goes into the same one.",
            "A queue ends when nobody can write into it any more: not the program, and not the other worker either.",
        ],
        check: order_per_key::check,
    },
    Exercise {
        name: "in_a_pipeline",
        title: "A pipeline, in order",
        page: "programs/pipeline.md",
        hints: &[
            "A pipe leads from each stage to the next one, and its number is all that is sent of a dish.",
            "A stage reads until its pipe ends, and its own pipe ends with it: nobody else may hold the end for writing.",
            "What a closure has got by `move` is dropped in your program as soon as the process has been started.",
        ],
        check: in_a_pipeline::check,
    },
    Exercise {
        name: "a_share",
        title: "A share of a job array",
        page: "earnest/job_arrays.md",
        hints: &[
            "`--array=1-3` counts from 1: the index of a run is its id less SLURM_ARRAY_TASK_MIN.",
            "Ten items and four runs: `10 * index / 4` is where a share begins, and where the one before it ends.",
            "`str::parse` tells what is no number, and `checked_sub` what is too small.",
        ],
        check: a_share::check,
    },
    Exercise {
        name: "port_ten_lines",
        title: "Port ten lines of Python",
        page: "appendix/python_to_rust.md",
        hints: &[
            "`mp::Pool` is the pool of this book; its `map` gives the results in the order of the inputs.",
            "What does `imap` hand out at once, and what does `mp::Pool` if nobody tells it otherwise?",
            "A `?` behind `map` ends the program with an error when a worker has died.",
        ],
        check: port_ten_lines::check,
    },
];

/// The exercise of a name.
#[must_use]
pub fn find(name: &str) -> Option<&'static Exercise> {
    EXERCISES.iter().find(|exercise| exercise.name == name)
}
