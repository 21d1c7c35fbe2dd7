//! The cases of `mp::Pool`.

use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::fs::File;
use std::hint;
use std::io::{self, Read as _};
use std::mem;
use std::os::fd::{AsRawFd as _, FromRawFd as _};
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::panic;
use std::process::{Command, ExitStatus};
use std::sync::atomic::{AtomicU32, AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use mp::{Pool, PoolError, Process, Semaphore, Shared};
use nix::errno::Errno;
use nix::libc;
use nix::sys::resource::{Resource, UsageWho, getrusage, setrlimit};
use nix::sys::signal::{SigHandler, Signal, kill, killpg, raise, signal};
use nix::unistd::{Pid, setpgid};
use serde::de::{DeserializeOwned, Deserializer, Error as _};
use serde::ser::{Error as _, Serializer};
use serde::{Deserialize, Serialize};

use crate::check::{
    Before, Flag, PATIENCE, count_forks, counter, descriptors, end_orphan, errno, flag, forks, get,
    killer, limit_processes, me, on_signal, orphan_ends, pester, pid, set, silent_panics,
    sleep_long, sleep_ms, start, wait_for, wait_until,
};

crate::cases![
    order,
    forks_no_more_than_needed,
    zero_is_an_error,
    borrows,
    runs_in_other_processes,
    a_worker_holds_two_ends,
    results_of_many_types,
    results_of_no_size,
    results_larger_than_a_pipe,
    one_large_result,
    panic_names_the_task,
    panic_stops_the_others,
    panic_message_of_a_mebibyte,
    panic_in_a_result,
    results_are_dropped_once,
    map_worker_killed,
    map_worker_exits,
    map_worker_leaves_a_process,
    map_worker_leaves_a_process_beside_busy_workers,
    map_worker_becomes_another_program,
    result_cannot_be_serialised,
    result_cannot_be_read,
    result_is_read_in_part,
    imap_delivers_all,
    imap_a_panic_is_one_items_error,
    imap_a_bad_result_is_one_items_error,
    imap_dropped_early,
    imap_dropped_while_all_compute,
    imap_dropped_in_a_panic,
    imap_worker_killed,
    imap_last_worker_killed,
    imap_worker_killed_while_writing,
    imap_delivers_at_once,
    imap_waits_for_its_reader,
    two_at_once,
    map_is_interrupted,
    worker_ends_while_a_handler_runs,
    in_a_child,
    in_a_task,
    panic_with_a_pool_in_a_task,
    parent_killed,
    interrupted_from_the_keyboard,
    fork_fails_half_way,
    no_descriptor_for_a_pipe,
    memory_of_map,
    results_lie_apart,
    two_hundred_in_a_row,
    panics_in_a_row,
    stray_bytes,
    stray_bytes_of_println,
    a_copy_of_the_worker,
    results_have_borders,
    closure_outlives_the_workers,
    children_ignored_by_a_pool,
    map_task_times_out,
    imap_tasks_time_out,
    workers_are_stopped_between_tasks,
    tasks_around_the_limit,
    late_and_not_looked_at,
    imap_many_workers_die,
    workers_die_at_any_moment,
    parent_killed_after_a_change_of_user,
    a_failing_call_takes_permits_along,
    many_workers_few_descriptors,
];

fn pool(workers: usize) -> Pool {
    Pool::new(workers).expect("pool")
}

/// As many workers as that, one input at a time.
fn one_by_one(workers: usize) -> Pool {
    pool(workers).with_chunk_size(1)
}

fn order() {
    for workers in [1, 2, 3, 9] {
        for chunk_size in [None, Some(1), Some(2), Some(7), Some(usize::MAX)] {
            for len in [0, 1, 2, 7, 100, 3000] {
                if (len, chunk_size) == (3000, Some(1)) && workers == 9 {
                    continue;
                }
                let pool = chunk_size.into_iter().fold(pool(workers), Pool::with_chunk_size);
                assert_eq!(pool.workers(), workers);
                let inputs: Vec<usize> = (0..len).collect();
                let expected: Vec<usize> = inputs.iter().map(|n| n * 3).collect();
                let told = format!("{workers} workers, chunks of {chunk_size:?}, {len} inputs");
                assert_eq!(pool.map(&inputs, |n| n * 3).expect(&told), expected, "{told}");
                let mut results = pool.imap_unordered(&inputs, |n| n * 3).expect(&told);
                let all: Result<Vec<(usize, usize)>, PoolError> = results.by_ref().collect();
                assert!(results.next().is_none() && results.next().is_none(), "{told}");
                let mut all = all.expect(&told);
                all.sort_unstable();
                assert_eq!(all, expected.into_iter().enumerate().collect::<Vec<_>>(), "{told}");
            }
        }
    }
}

fn forks_no_more_than_needed() {
    count_forks();
    let used = |pool: Pool, inputs: &[u32]| {
        assert_eq!(pool.map(inputs, |n| n + 1).expect("map").len(), inputs.len());
        let by_map = forks();
        assert_eq!(pool.imap_unordered(inputs, |n| n + 1).expect("imap").count(), inputs.len());
        assert_eq!(forks(), by_map);
        by_map
    };
    assert_eq!(used(pool(4), &[]), 0);
    assert_eq!(used(pool(4).with_chunk_size(3), &[]), 0);
    assert_eq!(used(pool(4), &[1]), 1);
    assert_eq!(used(pool(1), &[1, 2, 3]), 1);
    assert_eq!(used(pool(64), &[1, 2, 3]), 3);
    assert_eq!(used(pool(usize::MAX), &[1, 2, 3]), 3);
    assert_eq!(used(pool(2), &[1, 2, 3]), 2);
    assert_eq!(used(pool(8).with_chunk_size(4), &[0; 10]), 3);
    assert_eq!(used(pool(8).with_chunk_size(usize::MAX), &[0; 10]), 1);
}

fn zero_is_an_error() {
    let error = Pool::new(0).expect_err("0 workers");
    println!("{error}");
    assert!(matches!(error, PoolError::Zero(_)));
    let pool_of_no_time = pool(2).with_task_timeout(Duration::ZERO);
    let error = pool_of_no_time.map(&[1], |n| *n).expect_err("no time");
    assert!(matches!(error, PoolError::Zero(_)));
    println!("{error}");
    for inputs in [&[][..], &[1, 2, 3]] {
        let pool = pool(2).with_chunk_size(0);
        let error = pool.map(inputs, |n| *n).expect_err("chunks of 0");
        assert!(matches!(error, PoolError::Zero(_)));
        println!("{error}");
        let error = pool.imap_unordered(inputs, |n| *n).map(|_| ()).expect_err("chunks of 0");
        assert!(matches!(error, PoolError::Zero(_)));
    }
}

fn borrows() {
    let names = [String::from("one"), String::from("three")];
    // Neither can be serialised, and neither needs to be.
    let shout: &dyn Fn(&str) -> String = &str::to_uppercase;
    let pool = pool(2);
    assert_eq!(pool.map(&names, |name| shout(name)).expect("map"), ["ONE", "THREE"]);
    let (inputs, factor) = (vec![1, 2, 3], 2);
    let results = pool.imap_unordered(&inputs, |n| n * factor).expect("imap");
    let sum: i32 = results.map(|item| item.expect("a result").1).sum();
    assert_eq!(sum, 12);
}

fn runs_in_other_processes() {
    let arrived = counter();
    let ids = one_by_one(3)
        .map(&[(); 3], |()| {
            // Each waits for the others, so no worker takes two.
            arrived.fetch_add(1, Ordering::SeqCst);
            wait_until("all three run", || arrived.load(Ordering::SeqCst) == 3);
            (me(), std::os::unix::process::parent_id())
        })
        .expect("map");
    let workers: BTreeSet<u32> = ids.iter().map(|(worker, _)| *worker).chain([me()]).collect();
    assert_eq!(workers.len(), 4);
    assert!(ids.iter().all(|(_, parent)| *parent == me()));
}

/// The end that it writes to and its lifeline, and none of the parent's ends: with one of those open a
/// worker would not notice that the parent has gone.
fn a_worker_holds_two_ends() {
    let (before, arrived) = (descriptors(), counter());
    let held = one_by_one(4).map(&[(); 4], |()| {
        arrived.fetch_add(1, Ordering::SeqCst);
        wait_until("all four run", || arrived.load(Ordering::SeqCst) == 4);
        descriptors()
    });
    assert_eq!(held.expect("map"), [before + 2; 4]);
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
enum Shape {
    Nothing,
    Circle(f64),
    Named { name: String, corners: Vec<(i64, u8)>, inner: Option<Box<Shape>> },
}

fn results_of_many_types() {
    fn same<T>(values: &[T])
    where
        T: Clone + PartialEq + fmt::Debug + Serialize + DeserializeOwned,
    {
        for pool in [pool(2), pool(3).with_chunk_size(1), pool(1)] {
            assert_eq!(pool.map(values, T::clone).expect("map"), values);
            let items = pool.imap_unordered(values, T::clone).expect("imap");
            let items: Result<BTreeMap<usize, T>, PoolError> = items.collect();
            assert!(items.expect("results").into_values().eq(values.iter().cloned()));
        }
    }
    same(&[i64::MIN, -1, 0, 1, i64::MAX]);
    same(&[u128::MAX, 0]);
    same(&[0.5, -0.0, f64::INFINITY, f64::MIN_POSITIVE]);
    same(&['a', '行', '\u{10ffff}']);
    same(&[String::new(), "text".into(), "行程\0".repeat(1000)]);
    same(&[None, Some(vec![Some(1), None]), Some(vec![])]);
    same(&[Ok(3), Err(String::from("no")), Ok(4)]);
    same(&[vec![vec![vec![1u8; 3]; 2]; 100], vec![], vec![vec![]]]);
    same(&[BTreeMap::from([(1, "one".to_string())]), BTreeMap::new()]);
    same(&[(true, [1u16; 20], ()), (false, [7; 20], ())]);
    let circle = Shape::Circle(1.5);
    let named = Shape::Named {
        name: "a shape".into(),
        corners: vec![(-1, 2); 50],
        inner: Some(Box::new(circle.clone())),
    };
    same(&[Shape::Nothing, circle, named, Shape::Nothing]);
}

fn results_of_no_size() {
    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    struct Done;

    let ran = counter();
    let inputs = vec![(); 100_000];
    let results: Vec<()> = pool(3)
        .map(&inputs, |()| {
            ran.fetch_add(1, Ordering::Relaxed);
        })
        .expect("map");
    assert_eq!((results.len(), ran.load(Ordering::Relaxed)), (100_000, 100_000));
    assert_eq!(pool(2).map(&[1, 2, 3], |_| Done).expect("map"), [Done, Done, Done]);
    let count = pool(2).imap_unordered(&inputs[..1000], |()| Done).expect("imap").count();
    assert_eq!(count, 1000);
}

/// The text for an input: as long as that, and told apart by its letter and its end.
fn text(index: usize, length: usize) -> String {
    let letter = char::from(b'a' + u8::try_from(index % 26).expect("a letter"));
    let mut text = letter.to_string().repeat(length);
    text += &index.to_string();
    text
}

fn results_larger_than_a_pipe() {
    // Around a pipe's size, and far beyond it from several workers at once.
    let near: Vec<usize> = (65_500..65_560).collect();
    for (lengths, chunk_size) in [
        (&near[..], 1),
        (&near[..], 7),
        (&[5 << 20; 8][..], 1),
        (&[5 << 20; 8][..], 3),
        (&[0, 3 << 20, 1, 100_000, 0, 1 << 20, 64][..], 2),
    ] {
        let inputs: Vec<(usize, usize)> = lengths.iter().copied().enumerate().collect();
        let pool = pool(4).with_chunk_size(chunk_size);
        let results = pool.map(&inputs, |(n, length)| text(*n, *length)).expect("map");
        assert_eq!(results.len(), inputs.len());
        for ((n, length), result) in inputs.iter().zip(&results) {
            assert!(*result == text(*n, *length), "the result for {n}");
        }
        drop(results);
        for item in pool.imap_unordered(&inputs, |(n, length)| text(*n, *length)).expect("imap") {
            let (n, result) = item.expect("a result");
            assert!(result == text(n, inputs[n].1), "the result for {n}");
        }
    }
}

fn one_large_result() {
    let results = pool(2).map(&[100 << 20, 3], |length| text(0, *length)).expect("map");
    assert_eq!(results[0].len(), (100 << 20) + 1);
    assert_eq!(results[1], "aaa0");
}

fn panic_names_the_task() {
    // The worker's own message stays on stderr too.
    let pool = pool(2);
    match pool.map(&[1, 0], |n| 10 / n) {
        Err(PoolError::TaskPanicked { index: 1, message }) => println!("{message}"),
        other => panic!("{other:?}"),
    }
    silent_panics();
    let panics: [(&str, fn()); 4] = [
        ("plain text", || panic!("plain text")),
        ("formatted 7", || panic!("formatted {}", std::hint::black_box(7))),
        ("a panic whose payload is not text", || panic::panic_any(42)),
        ("a panic whose payload is not text", || panic::panic_any(Bomb)),
    ];
    for (expected, panic) in panics {
        for chunk_size in [1, 10, 1000] {
            for wrong in [0, 57, 99] {
                let inputs: Vec<usize> = (0..100).collect();
                let pool = pool.clone().with_chunk_size(chunk_size);
                let result = pool.map(&inputs, |n| {
                    if *n == wrong {
                        panic();
                    }
                });
                match &result {
                    Err(error @ PoolError::TaskPanicked { index, message }) => {
                        assert_eq!((*index, message.as_str()), (wrong, expected));
                        let shown = format!("the task for input {wrong} panicked: {expected}");
                        assert_eq!(error.to_string(), shown);
                    }
                    other => panic!("{other:?}"),
                }
            }
        }
    }
}

/// Panics when it is dropped.
#[derive(Serialize, Deserialize)]
struct Bomb;

impl Drop for Bomb {
    fn drop(&mut self) {
        panic!("the destructor's message");
    }
}

fn panic_stops_the_others() {
    silent_panics();
    let pool = one_by_one(4);
    let asleep = counter();
    let before = Before::now();
    for _ in 0..3 {
        asleep.store(0, Ordering::SeqCst);
        let result = pool.map(&[1, 2, 3, 4, 5, 6], |n| {
            if *n == 2 {
                wait_until("the others sleep", || asleep.load(Ordering::SeqCst) == 3);
                panic!("told");
            }
            asleep.fetch_add(1, Ordering::SeqCst);
            sleep_long();
        });
        assert!(matches!(result, Err(PoolError::TaskPanicked { index: 1, .. })), "{result:?}");
        before.nothing_is_left();
        assert_eq!(pool.map(&[1, 2, 3], |n| n * n).expect("the pool goes on"), [1, 4, 9]);
    }
}

fn panic_message_of_a_mebibyte() {
    silent_panics();
    let writing = counter();
    for _ in 0..5 {
        writing.store(0, Ordering::SeqCst);
        let result = one_by_one(4).map(&[0, 1, 2, 3], |n| {
            if *n == 2 {
                wait_until("the others write", || writing.load(Ordering::SeqCst) == 3);
                panic!("{}", "p".repeat(1 << 20));
            }
            writing.fetch_add(1, Ordering::SeqCst);
            text(*n, 5 << 20)
        });
        match result {
            Err(PoolError::TaskPanicked { index: 2, message }) => {
                assert!(message == "p".repeat(1 << 20), "{} bytes", message.len());
            }
            other => panic!("{:?}", other.map(|results| results.len())),
        }
    }
}

/// A result whose destructor or whose serialisation panics is the task's panic.
fn panic_in_a_result() {
    #[derive(Debug, Deserialize)]
    struct Unwilling;

    impl Serialize for Unwilling {
        fn serialize<S: Serializer>(&self, _: S) -> Result<S::Ok, S::Error> {
            panic!("in serialize");
        }
    }

    silent_panics();
    match pool(2).map(&[1], |_| Bomb) {
        Err(PoolError::TaskPanicked { index: 0, message }) => {
            assert_eq!(message, "the destructor's message");
        }
        other => panic!("{:?}", other.map(mem::forget)),
    }
    match pool(2).map(&[1], |_| Unwilling) {
        Err(PoolError::TaskPanicked { index: 0, message }) => assert_eq!(message, "in serialize"),
        other => panic!("{other:?}"),
    }
}

/// Results come in any order, with gaps, and a call that fails drops each of those that came once.
fn results_are_dropped_once() {
    static READ: AtomicUsize = AtomicUsize::new(0);
    static DROPPED: AtomicUsize = AtomicUsize::new(0);

    #[derive(Serialize, Deserialize)]
    #[serde(from = "String")]
    struct Counted(String);

    impl From<String> for Counted {
        fn from(text: String) -> Counted {
            READ.fetch_add(1, Ordering::Relaxed);
            Counted(text)
        }
    }

    impl Drop for Counted {
        fn drop(&mut self) {
            DROPPED.fetch_add(1, Ordering::Relaxed);
        }
    }

    silent_panics();
    let inputs: Vec<usize> = (0..400).collect();
    let done = counter();
    for (wrong, workers) in [(usize::MAX, 1), (usize::MAX, 3), (100, 3), (1, 4), (399, 3)] {
        let waits = if wrong == usize::MAX { 100 } else { wrong };
        done.store(0, Ordering::SeqCst);
        READ.store(0, Ordering::Relaxed);
        DROPPED.store(0, Ordering::Relaxed);
        let result = one_by_one(workers).map(&inputs, |n| {
            if workers > 1 && *n == waits {
                wait_until("all others are done", || done.load(Ordering::SeqCst) == 399);
            }
            assert!(*n != wrong, "told");
            done.fetch_add(1, Ordering::SeqCst);
            Counted(text(*n, 5_000))
        });
        let read = READ.load(Ordering::Relaxed);
        match result {
            Ok(results) if wrong == usize::MAX => {
                assert_eq!((read, DROPPED.load(Ordering::Relaxed)), (400, 0));
                assert!(results.iter().zip(&inputs).all(|(is, n)| is.0 == text(*n, 5_000)));
            }
            Err(PoolError::TaskPanicked { index, .. }) => {
                assert_eq!(index, wrong);
                // What is still in the pipes is lost.
                assert!(read > 150, "{read} results came");
            }
            other => panic!("{:?}", other.map(|results| results.len())),
        }
        assert_eq!(DROPPED.load(Ordering::Relaxed), read);
    }
}

/// How the worker has died that had the task for this input in hand.
fn died_at<R>(index: usize, result: Result<R, PoolError>) -> ExitStatus {
    match result {
        Err(PoolError::WorkerDied { index: told, status: Some(status) }) => {
            assert_eq!(told, Some(index));
            status
        }
        Err(error) => panic!("another error: {error}"),
        Ok(_) => panic!("no error"),
    }
}

fn map_worker_killed() {
    for signal in [Signal::SIGKILL, Signal::SIGTERM, Signal::SIGABRT] {
        let victim = flag();
        let killer = killer(&victim, signal);
        let result = one_by_one(3).map(&[0, 1, 2, 3, 4], |n| {
            if *n == 1 {
                set(&victim, me());
            }
            sleep_long();
        });
        drop(killer);
        let status = died_at(1, result);
        assert_eq!(status.signal(), Some(signal as i32));
        println!("{}", PoolError::WorkerDied { index: Some(1), status: Some(status) });
    }
    assert_eq!(pool(3).map(&[1, 2, 3], |n| n * n).expect("the pool goes on"), [1, 4, 9]);
}

fn map_worker_exits() {
    let exits: [(fn(), i32); 3] = [
        (|| std::process::exit(0), 0),
        (|| std::process::exit(7), 7),
        // SAFETY: it ends the process.
        (|| unsafe { libc::_exit(101) }, 101),
    ];
    for (exit, code) in exits {
        for chunk_size in [1, 100] {
            let result = pool(2).with_chunk_size(chunk_size).map(&[0, 1, 2], |n| {
                if *n == 1 {
                    exit();
                }
            });
            assert_eq!(died_at(1, result).code(), Some(code));
        }
    }
}

/// The worker dies, and a process that it has started still holds its pipe open.
fn map_worker_leaves_a_process() {
    for ends in [|| std::process::exit(4), || raise(Signal::SIGKILL).expect("raise")] {
        let orphan = flag();
        let result = one_by_one(2).map(&[0, 1], |n| {
            if *n == 0 {
                leave_a_process(&orphan);
                ends();
            }
        });
        let status = died_at(0, result);
        assert!(status.code() == Some(4) || status.signal() == Some(9), "{status}");
        end_orphan(get(&orphan));
    }
}

fn leave_a_process(orphan: &AtomicU32) {
    let process = start(sleep_long);
    set(orphan, process.id());
    mem::forget(process);
}

fn map_worker_leaves_a_process_beside_busy_workers() {
    let orphan = flag();
    let inputs = [0; 400];
    let first = counter();
    let result = one_by_one(2).map(&inputs, |_| {
        if first.fetch_add(1, Ordering::SeqCst) == 3 {
            leave_a_process(&orphan);
            std::process::exit(4);
        }
        sleep_ms(1);
    });
    match result {
        Err(PoolError::WorkerDied { index: Some(0..=6), status: Some(status) }) => {
            assert_eq!(status.code(), Some(4));
        }
        other => panic!("{other:?}"),
    }
    end_orphan(get(&orphan));
}

/// The worker lives on and will never send anything: its pipe is closed.
fn map_worker_becomes_another_program() {
    let result = one_by_one(2).map(&[0, 1], |n| {
        if *n == 0 {
            let error = Command::new("sleep").arg("120").exec();
            panic!("{error}");
        }
    });
    died_at(0, result);
}

/// What a task returns whose result fails on its way.
#[derive(Debug, PartialEq)]
struct Picky(u32);

impl Serialize for Picky {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if self.0 == 5 { Err(S::Error::custom("not 5")) } else { self.0.serialize(serializer) }
    }
}

impl<'de> Deserialize<'de> for Picky {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Picky, D::Error> {
        match u32::deserialize(deserializer)? {
            7 => Err(D::Error::custom("not 7")),
            number => Ok(Picky(number)),
        }
    }
}

fn result_cannot_be_serialised() {
    // Half of the result is written when it fails, after whole ones.
    let task = |n: &u32| (*n, Picky(*n));
    for chunk_size in [1, 3, 100] {
        let pool = pool(2).with_chunk_size(chunk_size);
        match pool.map(&[1, 2, 3, 4, 5, 6], task) {
            Err(error @ PoolError::Codec { index: 4, .. }) => {
                assert!(error.to_string().starts_with("the result for input 4"), "{error}");
            }
            other => panic!("{other:?}"),
        }
        let fine = pool.map(&[1, 2], task).expect("the pool goes on");
        assert_eq!(fine, [(1, Picky(1)), (2, Picky(2))]);
    }
}

fn result_cannot_be_read() {
    for chunk_size in [1, 3, 100] {
        let pool = pool(2).with_chunk_size(chunk_size);
        match pool.map(&[1, 2, 7, 4], |n| Picky(*n)) {
            Err(PoolError::Codec { index: 2, .. }) => {}
            other => panic!("{other:?}"),
        }
    }
}

/// A type that reads less than it writes must not shift the results that follow.
fn result_is_read_in_part() {
    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    struct Partly {
        kept: u8,
        #[serde(skip_deserializing)]
        lost: u8,
    }

    for chunk_size in [1, 2] {
        let result = pool(1)
            .with_chunk_size(chunk_size)
            .map(&[10, 20], |n| Partly { kept: *n, lost: *n + 1 });
        match result {
            Err(PoolError::Codec { .. }) => {}
            other => panic!("chunks of {chunk_size}: {other:?}"),
        }
    }
}

fn imap_delivers_all() {
    let inputs: Vec<usize> = (0..500).collect();
    for chunk_size in [1, 8, 1000] {
        let pool = pool(3).with_chunk_size(chunk_size);
        let results = pool.imap_unordered(&inputs, |n| text(*n, n * 10)).expect("imap");
        let mut seen = BTreeSet::new();
        for item in results {
            let (index, result) = item.expect("a result");
            assert_eq!(result, text(index, index * 10));
            assert!(seen.insert(index), "{index} came twice");
        }
        assert!(seen.into_iter().eq(0..500));
    }
}

fn imap_a_panic_is_one_items_error() {
    silent_panics();
    let inputs: Vec<usize> = (0..100).collect();
    for chunk_size in [1, 9, 1000] {
        let pool = pool(3).with_chunk_size(chunk_size);
        let wrong = [0, 10, 11, 57, 99];
        let results = pool
            .imap_unordered(&inputs, |n| {
                assert!(!wrong.contains(n), "{n} is wrong");
                n * 2
            })
            .expect("imap");
        let (mut fine, mut failed) = (BTreeSet::new(), BTreeSet::new());
        for item in results {
            assert!(match item {
                Ok((index, result)) => result == index * 2 && fine.insert(index),
                Err(PoolError::TaskPanicked { index, message }) => {
                    message == format!("{index} is wrong") && failed.insert(index)
                }
                Err(error) => panic!("{error}"),
            });
        }
        assert!(failed.into_iter().eq(wrong));
        assert_eq!(fine.len(), 95);
    }
}

fn imap_a_bad_result_is_one_items_error() {
    let inputs: Vec<u32> = (0..30).collect();
    for chunk_size in [1, 30] {
        let pool = pool(2).with_chunk_size(chunk_size);
        let results = pool.imap_unordered(&inputs, |n| Picky(*n)).expect("imap");
        let (mut fine, mut failed) = (0, BTreeSet::new());
        for item in results {
            match item {
                Ok((index, Picky(n))) => {
                    assert_eq!(inputs[index], n);
                    fine += 1;
                }
                Err(PoolError::Codec { index, .. }) => assert!(failed.insert(index)),
                Err(error) => panic!("{error}"),
            }
        }
        assert_eq!((fine, failed), (28, BTreeSet::from([5, 7])));
    }
}

fn imap_dropped_early() {
    let inputs: Vec<usize> = (0..100).collect();
    let pool = one_by_one(4);
    let before = Before::now();
    // With no result taken, and with one taken while the others sleep.
    drop(pool.imap_unordered(&inputs, |_| sleep_long()).expect("imap"));
    before.nothing_is_left();
    let mut results = pool
        .imap_unordered(&inputs, |n| {
            if *n != 3 {
                sleep_long();
            }
            *n
        })
        .expect("imap");
    assert_eq!(results.next().expect("an item").expect("a result"), (3, 3));
    drop(results);
    before.nothing_is_left();
    // With workers that have more to write than a pipe holds.
    let mut results = pool.imap_unordered(&inputs, |n| text(*n, 1 << 20)).expect("imap");
    let (index, first) = results.next().expect("an item").expect("a result");
    assert!(first == text(index, 1 << 20));
    drop(results);
    before.nothing_is_left();
}

/// All workers are killed before the first is waited for. Where they share one CPU, each that is killed
/// ends when its turn comes; killed one by one, the others compute on meanwhile, for nobody.
fn imap_dropped_while_all_compute() {
    const WORKERS: usize = 20;
    on_one_cpu();
    let compute = || -> usize {
        loop {
            hint::spin_loop();
        }
    };
    let mut processes: Vec<Process> = (0..WORKERS)
        .map(|_| {
            start(|| {
                compute();
            })
        })
        .collect();
    let begin = Instant::now();
    for process in &mut processes {
        process.kill().expect("kill");
        process.join().expect("join");
    }
    let one_by_one_is = begin.elapsed();
    let inputs: Vec<usize> = (0..=WORKERS).collect();
    let task = |n: &usize| if *n == WORKERS { 0 } else { compute() };
    let mut results = one_by_one(WORKERS + 1).imap_unordered(&inputs, task).expect("imap");
    assert!(matches!(results.next(), Some(Ok((WORKERS, 0)))));
    let begin = Instant::now();
    drop(results);
    let together = begin.elapsed();
    // Elsewhere each may have a CPU.
    let is_shared = cfg!(any(target_os = "linux", target_os = "android"));
    let shown = format!("{together:?}, and {one_by_one_is:?} one by one");
    assert!(!is_shared || together < one_by_one_is / 3, "{shown}");
}

/// From now on, where the system can do so.
fn on_one_cpu() {
    #[cfg(any(target_os = "linux", target_os = "android"))]
    {
        use nix::sched::{CpuSet, sched_getaffinity, sched_setaffinity};

        let all = sched_getaffinity(Pid::from_raw(0)).expect("the CPUs");
        let first = (0..CpuSet::count()).find(|cpu| all.is_set(*cpu).unwrap_or(false));
        let mut one = CpuSet::new();
        one.set(first.expect("a CPU")).expect("the number of a CPU");
        sched_setaffinity(Pid::from_raw(0), &one).expect("one CPU");
    }
}

fn imap_dropped_in_a_panic() {
    silent_panics();
    let before = Before::now();
    let outcome = panic::catch_unwind(|| {
        let _results = pool(3).imap_unordered(&[1, 2, 3], |_| sleep_long()).expect("imap");
        panic!("caught");
    });
    assert!(outcome.is_err());
    before.nothing_is_left();
}

fn imap_worker_killed() {
    let victim = flag();
    let killer = killer(&victim, Signal::SIGKILL);
    let inputs: Vec<usize> = (0..40).collect();
    let results = one_by_one(2)
        .imap_unordered(&inputs, |n| {
            if *n == 0 {
                set(&victim, me());
                sleep_long();
            }
            *n
        })
        .expect("imap");
    let (mut fine, mut dead) = (BTreeSet::new(), Vec::new());
    for item in results {
        match item {
            Ok((index, n)) => assert!(index == n && fine.insert(n)),
            error => dead.push(died_at(0, error).signal()),
        }
    }
    assert_eq!(dead, [Some(9)]);
    assert!(fine.into_iter().eq(1..40));
    drop(killer);
}

/// Another one does what the only worker has left.
fn imap_last_worker_killed() {
    for chunk_size in [1, 3, 100] {
        let mut results = pool(1)
            .with_chunk_size(chunk_size)
            .imap_unordered(&[0, 1, 2, 3], |n| {
                if *n == 2 {
                    raise(Signal::SIGKILL).expect("raise");
                }
                *n
            })
            .expect("imap");
        assert_eq!(results.next().expect("an item").expect("a result"), (0, 0));
        assert_eq!(results.next().expect("an item").expect("a result"), (1, 1));
        assert_eq!(died_at(2, results.next().expect("an item")).signal(), Some(9));
        assert_eq!(results.next().expect("an item").expect("a result"), (3, 3));
        assert!(results.next().is_none());
        assert!(results.next().is_none());
    }
}

/// Half a message is in the pipe: more than it holds, and nobody reads.
fn imap_worker_killed_while_writing() {
    for milliseconds in 0..20 {
        let victim = flag();
        let mut results = one_by_one(1)
            .imap_unordered(&[0, 1], |n| {
                if *n == 0 {
                    set(&victim, me());
                }
                text(*n, 1 << 20)
            })
            .expect("imap");
        let victim = wait_for("the task runs", &victim);
        // The worker is somewhere between its task and its write, and can't come to the end of that.
        sleep_ms(milliseconds);
        kill(pid(victim), Signal::SIGKILL).expect("kill");
        assert_eq!(died_at(0, results.next().expect("an item")).signal(), Some(9));
        let (index, result) = results.next().expect("an item").expect("a result");
        assert!(index == 1 && result == text(1, 1 << 20));
        assert!(results.next().is_none());
    }
}

fn imap_delivers_at_once() {
    for chunk_size in [1, 10] {
        let seen = flag();
        // In one worker's chunk, the second task waits until the parent has the first result.
        let mut results = pool(1)
            .with_chunk_size(chunk_size)
            .imap_unordered(&[0, 1], |n| {
                if *n == 1 {
                    wait_for("the parent has the first result", &seen);
                }
                *n
            })
            .expect("imap");
        assert_eq!(results.next().expect("an item").expect("a result"), (0, 0));
        set(&seen, 1);
        assert_eq!(results.next().expect("an item").expect("a result"), (1, 1));
        assert!(results.next().is_none());
    }
}

/// While nobody asks for results, the workers wait instead of filling the parent's memory.
fn imap_waits_for_its_reader() {
    let begun = counter();
    let inputs = [0; 100];
    let mut results = one_by_one(2)
        .imap_unordered(&inputs, |_| {
            begun.fetch_add(1, Ordering::SeqCst);
            text(1, 1 << 20)
        })
        .expect("imap");
    results.next().expect("an item").expect("a result");
    sleep_ms(100);
    // The results taken, those on their way, and those that the workers hold.
    assert!(begun.load(Ordering::SeqCst) <= 6, "{}", begun.load(Ordering::SeqCst));
    assert_eq!(results.count(), 99);
}

/// A call while another one's results are still coming.
fn two_at_once() {
    let inputs: Vec<usize> = (0..50).collect();
    let pool = one_by_one(2);
    let mut first = pool.imap_unordered(&inputs, |n| text(*n, 100_000)).expect("imap");
    first.next().expect("an item").expect("a result");
    let second = pool.imap_unordered(&inputs, |n| n + 1).expect("imap");
    assert_eq!(pool.map(&inputs, |n| n + 2).expect("map")[49], 51);
    assert_eq!(second.map(|item| item.expect("a result")).filter(|(i, n)| i + 1 == *n).count(), 50);
    assert_eq!(first.map(|item| item.expect("a result").1.len()).filter(|n| *n > 1000).count(), 49);
}

static SIGNALS: AtomicUsize = AtomicUsize::new(0);

extern "C" fn count_signal(_: libc::c_int) {
    SIGNALS.fetch_add(1, Ordering::SeqCst);
}

fn map_is_interrupted() {
    on_signal(Signal::SIGUSR1, count_signal);
    let mut signaller = pester(Signal::SIGUSR1);
    let inputs: Vec<usize> = (0..40).collect();
    for length in [3, 300_000] {
        let seen = SIGNALS.load(Ordering::SeqCst);
        let task = |n: &usize| {
            sleep_ms(5);
            text(*n, length)
        };
        let results = one_by_one(4).map(&inputs, task).expect("map");
        for (n, result) in results.iter().enumerate() {
            assert!(*result == text(n, length), "the result for {n}");
        }
        let count = one_by_one(4).imap_unordered(&inputs, task).expect("imap");
        assert_eq!(count.flatten().count(), 40);
        assert!(SIGNALS.load(Ordering::SeqCst) > seen, "no signal came");
    }
    signaller.kill().expect("kill");
}

extern "C" fn slow_handler(_: libc::c_int) {
    SIGNALS.fetch_add(1, Ordering::SeqCst);
    sleep_ms(400);
}

/// A worker sends its last result and ends between the moment when the parent's `poll` gives up and
/// the one when it looks at the worker: nothing is lost. The signal makes that moment long.
fn worker_ends_while_a_handler_runs() {
    on_signal(Signal::SIGUSR1, slow_handler);
    let parent = me();
    let ready = flag();
    let task = |n: &u32| {
        set(&ready, 1);
        sleep_ms(150);
        n + 1
    };
    for _ in 0..2 {
        set(&ready, 0);
        let signaller = start(|| {
            wait_for("the task runs", &ready);
            sleep_ms(20);
            kill(pid(parent), Signal::SIGUSR1).expect("kill");
        });
        assert_eq!(pool(1).map(&[1], task).expect("map"), [2]);
        drop(signaller);
    }
    assert!(SIGNALS.load(Ordering::SeqCst) > 0, "no signal came");
}

fn in_a_child() {
    let mut child = start(|| {
        let squares = pool(3).map(&[1, 2, 3, 4], |n| n * n).expect("map");
        std::process::exit(squares.iter().sum());
    });
    assert_eq!(child.join().expect("join").code(), Some(30));
}

fn in_a_task() {
    let sums = one_by_one(3).map(&[1, 2, 3, 4, 5], |n| {
        let products = one_by_one(2).map(&[1, 2, 3], |m| n * m).expect("the inner map");
        products.iter().sum::<i32>()
    });
    assert_eq!(sums.expect("map"), [6, 12, 18, 24, 30]);
    silent_panics();
    let result = one_by_one(2).map(&[1, 2], |n| {
        one_by_one(2).map(&[1, 0], |m| 10 / (m * n)).map_err(|error| error.to_string())
    });
    let message = "the task for input 1 panicked: attempt to divide by zero";
    assert_eq!(result.expect("map"), [Err(message.to_string()), Err(message.to_string())]);
}

fn panic_with_a_pool_in_a_task() {
    silent_panics();
    let inner = Shared::new([const { AtomicU32::new(0) }; 2]).expect("mmap");
    let result = one_by_one(2).map(&[0, 1], |n| {
        if *n == 0 {
            wait_for("the first inner worker runs", &inner[0]);
            wait_for("the second inner worker runs", &inner[1]);
            panic!("told");
        }
        let _ = one_by_one(2).map(&[0, 1], |m: &usize| {
            set(&inner[*m], me());
            sleep_long();
        });
    });
    assert!(matches!(result, Err(PoolError::TaskPanicked { index: 0, .. })), "{result:?}");
    for id in inner.iter() {
        orphan_ends(get(id));
    }
}

/// Starts a process with a pool of two, whose workers sleep, and gives the workers' ids.
fn sleeping_pool(workers: &[Flag; 2], first: impl FnOnce()) -> mp::Process {
    let process = start(|| {
        first();
        let _ = one_by_one(2).map(&[0, 1], |n: &usize| {
            set(&workers[*n], me());
            sleep_long();
        });
    });
    for worker in workers {
        wait_for("the worker runs", worker);
    }
    process
}

fn parent_killed() {
    let workers = [flag(), flag()];
    let mut parent = sleeping_pool(&workers, || ());
    parent.kill().expect("kill");
    assert_eq!(parent.join().expect("join").signal(), Some(9));
    for id in &workers {
        orphan_ends(get(id));
    }
}

fn interrupted_from_the_keyboard() {
    let workers = [flag(), flag()];
    let own_group = || setpgid(Pid::from_raw(0), Pid::from_raw(0)).expect("setpgid");
    let mut parent = sleeping_pool(&workers, own_group);
    killpg(pid(parent.id()), Signal::SIGINT).expect("killpg");
    let status = parent.join_timeout(PATIENCE).expect("join").expect("it has ended");
    assert_eq!(status.signal(), Some(libc::SIGINT));
    for id in &workers {
        orphan_ends(get(id));
    }
}

fn fork_fails_half_way() {
    count_forks();
    let before = Before::now();
    let calls = limit_processes(4);
    for _ in 0..3 {
        match one_by_one(8).map(&[0; 8], |_| sleep_long()) {
            Err(PoolError::Io(error)) => assert_eq!(errno(&error), Some(libc::EAGAIN)),
            other => panic!("{other:?}"),
        }
        assert_eq!(forks(), calls);
        before.nothing_is_left();
    }
}

fn no_descriptor_for_a_pipe() {
    let before = Before::now();
    // Room for one worker's two pipes.
    let limit = descriptors() as u64 + 5;
    setrlimit(Resource::RLIMIT_NOFILE, limit, limit).expect("setrlimit");
    match one_by_one(16).map(&[0; 16], |_| sleep_long()) {
        Err(PoolError::Io(error)) => {
            assert_eq!(errno(&error), Some(libc::EMFILE), "{error}");
        }
        other => panic!("{other:?}"),
    }
    before.nothing_is_left();
    assert_eq!(pool(1).map(&[1], |n| n + 1).expect("the pool goes on"), [2]);
}

/// Twice the size of the results and a constant, whatever order they come in.
fn memory_of_map() {
    const MEBIBYTE: usize = 1 << 20;
    let inputs: Vec<usize> = (0..200).collect();
    for slow_first in [false, true] {
        // In a process of its own, since the most that was held never becomes less.
        let mut child = start(|| {
            let before = peak_memory();
            let results = one_by_one(4)
                .map(&inputs, |n| {
                    if slow_first && *n == 0 {
                        sleep_ms(300);
                    }
                    text(*n, MEBIBYTE)
                })
                .expect("map");
            assert_eq!(results.len(), 200);
            let grown = peak_memory() - before;
            assert!(grown > 200 * MEBIBYTE, "this does not measure what it should");
            assert!(grown < (2 * 200 + 64) * MEBIBYTE, "{} MiB", grown / MEBIBYTE);
        });
        assert!(child.join().expect("join").success());
    }
}

/// The most memory that this process has held, in bytes.
fn peak_memory() -> usize {
    let usage = getrusage(UsageWho::RUSAGE_SELF);
    let most = usize::try_from(usage.expect("getrusage").max_rss()).expect("a size");
    // Linux counts in KiB, macOS in bytes.
    if cfg!(target_os = "macos") { most } else { most * 1024 }
}

/// No fork copies the pages that results will be written to; and whoever gets the results has memory
/// like any other, which a child inherits.
fn results_lie_apart() {
    static MEANWHILE: AtomicUsize = AtomicUsize::new(0);

    #[derive(Serialize)]
    struct Watched(u64);

    impl<'de> Deserialize<'de> for Watched {
        fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Watched, D::Error> {
            let number = u64::deserialize(deserializer)?;
            if number == 0 {
                MEANWHILE.store(left_out_of_forks(), Ordering::Relaxed);
            }
            Ok(Watched(number))
        }
    }

    silent_panics();
    let inputs: Vec<u64> = (0..100_000).collect();
    let before = left_out_of_forks();
    let results = pool(2).map(&inputs, |n| Watched(*n)).expect("map");
    if cfg!(target_os = "linux") {
        // All but what is less than 64 KiB at either end.
        let meanwhile = MEANWHILE.load(Ordering::Relaxed) - before;
        assert!(meanwhile > size_of_val(&results[..]) - 2 * 64 * 1024, "{meanwhile} bytes");
    }
    assert_eq!(left_out_of_forks(), before);
    let mut child = start(|| assert!(results.iter().map(|result| result.0).eq(0..100_000)));
    assert!(child.join().expect("join").success());

    let failed = pool(2).map(&inputs, |n| if *n == 70_000 { panic!("{n}") } else { *n });
    assert!(matches!(failed, Err(PoolError::TaskPanicked { index: 70_000, .. })));
    assert_eq!(left_out_of_forks(), before);
}

/// How many bytes of this process's memory a child will not have.
#[cfg(target_os = "linux")]
fn left_out_of_forks() -> usize {
    let (mut size, mut sum) = (0, 0);
    for line in std::fs::read_to_string("/proc/self/smaps").expect("smaps").lines() {
        let mut words = line.split_whitespace();
        match words.next() {
            Some("Size:") => size = words.next().expect("KiB").parse().expect("a number"),
            // proc(5): "do not copy area on fork".
            Some("VmFlags:") if words.any(|flag| flag == "dc") => sum += size * 1024,
            _ => {}
        }
    }
    sum
}

#[cfg(not(target_os = "linux"))]
fn left_out_of_forks() -> usize {
    0
}

fn two_hundred_in_a_row() {
    let before = Before::now();
    let pool = pool(2);
    for n in 0..200 {
        assert_eq!(pool.map(&[n, n + 1, n + 2], |n| n * 2).expect("map")[2], (n + 2) * 2);
        before.nothing_is_left();
    }
}

fn panics_in_a_row() {
    silent_panics();
    let before = Before::now();
    let pool = pool(2);
    for n in 0..100 {
        let result = pool.map(&[0, 1, 2], |m| assert!(*m != n % 3));
        assert!(matches!(result, Err(PoolError::TaskPanicked { .. })), "{result:?}");
        before.nothing_is_left();
        let items = pool.imap_unordered(&[0, 1, 2], |m| assert!(*m != n % 3)).expect("imap");
        assert_eq!(items.filter(Result::is_err).count(), 1);
        before.nothing_is_left();
    }
}

/// Writes into each pipe that this process can write to, as code with a wild descriptor would.
fn write_astray(bytes: &[u8]) {
    for descriptor in 3..40 {
        // SAFETY: it only asks, and then writes; a descriptor that is none is an error.
        let mode = unsafe { libc::fcntl(descriptor, libc::F_GETFL) };
        if mode != -1 && mode & libc::O_ACCMODE == libc::O_WRONLY {
            // SAFETY: the bytes are there.
            unsafe { libc::write(descriptor, bytes.as_ptr().cast(), bytes.len()) };
        }
    }
}

/// Bytes that are no message end the call with an error that shows them; nothing hangs, and nobody
/// believes a length or a count.
fn stray_bytes() {
    let (letters, largest, zeros) = ([b'x'; 25], [255; 64], [0; 100]);
    let mut count = [0; 25];
    count[1] = 7;
    count[9..17].fill(255);
    let before = Before::now();
    for bytes in [&b"a line\n"[..], &letters, &largest, &zeros, &count] {
        for inputs in [&[0, 1, 2, 3][..], &[0]] {
            let task = |n: &usize| {
                if *n == 0 {
                    write_astray(bytes);
                }
                text(*n, 300_000)
            };
            let shown = format!("\"{}", bytes[..7].escape_ascii());
            let bad = |result: Result<(), PoolError>| match result {
                Err(PoolError::BadMessage { message }) => {
                    assert!(message.contains(&shown), "{message}");
                }
                other => panic!("{other:?}"),
            };
            bad(one_by_one(2).map(inputs, task).map(|_| ()));
            let mut results = one_by_one(2).imap_unordered(inputs, task).expect("imap");
            let error = results.find(Result::is_err).expect("an error");
            bad(error.map(|_| ()));
            assert!(results.next().is_none());
            drop(results);
            before.nothing_is_left();
        }
    }
    assert_eq!(pool(2).map(&[1, 2], |n| n + 1).expect("the pool goes on"), [2, 3]);
}

/// In a program that has closed its descriptors 0 to 2 a worker's pipe becomes its stdout.
fn stray_bytes_of_println() {
    let mut child = start(|| {
        for descriptor in 0..3 {
            // SAFETY: nobody uses them before they are something else.
            unsafe { libc::close(descriptor) };
        }
        let result = pool(1).map(&[1, 2], |n| {
            println!("a task prints");
            *n
        });
        let told = match result {
            Err(PoolError::BadMessage { message }) => message.contains("a task prints\\n"),
            _ => false,
        };
        std::process::exit(if told { 5 } else { 6 });
    });
    assert_eq!(child.join().expect("join").code(), Some(5));
}

/// A task forks and goes on in both: the copy does not take, run or deliver anything in the worker's
/// name, and says so.
fn a_copy_of_the_worker() {
    let (mut told, stderr) = io::pipe().expect("pipe");
    // SAFETY: stderr is there, and the copy is ours.
    let kept = unsafe { File::from_raw_fd(libc::dup(2)) };
    // SAFETY: stderr becomes the pipe.
    assert_eq!(unsafe { libc::dup2(stderr.as_raw_fd(), 2) }, 2);
    drop(stderr);
    let inputs: Vec<usize> = (0..40).collect();
    let task = |n: &usize| {
        // SAFETY: this process has one thread. The copy goes on, which is the fault.
        if *n == 3 && unsafe { libc::fork() } == 0 {
            sleep_ms(30);
        }
        sleep_ms(1);
        n * 2
    };
    let limit = Duration::from_secs(20);
    for pool in [one_by_one(2), pool(2).with_chunk_size(7), one_by_one(2).with_task_timeout(limit)]
    {
        assert!(pool.map(&inputs, task).expect("map").into_iter().eq((0..40).map(|n| n * 2)));
        let items = pool.imap_unordered(&inputs, task).expect("imap");
        let items: BTreeMap<usize, usize> = items.collect::<Result<_, _>>().expect("results");
        assert!(items.into_iter().eq((0..40).map(|n| (n, n * 2))));
    }
    // On Linux the copies are orphans that come to us.
    while cfg!(target_os = "linux") && nix::sys::wait::wait() != Err(Errno::ECHILD) {}
    // SAFETY: stderr becomes what it was.
    assert_eq!(unsafe { libc::dup2(kept.as_raw_fd(), 2) }, 2);
    let mut text = String::new();
    told.read_to_string(&mut text).expect("what was told");
    assert_eq!(text.matches("forked it and went on in it").count(), 6, "{text}");
    assert_eq!(text.lines().count(), 6, "{text}");
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Skipping {
    #[serde(skip_serializing_if = "Option::is_none")]
    first: Option<u8>,
    second: u8,
}

/// What one result reads too much is not taken from the next one.
fn results_have_borders() {
    let of = |first, second| Skipping { first, second };
    // Without borders the two come as `None, 1` and `None, 7`, and nothing is left over.
    match pool(1).with_chunk_size(2).map(&[of(None, 0), of(Some(0), 7)], Skipping::clone) {
        Err(PoolError::Codec { index: 0, .. }) => {}
        other => panic!("{other:?}"),
    }
    let sent = [of(Some(1), 2), of(None, 0), of(Some(0), 7), of(Some(3), 4), of(None, 1)];
    for pool in [pool(1), one_by_one(2), pool(1).with_chunk_size(3)] {
        match pool.map(&sent, Skipping::clone) {
            Err(PoolError::Codec { index: 1 | 4, .. }) => {}
            other => panic!("{other:?}"),
        }
        let (mut fine, mut failed) = (BTreeSet::new(), BTreeSet::new());
        for item in pool.imap_unordered(&sent, Skipping::clone).expect("imap") {
            match item {
                Ok((index, came)) => assert!(came == sent[index] && fine.insert(index)),
                Err(PoolError::Codec { index, .. }) => assert!(failed.insert(index)),
                Err(error) => panic!("{error}"),
            }
        }
        assert_eq!((fine, failed), (BTreeSet::from([0, 2, 3]), BTreeSet::from([1, 4])));
    }
}

/// What a closure owns and gives back when it is dropped: a lock on a file, a temporary folder.
struct Owned<'a> {
    owner: u32,
    worker: &'a AtomicU32,
    outlived: &'a Cell<u32>,
}

impl Drop for Owned<'_> {
    fn drop(&mut self) {
        if me() == self.owner {
            let worker = pid(get(self.worker));
            assert_eq!(kill(worker, None), Err(Errno::ESRCH), "a worker is alive");
            self.outlived.set(self.outlived.get() + 1);
        }
    }
}

