//! The same tasks four ways, and who ran when: one after another, as threads on one
//! core, as threads over the cores, as processes over the cores. Unix only.
//!
//! `cargo run --features trace --example timeline -- --length 20 --svg ways.svg`
#![cfg_attr(not(unix), allow(dead_code, unused_imports))]

use std::io::{self, PipeReader, Read, Write};
use std::path::Path;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};
use std::{fs, hint, process, thread};

use anyhow::{Context, Result, anyhow, ensure};
use trace::{Kind, Labels, Record, Recorder, Trace, Way, svg};

const TASKS: [&str; 3] = ["A", "B", "C"];
const MAIN: [&str; 5] = ["main 1", "main 2", "main 3", "main 4", "end"];
const COLUMNS: u32 = 62;

/// What there is to do, and the clock that all workers share.
#[derive(Clone, Copy)]
struct Work<'a> {
    epoch: Instant,
    steps: usize,  // of a piece
    result: usize, // numbers in the result of a task
    lock: Option<&'a Mutex<()>>,
}

/// A few microseconds of work.
fn step() {
    let numbers = 0..2_000_u64;
    hint::black_box(numbers.fold(1, |sum, n| hint::black_box(sum ^ (n * 0x9E37_79B9))));
}

/// How many steps take `length`, on a core that does nothing else.
fn steps_in(length: Duration) -> usize {
    let count = |time: Duration| {
        let (start, mut steps) = (Instant::now(), 0);
        while start.elapsed() < time {
            step();
            steps += 1;
        }
        steps
    };
    let best = (0..5).map(|_| count(Duration::from_millis(10))).max().unwrap_or(0);
    best.max(1) * usize::try_from(length.as_millis()).unwrap_or(1) / 10
}

fn piece(work: Work, recorder: &mut Recorder, name: &str) {
    let take =
        || work.lock.map(|lock| lock.lock().unwrap_or_else(PoisonError::into_inner));
    let mut turn = take();
    let mut since = Instant::now();
    let mut piece = recorder.begin(Kind::Work, name);
    for _ in 0..work.steps {
        step();
        piece.tick();
        if turn.is_some() && since.elapsed() > Duration::from_millis(5) {
            drop(turn);
            thread::sleep(Duration::from_millis(1)); // it is another's turn
            turn = take();
            since = Instant::now();
        }
    }
}

fn task(work: Work, recorder: &mut Recorder, name: &str) -> Vec<u64> {
    piece(work, recorder, &format!("{name}1"));
    piece(work, recorder, &format!("{name}2"));
    vec![u64::MAX; work.result]
}

fn check(work: Work, name: &str, result: &[u64]) -> Result<()> {
    ensure!(result == vec![u64::MAX; work.result], "the result of {name} is damaged");
    Ok(())
}

fn one_after_another(work: Work, main: &mut Recorder) -> Result<Vec<Record>> {
    for (name, main_name) in TASKS.iter().zip(MAIN) {
        piece(work, main, main_name);
        check(work, name, &task(work, main, name))?;
    }
    piece(work, main, MAIN[3]);
    piece(work, main, MAIN[4]);
    Ok(Vec::new())
}

fn threads(work: Work, main: &mut Recorder) -> Result<Vec<Record>> {
    thread::scope(|scope| {
        let mut workers = Vec::new();
        for (name, main_name) in TASKS.iter().zip(MAIN) {
            piece(work, main, main_name);
            let called = Instant::now();
            let mut starting = main.begin(Kind::Start, &format!("start {name}"));
            workers.push(scope.spawn(move || {
                let mut recorder = Recorder::new(work.epoch, name);
                recorder.begun(called);
                let result = task(work, &mut recorder, name);
                (result, recorder.finish())
            }));
            starting.called();
        }
        piece(work, main, MAIN[3]);
        let mut records = Vec::new();
        for (name, worker) in TASKS.iter().zip(workers) {
            let ended = worker.join().map_err(|_| anyhow!("task {name} panicked"))?;
            check(work, name, &ended.0)?;
            records.push(ended.1);
        }
        piece(work, main, MAIN[4]);
        Ok(records)
    })
}

/// Threads on one CPU, the first that we may use. Where the system can't do that, a
/// lock lets one thread run at a time.
fn threads_on_one_core(work: Work, main: &mut Recorder) -> Result<Vec<Record>> {
    #[cfg(any(target_os = "linux", target_os = "android"))]
    {
        use nix::sched::{CpuSet, sched_getaffinity, sched_setaffinity};
        use nix::unistd::Pid;

        let this = Pid::from_raw(0);
        let allowed = sched_getaffinity(this)?;
        let mut first = CpuSet::new();
        let number = (0..CpuSet::count()).find(|&cpu| allowed.is_set(cpu) == Ok(true));
        first.set(number.context("no CPU is allowed")?)?;
        sched_setaffinity(this, &first)?;
        let records = threads(work, main);
        sched_setaffinity(this, &allowed)?;
        records
    }
    #[cfg(not(any(target_os = "linux", target_os = "android")))]
    {
        let lock = Mutex::new(());
        threads(Work { lock: Some(&lock), ..work }, main)
    }
}

/// Sends bytes with their length before them, and looks at the clock on the way.
fn send(mut pipe: impl Write, bytes: &[u8], mut tick: impl FnMut()) -> io::Result<()> {
    pipe.write_all(&(bytes.len() as u64).to_le_bytes())?;
    for part in bytes.chunks(16 << 10) {
        pipe.write_all(part)?;
        tick();
    }
    Ok(())
}

fn length(mut pipe: impl Read) -> io::Result<usize> {
    let mut length = [0; 8];
    pipe.read_exact(&mut length)?;
    usize::try_from(u64::from_le_bytes(length)).map_err(io::Error::other)
}

