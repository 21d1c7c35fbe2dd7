//! The ways that are measured.

use std::{
    collections::VecDeque,
    hint::black_box,
    io::{self, Read, Write},
    num::NonZeroUsize,
    ops::Range,
    os::unix::net::UnixStream,
    process::Command,
    ptr::{self, NonNull},
    slice,
    sync::atomic::{AtomicUsize, Ordering},
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result, anyhow, bail, ensure};
use mp::{Pool, Process, Shared};
use nix::{
    libc,
    sys::{
        mman::{MapFlags, ProtFlags, mmap_anonymous, munmap},
        wait::waitpid,
    },
    unistd::{ForkResult, fork},
};
use rayon::{ThreadPoolBuilder, prelude::*};
use serde::{Serialize, de::DeserializeOwned};
use serde_bytes::ByteBuf;

use crate::usage;

/// Does a thing a number of times and answers with a line.
pub type Way = Box<dyn FnMut(u64) -> Result<String>>;

const USAGE: &str = "expected one of
  start thread|scoped_thread|fork|mp_process|command|procspawn
  fork_memory fork|command BYTES
  chunk mp_pool|imap_unordered|rayon CHUNK TASKS (CHUNK 0: the default)
  chunk mp_ranges|procspawn CHUNK TASKS (a range of so many is what a task is handed)
  result mp_pool|procspawn|rayon BYTES TASKS
  moving pipe|socketpair|shared_memory|memcpy|mp_pool BYTES MESSAGES
  speedup sequential|mp_pool|rayon WORKERS LIMIT
  crossover sequential|mp_pool|rayon SPINS TASKS
  usage sequential|threads|rayon|mp_pool LIMIT
  calibrate spin SPINS";

/// The way that the arguments name: topic, case, and numbers.
pub fn find(arguments: &[String]) -> Result<Way> {
    let [topic, case, numbers @ ..] = arguments else { bail!("{USAGE}") };
    let read =
        |text: &String| text.parse().map_err(|_| anyhow!("{text:?} is no whole number; {USAGE}"));
    let numbers = numbers.iter().map(read).collect::<Result<Vec<usize>>>()?;
    match (&**topic, &**case, &*numbers) {
        ("start", case, &[]) => start(case),
        ("fork_memory", case, &[bytes]) => fork_memory(case, bytes),
        ("chunk", case, &[chunk, tasks]) => chunked(case, chunk, tasks),
        ("result", case, &[bytes, tasks]) => results(case, bytes, tasks),
        ("moving", case, &[bytes, count]) if bytes > 0 => moving(case, bytes, count),
        ("speedup", case, &[workers, limit]) => speedup(case, workers, limit),
        ("crossover", case, &[spins, tasks]) => crossover(case, spins, tasks),
        ("usage", case, &[limit]) => used(case, limit),
        ("calibrate", "spin", &[spins]) => Ok(each(move || {
            spin(spins);
            Ok(())
        })),
        _ => Err(unknown()),
    }
}

fn unknown() -> anyhow::Error {
    anyhow!("{USAGE}")
}

/// The time of a number of calls.
fn each(mut f: impl FnMut() -> Result<()> + 'static) -> Way {
    timed(move |n| {
        let start = Instant::now();
        for _ in 0..n {
            f()?;
        }
        Ok(start.elapsed())
    })
}

fn timed(mut f: impl FnMut(u64) -> Result<Duration> + 'static) -> Way {
    Box::new(move |n| Ok(f(n)?.as_nanos().to_string()))
}

fn cpus() -> Result<usize> {
    Ok(thread::available_parallelism()?.get())
}

fn rayon_of(workers: usize) -> Result<rayon::ThreadPool> {
    Ok(ThreadPoolBuilder::new().num_threads(workers).build()?)
}

/// A pool of procspawn; its workers end with it.
struct Workers(procspawn::Pool);

impl Workers {
    fn new() -> Result<Workers> {
        let pool = procspawn::Pool::builder(cpus()?).disable_stdin().disable_stdout().build()?;
        Ok(Workers(pool))
    }
}

