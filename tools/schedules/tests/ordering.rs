//! Every outcome of the two tests of `examples/ordering.rs` that the memory model allows.

use std::collections::BTreeSet;
use std::sync::atomic::Ordering::{AcqRel, Acquire, Relaxed, Release, SeqCst};
use std::sync::{Arc, Mutex};

use loom::sync::Arc as LoomArc;
use loom::sync::atomic::fence;
use loom::thread;
use schedules::ordering::{AtomicU32, Orders, look, publish, store_then_load};

/// What came out, over all executions that loom tries.
fn outcomes(run: impl Fn() -> (u32, u32) + Send + Sync + 'static) -> BTreeSet<(u32, u32)> {
    let seen = Arc::new(Mutex::new(BTreeSet::new()));
    let add = Arc::clone(&seen);
    loom::model(move || {
        add.lock().expect("no execution panics").insert(run());
    });
    seen.lock().expect("no execution has panicked").clone()
}

/// Two threads that store and then load, with something between the two.
fn store_buffering(
    run: impl Fn(&AtomicU32, &AtomicU32) -> u32 + Copy + Send + Sync + 'static,
) -> BTreeSet<(u32, u32)> {
    outcomes(move || {
        let places = LoomArc::new([AtomicU32::new(0), AtomicU32::new(0)]);
        let theirs = LoomArc::clone(&places);
        let other = thread::spawn(move || run(&theirs[1], &theirs[0]));
        let mine = run(&places[0], &places[1]);
        (mine, other.join().expect("no execution panics"))
    })
}

fn message_passing(orders: Orders) -> BTreeSet<(u32, u32)> {
    outcomes(move || {
        let places = LoomArc::new([AtomicU32::new(0), AtomicU32::new(0)]);
        let theirs = LoomArc::clone(&places);
        let other = thread::spawn(move || publish(&theirs[0], &theirs[1], 1, orders));
        let seen = look(&places[0], &places[1], orders);
        other.join().expect("no execution panics");
        seen
    })
}

#[test]
fn both_may_load_the_old_value_with_relaxed_and_with_release_acquire() {
    let all = BTreeSet::from([(0, 0), (0, 1), (1, 0), (1, 1)]);
    for orders in [(Relaxed, Relaxed), (Release, Acquire)] {
        let outcomes = store_buffering(move |a, b| store_then_load(a, b, 1, orders));
        assert_eq!(outcomes, all, "{orders:?}");
    }
}

/// Loom takes a `SeqCst` load or store for an acquiring or releasing one, and knows the total order of
/// `SeqCst` from fences only. So what the book says of it is checked with a fence, and of the loads and
/// stores themselves below.
#[test]
fn a_fence_between_the_store_and_the_load_excludes_it() {
    let outcomes = store_buffering(|mine, other| {
        mine.store(1, Relaxed);
        fence(SeqCst);
        other.load(Relaxed)
    });
    assert_eq!(outcomes, BTreeSet::from([(0, 1), (1, 0), (1, 1)]));

    let all = BTreeSet::from([(0, 0), (0, 1), (1, 0), (1, 1)]);
    let weaker = store_buffering(|mine, other| {
        mine.store(1, Relaxed);
        fence(AcqRel);
        other.load(Relaxed)
    });
    assert_eq!(weaker, all, "a weaker fence doesn't");
}

/// Where all operations are `SeqCst`, there is one order of them all: each outcome comes of a way to
/// interleave the two threads.
#[test]
fn no_interleaving_gives_both_the_old_value() {
    /// The steps that each thread has done: the first is its store, the second its load.
    fn explore(steps: [usize; 2], stored: [u32; 2], seen: [u32; 2], all: &mut BTreeSet<[u32; 2]>) {
        if steps == [2, 2] {
            all.insert(seen);
        }
        for thread in (0..2).filter(|&thread| steps[thread] < 2) {
            let (mut steps, mut stored, mut seen) = (steps, stored, seen);
            if steps[thread] == 0 {
                stored[thread] = 1;
            } else {
                seen[thread] = stored[1 - thread];
            }
            steps[thread] += 1;
            explore(steps, stored, seen, all);
        }
    }
    let mut all = BTreeSet::new();
    explore([0, 0], [0, 0], [0, 0], &mut all);
    assert_eq!(all, BTreeSet::from([[0, 1], [1, 0], [1, 1]]));
}

/// A prediction: the ordering is the counter's own matter, and `join` orders.
#[test]
fn a_relaxed_counter_loses_nothing() {
    let outcomes = outcomes(|| {
        let counter = LoomArc::new(AtomicU32::new(0));
        let theirs = LoomArc::clone(&counter);
        let other = thread::spawn(move || theirs.fetch_add(1, Relaxed));
        counter.fetch_add(1, Relaxed);
        other.join().expect("no execution panics");
        (counter.load(Relaxed), 0)
    });
    assert_eq!(outcomes, BTreeSet::from([(2, 0)]));
}

/// A prediction: the data first, then the flag.
#[test]
fn who_loads_the_data_first_may_miss_it() {
    let outcomes = outcomes(|| {
        let places = LoomArc::new([AtomicU32::new(0), AtomicU32::new(0)]);
        let theirs = LoomArc::clone(&places);
        let other = thread::spawn(move || publish(&theirs[0], &theirs[1], 1, (Release, Acquire)));
        let data = places[0].load(Relaxed);
        let flag = places[1].load(Acquire);
        other.join().expect("no execution panics");
        (flag, data)
    });
    assert!(outcomes.contains(&(1, 0)), "{outcomes:?}");
}

/// Pairs of what was seen of the flag and of the data.
#[test]
fn who_sees_the_flag_sees_the_data_with_release_acquire_only() {
    let rest = [(0, 0), (0, 1), (1, 1)];
    assert_eq!(message_passing((Release, Acquire)), BTreeSet::from(rest));
    for orders in [(Relaxed, Relaxed), (Release, Relaxed), (Relaxed, Acquire)] {
        let with_old_data = rest.into_iter().chain([(1, 0)]).collect();
        assert_eq!(message_passing(orders), with_old_data, "{orders:?}");
    }
}
