//! rayon in depth: pieces, joins, order, threads, state, panics, sorting and reducing.
//!
//! `cargo run --example rayon_tour -- --limit 10000000 --workers 2`

use std::cell::Cell;
use std::fmt::Write;
use std::ops::Range;
use std::panic;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc;
use std::time::Instant;

use anyhow::ensure;
use mp::primes::{is_prime, primes_in, published}; // in mp/primes.rs
use rayon::prelude::*;

/// rayon halves the range, and halves the halves, while there are idle threads.
fn by_iterator(limit: usize) -> usize {
    (0..limit).into_par_iter().filter(|&n| is_prime(n)).count()
}

/// The same by hand: one half may go to another thread, the other is done here.
fn by_halves(range: Range<usize>) -> usize {
    if range.len() <= 1000 {
        return primes_in(range);
    }
    let middle = range.start + range.len() / 2;
    let (low, high) =
        rayon::join(|| by_halves(range.start..middle), || by_halves(middle..range.end));
    low + high
}

fn small_tasks() {
    let start = Instant::now();
    let sum = AtomicUsize::new(0);
    rayon::scope(|scope| {
        for n in 0..10_000 {
            let sum = &sum;
            scope.spawn(move |_| _ = sum.fetch_add(n, Ordering::Relaxed));
        }
    });
    let time = start.elapsed().as_micros();
    println!("sum {} by 10000 tasks of one number: {time} µs", sum.into_inner());

    let start = Instant::now();
    let sum: usize = (0..10_000).into_par_iter().with_min_len(1000).sum();
    let time = start.elapsed().as_micros();
    println!("sum {sum} in pieces of 1000 or more: {time} µs");
}

fn ordered_and_unordered(pool: &rayon::ThreadPool) {
    let limits = [10_000, 1000, 100, 10];
    let count = |limit| primes_in(0..limit);
    let counts: Vec<usize> =
        pool.install(|| limits.into_par_iter().map(count).collect());
    println!("in order: {counts:?}");

    let (sender, results) = mpsc::channel();
    pool.in_place_scope(|scope| {
        scope.spawn(|_| {
            limits.into_par_iter().for_each_with(sender, |sender, limit| {
                // It fails when nobody listens any more.
                let _ = sender.send((limit, count(limit)));
            });
        });
        for (limit, count) in results {
            println!("as it comes: {count} primes below {limit}");
        }
    });
}

fn state(pool: &rayon::ThreadPool) {
    let made = AtomicUsize::new(0);
    let new_buffer = || {
        made.fetch_add(1, Ordering::Relaxed);
        String::new()
    };
    let digits: usize = pool.install(|| {
        let pieces = (0..1024).into_par_iter().with_min_len(64).with_max_len(64);
        let lengths = pieces.map_init(new_buffer, |buffer, n| {
            buffer.clear();
            write!(buffer, "{n}").map_or(0, |()| buffer.len())
        });
        lengths.sum()
    });
    println!("{digits} digits, and {} buffers for 1024 numbers", made.into_inner());

    thread_local! {
        static TASKS: Cell<usize> = const { Cell::new(0) };
    }
    let count = |_| TASKS.set(TASKS.get() + 1);
    pool.install(|| (0..1024).into_par_iter().for_each(count));
    let tasks = pool.broadcast(|_| TASKS.get());
    println!("{} tasks on {} threads", tasks.iter().sum::<usize>(), tasks.len());
}

fn a_panic() {
    let shares =
        |people: Range<u32>| people.into_par_iter().map(|n| 840 / n).sum::<u32>();
    let usual = panic::take_hook();
    panic::set_hook(Box::new(|_| println!("a task panics")));
    let caught = panic::catch_unwind(|| shares(0..9)).map_err(|payload| {
        payload.downcast_ref::<&str>().copied().unwrap_or("not text").to_owned()
    });
    panic::set_hook(usual);
    println!("the caller gets: {caught:?}");
    println!("and again, without the 0: {}", shares(1..9));
}

fn sorting_and_reducing() {
    let mut squares: Vec<u32> = (1..=10).map(|n| n * n % 11).collect();
    squares.par_sort_unstable();
    println!("sorted: {squares:?}");

    let minus = |a, b| a - b;
    let whole = (1..9).into_par_iter().with_min_len(8).reduce(|| 0, minus);
    let parts = (1..9).into_par_iter().with_max_len(1).reduce(|| 0, minus);
    println!("1 to 8 subtracted in one piece: {whole}, in eight: {parts}");
}

fn main() -> anyhow::Result<()> {
    let [limit, workers] =
        mp::args([("limit", 1_000_000, 0..=10_000_000), ("workers", 4, 0..=256)]);
    let pool = rayon::ThreadPoolBuilder::new().num_threads(workers).build()?;

    println!("a pool of {} threads", pool.current_num_threads());
    let count = pool.install(|| by_iterator(limit));
    println!("{count} primes below {limit}");
    let halves = pool.install(|| by_halves(0..limit));
    ensure!(count == halves, "and {halves} in the two halves");
    if let Some(published) = published(limit) {
        ensure!(count == published, "and {published} are published");
    }

    ordered_and_unordered(&pool);
    state(&pool);
    pool.install(small_tasks);
    pool.install(a_panic);
    pool.install(sorting_and_reducing);
    Ok(())
}
