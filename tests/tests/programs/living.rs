//! The program `living_pool`: the same picture whatever happens to its workers, frames that are whole or an error, and
//! nobody left behind. And what the page says of other pools, as far as they are here.
#![cfg(unix)]

use std::process::Command;
use std::thread;

use anyhow::{Context as _, Result, ensure};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use tests::rustc::{Fate, Workshop, changed, hangs};
use tests::{Ended, LIMIT, Running, Stdout, asked, example, processes, read, run};

fn living_pool(arguments: &[&str]) -> Result<Ended> {
    run(example("living_pool", arguments)?, Stdout::Pipe, LIMIT)
}

/// The lines that tell of a whole picture: undisturbed, and disturbed.
fn pictures(ended: &Ended) -> Result<[&str; 2]> {
    let of = |start: &str| -> Result<&str> {
        let line = ended.lines().find_map(|line| line.strip_prefix(start));
        Ok(line.with_context(|| format!("no line '{start}'\n{}", ended.output()))?.trim())
    };
    Ok([of("undisturbed:")?, of("disturbed:")?])
}

#[test]
fn the_picture_is_the_same_with_any_number_of_workers_and_any_trouble() -> Result<()> {
    let all = living_pool(&["--width", "200"])?.success()?;
    let [first, second] = pictures(&all)?;
    ensure!(first == second && first.starts_with("9 tiles, checksum "), "{}", all.output());
    for workers in ["1", "2", "9"] {
        let ended = living_pool(&["--width", "200", "--workers", workers])?.success()?;
        ensure!(pictures(&ended)? == [first, first], "{workers}:\n{}", ended.output());
        let started = workers.parse::<usize>()? + 5;
        let line = format!("{started} workers were started, and each has loaded once");
        ensure!(ended.lines().any(|l| l == line), "{line}\n{}", ended.output());
        let well = "a worker at the end: exit status: 0";
        let ends = ended.lines().filter(|line| *line == well).count();
        ensure!(ends == workers.parse::<usize>()?, "{}", ended.output());
    }
    // Tiles that are cut by the edge, and a picture of one pixel's height.
    for width in ["3", "63", "65", "129"] {
        let ended = living_pool(&["--width", width])?.success()?;
        let [first, second] = pictures(&ended)?;
        ensure!(first == second, "{}", ended.output());
    }
    Ok(())
}

#[test]
fn the_file_holds_the_picture_whose_checksum_is_told() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let file = folder.path().join("mandelbrot.png");
    let path = file.to_str().context("a path in UTF-8")?;
    let ended = living_pool(&["--width", "150", "--picture", path])?.success()?;
    let decoder = png::Decoder::new(std::io::BufReader::new(std::fs::File::open(&file)?));
    let mut reader = decoder.read_info()?;
    let mut pixels = vec![0; reader.output_buffer_size().context("it fits into memory")?];
    let frame = reader.next_frame(&mut pixels)?;
    ensure!((frame.width, frame.height) == (150, 100), "{frame:?}");
    let checksum = format!("checksum {:08x}", crc32fast::hash(&pixels));
    ensure!(pictures(&ended)?[1].ends_with(&checksum), "{checksum}\n{}", ended.output());
    // In the middle of the set it is black, and far from it it isn't.
    let at = |x: usize, y: usize| &pixels[3 * (150 * y + x)..][..3];
    ensure!(at(100, 50) == [0, 0, 0] && at(60, 20) != [0, 0, 0]);
    Ok(())
}

/// The children of a running program.
fn children(program: &Running) -> Result<Vec<i32>> {
    let parent = i32::try_from(program.pid())?;
    let mut group = processes::of_group(parent)?;
    group.retain(|process| process.parent == parent && process.state != "Z");
    Ok(group.into_iter().map(|process| process.pid).collect())
}

