//! The cases of `mp::Pool`.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::mem;
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::panic;
use std::process::{Command, ExitStatus};
use std::sync::atomic::{AtomicU32, AtomicUsize, Ordering};

use mp::{Pool, PoolError, Shared};
use nix::libc;
use nix::sys::resource::{Resource, UsageWho, getrusage, setrlimit};
use nix::sys::signal::{Signal, kill, killpg, raise};
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
    a_worker_holds_one_pipe,
    results_of_many_types,
    results_of_no_size,
    results_larger_than_a_pipe,
    one_large_result,
    panic_names_the_task,
    panic_stops_the_others,
    panic_message_of_a_mebibyte,
    panic_in_a_result,
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
    two_hundred_in_a_row,
    panics_in_a_row,
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
    let inputs = vec![1, 2, 3];
    let results = pool.imap_unordered(&inputs, |n| n * 2).expect("imap");
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

/// The end that it writes to, and none of the ends that the parent reads from: with one of those open
/// a worker would not notice that the parent has gone.
fn a_worker_holds_one_pipe() {
    let (before, arrived) = (descriptors(), counter());
    let held = one_by_one(4).map(&[(); 4], |()| {
        arrived.fetch_add(1, Ordering::SeqCst);
        wait_until("all four run", || arrived.load(Ordering::SeqCst) == 4);
        descriptors()
    });
    assert_eq!(held.expect("map"), [before + 1; 4]);
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

fn died<R>(result: Result<R, PoolError>) -> ExitStatus {
    match result {
        Err(PoolError::WorkerDied { status, .. }) => status.expect("a status"),
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
        let status = died(result);
        assert_eq!(status.signal(), Some(signal as i32));
        println!("{}", PoolError::WorkerDied { status: Some(status), index: None });
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
            assert_eq!(died(result).code(), Some(code));
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
        let status = died(result);
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
    assert_eq!(died(result).code(), Some(4));
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
    died(result);
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
            error => dead.push(died(error).signal()),
        }
    }
    assert_eq!(dead, [Some(9)]);
    assert!(fine.into_iter().eq(1..40));
    drop(killer);
}

/// With nobody left to do the work the iterator ends.
fn imap_last_worker_killed() {
    let mut results = one_by_one(1)
        .imap_unordered(&[0, 1, 2, 3], |n| {
            if *n == 2 {
                raise(Signal::SIGKILL).expect("raise");
            }
            *n
        })
        .expect("imap");
    assert_eq!(results.next().expect("an item").expect("a result"), (0, 0));
    assert_eq!(results.next().expect("an item").expect("a result"), (1, 1));
    assert_eq!(died(results.next().expect("an item")).signal(), Some(9));
    assert!(results.next().is_none());
    assert!(results.next().is_none());
}

/// Half a message is in the pipe: more than it holds, and nobody reads.
fn imap_worker_killed_while_writing() {
    for milliseconds in 0..20 {
        let victim = flag();
        let mut results = one_by_one(1)
            .imap_unordered(&[0, 1], |n| {
                set(&victim, me());
                text(*n, 1 << 20)
            })
            .expect("imap");
        let victim = wait_for("the task runs", &victim);
        // The worker is somewhere between its task and its write, and can't come to the end of that.
        sleep_ms(milliseconds);
        kill(pid(victim), Signal::SIGKILL).expect("kill");
        assert_eq!(died(results.next().expect("an item")).signal(), Some(9));
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
    // Room for two workers' pipes and for what counts the threads.
    let limit = descriptors() as u64 + 3;
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
