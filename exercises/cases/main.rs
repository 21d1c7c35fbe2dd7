//! The solutions and the wrong programs, all in one: `exercise-cases EXERCISE CASE` runs one.
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
    as_many_as_cpus: solution second in_this_process in_threads a_worker_each fixed all_of_the_machine one_for_all
        one_by_one no_join busy;
    same_bits: solution second one_thread pool_of_one as_it_comes chunk_each in_a_mutex rounded own_threads by_processes;
    survive_a_panic: solution second in_this_process in_threads known_beforehand guessed gives_up one_by_one no_join
        sleeps;
    own_map: solution second in_this_process by_threads through_files one_by_one swallowed no_join sleeps leaked;
    backpressure: solution second unbounded room_for_the_pipe all_made_first one_at_a_time by_the_clock busy
        one_worker swallowed in_threads no_join;
    one_seat: solution second unlocked std_mutex a_lock_each locked_too_late given_back dropped_at_once decided_beforehand
        one_by_one in_threads no_join;
    transfers: solution second as_given not_at_once lock_for_all one_lock_at_a_time asks_again one_by_one in_threads
        no_join;
    shared_counter: solution second load_and_store strictest_order in_this_process in_threads one_by_one sent_around
        not_counted asks_for_the_number no_join;
    a_deadline: solution second left_running not_reaped sleeps busy known_beforehand one_by_one in_threads;
    ctrl_c: solution second by_default ends_at_once ignores too_late not_reaped ends_well one_forgotten
        asks_now_and_then one_by_one in_threads;
    restart: solution second in_this_process in_threads without_limit one_too_many gives_up_in_silence panics_only
        known_beforehand all_at_once no_join;
    first_answer: solution second searches_on left_running not_reaped all_but_one busy asks_now_and_then one_by_one
        in_threads;
    order_per_key: solution second whoever_is_free in_turn one_lock one_at_a_time by_the_clock one_worker booked_here
        swallowed in_threads no_join;
    in_a_pipeline: solution second in_batches one_at_a_time a_process_each_dish shared_out last_first one_by_one
        in_threads swallowed no_join;
    a_share: solution second all_of_it rest_forgotten rest_to_the_last from_zero runs_by_number trusts
        no_number_is_none panics;
    port_ten_lines: solution second in_this_process in_threads in_chunks a_process_each as_they_come by_the_workers
        swallowed no_join;
}

fn main() -> ExitCode {
    let mut names = std::env::args().skip(1);
    let (exercise, case) = (names.next().unwrap_or_default(), names.next().unwrap_or_default());
    let code = run(&exercise, &case);
    #[cfg(target_os = "linux")]
    if ["no_join", "not_reaped"].contains(&&*case) {
        outlive_children();
    }
    code.unwrap_or_else(|| {
        eprintln!("usage: exercise-cases EXERCISE CASE; there is no {exercise} {case}");
        ExitCode::from(2).report()
    })
}

/// Waits until all children have ended, and reaps none: then they are zombies when this program ends, at any load.
#[cfg(target_os = "linux")]
fn outlive_children() {
    use nix::sys::wait::{Id, WaitPidFlag, waitid};

    let children = std::fs::read_to_string("/proc/thread-self/children").unwrap_or_default();
    for child in children.split_whitespace().filter_map(|child| child.parse().ok()) {
        let child = Id::Pid(nix::unistd::Pid::from_raw(child));
        let _ = waitid(child, WaitPidFlag::WEXITED | WaitPidFlag::WNOWAIT);
    }
}