fn closure_outlives_the_workers() {
    silent_panics();
    let (worker, outlived) = (flag(), Cell::new(0));
    let task = || {
        let owned = Owned { owner: me(), worker: &worker, outlived: &outlived };
        set(&worker, 0);
        move |n: &usize| {
            // All of it, and not the one field alone, belongs to the closure.
            let owned = &owned;
            set(owned.worker, me());
            sleep_ms(20);
            assert!(*n < 10, "told");
        }
    };
    let pool = one_by_one(1);
    pool.map(&[1, 2], task()).expect("map");
    assert_eq!(outlived.get(), 1);
    pool.map(&[11, 2], task()).expect_err("a panic");
    assert_eq!(outlived.get(), 2);
    assert_eq!(pool.imap_unordered(&[1, 11, 2], task()).expect("imap").count(), 3);
    assert_eq!(outlived.get(), 3);
    let mut results = pool.imap_unordered(&[1, 2], task()).expect("imap");
    results.next().expect("an item").expect("a result");
    assert_eq!(outlived.get(), 3);
    drop(results);
    assert_eq!(outlived.get(), 4);
}

/// With SIGCHLD ignored the system keeps to itself how a worker has ended. Results that have come are
/// delivered, and a death is noticed.
fn children_ignored_by_a_pool() {
    // SAFETY: it runs no handler.
    unsafe { signal(Signal::SIGCHLD, SigHandler::SigIgn) }.expect("signal");
    assert_eq!(pool(2).map(&[1, 2, 3, 4], |n| n * n).expect("map"), [1, 4, 9, 16]);
    let items = pool(2).imap_unordered(&[1, 2, 3, 4], |n| n * n).expect("imap");
    assert_eq!(items.map(|item| item.expect("a result").1).sum::<i32>(), 30);
    let task = |n: &usize| {
        if *n == 2 {
            raise(Signal::SIGKILL).expect("raise");
        }
        *n
    };
    let unknown = |error| match error {
        PoolError::WorkerDied { index: Some(2), status: None } => {}
        other => panic!("{other:?}"),
    };
    unknown(one_by_one(2).map(&[0, 1, 2, 3], task).expect_err("a death"));
    let (mut fine, mut dead) = (BTreeSet::new(), 0);
    for item in one_by_one(2).imap_unordered(&[0, 1, 2, 3], task).expect("imap") {
        match item {
            Ok((index, _)) => assert!(fine.insert(index)),
            Err(error) => {
                unknown(error);
                dead += 1;
            }
        }
    }
    assert_eq!((fine, dead), (BTreeSet::from([0, 1, 3]), 1));
    // SAFETY: as above.
    unsafe { signal(Signal::SIGCHLD, SigHandler::SigDfl) }.expect("signal");
}