impl Workers {
    /// Sends a task for each argument and takes the results in their order.
    ///
    /// A task that waits holds file descriptors, so a few wait for each worker and no more.
    fn map<A, R>(
        &self,
        arguments: impl Iterator<Item = A>,
        f: fn(A) -> R,
        mut take: impl FnMut(R),
    ) -> Result<()>
    where
        A: Serialize + DeserializeOwned,
        R: Serialize + DeserializeOwned + Send + 'static,
    {
        let most = (4 * self.0.size()).min(48);
        let mut waiting = VecDeque::new();
        for argument in arguments {
            if waiting.len() == most
                && let Some(first) = waiting.pop_front()
            {
                take(procspawn::JoinHandle::join(first)?);
            }
            waiting.push_back(self.0.spawn(argument, f));
        }
        waiting.into_iter().try_for_each(|handle| {
            take(handle.join()?);
            Ok(())
        })
    }
}

impl Drop for Workers {
    fn drop(&mut self) {
        self.0.shutdown();
    }
}

// ---- start

fn start(case: &str) -> Result<Way> {
    Ok(match case {
        "thread" => {
            each(|| thread::spawn(|| ()).join().map_err(|_| anyhow!("the thread panicked")))
        }
        "scoped_thread" => each(|| {
            thread::scope(|scope| {
                scope.spawn(|| ());
            });
            Ok(())
        }),
        "fork" => each(fork_and_wait),
        "mp_process" => each(|| {
            ensure!(Process::spawn(|| ())?.join()?.success(), "the child failed");
            Ok(())
        }),
        "command" => command()?,
        "procspawn" => each(|| Ok(procspawn::spawn((), |()| ()).join()?)),
        _ => return Err(unknown()),
    })
}

/// The bare system calls.
fn fork_and_wait() -> Result<()> {
    // SAFETY: this process has one thread here, and the child ends at once.
    match unsafe { fork()? } {
        // SAFETY: it ends the child without running anything of the parent's.
        ForkResult::Child => unsafe { libc::_exit(0) },
        ForkResult::Parent { child } => _ = waitpid(child, None)?,
    }
    Ok(())
}

/// The program `nothing`, which Cargo puts beside this one.
fn command() -> Result<Way> {
    let program = std::env::current_exe()?.with_file_name("nothing");
    Ok(each(move || {
        let status = Command::new(&program).status();
        let status = status.with_context(|| format!("can't start {}", program.display()))?;
        ensure!(status.success(), "the program failed");
        Ok(())
    }))
}

// ---- fork_memory

fn fork_memory(case: &str, bytes: usize) -> Result<Way> {
    let memory = vec![1_u8; bytes];
    let mut way = match case {
        "fork" | "command" => start(case)?,
        _ => return Err(unknown()),
    };
    Ok(Box::new(move |n| {
        let answer = way(n);
        black_box(&memory);
        answer
    }))
}

// ---- chunk

fn next(n: u64) -> u64 {
    black_box(n + 1)
}

fn next_of_all(range: Range<u64>) -> Vec<u64> {
    range.map(next).collect()
}

