//! The words of the pictures: one table a language.
//!
//! A line break in a label is a line break in the picture. `{name}` stands for something that the
//! picture fills in. To add a language, add a variant to [`Language`] and a table.

pub mod costs;
pub mod lab;
pub mod measured;
pub mod mpi;
pub mod programs;

/// The languages in which pictures are drawn.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Language {
    En,
}

impl Language {
    pub const ALL: [Self; 1] = [Self::En];

    /// What stands between a picture's name and `.svg`.
    pub fn suffix(self) -> &'static str {
        match self {
            Self::En => "",
        }
    }

    pub fn words(self) -> &'static Words {
        match self {
            Self::En => &ENGLISH,
        }
    }
}

/// Puts values in the place of `{name}`.
pub fn fill(template: &str, values: &[(&str, &str)]) -> String {
    values.iter().fold(template.to_owned(), |text, (name, value)| {
        text.replace(&format!("{{{name}}}"), value)
    })
}

pub struct Words {
    pub list_joint: &'static str,
    /// Between things that hold lists themselves.
    pub list_joint_wide: &'static str,
    pub sentence_joint: &'static str,
    /// Between the lines of a label, where it is read in one line.
    pub line_joint: &'static str,
    /// What a lane of a timeline holds.
    pub lane: &'static str,
    pub time_axis: &'static str,
    pub kinds: Kinds,
    pub time: Time,
    pub memory: Memory,
    pub fork_join: ForkJoin,
    pub multi_process: MultiProcess,
    pub order: Order,
    pub process_pool: ProcessPool,
    pub thread_pool: ThreadPool,
    pub programs: programs::Programs,
    pub costs: costs::Costs,
    pub measured: measured::Measured,
    pub lab: lab::Lab,
    pub mpi: mpi::Mpi,
}

/// Kinds of piece in a timeline, for the text alternative.
pub struct Kinds {
    pub runs: &'static str,
    pub switch: &'static str,
    pub start: &'static str,
    pub moving: &'static str,
    pub wait: &'static str,
    pub zombie: &'static str,
}

pub struct Time {
    pub core: &'static str,
    pub main: &'static str,
    pub main_end: &'static str,
    pub starts: &'static str,
    pub receives: &'static str,
    pub one_core_end: &'static str,
    pub switch_note: &'static str,
    pub turns_note: &'static str,
    pub sum_note: &'static str,
    pub wait_key: &'static str,
    pub thread_start_key: &'static str,
    pub no_copy_key: &'static str,
    pub process_start_key: &'static str,
    pub move_key: &'static str,
    pub one_core: Alternative,
    pub cores: Alternative,
    pub processes: Alternative,
}

/// Title and description of a picture, for those who don't see it.
pub struct Alternative {
    pub title: &'static str,
    pub description: &'static str,
}

pub struct Memory {
    pub one_process: &'static str,
    pub two_processes: &'static str,
    pub shared_heap: &'static str,
    pub thread_stack: &'static str,
    pub process: &'static str,
    pub owned: &'static str,
    pub pipe: &'static str,
    pub mapping: &'static str,
    pub alternative: Alternative,
}

pub struct ForkJoin {
    pub parent: &'static str,
    pub child: &'static str,
    pub runs: &'static str,
    pub fork: &'static str,
    pub fork_spoken: &'static str,
    pub goes_on: &'static str,
    pub waits: &'static str,
    pub goes_on_again: &'static str,
    pub copy: &'static str,
    pub task: &'static str,
    pub exit: &'static str,
    pub status: &'static str,
    pub alternative: Alternative,
}