/// A limit that no task of these tests reaches by being slow.
const LIMIT: Duration = Duration::from_millis(600);

fn map_task_times_out() {
    let before = Before::now();
    for pool in [one_by_one(2), pool(2), pool(1).with_chunk_size(9)] {
        let pool = pool.with_task_timeout(LIMIT);
        let start = Instant::now();
        let result = pool.map(&[0, 1, 2, 3], |n| {
            if *n == 2 {
                sleep_long();
            }
        });
        match &result {
            Err(error @ PoolError::TimedOut { index: 2, limit: LIMIT }) => {
                let text = "the task for input 2 took longer than 600ms and was killed";
                assert_eq!(error.to_string(), text);
            }
            other => panic!("{other:?}"),
        }
        assert!(start.elapsed() >= LIMIT);
        before.nothing_is_left();
        assert_eq!(pool.map(&[1, 2], |n| n + 1).expect("the pool goes on"), [2, 3]);
    }
}

fn imap_tasks_time_out() {
    let inputs: Vec<usize> = (0..20).collect();
    let hangs = [0, 7, 8, 19];
    for pool in [one_by_one(3), pool(3).with_chunk_size(6)] {
        let pool = pool.with_task_timeout(LIMIT);
        let task = |n: &usize| {
            if hangs.contains(n) {
                sleep_long();
            }
            text(*n, 100)
        };
        let (mut fine, mut late) = (BTreeSet::new(), BTreeSet::new());
        for item in pool.imap_unordered(&inputs, task).expect("imap") {
            match item {
                Ok((index, result)) => {
                    assert!(result == text(index, 100) && fine.insert(index));
                }
                Err(PoolError::TimedOut { index, limit: LIMIT }) => assert!(late.insert(index)),
                Err(error) => panic!("{error}"),
            }
        }
        assert!(late.into_iter().eq(hangs));
        assert_eq!(fine.len(), 16);
    }
}

