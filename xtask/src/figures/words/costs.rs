//! The words of the charts.

use super::Alternative;

pub struct Costs {
    /// A case of a language, and its name in a chart.
    pub cases: &'static [(&'static str, &'static str, &'static str)],
    pub rust: &'static str,
    pub python: &'static str,
    pub start: Chart,
    pub fork_memory: Chart,
    pub chunk: Chart,
    pub result: Chart,
    pub moving: Chart,
    pub speedup: Chart,
    pub crossover: Chart,
    pub amdahl: &'static str,
    pub limit: &'static str,
    pub sequential: &'static str,
    /// In the text alternative: a point, and where a way begins to pay.
    pub spoken_point: &'static str,
    pub spoken_row: &'static str,
    pub spoken_series: &'static str,
    pub spoken_pays: &'static str,
    pub spoken_never: &'static str,
}

pub struct Chart {
    pub x: &'static str,
    pub y: &'static str,
    pub alternative: Alternative,
}

pub const ENGLISH: Costs = Costs {
    cases: &[
        ("start", "rust thread", "thread"),
        ("start", "rust scoped_thread", "scoped thread"),
        ("start", "rust fork", "bare fork"),
        ("start", "rust mp_process", "mp::Process"),
        ("start", "rust command", "a program"),
        ("start", "rust procspawn", "procspawn"),
        ("start", "python thread", "Thread"),
        ("start", "python fork", "Process, fork"),
        ("start", "python forkserver", "forkserver"),
        ("start", "python spawn", "spawn"),
        ("fork_memory", "rust fork", "fork"),
        ("fork_memory", "rust command", "a program"),
        ("fork_memory", "python fork", "Python:\nfork"),
        ("moving", "rust pipe", "pipe"),
        ("moving", "rust socketpair", "sockets"),
        ("moving", "rust shared_memory", "shared\nmemory"),
        ("moving", "rust memcpy", "memcpy"),
        ("moving", "rust mp_pool", "mp::Pool"),
        ("moving", "python pipe", "Python:\npipe"),
        ("", "rust mp_pool", "mp::Pool"),
        ("", "rust procspawn", "procspawn"),
        ("", "rust rayon", "rayon"),
        ("", "python pool", "Python:\nPool"),
        ("", "python executor", "Python:\nexecutor"),
        ("", "python threads", "Python:\nthreads"),
        ("", "python processes", "Python:\nprocesses"),
    ],
    rust: "Rust",
    python: "Python",
    start: Chart {
        x: "time to start and join one",
        y: "",
        alternative: Alternative {
            title: "What it costs to start a worker and wait for its end",
            description: "Rows of dots on a logarithmic axis of time. {points}",
        },
    },
    fork_memory: Chart {
        x: "memory that the parent has in use",
        y: "time to start and join one",
        alternative: Alternative {
            title: "A fork costs more, the more memory its parent uses",
            description: "Lines of time, on a logarithmic axis, over the memory that the parent uses. {points}",
        },
    },
    chunk: Chart {
        x: "tasks in a chunk",
        y: "time a task",
        alternative: Alternative {
            title: "What handing over a task costs in each pool, by the size of the chunks",
            description: "Lines of time a task over chunk size; both axes are logarithmic. {points}",
        },
    },
    result: Chart {
        x: "size of a result",
        y: "time a task",
        alternative: Alternative {
            title: "What a task costs in each pool, by the size of its result",
            description: "Lines of time a task over the size of its result; both axes are logarithmic. {points}",
        },
    },
    moving: Chart {
        x: "size of a message",
        y: "bytes moved a second",
        alternative: Alternative {
            title: "How fast data moves from one worker to another, by the size of the messages",
            description: "Lines of bytes a second over the size of a message; both axes are logarithmic. {points}",
        },
    },
    speedup: Chart {
        x: "workers",
        y: "times as fast as one loop",
        alternative: Alternative {
            title: "How much faster the primes are counted with more workers",
            description: "Lines of speed-up over the number of workers, with two dashed lines for \
                comparison: Amdahl's law for the measured serial share, and the number of CPUs as the \
                machine's limit. {points}",
        },
    },
    crossover: Chart {
        x: "length of a task",
        y: "time, relative to one loop",
        alternative: Alternative {
            title: "From which length of a task each way pays",
            description: "Lines of time, relative to a sequential loop of the same language, over the \
                length of a task; both axes are logarithmic. A dashed line marks 1: below it a way is \
                faster than the loop. A ring marks where a line crosses it for good. {points} {pays}",
        },
    },
    amdahl: "Amdahl",
    limit: "CPUs",
    sequential: "pays below\nthis line",
    spoken_point: "{value} at {x}",
    spoken_row: "{language}, {name}: {value}",
    spoken_series: "{name}: {points}.",
    spoken_pays: "{name} pays from {x} a task",
    spoken_never: "{name}: not at any length",
};