fn chunked(case: &str, chunk: usize, tasks: usize) -> Result<Way> {
    let end = u64::try_from(tasks)?;
    let check = move |results: &[u64]| {
        let right = results.len() == tasks && results.last().is_none_or(|last| *last == end);
        ensure!(right, "the results are not those of the tasks");
        Ok(())
    };
    match case {
        "mp_pool" | "imap_unordered" => {
            let inputs: Vec<u64> = (0..end).collect();
            let mut pool = Pool::new(cpus()?)?;
            if chunk > 0 {
                pool = pool.with_chunk_size(chunk);
            }
            if case == "mp_pool" {
                return Ok(each(move || check(&pool.map(&inputs, |&n| next(n))?)));
            }
            Ok(each(move || {
                let mut results = vec![0; inputs.len()];
                for item in pool.imap_unordered(&inputs, |&n| next(n))? {
                    let (index, result) = item?;
                    results[index] = result;
                }
                check(&results)
            }))
        }
        "rayon" => {
            let inputs: Vec<u64> = (0..end).collect();
            let pool = rayon_of(cpus()?)?;
            Ok(each(move || {
                let results: Vec<u64> = pool.install(|| {
                    let inputs = inputs.par_iter();
                    if chunk == 0 {
                        inputs.map(|&n| next(n)).collect()
                    } else {
                        let inputs = inputs.with_min_len(chunk).with_max_len(chunk);
                        inputs.map(|&n| next(n)).collect()
                    }
                });
                check(&results)
            }))
        }
        "mp_ranges" if chunk > 0 => {
            let starts = (0..tasks).step_by(chunk);
            let ranges = starts.map(|first| first as u64..end.min((first + chunk) as u64));
            let ranges: Vec<_> = ranges.collect();
            let pool = Pool::new(cpus()?)?.with_chunk_size(1);
            Ok(each(move || {
                let mut results = Vec::with_capacity(tasks);
                for some in pool.map(&ranges, |range| next_of_all(range.clone()))? {
                    results.extend(some);
                }
                check(&results)
            }))
        }
        "procspawn" if chunk > 0 => {
            let pool = Workers::new()?;
            Ok(each(move || {
                let starts = (0..tasks).step_by(chunk);
                let ranges = starts.map(|first| first as u64..end.min((first + chunk) as u64));
                let mut results = Vec::with_capacity(tasks);
                pool.map(ranges, next_of_all, |some| results.extend(some))?;
                check(&results)
            }))
        }
        _ => Err(unknown()),
    }
}

// ---- result

fn filled(bytes: usize) -> ByteBuf {
    ByteBuf::from(vec![1; bytes])
}

fn results(case: &str, bytes: usize, tasks: usize) -> Result<Way> {
    let check = move |results: &[ByteBuf]| {
        let right = results.len() == tasks && results.iter().all(|result| result.len() == bytes);
        ensure!(right, "the results are not those of the tasks");
        Ok(())
    };
    let inputs = vec![bytes; tasks];
    match case {
        "mp_pool" => {
            let pool = Pool::new(cpus()?)?;
            Ok(each(move || check(&pool.map(&inputs, |&bytes| filled(bytes))?)))
        }
        "rayon" => {
            let pool = rayon_of(cpus()?)?;
            Ok(each(move || {
                let results: Vec<ByteBuf> =
                    pool.install(|| inputs.par_iter().map(|&bytes| filled(bytes)).collect());
                check(&results)
            }))
        }
        "procspawn" => {
            let pool = Workers::new()?;
            Ok(each(move || {
                let mut results = Vec::with_capacity(inputs.len());
                pool.map(inputs.iter().copied(), filled, |some| results.push(some))?;
                check(&results)
            }))
        }
        _ => Err(unknown()),
    }
}

// ---- moving

fn moving(case: &str, bytes: usize, count: usize) -> Result<Way> {
    match case {
        "pipe" => Ok(timed(move |n| {
            let (reader, writer) = io::pipe()?;
            stream(bytes, messages(n, count)?, reader, writer)
        })),
        "socketpair" => Ok(timed(move |n| {
            let (reader, writer) = UnixStream::pair()?;
            stream(bytes, messages(n, count)?, reader, writer)
        })),
        "shared_memory" => Ok(timed(move |n| shared_memory(bytes, messages(n, count)?))),
        "memcpy" => {
            let from = vec![1_u8; bytes];
            let mut to = vec![0_u8; bytes];
            Ok(each(move || {
                for _ in 0..count {
                    black_box(&mut to).copy_from_slice(black_box(&from));
                }
                Ok(())
            }))
        }
        "mp_pool" => {
            let pool = Pool::new(cpus()?)?.with_chunk_size(1);
            let inputs = vec![bytes; count];
            Ok(each(move || {
                let results = pool.map(&inputs, |&bytes| filled(bytes))?;
                ensure!(results.len() == count, "results are missing");
                Ok(())
            }))
        }
        _ => Err(unknown()),
    }
}

fn messages(n: u64, count: usize) -> Result<usize> {
    Ok(usize::try_from(n)? * count)
}