/// A result that stops its worker while it is sent, when no task is in hand.
#[derive(Clone, Debug, PartialEq, Deserialize)]
struct Stops(usize);

impl Serialize for Stops {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if self.0 == 2 {
            raise(Signal::SIGSTOP).expect("raise");
        }
        serializer.serialize_newtype_struct("Stops", &self.0)
    }
}

fn workers_are_stopped_between_tasks() {
    let victim = flag();
    let before = Before::now();
    for pool in [one_by_one(2), pool(1).with_chunk_size(9)] {
        // Somebody lets it go on, again and again.
        set(&victim, 0);
        let mut waker = start(|| {
            let victim = wait_for("a worker is there", &victim);
            loop {
                sleep_ms(100);
                let _ = kill(pid(victim), Signal::SIGCONT);
            }
        });
        let task = |n: &usize| {
            if *n == 2 {
                set(&victim, me());
            }
            Stops(*n)
        };
        let patient = pool.clone().with_task_timeout(PATIENCE);
        let fine = patient.map(&[1, 2, 3], task).expect("it goes on in time");
        assert_eq!(fine, [1, 2, 3].map(Stops));
        waker.kill().expect("kill");
        waker.join().expect("join");
        // Nobody does.
        let pool = pool.with_task_timeout(LIMIT);
        match pool.map(&[0, 1, 2, 3], |n| Stops(*n)) {
            Err(error @ PoolError::Stopped { index: 0..=2, limit: LIMIT }) => {
                assert!(
                    error.to_string().starts_with("a worker was stopped for longer than 600ms")
                );
            }
            other => panic!("{other:?}"),
        }
        let mut fine = BTreeSet::new();
        for item in pool.imap_unordered(&[0, 1, 2, 3], |n| Stops(*n)).expect("imap") {
            match item {
                Ok((index, result)) => assert!(result == Stops(index) && fine.insert(index)),
                Err(PoolError::Stopped { index: 2, .. }) => {}
                Err(error) => panic!("{error}"),
            }
        }
        assert!(fine.into_iter().eq([0, 1, 3]));
        before.nothing_is_left();
    }
}

