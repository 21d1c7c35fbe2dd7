//! The programs of which every schedule is walked.

use crate::explore::Run;
use crate::recorded::{
    accounts, locks, locks_with_if, most, race_condition, sold, sum, taken, threads_and_processes,
    total,
};

/// A program: what its workers do with functions of the book's.
#[derive(Clone, Copy)]
pub struct Program {
    /// The name of its file in `data/`.
    pub name: &'static str,
    /// From where its functions are taken.
    pub source: Source,
    /// The functions that the workers call.
    pub functions: &'static [&'static str],
    /// How many times a worker does.
    pub times: usize,
    /// How many workers there are: the page names them A, B and C.
    pub workers: usize,
    /// The names of the places in memory, in the order in which they are made.
    pub places: &'static [&'static str],
    /// The name of what it leaves, as the book's program calls it.
    pub leaves: &'static str,
    /// What it should leave.
    pub right: &'static [usize],
    /// What is right as well.
    pub also: &'static [&'static [usize]],
    /// What somebody could think that it leaves.
    pub asked: &'static [&'static [usize]],
    /// Whether it is a cure: it always leaves what it should.
    pub cure: bool,
    /// Runs it, under shuttle.
    pub run: Run,
}

/// A program of the book's.
#[derive(Clone, Copy)]
pub struct Source {
    /// The functions that are taken out of it, with the same numbers of lines.
    pub text: &'static str,
    /// Its name in `examples/`.
    pub example: &'static str,
    /// A word, and what stands there instead of it.
    pub instead: Option<[&'static str; 2]>,
}

const RACE: Program = Program {
    name: "",
    source: Source {
        text: include_str!(concat!(env!("OUT_DIR"), "/race_condition.rs")),
        example: "race_condition",
        instead: None,
    },
    functions: &[],
    times: 1,
    workers: 2,
    places: &["total"],
    leaves: "total",
    right: &[2],
    also: &[],
    asked: &[&[0], &[1], &[2]],
    cure: false,
    run: Vec::new,
};

const TWICE: Program =
    Program { times: 2, right: &[4], asked: &[&[0], &[1], &[2], &[3], &[4]], ..RACE };

const SEAT: Program = Program { places: &["taken"], leaves: "sold", right: &[1], ..RACE };

const LOCKS: Program = Program {
    source: Source {
        text: include_str!(concat!(env!("OUT_DIR"), "/locks.rs")),
        example: "locks",
        instead: None,
    },
    places: &["accounts[0]", "accounts[1]"],
    leaves: "accounts",
    right: &[500, 500],
    asked: &[&[499, 501], &[501, 499]],
    ..RACE
};

const RESULTS: Program = Program {
    functions: &["put", "take"],
    workers: 3,
    places: &["results"],
    leaves: "taken",
    right: &[2],
    asked: &[&[0], &[1]],
    ..LOCKS
};

/// All of them.
pub const PROGRAMS: [Program; 12] = [
    Program {
        name: "lost_update_1",
        functions: &["add_in_two_steps"],
        run: || total(1, race_condition::add_in_two_steps),
        ..RACE
    },
    Program {
        name: "lost_update_2",
        functions: &["add_in_two_steps"],
        run: || total(2, race_condition::add_in_two_steps),
        ..TWICE
    },
    Program {
        name: "one_step_1",
        functions: &["add_in_one_step"],
        cure: true,
        run: || total(1, race_condition::add_in_one_step),
        ..RACE
    },
    Program {
        name: "one_step_2",
        functions: &["add_in_one_step"],
        cure: true,
        run: || total(2, race_condition::add_in_one_step),
        ..TWICE
    },
    Program {
        name: "seat_sold_twice",
        functions: &["look_then_sell"],
        run: || sold(race_condition::look_then_sell),
        ..SEAT
    },
    Program {
        name: "seat_sold_once",
        functions: &["take_then_sell"],
        cure: true,
        run: || sold(race_condition::take_then_sell),
        ..SEAT
    },
    Program {
        name: "giver_first",
        functions: &["giver_first"],
        run: || accounts(locks::giver_first),
        ..LOCKS
    },
    Program {
        name: "same_order",
        functions: &["same_order"],
        cure: true,
        run: || accounts(locks::same_order),
        ..LOCKS
    },
    Program {
        name: "woken_with_if",
        source: Source {
            text: include_str!(concat!(env!("OUT_DIR"), "/locks_with_if.rs")),
            instead: Some(["while", "if"]),
            ..LOCKS.source
        },
        run: || taken(locks_with_if::put, locks_with_if::take),
        ..RESULTS
    },
    Program {
        name: "woken_with_while",
        cure: true,
        run: || taken(locks::put, locks::take),
        ..RESULTS
    },
    Program {
        name: "two_permits",
        functions: &["enter"],
        workers: 3,
        places: &["permits", "inside", "most"],
        leaves: "most",
        right: &[2],
        also: &[&[1]],
        asked: &[&[0], &[3]],
        cure: true,
        run: || most(3, 2, locks::enter),
        ..LOCKS
    },
    Program {
        name: "barrier",
        source: Source {
            text: include_str!(concat!(env!("OUT_DIR"), "/threads_and_processes.rs")),
            example: "threads_and_processes",
            instead: None,
        },
        functions: &["add_in_two_steps"],
        places: &["sum"],
        leaves: "sum",
        run: || sum(threads_and_processes::add_in_two_steps),
        ..RACE
    },
];
