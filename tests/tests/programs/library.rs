//! The library `mp` in processes of its own: each test runs the program `cases` with the name of one
//! case (src/bin/cases), which forks, checks inside, and prints.
#![cfg(unix)]

use std::os::unix::process::ExitStatusExt as _;
use std::process::{Command, ExitStatus};

use anyhow::{Context as _, Result, ensure};
use tests::{Ended, LIMIT, Stdout, example, run};

/// Runs one case to its end, sees that it leaves no process behind, and compares.
fn check(name: &str, stdout: Stdout, expected: &Expected) -> Result<()> {
    let mut command = Command::new(env!("CARGO_BIN_EXE_cases"));
    command.arg(name).env_remove("RUST_BACKTRACE").env_remove("RUST_LIB_BACKTRACE");
    let ended = run(command, stdout, 2 * LIMIT)?;
    expected.compare(name, &ended).with_context(|| ended.output())
}

#[derive(PartialEq)]
enum Ends {
    Well,
    Code(i32),
    Signal(i32),
}

impl From<ExitStatus> for Ends {
    fn from(status: ExitStatus) -> Ends {
        match (status.code(), status.signal()) {
            (Some(0), _) => Ends::Well,
            (Some(code), _) => Ends::Code(code),
            (None, signal) => Ends::Signal(signal.unwrap_or(0)),
        }
    }
}

/// What a case writes: stdout whole, apart from its last line; on stderr the panics' messages, or
/// without a panic all of it.
struct Expected {
    ends: Ends,
    stdout: &'static str,
    stderr: &'static str,
    panics: &'static [&'static str],
}

impl Expected {
    fn compare(&self, name: &str, ended: &Ended) -> Result<()> {
        ensure!(Ends::from(ended.status) == self.ends, "it ended with {}", ended.status);
        let end = match self.ends {
            Ends::Well => format!("end of {name}\n"),
            _ => String::new(),
        };
        ensure!(ended.stdout == format!("{}{end}", self.stdout), "stdout is not as expected");
        // Each message stands once on stderr, and no other panic of ours does.
        for message in self.panics {
            let count = ended.stderr.matches(message).count();
            ensure!(count == 1, "'{message}' stands {count} times on stderr");
        }
        let panics = ended.stderr.matches("panicked at tests/").count();
        ensure!(panics == self.panics.len(), "{panics} panics on stderr");
        ensure!(panics > 0 || ended.stderr == self.stderr, "stderr is not as expected");
        Ok(())
    }
}

/// A case that ends well and writes nothing.
const QUIET: Expected = Expected { ends: Ends::Well, stdout: "", stderr: "", panics: &[] };

const fn prints(stdout: &'static str) -> Expected {
    Expected { stdout, ..QUIET }
}

const fn panics(panics: &'static [&'static str]) -> Expected {
    Expected { panics, ..QUIET }
}

const fn says(stderr: &'static str) -> Expected {
    Expected { stderr, ..QUIET }
}

/// The tests, one a case, and their names.
macro_rules! cases {
    ($($name:ident: $expected:expr),* $(,)?) => {
        const TESTED: &[&str] = &[$(stringify!($name)),*];
        $(
            #[test]
            fn $name() -> Result<()> {
                check(stringify!($name), Stdout::Pipe, &$expected)
            }
        )*
    };
}