/// Of the end of the task and the end of its time one wins: each input comes once.
fn tasks_around_the_limit() {
    let inputs: Vec<u64> = (0..150).collect();
    let pool = one_by_one(3).with_chunk_size(10).with_task_timeout(Duration::from_millis(4));
    let mut seen = BTreeSet::new();
    let task = |n: &u64| thread::sleep(Duration::from_micros(n % 7 * 1000 + n * 10));
    for item in pool.imap_unordered(&inputs, task).expect("imap") {
        match item {
            Ok((index, ())) | Err(PoolError::TimedOut { index, .. }) => assert!(seen.insert(index)),
            Err(error) => panic!("{error}"),
        }
    }
    assert!(seen.into_iter().eq(0..150));
}

/// While nobody asks for results, nobody looks at the time, and what has ended late has ended.
fn late_and_not_looked_at() {
    let second = flag();
    let mut results = pool(1)
        .with_task_timeout(Duration::from_millis(1))
        .imap_unordered(&[1, 2], |n| {
            if *n == 2 {
                set(&second, 1);
            }
            sleep_ms(50);
        })
        .expect("imap");
    wait_for("the first task has ended, after its time", &second);
    assert_eq!(results.next().expect("an item").expect("a result"), (0, ()));
    match results.next().expect("an item") {
        Ok((1, ())) | Err(PoolError::TimedOut { index: 1, .. }) => {}
        other => panic!("{other:?}"),
    }
    assert!(results.next().is_none());
}

