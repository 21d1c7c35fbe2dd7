//! Counters of their own that are slow all the same: neighbours in a cache line.
//!
//! Unix only. `cargo run --release --example false_sharing -- --workers 8`
#![cfg_attr(not(unix), allow(dead_code, unused_imports))]

use std::hint::black_box;
use std::io;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::thread;
use std::time::Instant;

use anyhow::{Result, ensure};
use mp::Shared;

/// Workers that add to counters so many places from each other; a place has 8 bytes.
#[derive(Clone, Copy)]
struct Setting {
    workers: usize,
    times: u32,
    distance: usize,
}

fn add(counter: &AtomicU64, times: u32) {
    for _ in 0..times {
        counter.fetch_add(1, Relaxed);
    }
}

#[cfg(unix)]
impl Setting {
    /// How many seconds an addition takes while all the others add, too.
    fn measure(
        self,
        run: impl FnOnce(&(dyn Fn(usize) + Sync)) -> io::Result<()>,
    ) -> Result<f64> {
        // It begins with a page, and so with a cache line.
        let counters =
            Shared::slice(self.workers * self.distance.max(1), || AtomicU64::new(0))?;
        let begin = Instant::now();
        run(&|worker| add(&counters[worker * self.distance], self.times))?;
        let time = begin.elapsed().as_secs_f64() / f64::from(self.times);
        let sum: u64 = counters.iter().map(|counter| counter.load(Relaxed)).sum();
        ensure!(sum == self.workers as u64 * u64::from(self.times), "{sum} additions");
        Ok(time)
    }

    fn by_threads(self) -> Result<f64> {
        self.measure(|work| {
            thread::scope(|scope| {
                (0..self.workers)
                    .for_each(|worker| drop(scope.spawn(move || work(worker))));
            });
            Ok(())
        })
    }

    fn by_processes(self) -> Result<f64> {
        self.measure(|work| {
            let spawn = |worker| mp::Process::spawn(move || work(worker));
            let mut children =
                (0..self.workers).map(spawn).collect::<io::Result<Vec<_>>>()?;
            children.iter_mut().try_for_each(|child| child.join().map(drop))
        })
    }
}

/// Each counts for itself and adds what it has to the others' once, at its end.
fn on_their_own(workers: usize, times: u32) -> f64 {
    let sum = AtomicU64::new(0);
    let begin = Instant::now();
    thread::scope(|scope| {
        for _ in 0..workers {
            scope.spawn(|| {
                let own = AtomicU64::new(0);
                add(&own, times);
                sum.fetch_add(own.into_inner(), Relaxed);
            });
        }
    });
    begin.elapsed().as_secs_f64() / f64::from(times)
}

/// All on one CPU, where they take turns and one cache serves all.
#[cfg(target_os = "linux")]
fn on_one_cpu(neighbours: Setting) -> Result<f64> {
    use nix::sched::{CpuSet, sched_getaffinity, sched_setaffinity};

    let this = nix::unistd::Pid::from_raw(0);
    let allowed = sched_getaffinity(this)?;
    let mut one = CpuSet::new();
    let is_allowed = |&cpu: &usize| allowed.is_set(cpu).unwrap_or(false);
    one.set((0..CpuSet::count()).find(is_allowed).unwrap_or(0))?;
    sched_setaffinity(this, &one)?; // threads that it starts inherit it
    let time = neighbours.by_threads();
    sched_setaffinity(this, &allowed)?;
    time
}

/// How many seconds it takes when each worker copies 256 MiB, in such pieces.
fn copy(workers: usize, piece: usize) -> f64 {
    let memory = || (vec![1_u8; piece], vec![2; piece]); // not 0: all is there before
    let memory: Vec<_> = (0..workers).map(|_| memory()).collect();
    let begin = Instant::now();
    thread::scope(|scope| {
        for (from, mut to) in memory {
            scope.spawn(move || {
                (0..(256 << 20) / piece).for_each(|_| to.copy_from_slice(&from));
                black_box(to);
            });
        }
    });
    begin.elapsed().as_secs_f64()
}

/// Nanoseconds with one decimal.
fn ns(seconds: f64) -> String {
    format!("{:6.1} ns", seconds * 1e9)
}

#[cfg(unix)]
fn main() -> Result<()> {
    let [workers, times, mib] = mp::args([
        ("workers", 2, 1..=64),
        ("times", 2_000_000, 1..=100_000_000),
        ("mib", 32, 1..=64),
    ]);
    let times = u32::try_from(times)?;
    println!("an addition, by {workers} workers");
    for (name, distance) in
        [("one counter for all", 0), ("side by side", 1), ("128 bytes apart", 16)]
    {
        let setting = Setting { workers, times, distance };
        let (threads, processes) = (setting.by_threads()?, setting.by_processes()?);
        println!("  {name:20} threads {}, processes {}", ns(threads), ns(processes));
    }
    println!("  {:20} threads {}", "on their own", ns(on_their_own(workers, times)));
    #[cfg(target_os = "linux")]
    {
        let neighbours = Setting { workers, times, distance: 1 };
        println!("  {:20} threads {}", "on one CPU", ns(on_one_cpu(neighbours)?));
    }
    println!("256 MiB are copied, and as much again by each worker more");
    for (name, piece) in [("in small pieces", 16 << 10), ("in large ones", mib << 20)] {
        let [one, all] = [1, workers].map(|workers| 1e3 * copy(workers, piece));
        println!("  {name:20} one {one:.1} ms, {workers} workers {all:.1} ms");
    }
    Ok(())
}

#[cfg(not(unix))]
fn main() -> std::process::ExitCode {
    mp::unix_only()
}