/// While one worker hangs, whoever is killed: the picture stays the same. It may have a task that has had its trouble
/// already, so there is one attempt more.
#[test]
fn a_worker_that_somebody_kills_is_replaced() -> Result<()> {
    let more = ("const ATTEMPTS: u32 = 2;", "const ATTEMPTS: u32 = 3;");
    let (_workshop, program) = changed("living_pool", &[more])?;
    let with_killed = |victim: usize| -> Result<()> {
        let mut program = Command::new(program.get_program());
        program.args(["--width", "200", "--deadline", "8000"]);
        let program = Running::start(program, Stdout::Pipe, 2 * LIMIT)?;
        program.wait_for_line(|line| line.contains("bytes is too long"))?;
        let workers = children(&program)?;
        let pid = *workers.get(victim).or(workers.last()).context("a worker")?;
        kill(Pid::from_raw(pid), Signal::SIGKILL)?;
        let ended = program.end()?.success()?;
        let [first, second] = pictures(&ended)?;
        ensure!(first == second, "{}", ended.output());
        Ok(())
    };
    // At the same time: they wait most of it.
    thread::scope(|scope| {
        let runs = [0, 1, 2].map(|victim| scope.spawn(move || with_killed(victim)));
        runs.into_iter().try_for_each(|run| run.join().expect("a run does not panic"))
    })
}

/// One of them hangs in a task at that moment.
#[test]
fn the_workers_end_when_the_program_is_killed() -> Result<()> {
    let program =
        Running::start(example("living_pool", &["--deadline", "60000"])?, Stdout::Pipe, LIMIT)?;
    program.wait_for_line(|line| line.contains("bytes is too long"))?;
    ensure!(!children(&program)?.is_empty());
    let group = i32::try_from(program.pid())?;
    kill(Pid::from_raw(group), Signal::SIGKILL)?;
    program.all_gone(LIMIT)
}

#[test]
fn workers_that_never_get_ready_end_the_program_with_an_error() -> Result<()> {
    let ready = "    send(io::stdout(), &None::<Reply>)?;\n";
    for (instead, why) in [
        ("    process::exit(3);\n", "the worker ended, exit status: 3"),
        ("    thread::sleep(Duration::from_secs(3600));\n", "nothing came in time"),
        ("    println!(\"ready to go\");\n", "a frame of 1684104562 bytes is too long"),
    ] {
        let soon = ("TO_START: Duration = Duration::from_secs(10)", "TO_START: Duration = SOON");
        let constant = "const TILE: u32 = 16; // rows\n";
        let with = format!("{constant}const SOON: Duration = Duration::from_millis(700);\n");
        let changes = [soon, (constant, &*with), (ready, instead)];
        let (_workshop, program) = changed("living_pool", &changes)?;
        let ended = run(program, Stdout::Pipe, LIMIT)?; // with nothing left behind
        ensure!(ended.status.code() == Some(1), "{}\n{}", ended.status, ended.output());
        let told = format!("3 workers didn't start; the last: {why}");
        ensure!(ended.stderr.contains(&told), "{told}\n{}", ended.output());
    }
    Ok(())
}

/// What is a whole frame, and no answer to what was asked.
#[test]
fn an_answer_to_another_task_is_none() -> Result<()> {
    let answer = "&Some((number, answer)))?;";
    let (_workshop, program) =
        changed("living_pool", &[(answer, "&Some((number + 1, answer)))?;")])?;
    let ended = run(program, Stdout::Pipe, LIMIT)?;
    ensure!(ended.status.code() == Some(1), "{}\n{}", ended.status, ended.output());
    ensure!(ended.stderr.contains("a tile is missing: an answer to task"), "{}", ended.output());
    let (_workshop, program) = changed("living_pool", &[(answer, "&Some(number))?;")])?;
    let ended = run(program, Stdout::Pipe, LIMIT)?;
    ensure!(ended.stderr.contains("a tile is missing: "), "{}", ended.output());
    Ok(())
}

/// A `main` for the program's own `send` and `receive`: each way to cut a frame, and each bit that can be wrong.
const FRAMES: &str = r#"
fn main() -> anyhow::Result<()> {
    let sent = (7_usize, vec![1_u8, 2, 3, 200]);
    let mut bytes = Vec::new();
    send(&mut bytes, &sent)?;
    let read = |bytes: &[u8]| receive::<(usize, Vec<u8>)>(&mut BufReader::with_capacity(3, bytes));
    ensure!(read(&bytes)? == Some(sent));
    ensure!(read(&[])?.is_none());
    for end in 1..bytes.len() {
        let error = read(&bytes[..end]).err().context("cut")?;
        ensure!(error.is::<io::Error>(), "{end}: {error}");
    }
    for bit in 0..8 * bytes.len() {
        let mut wrong = bytes.clone();
        wrong[bit / 8] ^= 1 << (bit % 8);
        ensure!(read(&wrong).is_err(), "bit {bit}");
    }
    for length in [LONGEST + 1, u32::MAX] {
        let error = read(&length.to_le_bytes().repeat(2)).err().context("too long")?;
        ensure!(error.to_string() == format!("a frame of {length} bytes is too long"), "{error}");
    }
    ensure!(send(Vec::new(), &vec![0_u8; LONGEST as usize]).is_err(), "too long to send");
    println!("{} bits tried", 8 * bytes.len());
    Ok(())
}
"#;