fn imap_many_workers_die() {
    let inputs: Vec<usize> = (0..60).collect();
    for chunk_size in [1, 9, 1000] {
        let task = |n: &usize| {
            if n % 7 == 3 {
                raise(Signal::SIGKILL).expect("raise");
            }
            text(*n, 1000)
        };
        let (mut fine, mut dead) = (BTreeSet::new(), BTreeSet::new());
        let pool = pool(3).with_chunk_size(chunk_size);
        for item in pool.imap_unordered(&inputs, task).expect("imap") {
            match item {
                Ok((index, result)) => assert!(result == text(index, 1000) && fine.insert(index)),
                Err(PoolError::WorkerDied { index: Some(index), status: Some(status) }) => {
                    assert_eq!(status.signal(), Some(9));
                    assert!(dead.insert(index));
                }
                Err(error) => panic!("{error}"),
            }
        }
        assert!(dead.into_iter().eq((0..60).filter(|n| n % 7 == 3)));
        assert_eq!(fine.len(), 51);
    }
}

/// Workers die by a timer of their own at any instruction: in a task, while they take a chunk, write or
/// end. Each input comes once, and `map` gives all results or an error.
fn workers_die_at_any_moment() {
    let inputs: Vec<usize> = (0..300).collect();
    let mut dead = 0;
    for round in 0..30 {
        let set = flag();
        let task = |n: &usize| {
            // One of them sets a timer, now and then, and goes on.
            if n % 10 == round % 10 && get(&set) < 6 {
                set.fetch_add(1, Ordering::SeqCst);
                alarm_after(Duration::from_micros((round * 37 + n * 11) as u64 % 900 + 1));
            }
            text(*n, n % 4 * 3000)
        };
        for chunk_size in [1, 7] {
            let mut seen = BTreeSet::new();
            let pool = pool(2).with_chunk_size(chunk_size);
            set.store(0, Ordering::SeqCst);
            for item in pool.imap_unordered(&inputs, task).expect("imap") {
                match item {
                    Ok((index, result)) => {
                        assert!(result == text(index, index % 4 * 3000) && seen.insert(index));
                    }
                    Err(PoolError::WorkerDied { index: Some(index), status: Some(status) }) => {
                        assert_eq!(status.signal(), Some(libc::SIGALRM));
                        assert!(seen.insert(index));
                        dead += 1;
                    }
                    Err(error) => panic!("{error}"),
                }
            }
            assert!(seen.into_iter().eq(0..300));
            set.store(0, Ordering::SeqCst);
            match pool.map(&inputs, task) {
                Ok(all) => {
                    assert!(all.iter().enumerate().all(|(n, came)| *came == text(n, n % 4 * 3000)));
                }
                Err(PoolError::WorkerDied { .. }) => {}
                Err(error) => panic!("{error}"),
            }
        }
    }
    assert!(dead > 0, "this does not test what it should");
}