cases! {
    // Process
    exit_code_0: prints("child\nparent\n"),
    exit_code_101: panics(&["the child's message"]),
    exit_code_7: prints("half a line of the child, and the parent\n"),
    exit_code_of_what_is_returned: says("Error: \"the child's error\"\n"),
    at_exit_handlers_are_the_parents: Expected {
        stderr: "Error: \"the child fails\"\nat exit\n",
        ..prints("parent\n")
    },
    ended_by_a_signal: QUIET,
    terminate: QUIET,
    kill: QUIET,
    terminate_is_only_asked: QUIET,
    stop_after_the_end: QUIET,
    join_timeout: QUIET,
    join_timeout_sleeps: QUIET,
    is_alive: QUIET,
    join_is_interrupted: QUIET,
    join_timeout_is_interrupted: QUIET,
    drop_waits: QUIET,
    drop_in_a_panic_kills: Expected {
        ends: Ends::Code(101),
        ..panics(&["the parent's message, with child 1 alive"])
    },
    drop_in_a_caught_panic_kills: panics(&["caught"]),
    destructors_run_once: Expected {
        stdout: "dropped\n",
        ..panics(&["in the child"])
    },
    destructors_run_once_after_exit: prints("dropped\n"),
    half_a_line_comes_once: prints(HALF),
    half_a_line_of_the_child_comes: Expected {
        stdout: "half a line of the child, of one that panics, of a worker, and the parent\n",
        ..panics(&["in the child"])
    },
    stdout_is_full: prints("text that has no room comes later\n"),
    stdout_is_locked_by_the_parent: prints("child\nparent\n"),
    refused_with_two_threads: QUIET,
    allowed_after_the_threads: QUIET,
    threads_in_the_child: QUIET,
    hundred_at_once: QUIET,
    thousand_in_a_row: QUIET,
    nested: QUIET,
    a_siblings_handle: QUIET,
    changes_stay_in_the_child: prints("child: [1, 2, 3, 4]\nparent: [1, 2, 3]\n"),
    panic_in_a_panic: panics(&["the first message", "the destructor's message"]),
    panic_with_a_panicking_payload: panics(&["Box<dyn Any>"]),
    fork_fails: QUIET,
    no_descriptor_at_a_spawn: QUIET,
    more_children_than_descriptors: QUIET,
    output_of_a_child_is_lost: says(LOST),
    destructor_of_the_closure_panics: panics(&["the closure's destructor"]),
    spawned_during_a_panic: panics(&["on its way"]),
    spawned_before_and_during_a_panic: panics(&["on its way"]),
    join_timeout_does_not_poll: QUIET,
    children_are_ignored: QUIET,
    reaped_by_another: QUIET,
    // Shared
    eight_processes_count: QUIET,
    an_array_is_shared: QUIET,
    seen_after_the_child_has_ended: QUIET,
    seen_by_a_grandchild: QUIET,
    the_childs_drop_is_its_own: QUIET,
    nothing_to_share: QUIET,
    no_mapping_is_left: QUIET,
    // Pool
    order: QUIET,
    forks_no_more_than_needed: QUIET,
    zero_is_an_error: prints(
        "the number of workers must not be 0\n\
         the time limit of a task must not be 0\n\
         the chunk size must not be 0\n\
         the chunk size must not be 0\n"
    ),
    borrows: QUIET,
    runs_in_other_processes: QUIET,
    a_worker_holds_two_ends: QUIET,
    results_of_many_types: QUIET,
    results_of_no_size: QUIET,
    results_larger_than_a_pipe: QUIET,
    one_large_result: QUIET,
    panic_names_the_task: Expected {
        stdout: "attempt to divide by zero\n",
        ..panics(&["attempt to divide by zero"])
    },
    panic_stops_the_others: QUIET,
    panic_message_of_a_mebibyte: QUIET,
    panic_in_a_result: QUIET,
    results_are_dropped_once: QUIET,
    map_worker_killed: prints(
        "a worker died at the task for input 1 (signal: 9 (SIGKILL))\n\
         a worker died at the task for input 1 (signal: 15 (SIGTERM))\n\
         a worker died at the task for input 1 (signal: 6 (SIGABRT))\n"
    ),
    map_worker_exits: QUIET,
    map_worker_leaves_a_process: QUIET,
    map_worker_leaves_a_process_beside_busy_workers: QUIET,
    map_worker_becomes_another_program: QUIET,
    result_cannot_be_serialised: QUIET,
    result_cannot_be_read: QUIET,
    result_is_read_in_part: QUIET,
    imap_delivers_all: QUIET,
    imap_a_panic_is_one_items_error: QUIET,
    imap_a_bad_result_is_one_items_error: QUIET,
    imap_dropped_early: QUIET,
    imap_dropped_while_all_compute: QUIET,
    imap_dropped_in_a_panic: QUIET,
    imap_worker_killed: QUIET,
    imap_last_worker_killed: QUIET,
    imap_worker_killed_while_writing: QUIET,
    imap_delivers_at_once: QUIET,
    imap_waits_for_its_reader: QUIET,
    two_at_once: QUIET,
    map_is_interrupted: QUIET,
    worker_ends_while_a_handler_runs: QUIET,
    in_a_child: QUIET,
    in_a_task: QUIET,
    panic_with_a_pool_in_a_task: QUIET,
    parent_killed: QUIET,
    interrupted_from_the_keyboard: QUIET,
    fork_fails_half_way: QUIET,
    no_descriptor_for_a_pipe: QUIET,
    memory_of_map: QUIET,
    results_lie_apart: QUIET,
    two_hundred_in_a_row: QUIET,
    panics_in_a_row: QUIET,
    stray_bytes: QUIET,
    stray_bytes_of_println: QUIET,
    a_copy_of_the_worker: QUIET,
    results_have_borders: QUIET,
    closure_outlives_the_workers: QUIET,
    children_ignored_by_a_pool: QUIET,
    map_task_times_out: QUIET,
    imap_tasks_time_out: QUIET,
    workers_are_stopped_between_tasks: QUIET,
    tasks_around_the_limit: QUIET,
    late_and_not_looked_at: QUIET,
    imap_many_workers_die: QUIET,
    workers_die_at_any_moment: QUIET,
    parent_killed_after_a_change_of_user: QUIET,
    a_failing_call_takes_permits_along: QUIET,
    many_workers_few_descriptors: QUIET,
}

