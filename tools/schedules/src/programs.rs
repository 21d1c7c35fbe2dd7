//! The programs of which every schedule is walked.

use crate::explore::Run;
use crate::recorded::{accounts, locks, race_condition, sold, total};

/// How many workers a program has: the page names them A and B.
pub const WORKERS: usize = 2;

/// A program: what its workers do with a function of the book's.
#[derive(Clone, Copy)]
pub struct Program {
    /// The name of its file in `data/`.
    pub name: &'static str,
    /// The text from which its function is taken, with the same numbers of lines.
    pub text: &'static str,
    /// Where that stands in `examples/`.
    pub example: &'static str,
    /// The function that each worker calls.
    pub function: &'static str,
    /// How many times.
    pub times: usize,
    /// The names of the places in memory, in the order in which they are made.
    pub places: &'static [&'static str],
    /// The name of what it leaves, as the book's program calls it.
    pub leaves: &'static str,
    /// What it should leave.
    pub right: &'static [usize],
    /// Whether it is a cure: it always does.
    pub cure: bool,
    /// Runs it, under shuttle.
    pub run: Run,
}

const RACE: Program = Program {
    name: "",
    text: include_str!(concat!(env!("OUT_DIR"), "/race_condition.rs")),
    example: "race_condition",
    function: "",
    times: 1,
    places: &["total"],
    leaves: "total",
    right: &[2],
    cure: false,
    run: Vec::new,
};

const SEAT: Program = Program { places: &["taken"], leaves: "sold", right: &[1], ..RACE };

const LOCKS: Program = Program {
    text: include_str!(concat!(env!("OUT_DIR"), "/locks.rs")),
    example: "locks",
    places: &["accounts[0]", "accounts[1]"],
    leaves: "accounts",
    right: &[500, 500],
    ..RACE
};

/// All of them.
pub const PROGRAMS: [Program; 8] = [
    Program {
        name: "lost_update_1",
        function: "add_in_two_steps",
        run: || total(1, race_condition::add_in_two_steps),
        ..RACE
    },
    Program {
        name: "lost_update_2",
        function: "add_in_two_steps",
        times: 2,
        right: &[4],
        run: || total(2, race_condition::add_in_two_steps),
        ..RACE
    },
    Program {
        name: "one_step_1",
        function: "add_in_one_step",
        cure: true,
        run: || total(1, race_condition::add_in_one_step),
        ..RACE
    },
    Program {
        name: "one_step_2",
        function: "add_in_one_step",
        times: 2,
        right: &[4],
        cure: true,
        run: || total(2, race_condition::add_in_one_step),
        ..RACE
    },
    Program {
        name: "seat_sold_twice",
        function: "look_then_sell",
        run: || sold(race_condition::look_then_sell),
        ..SEAT
    },
    Program {
        name: "seat_sold_once",
        function: "take_then_sell",
        cure: true,
        run: || sold(race_condition::take_then_sell),
        ..SEAT
    },
    Program {
        name: "giver_first",
        function: "giver_first",
        run: || accounts(locks::giver_first),
        ..LOCKS
    },
    Program {
        name: "same_order",
        function: "same_order",
        cure: true,
        run: || accounts(locks::same_order),
        ..LOCKS
    },
];