fn alarm_after(time: Duration) {
    let value = libc::timeval { tv_sec: 0, tv_usec: time.subsec_micros().cast_signed().into() };
    let timer =
        libc::itimerval { it_interval: libc::timeval { tv_sec: 0, tv_usec: 0 }, it_value: value };
    // SAFETY: `timer` is a valid struct. SIGALRM has its default action: it ends the process.
    let failed =
        unsafe { libc::setitimer(libc::ITIMER_REAL, &raw const timer, std::ptr::null_mut()) };
    assert_eq!(failed, 0, "setitimer");
}

/// A change of user clears the signal at the parent's death, and only root can try it: so the task
/// clears it as well. On Linux the lifeline ends the worker all the same.
fn parent_killed_after_a_change_of_user() {
    let worker = flag();
    let mut parent = start(|| {
        let _ = pool(1).map(&[()], |()| {
            #[cfg(target_os = "linux")]
            {
                // SAFETY: the worker has one thread.
                if unsafe { libc::geteuid() } == 0 {
                    // SAFETY: as above.
                    assert_eq!(unsafe { libc::setuid(65_534) }, 0, "setuid");
                }
                nix::sys::prctl::set_pdeathsig(None).expect("prctl");
            }
            set(&worker, me());
            sleep_long();
        });
    });
    wait_for("the task runs", &worker);
    parent.kill().expect("kill");
    assert_eq!(parent.join().expect("join").signal(), Some(9));
    orphan_ends(get(&worker));
}

/// As documented: the workers that a failing call kills don't give back what they hold.
fn a_failing_call_takes_permits_along() {
    silent_panics();
    let lock = Semaphore::new(1).expect("semaphore");
    let held = flag();
    let result = one_by_one(2).map(&[0, 1], |n: &u32| -> u32 {
        if *n == 0 {
            let _permit = lock.acquire().expect("a permit");
            set(&held, 1);
            sleep_long();
        }
        wait_for("the permit is held", &held);
        panic!("another task fails");
    });
    assert!(matches!(result, Err(PoolError::TaskPanicked { index: 1, .. })), "{result:?}");
    assert!(lock.acquire_timeout(Duration::ZERO).expect("the pipe is open").is_none());
}

/// 256 workers, the most that the programs of the book take, under the usual limit of descriptors.
fn many_workers_few_descriptors() {
    setrlimit(Resource::RLIMIT_NOFILE, 1024, 1024).expect("setrlimit");
    let inputs: Vec<usize> = (0..256).collect();
    let results = one_by_one(256).map(&inputs, |n| n + 1).expect("map");
    assert!(results.into_iter().eq(1..=256));
}
