//! The solutions and the wrong programs, all in one: `cases EXERCISE CASE` runs one.
//!
//! Their files stand beside this one, a folder for each exercise. Each is a whole program, as a reader writes it.
#![cfg_attr(not(unix), allow(unused))]

use std::process::{ExitCode, Termination as _};

/// Makes a module of each file, and a function that runs the one that is named.
macro_rules! cases {
    ($($exercise:ident: $($case:ident)+;)+) => {
        $(mod $exercise {
            $(pub mod $case {
                include!(concat!(
                    env!("CARGO_MANIFEST_DIR"), "/cases/", stringify!($exercise), "/", stringify!($case), ".rs"
                ));

                pub fn run() -> std::process::ExitCode {
                    std::process::Termination::report(main())
                }
            })+
        })+

        fn run(exercise: &str, case: &str) -> Option<ExitCode> {
            match (exercise, case) {
                $($((stringify!($exercise), stringify!($case)) => Some($exercise::$case::run()),)+)+
                _ => None,
            }
        }
    };
}

cases! {
    one_child: solution second in_this_process in_a_thread made_up_code no_join sleeps busy early;
    five_at_once: solution second in_this_process in_threads one_by_one one_for_all no_join sleeps busy early;
    in_order: solution second computed_here by_threads one_by_one by_exit_code by_luck no_join busy;
    missing_close: solution second killed told_to_end one_by_one by_threads no_join abandoned swallowed;
}

fn main() -> ExitCode {
    let mut names = std::env::args().skip(1);
    let (exercise, case) = (names.next().unwrap_or_default(), names.next().unwrap_or_default());
    run(&exercise, &case).unwrap_or_else(|| {
        eprintln!("usage: cases EXERCISE CASE; there is no {exercise} {case}");
        ExitCode::from(2).report()
    })
}