const LOST: &str = "error: output of a child is lost: No space left on device (os error 28)\n\
                    error: output of a child is lost: No space left on device (os error 28)\n";

const HALF: &str = "half a line, more, the end of the line\n";

/// Into a file as into a pipe.
#[test]
fn half_a_line_comes_once_into_a_file() -> Result<()> {
    check("half_a_line_comes_once", Stdout::File, &prints(HALF))
}

#[test]
fn each_case_is_a_test() {
    let listed = Command::new(env!("CARGO_BIN_EXE_cases")).output().expect("the program `cases`");
    let listed = String::from_utf8(listed.stdout).expect("names");
    let (mut listed, mut tested): (Vec<&str>, _) = (listed.lines().collect(), TESTED.to_vec());
    listed.sort_unstable();
    tested.sort_unstable();
    assert_eq!(listed, tested);
}

// ------------------------------------------------------------------------------- mp::args

/// As with `| head -1` when `head` has ended: a program says nothing about it, and leaves nobody
/// behind. Some write first in the parent, some in a child, some in a thread.
#[test]
fn nobody_reads_what_a_program_prints() -> Result<()> {
    let programs = [
        "multi_process",
        "single_process",
        "process_pool",
        "order",
        "cpu_count",
        "shared_memory",
        "full_pipe",
        "producer_consumer",
        "rayon_tour",
        "threads_and_processes",
        "fork_copies",
        "fork_pitfalls",
        "signals",
    ];
    for name in programs {
        let ended = run(example(name, &[])?, Stdout::BrokenPipe, LIMIT)?;
        let quiet = ended.stderr.is_empty() && Ends::from(ended.status) == Ends::Code(101);
        ensure!(quiet, "{name} ended with {}\n{}", ended.status, ended.output());
    }
    Ok(())
}

/// The first line is read and none after it: what finds that out is a child, and so its parent ends as it did.
#[cfg(target_os = "linux")]
#[test]
fn nobody_reads_on_when_a_child_prints() -> Result<()> {
    use std::io::{Read as _, Write as _};
    use std::os::fd::AsRawFd as _;

    for (name, line) in [
        ("fork_copies", "memory:\n"),
        ("fork_pitfalls", "a buffer, wrong:\n"),
        ("signals", "which thread:\n"),
    ] {
        // Room for this line, and whoever writes more waits until the reader has gone.
        let (reader, mut writer) = std::io::pipe()?;
        let size = nix::fcntl::fcntl(&writer, nix::fcntl::FcntlArg::F_SETPIPE_SZ(4096))?;
        let filling = vec![b'.'; usize::try_from(size)? - line.len()];
        writer.write_all(&filling)?;
        let mut program = example(name, &[])?;
        let mut child = program.stdout(writer).stderr(std::process::Stdio::piped()).spawn()?;
        drop(program); // it holds the writer
        let mut there: nix::libc::c_int = 0;
        while there < size {
            std::thread::sleep(std::time::Duration::from_millis(1));
            ensure!(child.try_wait()?.is_none(), "{name} ended without its first line");
            // SAFETY: FIONREAD writes one int, how many bytes wait in the pipe, and `there` is one.
            unsafe { nix::libc::ioctl(reader.as_raw_fd(), nix::libc::FIONREAD, &raw mut there) };
        }
        drop(reader);
        let mut stderr = String::new();
        child.stderr.take().context("a pipe")?.read_to_string(&mut stderr)?;
        let status = child.wait()?;
        let quiet = stderr.is_empty() && Ends::from(status) == Ends::Code(101);
        ensure!(quiet, "{name} ended with {status}\n{stderr}");
    }
    Ok(())
}