fn receive(
    mut pipe: impl Read,
    length: usize,
    mut tick: impl FnMut(),
) -> io::Result<Vec<u8>> {
    let mut bytes = vec![0; length];
    for part in bytes.chunks_mut(16 << 10) {
        pipe.read_exact(part)?;
        tick();
    }
    Ok(bytes)
}

/// What a child does: its task, then the result and the record through the pipe.
fn child(
    work: Work,
    name: &str,
    called: Instant,
    pipe: impl Write + Copy,
) -> Result<()> {
    let mut recorder = Recorder::new(work.epoch, name);
    recorder.begun(called);
    let result = task(work, &mut recorder, name);
    let mut moving = recorder.begin(Kind::Move, &format!("send {name}"));
    let bytes = postcard::to_stdvec(&result)?;
    moving.called();
    send(pipe, &bytes, || moving.tick())?;
    drop(moving);
    send(pipe, &postcard::to_stdvec(&recorder.finish())?, || {})?;
    Ok(())
}

#[cfg(unix)]
fn processes(work: Work, main: &mut Recorder) -> Result<Vec<Record>> {
    let mut workers: Vec<(PipeReader, mp::Process)> = Vec::new();
    for (name, main_name) in TASKS.iter().zip(MAIN) {
        piece(work, main, main_name);
        let called = Instant::now();
        let mut starting = main.begin(Kind::Start, &format!("start {name}"));
        let (reader, writer) = io::pipe()?;
        let process = mp::Process::spawn(|| {
            if let Err(error) = child(work, name, called, &writer) {
                panic!("task {name}: {error}");
            }
        })?;
        starting.called();
        drop(starting);
        workers.push((reader, process));
    }
    piece(work, main, MAIN[3]);
    let mut records = Vec::new();
    for (name, (pipe, process)) in TASKS.iter().zip(&mut workers) {
        let length_of_result =
            length(&*pipe).with_context(|| format!("task {name} has ended"))?;
        let mut moving = main.begin(Kind::Move, &format!("receive {name}"));
        let bytes = receive(&*pipe, length_of_result, || moving.tick())?;
        let result: Vec<u64> = postcard::from_bytes(&bytes)?;
        moving.called();
        drop(moving);
        check(work, name, &result)?;
        let length_of_record = length(&*pipe)?;
        records.push(postcard::from_bytes(&receive(&*pipe, length_of_record, || {})?)?);
        let status = process.join()?;
        ensure!(status.success(), "task {name} failed, {status}");
    }
    piece(work, main, MAIN[4]);
    Ok(records)
}

/// Writes a file whole or not at all.
fn write(path: &Path, text: &str) -> Result<()> {
    let mut beside = path.as_os_str().to_owned();
    beside.push(format!(".{}", process::id()));
    fs::write(&beside, text)
        .and_then(|()| fs::rename(&beside, path))
        .inspect_err(|_| drop(fs::remove_file(&beside)))
        .with_context(|| format!("can't write {}", path.display()))
}

fn print(ways: &[Way]) {
    let longest = ways.iter().map(|way| way.length).fold(0.0, f64::max);
    let column = longest / f64::from(COLUMNS);
    println!(
        "A column is {:.2} ms. 1 to 4 and e: main; Aa, Bb, Cc: tasks;",
        column / 1e3
    );
    println!("s: start; >: move a result; .: in between, it does not run");
    for way in ways {
        let times = [way.length, way.total(Kind::Start), way.total(Kind::Move)];
        let [length, start, moving] = times.map(|time| time / 1e3);
        print!("{}: {length:.1} ms; start {start:.1} ms, ", way.name);
        println!("move {moving:.1} ms, switches: {}", way.switches());
        for row in way.rows(COLUMNS, column) {
            println!("{row}");
        }
    }
}

#[cfg(unix)]
fn main() -> Result<()> {
    type Run = fn(Work, &mut Recorder) -> Result<Vec<Record>>;
    let ways: [(&str, Run); 4] = [
        ("one after another", one_after_another),
        ("threads on one core", threads_on_one_core),
        ("threads over the cores", threads),
        ("processes over the cores", processes),
    ];
    let options = [("length", 10, 1..=1_000), ("kib", 256, 0..=16_384)];
    let ([length, kib], [trace_file, svg_file]) =
        mp::args_and_files(options, ["trace", "svg"]);

    let epoch = Instant::now();
    let steps = steps_in(Duration::from_millis(length as u64));
    let work = Work { epoch, steps, result: kib * 1_024 / 8, lock: None };
    let mut main = Recorder::new(epoch, "main");
    let mut trace = Trace::default();
    for (name, run) in ways {
        let start = Instant::now();
        let records = run(work, &mut main)?;
        main.since(Kind::Way, name, start);
        for record in records {
            trace.add(record);
        }
    }
    trace.records.insert(0, main.finish());
    trace.add_switches();
    trace.about.insert("language".into(), "rust".into());
    trace.about.insert("length".into(), format!("{length} ms"));
    trace.about.insert("result".into(), format!("{kib} KiB"));

    let ways = trace.ways();
    print(&ways);
    if let Some(path) = trace_file {
        write(&path, &serde_json::to_string_pretty(&trace)?)?;
    }
    if let Some(path) = svg_file {
        let headings = ways.iter().map(|way| format!("{}: {{ms}} ms", way.name));
        let headings: Vec<String> = headings.collect();
        let headings: Vec<&str> = headings.iter().map(String::as_str).collect();
        let labels = Labels { headings: &headings, ..Labels::ENGLISH };
        write(&path, &svg(&ways, 0.0, "timeline", &labels))?;
    }
    Ok(())
}

#[cfg(not(unix))]
fn main() -> process::ExitCode {
    mp::unix_only()
}
