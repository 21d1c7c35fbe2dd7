//! The words of the pictures in English.

use trace::Labels;

use super::costs::{Chart, Costs};
use super::lab::Lab;
use super::measured::{Cover, Measured};
use super::mpi::Mpi;
use super::programs::{
    Choosing, Deadlock, OrderPerKey, Pipeline, Programs, Question, Race, StartMethods, Supervisor,
};
use super::{
    Alternative, ForkJoin, Kinds, Memory, MultiProcess, Order, ProcessPool, ThreadPool, Time, Words,
};

pub static WORDS: Words = Words {
    list_joint: ", ",
    list_joint_wide: "; ",
    sentence_end: ".",
    sentence_joint: " ",
    piece_joint: ", ",
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
    programs: PROGRAMS,
    costs: COSTS,
    measured: MEASURED,
    lab: LAB,
    mpi: MPI,
};

const PROGRAMS: Programs = Programs {
    choosing: Choosing {
        questions: [
            Question {
                asked: "Is it fast enough\nas it is?",
                exits: &[("yes", "keep the loop")],
                on: "no",
            },
            Question {
                asked: "Is there a better\nway to compute it?",
                exits: &[("yes", "take it,\nmeasure again")],
                on: "no",
            },
            Question {
                asked: "Can parts of it\nbe done at the\nsame time?",
                exits: &[("no", "keep the loop"), ("in stages\nor by key", "a pipeline")],
                on: "yes",
            },
            Question {
                asked: "Does a program\ndo it already?",
                exits: &[("yes", "Command")],
                on: "no",
            },
            Question {
                asked: "May a task crash,\nhang or do harm?",
                exits: &[("yes", "processes:\nprocspawn,\na supervisor")],
                on: "no",
            },
            Question {
                asked: "Does it wait more\nthan it computes?",
                exits: &[("yes", "some hundred:\nthreads; many\nthousands: async")],
                on: "no",
            },
            Question {
                asked: "Does it fit into\none machine?",
                exits: &[("no", "more machines")],
                on: "yes",
            },
        ],
        otherwise: "rayon",
        each_stage: "then for each stage",
        spoken_question: "Question {n}: {question} {exits}; {on}: go on.",
        spoken_exit: "{on}: {answer}",
        spoken_otherwise: "What gets to the end takes {otherwise}.",
        alternative: Alternative {
            title: "Which way to take: seven questions from the top down",
            description: "Questions stand one below the other. From each an arrow leads to the side, to \
                an answer, and another one down, to the next question. {questions} A pipeline is not \
                the end: an arrow leads from it to the next question, which is asked for each stage. \
                {otherwise}",
        },
    },
    race: Race {
        worker_a: "worker A",
        worker_b: "worker B",
        total: "total",
        reads: "reads {n}",
        finds: "counts,\nfinds {n}",
        stores: "stores {n}",
        lost: "The total should be {right}.\nThe {lost} of worker B are lost.",
        alternative: Alternative {
            title: "A lost update: two workers add to a total, and what one has added is gone",
            description: "A timeline with three lanes: worker A, the total and worker B. {lanes} Both \
                workers read {start}, before either has stored. Worker B stores {between}, and after \
                it worker A stores {end}. The total should be {right}: the {lost} of worker B are lost.",
        },
    },
    pipeline: Pipeline {
        cut: "stage 1 has cut {n} pieces,\nwaits for a ticket",
        queue: "queue",
        worker: "stage 2\ncounts\npiece {n}",
        worker_late: "stage 2\nstill\ncounts {n}",
        add: "stage 3 adds the counts in order",
        added: "added: pieces {list}",
        buffer: "reorder\nbuffer",
        missing: "{n}?",
        tickets: "a ticket goes back when a piece is added",
        alternative: Alternative {
            title: "A pipeline of three stages that restores the order at its end",
            description: "From the top down, at a moment at which all {room} tickets are out. Stage 1 \
                cuts the range into numbered pieces and waits for a ticket. In the queue behind it: \
                piece {to_count}. The workers of stage 2 count pieces {in_work}. In the queue behind \
                them: piece {counted}. Stage 3 has added pieces {done}. Its reorder buffer holds pieces \
                {early}, which have come early, with an empty place for piece {missing}, on which a \
                worker of stage 2 still counts. A dashed arrow leads from stage 3 back to stage 1: a \
                ticket goes back when a piece is added.",
        },
    },
    order_per_key: OrderPerKey {
        one_queue: "wrong: one queue for all workers",
        slower: "worker 1\nis slower",
        quicker: "worker 2\nis quicker",
        first: "first",
        second: "second",
        account: "account {name}",
        booked: "{amount}: now {after}",
        refused: "{amount}: refused",
        queue_by_key: "right: a queue for each worker",
        hash: "the hash of the name chooses the queue",
        worker: "worker {n}",
        alternative: Alternative {
            title: "One queue for all workers loses the order of an account; a queue for each keeps it",
            description: "Two pictures with the same events: {events}. Above, wrong: all are in one \
                queue. Worker 1 takes the first event of anna and is slower, worker 2 takes the second \
                and books first. Account anna, from the top down: {wrong}. Below, right: the hash of \
                the name chooses one of two queues, each with one worker. The events of anna go to worker 1, \
                in order. Account anna: {right_a}. The events of chen go to worker 2. Account chen: \
                {right_b}.",
        },
    },
    start_methods: StartMethods {
        program: "the program",
        worker: "worker",
        server: "fork server",
        fork: "fork",
        program_again: "the program again",
        fork_server: "fork server",
        sets: "setting = 1",
        sets_and_grows: "setting = 1,\ngrows",
        begins: "begins",
        forks: "forks the worker",
        forks_server: "forks the server",
        starts: "starts the program again",
        fork_arrow: "fork",
        start_arrow: "start",
        job: "job",
        job_stdin: "job, by stdin",
        result: "result",
        result_pipe: "result, by a pipe",
        result_stdout: "result, by stdout",
        copy: "copy: setting 1\nand the job",
        is_loaded: "is loaded",
        fresh: "main begins:\nsetting 0",
        server_copy: "copy:\nsetting 0",
        worker_copy: "copy:\nsetting 0",
        sends: "sends the\njob",
        counts: "counts",
        waits: "waits",
        goes_on: "goes on",
        alternative: Alternative {
            title: "Three start methods: fork, the program again, and a fork server",
            description: "Three timelines, one below the other; in each the program needs a worker \
                that counts. First, fork, with two lanes. {fork} The worker is a copy of the \
                program and has setting and job. Second, the program again, with two lanes. \
                {again} The worker begins at main with setting 0, the job comes through \
                stdin, and the result goes back through stdout. Third, a fork server, with \
                three lanes. {server} The server is forked at the beginning, before the \
                setting changes. Later the program sends it a job, and it forks a worker, \
                which sends the result to the program itself.",
        },
    },
    deadlock: Deadlock {
        giver_first: "giver first: a circle",
        same_order: "same order: no circle",
        thread: "thread {n}",
        account: "account {n}",
        waits_for: "waits for",
        is_held_by: "is held by",
        locks: "locks {n}",
        wants: "wants {n}:\nwaits",
        transfers: "transfers",
        lets_go: "unlocks both",
        free: "0 is free",
        alternative: Alternative {
            title: "A deadlock by the order of two locks, and its cure",
            description: "Above, giver first: four boxes in a circle of arrows. Thread 1 waits for \
                account 1, which is held by thread 2, which waits for account 0, which is \
                held by thread 1. Nobody can go on. Below, same order: a timeline with a \
                lane for each thread. {lanes} Thread 2 holds nothing while it waits, and \
                goes on when thread 1 has unlocked account 0.",
        },
    },
    supervisor: Supervisor {
        lane: "supervisor",
        task: "task B",
        back_off: "back-off: each pause is twice as long",
        starts: "starts attempt {n}",
        panics: "attempt {n}:\npanics",
        counts: "attempt {n}:\ncounts",
        pause: "waits {ms} ms",
        meanwhile: "watches all,\nstarts others",
        watches: "watches all",
        takes_result: "takes the result",
        worker: "a worker",
        failed: "status 101",
        succeeded: "status 0",
        shut_down: "Ctrl-C, while worker 2 is stopped",
        worker_n: "worker {n}",
        ctrl_c: "Ctrl-C",
        tells: "SIGTERM\nto all",
        ends: "ignores\nCtrl-C, ends\nby SIGTERM",
        grace: "grace period:\n1 s",
        kills: "SIGKILL",
        stopped: "is stopped:\nSIGTERM\nhas to wait;\nis killed",
        joins: "has joined all,\nexits with 130",
        alternative: Alternative {
            title: "A supervisor tries a task again after a pause, and ends its workers on Ctrl-C",
            description: "Two timelines. Above, a supervisor and task B, which fails twice. {attempts} \
                Each attempt runs in a new worker; a worker that panics ends with status \
                101. The second pause is twice as long as the first, and the supervisor \
                looks after other tasks in the meantime. Below, Ctrl-C, with a supervisor \
                and two workers. {shut_down} SIGTERM goes to both workers at once. Worker 1 \
                ends. Worker 2 is still there when the grace period is over, and SIGKILL \
                ends it.",
        },
    },
};

