//! The cases of `mp::Shared`.

use std::io;
use std::sync::atomic::{AtomicBool, AtomicI8, AtomicU64, AtomicUsize, Ordering};

use mp::Shared;

use crate::check::{Before, flag, get, set, start};

crate::cases![
    eight_processes_count,
    an_array_is_shared,
    seen_after_the_child_has_ended,
    seen_by_a_grandchild,
    the_childs_drop_is_its_own,
    nothing_to_share,
    no_mapping_is_left,
];

fn eight_processes_count() {
    let count = Shared::new(AtomicUsize::new(0)).expect("mmap");
    let children = [(); 8].map(|()| {
        start(|| {
            for _ in 0..10_000 {
                count.fetch_add(1, Ordering::Relaxed);
            }
        })
    });
    for mut child in children {
        assert!(child.join().expect("join").success());
    }
    assert_eq!(count.load(Ordering::Relaxed), 80_000);
}

fn an_array_is_shared() {
    // More than a page.
    let squares: Shared<[AtomicU64; 1500]> =
        Shared::new([const { AtomicU64::new(7) }; 1500]).expect("mmap");
    assert!(squares.iter().all(|n| n.load(Ordering::Relaxed) == 7));
    let children = [0, 1, 2, 3].map(|worker| {
        let squares = &squares;
        start(move || {
            for n in (worker..1500).step_by(4) {
                squares[n].store((n * n) as u64, Ordering::Relaxed);
            }
        })
    });
    for mut child in children {
        assert!(child.join().expect("join").success());
    }
    let values: Vec<u64> = squares.iter().map(|n| n.load(Ordering::Relaxed)).collect();
    assert_eq!(values, (0..1500).map(|n| n * n).collect::<Vec<u64>>());
}

fn seen_after_the_child_has_ended() {
    let (done, small) = (
        Shared::new(AtomicBool::new(false)).expect("mmap"),
        Shared::new(AtomicI8::new(1)).expect("mmap"),
    );
    drop(start(|| {
        done.store(true, Ordering::Relaxed);
        small.store(-5, Ordering::Relaxed);
        // Also when it ends badly.
        std::process::abort();
    }));
    assert!(done.load(Ordering::Relaxed));
    assert_eq!(small.load(Ordering::Relaxed), -5);
}

fn seen_by_a_grandchild() {
    let number = flag();
    drop(start(|| {
        set(&number, 1);
        drop(start(|| set(&number, get(&number) + 1)));
        set(&number, get(&number) * 10);
    }));
    assert_eq!(get(&number), 20);
}

fn the_childs_drop_is_its_own() {
    let mut number = Some(flag());
    let mut child = start(|| drop(number.take()));
    assert!(child.join().expect("join").success());
    let number = number.expect("still ours");
    set(&number, 3);
    assert_eq!(get(&number), 3);
}

fn nothing_to_share() {
    let error = Shared::new([] as [AtomicU64; 0]).expect_err("size 0");
    assert_eq!(error.kind(), io::ErrorKind::InvalidInput);
}

fn no_mapping_is_left() {
    let before = Before::now();
    for _ in 0..100 {
        let first = flag();
        let second = Shared::new([const { AtomicU64::new(0) }; 1500]).expect("mmap");
        #[cfg(target_os = "linux")]
        assert!(crate::check::shared_mappings() >= 2, "the check sees no mapping at all");
        drop((first, second));
    }
    before.nothing_is_left();
}