pub struct MultiProcess {
    pub parent: &'static str,
    pub children: &'static str,
    pub child: &'static str,
    pub spawn: &'static str,
    pub join: &'static str,
    /// The child that ends as the first, the second, …
    pub ends: [&'static str; 5],
    pub spoken_join_waits: &'static str,
    pub spoken_join_at_once: &'static str,
    pub spoken_runs: &'static str,
    pub start_key: &'static str,
    pub wait_key: &'static str,
    pub zombie_key: &'static str,
    pub alternative: Alternative,
}

pub struct Order {
    pub arrive: &'static str,
    pub placed: &'static str,
    pub index: &'static str,
    pub result: &'static str,
    pub row: &'static str,
    pub alternative: Alternative,
}

pub struct ProcessPool {
    pub parent_before: &'static str,
    pub inputs: &'static str,
    pub fork: &'static str,
    pub counter: &'static str,
    pub take: &'static str,
    pub takes: &'static str,
    pub worker: &'static str,
    pub chunk: &'static str,
    pub chunks: &'static str,
    pub pipe: &'static str,
    pub parent_after: &'static str,
    pub results: &'static str,
    pub alternative: Alternative,
}

pub struct ThreadPool {
    pub process: &'static str,
    pub items: &'static str,
    pub busy: &'static str,
    pub idle: &'static str,
    pub queue: &'static str,
    pub empty: &'static str,
    pub takes: &'static str,
    pub steals: &'static str,
    pub alternative: Alternative,
}

static ENGLISH: Words = Words {
    list_joint: ", ",
    list_joint_wide: "; ",
    sentence_joint: " ",
    line_joint: " ",
    lane: "Lane {lane}, from the top down: {pieces}.",
    time_axis: "time (not to scale)",
    kinds: Kinds {
        runs: "runs",
        switch: "context switch",
        start: "start",
        moving: "moves the result",
        wait: "waits",
        zombie: "zombie until joined",
    },
    time: Time {
        core: "core {n}",
        main: "main {n}",
        main_end: "main-end",
        starts: "starts {task}",
        receives: "receives the result of {task}",
        one_core_end: "threads on one core end here",
        switch_note: "context switch: the core puts\none thread away and takes up\nthe next; no work gets done",
        turns_note: "main and the tasks take turns:\nat any moment only one runs",
        sum_note: "all pieces and {count} switches\nadd up to the whole time",
        wait_key: "main waits (join)",
        thread_start_key: "starting a thread",
        no_copy_key: "Nothing is moved: the threads\nshare one memory.",
        process_start_key: "starting a process (fork)",
        move_key: "moving a result: serialise it, send\nit through a pipe, read it back",
        one_core: Alternative {
            title: "Threads on one core take turns",
            description: "A timeline with a single lane, because one core does everything. \
                The main thread and the tasks A, B and C, two pieces each, take turns; \
                a hatched context switch stands between any two pieces, {count} in all. {lanes} \
                The whole time is the sum of all pieces and all switches.",
        },
        cores: Alternative {
            title: "Threads on several cores run side by side",
            description: "A timeline with four lanes, one for each core, at the same scale as the \
                timeline of threads on one core. {lanes} A, B and C overlap. Starting a thread costs \
                little, and nothing is moved, because the threads share one memory. All is done in \
                less than half the time; a dashed line far below marks where threads on one core end.",
        },
        processes: Alternative {
            title: "Processes on several cores run side by side, and pay for starting and moving",
            description: "A timeline with four lanes, one for each core, at the same scale as the \
                timeline of threads on one core. {lanes} A, B and C overlap, as threads on \
                several cores do. Starting a process takes longer than starting a thread, and \
                each result is serialised, sent through a pipe and read back. All is done later than \
                with threads on several cores, and before the dashed line that marks where \
                threads on one core end.",
        },
    },
    memory: Memory {
        one_process: "one process: its threads share memory",
        two_processes: "two processes: by default nothing is shared",
        shared_heap: "heap and globals: all threads use them",
        thread_stack: "thread {n}\nown stack",
        process: "process {n}",
        owned: "own heap,\nown globals,\nown stack",
        pipe: "pipe: copies bytes",
        mapping: "shared mapping: both see it",
        alternative: Alternative {
            title: "What threads share and what processes share",
            description: "Above, one process as one frame: a bar for heap and globals, \
                and below it three threads with a stack each; every thread reads and writes heap and \
                globals. Below, two processes as two separate frames, each with its own heap, \
                globals and stack. By default nothing is shared between them. A pipe \
                carries copied bytes from process 1 to process 2. A shared mapping, made for the \
                purpose, lies across both frames: both processes see it.",
        },
    },
    fork_join: ForkJoin {
        parent: "parent",
        child: "child",
        runs: "runs",
        fork: "fork",
        fork_spoken: "forks the child",
        goes_on: "goes on",
        waits: "waits in join",
        goes_on_again: "goes on",
        copy: "begins as a\ncopy of the parent",
        task: "runs the task",
        exit: "exits",
        status: "exit status",
        alternative: Alternative {
            title: "A process forks a child and joins it",
            description: "A timeline with two lanes, parent and child. {lanes} Fork leads \
                from the parent to the beginning of the child. The exit status leads from the end of \
                the child back to the parent, whose wait ends with it.",
        },
    },
    multi_process: MultiProcess {
        parent: "parent",
        children: "children",
        child: "child {n}",
        spawn: "spawn({n})",
        join: "join({n})",
        ends: ["ends\n1st", "ends\n2nd", "ends\n3rd", "ends\n4th", "ends\n5th"],
        spoken_join_waits: "join({n}) waits",
        spoken_join_at_once: "join({n}) returns at once",
        spoken_runs: "runs and {ends}",
        start_key: "the parent starts a child",
        wait_key: "the parent waits for one child",
        zombie_key: "the child has ended and is a zombie\nuntil the parent joins it",
        alternative: Alternative {
            title: "Five children are spawned in order, end in another order and are joined in order",
            description: "A timeline with a lane for the parent and one for each of five children, \
                numbered from 0. {lanes} The children overlap. They end in the order {ends}. The \
                parent joins them in the order 0, 1, 2, 3, 4: join(0) waits although child 2 has \
                ended already. A child that ends before its join stays as a zombie, drawn as a dotted \
                line, until the parent joins it.",
        },
    },
    order: Order {
        arrive: "as they arrive",
        placed: "in place",
        index: "index",
        result: "result",
        row: "result {r} with index {i}",
        alternative: Alternative {
            title: "Results arrive in any order and are put into place by their index",
            description: "On the left, five results as they arrive, the first at the top: {rows}. \
                From each an arrow leads to its place on the right, where the results stand in the \
                order of their indexes: {results}.",
        },
    },
    process_pool: ProcessPool {
        parent_before: "parent: calls map",
        inputs: "inputs",
        fork: "fork: workers\ninherit inputs",
        counter: "shared memory: number of the next chunk",
        take: "takes the\nnext chunk",
        takes: "{worker} takes {chunks}",
        worker: "worker {n}",
        chunk: "chunk {list}",
        chunks: "chunks {list}",
        pipe: "pipe:\nresults",
        parent_after: "parent: polls all pipes",
        results: "results in input order",
        alternative: Alternative {
            title: "How Pool::map spreads the work over processes and puts the results in order",
            description: "From the top down. The parent holds {inputs} inputs, in {chunks} chunks. It \
                forks {workers} workers, which inherit inputs and closure, so that nothing is sent to \
                them. Each worker takes the number of the next chunk from a counter in shared memory, \
                again and again. Here {taken}. Each worker writes its results, in frames, to a pipe \
                of its own. The parent polls all pipes at once and puts the results in the order of the \
                inputs.",
        },
    },
    thread_pool: ThreadPool {
        process: "one process: inputs and results in one memory",
        items: "items {from}–{to}",
        busy: "thread 0\nruns {items}",
        idle: "thread 1\nhas no work",
        queue: "queue of thread {n}",
        empty: "empty",
        takes: "takes the newest",
        steals: "steals\nthe oldest",
        alternative: Alternative {
            title: "An idle thread steals work from the far end of another thread's queue",
            description: "One process with two threads, which share inputs and results. \
                Each thread has a queue of its own. The queue of thread 0 holds, from the \
                oldest to the newest: {queue}. Thread 0 runs {running} and takes its next work from \
                the newest end. The queue of thread 1 is empty: it steals the oldest and \
                largest piece, {stolen}, from the other end.",
        },
    },
    programs: programs::ENGLISH,
    costs: costs::ENGLISH,
    measured: measured::ENGLISH,
    lab: lab::ENGLISH,
    mpi: mpi::ENGLISH,
};