#[test]
fn a_frame_is_whole_and_right_to_the_bit_or_an_error() -> Result<()> {
    let text = read("examples/living_pool.rs")?;
    let end = text.find("fn main()").context("living_pool has a main")?;
    let workshop =
        Workshop::new(&["anyhow", "crc32fast", "mp", "nix", "png", "postcard", "serde"])?;
    let program = workshop.program("living_frames", &format!("{}{FRAMES}", &text[..end]))?;
    let ended = run(program, Stdout::Pipe, LIMIT)?.success()?;
    ensure!(ended.stdout.ends_with(" bits tried\n"), "{}", ended.output());
    Ok(())
}

/// The prediction: nobody looks at a worker that has nothing to do, until it would be given a task.
/// A worker that has sent nonsense finds its pipe open until it is killed, however long that takes, and complains of nothing.
#[test]
fn nobody_complains_of_a_pipe_that_was_closed() -> Result<()> {
    let kill = "self.worker = None; // which kills it";
    let late = format!("thread::sleep(Duration::from_millis(200)); {kill}");
    let (_workshop, mut program) = changed("living_pool", &[(kill, &late)])?;
    program.args(["--width", "200"]);
    let ended = run(program, Stdout::Pipe, LIMIT)?.success()?;
    let nonsense = ended.lines().any(|line| line.contains("a frame of 1718378856 bytes"));
    ensure!(nonsense && ended.stderr.is_empty(), "{}", ended.output());
    Ok(())
}

#[test]
fn a_worker_that_dies_between_two_calls_costs_no_task_an_attempt() -> Result<()> {
    let between = "        let whole = pool.call(tasks)";
    let kill = "        if let Some(worker) = &mut pool.0[0].worker {\n            worker.end()?;\n        }\n        println!(\"a call begins\");\n";
    let (_workshop, program) = changed("living_pool", &[(between, &format!("{kill}{between}"))])?;
    let ended = run(program, Stdout::Pipe, LIMIT)?.success()?;
    let [first, second] = pictures(&ended)?;
    ensure!(first == second, "{}", ended.output());
    let idle = "a worker without a task: the worker ended, signal: 9 (SIGKILL); replaced";
    ensure!(ended.lines().filter(|line| *line == idle).count() == 1, "{}", ended.output());
    let killed = ended.lines().filter(|line| line.contains("SIGKILL") && line.contains("tries"));
    ensure!(killed.count() == 2, "{}", ended.output());
    ensure!(ended.stdout.contains("9 workers were started"), "{}", ended.output());
    let lines: Vec<_> = ended.lines().collect();
    let call = lines.iter().rposition(|line| *line == "a call begins");
    let told = lines.iter().position(|line| *line == idle);
    asked("ask-idle-death")?.one(
        &(told > call, told.is_some()),
        &[
            ("At once", (false, true)),
            ("In the second call, before a task is sent", (true, true)),
            ("In the second call, when no answer comes", (true, false)),
        ],
    )
}

/// The prediction: one tile, and an answer that is longer than a frame may be.
#[test]
fn an_answer_that_is_too_long_is_refused_by_the_worker() -> Result<()> {
    let (_workshop, mut program) =
        changed("living_pool", &[("TILE: u32 = 16", "TILE: u32 = 1024")])?;
    program.args(["--width", "1023", "--deadline", "60000"]);
    let ended = run(program, Stdout::Pipe, LIMIT)?;
    ensure!(ended.status.code() == Some(1), "{}\n{}", ended.status, ended.output());
    let missing = "a tile is missing: the worker ended, exit status: 1";
    ensure!(ended.stderr.contains(missing), "{}", ended.output());
    ensure!(ended.stderr.contains("bytes is too long"), "{}", ended.output());
    let seen = if ended.status.success() { Fate::Ends } else { Fate::Fails };
    asked("ask-long-answer")?.one(
        &seen,
        &[
            ("It works", Fate::Ends),
            ("The pool reads the beginning", Fate::Differs),
            ("The worker refuses to send it, twice, and the task is given up.", Fate::Fails),
        ],
    )
}