const COSTS: Costs = Costs {
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

const MEASURED: Measured = Measured {
    threads_one_core: "Measured in Rust: threads on one core",
    python_threads: "Measured in Python: threads over the cores",
    threads_cores: "Measured in Rust: threads over the cores",
    processes: "Measured in Rust: processes over the cores",
    python_processes: "Measured in Python: processes over the cores",
    start_thread: "starting a thread, until it runs",
    start_process: "starting a process, until it runs",
    labels: Labels::ENGLISH,
    cover: Cover {
        title: "The same work in four ways, measured",
        work: "Time runs to the right, and each bar is a stretch in which a worker ran.",
        ways: ["Python, threads", "Python, processes", "Rust, threads", "Rust, processes"],
        took: "{way}: {time}.",
        main: "main",
        costs: "starting, moving",
    },
};

const LAB: Lab = Lab {
    ways: [
        "one after another",
        "threads on one core",
        "threads on several cores",
        "processes on several cores",
    ],
    spoken: "{way} {percent} %",
    alternative: Alternative {
        title: "How long the same work takes in four ways",
        description: "Four bars, as long as the time that the work of the pictures above takes, \
                      against one after another: {ways}.",
    },
};

const MPI: Mpi = Mpi {
    model: Chart {
        x: "ranks",
        y: "a model, not measured: times as fast as one rank",
        alternative: Alternative {
            title: "A model: how much faster four jobs become with 1 to 10,000 ranks",
            description: "Computed from a model, not measured. Lines of speed-up over the number of \
                ranks; both axes are logarithmic. A dashed line for comparison is as many times as \
                fast as there are ranks. The large job follows it to the end. The small job leaves it \
                first and flattens. The job whose root sends all the data, and the pool whose one root \
                hands out all pieces, each reach a ceiling. {points}",
        },
    },
    ideal: "ideal",
    large: "large job",
    small: "small job",
    data: "large job,\nmuch data",
    pool: "pool with\none root",
};