/// The time in which a child sends `count` messages of `bytes` bytes each.
fn stream(
    bytes: usize,
    count: usize,
    mut reader: impl Read,
    mut writer: impl Write,
) -> Result<Duration> {
    let (mut here, mut there) = UnixStream::pair()?;
    let mut child = Process::spawn(|| {
        let message = vec![1_u8; bytes];
        let mut send = || -> io::Result<()> {
            there.write_all(&[0])?;
            there.read_exact(&mut [0])?;
            (0..count).try_for_each(|_| writer.write_all(&message))
        };
        send().expect("the parent reads");
    })?;
    drop(writer);
    let mut message = vec![0_u8; bytes];
    here.read_exact(&mut [0])?;
    let start = Instant::now();
    here.write_all(&[0])?;
    for _ in 0..count {
        reader.read_exact(&mut message)?;
    }
    let time = start.elapsed();
    ensure!(child.join()?.success() && message.iter().all(|byte| *byte == 1), "the child failed");
    Ok(time)
}

/// Places for messages in memory that parent and child share.
struct Slots {
    memory: NonNull<u8>,
    length: usize,
}

const SLOTS: usize = 8;

impl Slots {
    fn new(bytes: usize) -> Result<Slots> {
        let length = SLOTS * bytes;
        let size = NonZeroUsize::new(length).context("a message has at least one byte")?;
        let access = ProtFlags::PROT_READ | ProtFlags::PROT_WRITE;
        // SAFETY: no address is asked for, so the mapping is a new one and overlaps nothing.
        let memory = unsafe { mmap_anonymous(None, size, access, MapFlags::MAP_SHARED)? };
        Ok(Slots { memory: memory.cast(), length })
    }

    fn at(&self, message: usize) -> *mut u8 {
        let place = message % SLOTS * (self.length / SLOTS);
        // SAFETY: `place` is below the length of the mapping.
        unsafe { self.memory.as_ptr().add(place) }
    }
}

impl Drop for Slots {
    fn drop(&mut self) {
        // SAFETY: the mapping is this one's own, and nothing points into it any more.
        let _ = unsafe { munmap(self.memory.cast(), self.length) };
    }
}

/// Waits until `ready`: for a moment awake, then by leaving the processor to others.
fn until(ready: impl Fn() -> bool) {
    let mut turns = 0;
    while !ready() {
        turns += 1;
        if turns < 100 {
            std::hint::spin_loop();
        } else {
            thread::yield_now();
        }
    }
}

/// The time in which a child copies `count` messages into shared memory and this process copies them
/// out again.
fn shared_memory(bytes: usize, count: usize) -> Result<Duration> {
    let slots = Slots::new(bytes)?;
    // SAFETY: the mapping is `length` bytes long and nobody else uses it yet.
    unsafe { slice::from_raw_parts_mut(slots.memory.as_ptr(), slots.length) }.fill(0);
    let written = Shared::new(AtomicUsize::new(0))?;
    let read = Shared::new(AtomicUsize::new(0))?;
    let (mut here, mut there) = UnixStream::pair()?;
    let mut child = Process::spawn(|| {
        let message = vec![1_u8; bytes];
        let mut ready = || there.write_all(&[0]).and_then(|()| there.read_exact(&mut [0]));
        ready().expect("the parent waits");
        for i in 0..count {
            until(|| i < read.load(Ordering::Acquire) + SLOTS);
            // SAFETY: the parent has read what stood in this slot, and reads it again only after
            // `written` has grown. The slot is `bytes` long, and so is the message.
            unsafe { ptr::copy_nonoverlapping(message.as_ptr(), slots.at(i), bytes) };
            written.store(i + 1, Ordering::Release);
        }
    })?;
    let mut message = vec![0_u8; bytes];
    here.read_exact(&mut [0])?;
    let start = Instant::now();
    here.write_all(&[0])?;
    for i in 0..count {
        until(|| written.load(Ordering::Acquire) > i);
        // SAFETY: the child has written this slot, and writes it again only after `read` has grown.
        // The slot is `bytes` long, and so is the message.
        unsafe { ptr::copy_nonoverlapping(slots.at(i), message.as_mut_ptr(), bytes) };
        black_box(&mut message);
        read.store(i + 1, Ordering::Release);
    }
    let time = start.elapsed();
    ensure!(child.join()?.success() && message.iter().all(|byte| *byte == 1), "the child failed");
    Ok(time)
}