// ------------------------------------------------------------------------ what other pools do

/// Pools of Python with two workers and six tasks, one after the other. An argument names a pool, and where a worker is killed.
const PYTHON: &str = "
import os, signal, sys
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import Pool

def die(where):
    if place == where:
        os.kill(os.getpid(), signal.SIGKILL)

def work(n):
    if n == 3:
        die('task')
    return n

for argument in sys.argv[1:]:
    kind, place = argument.split()
    print(argument, 'begins', flush=True)
    if kind == 'Pool':
        with Pool(2, die, ('start',)) as pool:
            # Without a size of its own map divides by the number of workers, and raises where none lives.
            print(pool.map(work, range(6), 1))
    else:
        try:
            with ProcessPoolExecutor(2, initializer=die, initargs=('start',)) as executor:
                print(list(executor.map(work, range(6))))
        except BrokenProcessPool:
            print('BrokenProcessPool')
";

#[test]
fn pythons_pool_waits_for_a_killed_worker_and_its_executor_is_broken() -> Result<()> {
    let python = |pools: &[&str]| {
        let mut python = runner::python();
        runner::clean(&mut python);
        python.args(["-c", PYTHON]).args(pools);
        python
    };
    let missing = |error: &std::io::Error| error.kind() == std::io::ErrorKind::NotFound;
    if python(&[]).output().is_err_and(|error| missing(&error)) {
        ensure!(std::env::var_os("CI").is_none(), "python3 is missing, and CI has it");
        eprintln!("\nSKIPPED: python3 is missing\n");
        return Ok(());
    }
    let pools = ["Pool nowhere", "Executor nowhere", "Executor start", "Executor task"];
    let ended = tests::run_patiently(python(&pools), Stdout::Pipe, LIMIT)?.success()?;
    let said = ["[0, 1, 2, 3, 4, 5]"; 2].into_iter().chain(["BrokenProcessPool"; 2]);
    let lines =
        pools.iter().zip(said).flat_map(|(pool, said)| [format!("{pool} begins"), said.to_owned()]);
    ensure!(ended.lines().eq(lines), "{}", ended.output());
    for pool in ["Pool start", "Pool task"] {
        hangs(python(&[pool]), &[], "begins")?;
    }
    Ok(())
}

/// A pool of rayon with two threads: where its argument says, one of them is killed, or panics.
const RAYON: &str = r#"
use nix::sys::signal::{Signal, raise};
use rayon::prelude::*;

fn main() {
    let place = std::env::args().nth(1).unwrap_or_default();
    let at_start = place == "start";
    let pool = rayon::ThreadPoolBuilder::new()
        .num_threads(2)
        .start_handler(move |_| assert!(!at_start, "a bug at its start"))
        .build()
        .expect("two threads");
    let work = |n: u32| {
        if n == 3 {
            match &*place {
                "task" => drop(raise(Signal::SIGKILL)),
                "panic" => panic!("a bug"),
                _ => {}
            }
        }
        n
    };
    let all = || (0..6).into_par_iter().map(work).collect::<Vec<_>>();
    let caught = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| pool.install(all)));
    println!("{:?}", caught.map_err(|_| "it reaches the caller"));
}
"#;

#[test]
fn what_kills_a_thread_of_rayon_kills_the_program() -> Result<()> {
    use std::os::unix::process::ExitStatusExt as _;

    let workshop = Workshop::new(&["nix", "rayon"])?;
    let program = workshop.program("rayon_killed", RAYON)?;
    for (place, signal) in [("task", 9), ("start", 6)] {
        let mut program = Command::new(program.get_program());
        program.arg(place);
        let ended = run(program, Stdout::Pipe, LIMIT)?;
        ensure!(ended.status.signal() == Some(signal), "{}\n{}", ended.status, ended.output());
    }
    let mut program = Command::new(program.get_program());
    program.arg("panic");
    let ended = run(program, Stdout::Pipe, LIMIT)?.success()?;
    ensure!(ended.stdout.contains("it reaches the caller"), "{}", ended.output());
    Ok(())
}
