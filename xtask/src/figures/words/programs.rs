//! The words of the pictures of Part III.

use super::Alternative;

pub struct Programs {
    pub choosing: Choosing,
    pub race: Race,
    pub pipeline: Pipeline,
    pub order_per_key: OrderPerKey,
    pub start_methods: StartMethods,
    pub deadlock: Deadlock,
    pub supervisor: Supervisor,
}

pub struct Choosing {
    /// In the order of the page that the picture belongs to.
    pub questions: [Question; 7],
    /// What is taken when no question has decided.
    pub otherwise: &'static str,
    pub each_stage: &'static str,
    /// A question in the text alternative, what leads on from it, and its answers.
    pub spoken_question: &'static str,
    pub spoken_exit: &'static str,
    pub spoken_otherwise: &'static str,
    pub alternative: Alternative,
}

pub struct Question {
    pub asked: &'static str,
    /// What leads to an answer, and the answer.
    pub exits: &'static [(&'static str, &'static str)],
    /// What leads to the next question.
    pub on: &'static str,
}

pub struct Race {
    pub worker_a: &'static str,
    pub worker_b: &'static str,
    pub total: &'static str,
    pub reads: &'static str,
    pub finds: &'static str,
    pub stores: &'static str,
    pub lost: &'static str,
    pub alternative: Alternative,
}

pub struct Pipeline {
    pub cut: &'static str,
    pub queue: &'static str,
    pub worker: &'static str,
    pub worker_late: &'static str,
    pub add: &'static str,
    pub added: &'static str,
    pub buffer: &'static str,
    pub missing: &'static str,
    pub tickets: &'static str,
    pub alternative: Alternative,
}

pub struct OrderPerKey {
    pub one_queue: &'static str,
    pub slower: &'static str,
    pub quicker: &'static str,
    pub first: &'static str,
    pub second: &'static str,
    pub account: &'static str,
    pub booked: &'static str,
    pub refused: &'static str,
    pub queue_by_key: &'static str,
    pub hash: &'static str,
    pub worker: &'static str,
    pub alternative: Alternative,
}

pub struct StartMethods {
    pub program: &'static str,
    pub worker: &'static str,
    pub server: &'static str,
    pub fork: &'static str,
    pub program_again: &'static str,
    pub fork_server: &'static str,
    pub sets: &'static str,
    pub sets_and_grows: &'static str,
    pub begins: &'static str,
    pub forks: &'static str,
    pub forks_server: &'static str,
    pub starts: &'static str,
    pub fork_arrow: &'static str,
    pub start_arrow: &'static str,
    pub job: &'static str,
    pub job_stdin: &'static str,
    pub result: &'static str,
    pub result_pipe: &'static str,
    pub result_stdout: &'static str,
    pub copy: &'static str,
    pub is_loaded: &'static str,
    pub fresh: &'static str,
    pub server_copy: &'static str,
    pub worker_copy: &'static str,
    pub sends: &'static str,
    pub counts: &'static str,
    pub waits: &'static str,
    pub goes_on: &'static str,
    pub alternative: Alternative,
}

pub struct Deadlock {
    pub giver_first: &'static str,
    pub same_order: &'static str,
    pub thread: &'static str,
    pub account: &'static str,
    pub waits_for: &'static str,
    pub is_held_by: &'static str,
    pub locks: &'static str,
    pub wants: &'static str,
    pub transfers: &'static str,
    pub lets_go: &'static str,
    pub free: &'static str,
    pub alternative: Alternative,
}

pub struct Supervisor {
    pub lane: &'static str,
    pub task: &'static str,
    pub back_off: &'static str,
    pub starts: &'static str,
    pub panics: &'static str,
    pub counts: &'static str,
    pub pause: &'static str,
    pub meanwhile: &'static str,
    pub watches: &'static str,
    pub takes_result: &'static str,
    pub worker: &'static str,
    pub failed: &'static str,
    pub succeeded: &'static str,
    pub shut_down: &'static str,
    pub worker_n: &'static str,
    pub ctrl_c: &'static str,
    pub tells: &'static str,
    pub ends: &'static str,
    pub grace: &'static str,
    pub kills: &'static str,
    pub stopped: &'static str,
    pub joins: &'static str,
    pub alternative: Alternative,
}

pub const ENGLISH: Programs = Programs {
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