// ---- speedup and usage: the running task of Part III

fn is_prime(n: usize) -> bool {
    n >= 2 && (2..n).take_while(|d| d * d <= n).all(|d| !n.is_multiple_of(d))
}

fn primes_in(range: &Range<usize>) -> usize {
    range.clone().filter(|&n| is_prime(n)).count()
}

/// The numbers below `limit` in 500 pieces.
fn pieces(limit: usize) -> Vec<Range<usize>> {
    let piece = limit.div_ceil(500).max(1);
    (0..limit).step_by(piece).map(|first| first..limit.min(first + piece)).collect()
}

fn with_pool(pieces: &[Range<usize>], workers: usize) -> Result<usize> {
    Ok(Pool::new(workers)?.map(pieces, primes_in)?.iter().sum())
}

fn with_rayon(pieces: &[Range<usize>], pool: &rayon::ThreadPool) -> usize {
    pool.install(|| pieces.par_iter().map(primes_in).sum())
}

fn with_threads(pieces: &[Range<usize>], workers: usize) -> usize {
    let next = AtomicUsize::new(0);
    let work = || {
        let mut count = 0;
        while let Some(piece) = pieces.get(next.fetch_add(1, Ordering::Relaxed)) {
            count += primes_in(piece);
        }
        count
    };
    thread::scope(|scope| {
        let threads: Vec<_> = (0..workers).map(|_| scope.spawn(work)).collect();
        threads.into_iter().map(|thread| thread.join().expect("counting doesn't panic")).sum()
    })
}

fn speedup(case: &str, workers: usize, limit: usize) -> Result<Way> {
    let pieces = pieces(limit);
    let mut count: Box<dyn FnMut() -> Result<usize>> = match case {
        "sequential" => Box::new(move || Ok(pieces.iter().map(primes_in).sum())),
        "mp_pool" => Box::new(move || with_pool(&pieces, workers)),
        "rayon" => {
            let pool = rayon_of(workers)?;
            Box::new(move || Ok(with_rayon(&pieces, &pool)))
        }
        _ => return Err(unknown()),
    };
    Ok(each(move || {
        black_box(count()?);
        Ok(())
    }))
}

fn used(case: &str, limit: usize) -> Result<Way> {
    let pieces = pieces(limit);
    let workers = cpus()?;
    let mut count: Box<dyn FnMut() -> Result<usize>> = match case {
        "sequential" => Box::new(move || Ok(pieces.iter().map(primes_in).sum())),
        "threads" => Box::new(move || Ok(with_threads(&pieces, workers))),
        // With the start and the end of the pool, as the others.
        "rayon" => Box::new(move || Ok(with_rayon(&pieces, &rayon_of(workers)?))),
        "mp_pool" => Box::new(move || with_pool(&pieces, workers)),
        _ => return Err(unknown()),
    };
    Ok(Box::new(move |n| {
        usage::of(|| {
            for _ in 0..n {
                black_box(count()?);
            }
            Ok(())
        })
    }))
}

// ---- crossover

/// Keeps the processor busy for `spins` turns, each of which waits for the one before.
fn spin(spins: usize) -> u64 {
    let mut value = 1_u64;
    for _ in 0..spins {
        value = black_box(value.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1));
    }
    value
}

fn crossover(case: &str, spins: usize, tasks: usize) -> Result<Way> {
    let inputs = vec![spins; tasks];
    let work = |&spins: &usize| {
        spin(spins);
    };
    match case {
        "sequential" => Ok(each(move || {
            black_box(&inputs).iter().for_each(work);
            Ok(())
        })),
        "rayon" => {
            let pool = rayon_of(cpus()?)?;
            Ok(each(move || {
                pool.install(|| inputs.par_iter().with_max_len(1).for_each(work));
                Ok(())
            }))
        }
        "mp_pool" => {
            let pool = Pool::new(cpus()?)?.with_chunk_size(1);
            Ok(each(move || {
                pool.map(&inputs, work)?;
                Ok(())
            }))
        }
        _ => Err(unknown()),
    }
}
