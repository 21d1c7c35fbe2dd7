//! A pool that lives: its workers are this program started again and are kept over many
//! calls. A dead or hung one is replaced, and its task is tried once more.
//!
//! `cargo run --features picture --example living_pool -- --picture mandelbrot.png`

use std::collections::VecDeque;
use std::fs::File;
use std::io::{self, BufRead, BufReader, BufWriter, Write};
use std::path::Path;
use std::process::{self, Child, ChildStdin, ChildStdout, Command, ExitStatus, Stdio};
use std::sync::mpsc::{self, Receiver, Sender};
use std::time::{Duration, Instant};
use std::{env, thread};

use anyhow::{Context, anyhow, ensure};
use serde::{Deserialize, Serialize, de::DeserializeOwned};

const WORKER: &str = "LIVING_POOL_WORKER"; // set in the environment of a worker
const LONGEST: u32 = 1024 * 1024; // bytes of a frame
const TO_START: Duration = Duration::from_secs(10);
const TO_END: Duration = Duration::from_secs(10);
const ATTEMPTS: u32 = 2; // of a task
const STARTS: u32 = 3; // that may fail one after the other
const TILE: u32 = 64;

/// What each worker is told when it starts.
#[derive(Clone, Copy, Serialize, Deserialize)]
struct Setup {
    width: u32,
    height: u32,
    iterations: u16,
}

/// A square of the picture.
#[derive(Clone, Copy, Serialize, Deserialize)]
struct Task {
    left: u32,
    top: u32,
    trouble: Trouble,
}

#[derive(Clone, Copy, Serialize, Deserialize)]
enum Trouble {
    None,
    DiesOnce,
    HangsOnce,
    PrintsOnce,
    Kills,
}

/// Three bytes for each pixel.
type Answer = Vec<u8>;

/// The number of the task, which attempt it is, and the task.
type Order = (usize, u32, Task);

/// Once in each worker. It stands for what is large: a model, an index, a connection.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "each part is from 0 to 1"
)]
fn load(setup: &Setup) -> Vec<[u8; 3]> {
    let colour = |n: u16| {
        let t = (f64::from(n) / f64::from(setup.iterations)).sqrt();
        let red = 9.0 * (1.0 - t) * t * t * t;
        let green = 15.0 * (1.0 - t) * (1.0 - t) * t * t;
        let blue = 8.5 * (1.0 - t) * (1.0 - t) * (1.0 - t) * t;
        [red, green, blue].map(|part| (part * 255.0) as u8)
    };
    (0..=setup.iterations).map(colour).collect()
}

/// Once for each task.
fn work(setup: &Setup, colours: &[[u8; 3]], task: &Task, attempt: u32) -> Answer {
    match (task.trouble, attempt) {
        (Trouble::Kills, _) | (Trouble::DiesOnce, 1) => die(),
        (Trouble::HangsOnce, 1) => thread::sleep(Duration::from_secs(3600)),
        (Trouble::PrintsOnce, 1) => println!("half of it is done"),
        _ => {}
    }
    let mut pixels = Vec::new();
    for y in task.top..setup.height.min(task.top + TILE) {
        for x in task.left..setup.width.min(task.left + TILE) {
            let re = 3.0 * f64::from(x) / f64::from(setup.width) - 2.0;
            let im = 2.0 * f64::from(y) / f64::from(setup.height) - 1.0;
            pixels.extend(colours[usize::from(escape(re, im, setup.iterations))]);
        }
    }
    pixels
}

fn escape(re: f64, im: f64, iterations: u16) -> u16 {
    let (mut x, mut y) = (0.0, 0.0);
    for n in 0..iterations {
        if x * x + y * y > 4.0 {
            return n;
        }
        (x, y) = (x * x - y * y + re, 2.0 * x * y + im);
    }
    iterations
}

fn die() -> ! {
    #[cfg(unix)]
    let _ = nix::sys::signal::raise(nix::sys::signal::Signal::SIGKILL);
    process::exit(1)
}

fn send(mut pipe: impl Write, message: &impl Serialize) -> anyhow::Result<()> {
    let body = postcard::to_stdvec(message)?;
    let length = u32::try_from(body.len())?;
    ensure!(length <= LONGEST, "a frame of {length} bytes is too long");
    let head = [length, crc32fast::hash(&body)].map(u32::to_le_bytes).concat();
    pipe.write_all(&[head, body].concat())?;
    Ok(pipe.flush()?)
}

/// The next message; `None` at the end, which comes between two frames.
fn receive<T: DeserializeOwned>(pipe: &mut impl BufRead) -> anyhow::Result<Option<T>> {
    if pipe.fill_buf()?.is_empty() {
        return Ok(None);
    }
    let (mut length, mut checksum) = ([0; 4], [0; 4]);
    pipe.read_exact(&mut length)?;
    pipe.read_exact(&mut checksum)?;
    let length = u32::from_le_bytes(length);
    ensure!(length <= LONGEST, "a frame of {length} bytes is too long");
    let mut body = vec![0; length as usize];
    pipe.read_exact(&mut body)?;
    let sum = crc32fast::hash(&body).to_le_bytes();
    ensure!(sum == checksum, "a frame with a wrong checksum");
    Ok(Some(postcard::from_bytes(&body)?))
}

/// What a worker does: it loads, says so, and answers until its stdin is closed.
fn serve() -> anyhow::Result<()> {
    let Some(setup) = receive(&mut io::stdin().lock())? else { return Ok(()) };
    let (orders, inbox) = mpsc::channel::<Order>();
    thread::spawn(move || {
        let code = loop {
            match receive(&mut io::stdin().lock()) {
                Ok(Some(order)) => drop(orders.send(order)),
                Ok(None) => break 0,
                Err(_) => break 1,
            }
        };
        process::exit(code) // whatever is being computed: nobody waits for it
    });
    let colours = load(&setup);
    send(io::stdout(), &())?;
    for (number, attempt, task) in inbox {
        let answer = work(&setup, &colours, &task, attempt);
        send(io::stdout(), &(number, answer))?;
    }
    Ok(())
}

enum Event {
    /// It has nothing to do: it has loaded, or here is its answer.
    Free(Option<Answer>),
    /// Nothing more comes from it, and why, if that isn't its own end.
    Gone(Option<String>),
}

/// In the pool's program, a thread for each worker: both ends of its pipes.
fn talk(
    setup: &Setup,
    orders: Receiver<Order>,
    stdin: ChildStdin,
    stdout: ChildStdout,
    tell: impl Fn(Event),
) -> anyhow::Result<()> {
    let mut stdout = BufReader::new(stdout);
    send(&stdin, setup)?;
    let Some(()) = receive(&mut stdout)? else { return Ok(()) };
    tell(Event::Free(None));
    for order in orders {
        send(&stdin, &order)?;
        let Some((number, answer)) = receive(&mut stdout)? else { return Ok(()) };
        ensure!(order.0 == number, "an answer to task {number}, not {}", order.0);
        tell(Event::Free(Some(answer)));
    }
    drop(stdin); // so its tasks end, and it does
    io::copy(&mut stdout, &mut io::sink())?;
    Ok(())
}

struct Worker {
    id: usize,
    process: Child,
    orders: Option<Sender<Order>>,
    task: Option<(usize, u32)>, // its number, and which attempt it is
    until: Option<Instant>,     // `None` while it has nothing to do
}

struct Pool {
    setup: Setup,
    task_time: Duration,
    workers: Vec<Worker>,
    started: usize,
    failed_starts: u32,
    tell: Sender<(usize, Event)>,
    events: Receiver<(usize, Event)>,
}

impl Pool {
    fn new(workers: usize, setup: Setup, task_time: Duration) -> anyhow::Result<Pool> {
        let (tell, events) = mpsc::channel();
        let mut pool = Pool {
            setup,
            task_time,
            workers: Vec::new(),
            started: 0,
            failed_starts: 0,
            tell,
            events,
        };
        for _ in 0..workers {
            pool.start()?;
        }
        Ok(pool)
    }

    fn start(&mut self) -> anyhow::Result<()> {
        let mut process = Command::new(env::current_exe()?)
            .env(WORKER, "1")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let stdin = process.stdin.take().context("stdin is a pipe")?;
        let stdout = process.stdout.take().context("stdout is a pipe")?;
        let (orders, inbox) = mpsc::channel();
        let (id, setup, tell) = (self.started, self.setup, self.tell.clone());
        self.started += 1;
        let (orders, until) = (Some(orders), Some(Instant::now() + TO_START));
        self.workers.push(Worker { id, process, orders, task: None, until });
        thread::spawn(move || {
            let tell = |event| drop(tell.send((id, event)));
            let outcome = talk(&setup, inbox, stdin, stdout, tell);
            // An error of a pipe says that the other end is closed, as its end does.
            let why = outcome.err().filter(|error| !error.is::<io::Error>());
            tell(Event::Gone(why.map(|error| error.to_string())));
        });
        Ok(())
    }

    /// What happens next, and to which of the workers.
    fn wait(&self) -> (usize, Event) {
        loop {
            let until = |place: usize| Some((self.workers[place].until?, place));
            let first = (0..self.workers.len()).filter_map(until).min();
            let left = first.map_or(TO_START, |(until, _)| {
                until.saturating_duration_since(Instant::now())
            });
            if let Some((_, place)) = first.filter(|_| left.is_zero()) {
                return (place, Event::Gone(Some("nothing came in time".to_owned())));
            }
            if let Ok((id, event)) = self.events.recv_timeout(left) {
                // Else it comes from a worker that has been replaced.
                let place = self.workers.iter().position(|worker| worker.id == id);
                if let Some(place) = place {
                    return (place, event);
                }
            }
        }
    }

    /// An answer for each task, in their order, or why there is none.
    fn call(&mut self, tasks: &[Task]) -> anyhow::Result<Vec<Result<Answer, String>>> {
        let mut answers = vec![None; tasks.len()];
        let mut todo: VecDeque<_> =
            (0..tasks.len()).map(|number| (number, 1)).collect();
        while answers.contains(&None) {
            for worker in
                self.workers.iter_mut().filter(|worker| worker.until.is_none())
            {
                if worker.process.try_wait()?.is_some() {
                    worker.orders = None; // so its thread tells that it is gone
                    worker.until = Some(Instant::now() + TO_END);
                    continue;
                }
                worker.task = todo.pop_front();
                let Some((number, attempt)) = worker.task else { break };
                worker.until = Some(Instant::now() + self.task_time);
                let order = (number, attempt, tasks[number]);
                // An error says that its thread has ended: that event is on its way.
                let _ = worker.orders.as_ref().map(|orders| orders.send(order));
            }
            match self.wait() {
                (place, Event::Free(answer)) => {
                    self.failed_starts = 0;
                    self.workers[place].until = None;
                    if let Some((number, _)) = self.workers[place].task.take() {
                        answers[number] = answer.map(Ok);
                    }
                }
                (place, Event::Gone(why)) => {
                    let (task, why) = self.replace(place, why)?;
                    match task {
                        None => println!("a worker without a task: {why}; replaced"),
                        Some((number, attempt)) if attempt < ATTEMPTS => {
                            println!("task {number}: {why}; another worker tries");
                            todo.push_front((number, attempt + 1));
                        }
                        Some((number, _)) => answers[number] = Some(Err(why)),
                    }
                }
            }
        }
        Ok(answers.into_iter().flatten().collect())
    }

    /// Ends a worker, if it isn't at its end, and starts another one.
    fn replace(
        &mut self,
        place: usize,
        why: Option<String>,
    ) -> anyhow::Result<(Option<(usize, u32)>, String)> {
        let mut worker = self.workers.swap_remove(place);
        let status = end(&mut worker.process)?;
        let why = why.unwrap_or_else(|| format!("the worker ended, {status}"));
        if worker.task.is_none() && worker.orders.is_some() {
            self.failed_starts += 1;
            let tries = self.failed_starts;
            ensure!(tries < STARTS, "{tries} workers didn't start; the last: {why}");
        }
        self.start()?;
        Ok((worker.task, why))
    }

    /// Lets all workers end, and says how each did. Who needs too long is killed.
    fn end(mut self) -> anyhow::Result<Vec<ExitStatus>> {
        for worker in &mut self.workers {
            worker.orders = None;
            worker.until = Some(Instant::now() + TO_END);
        }
        let mut statuses = Vec::new();
        while !self.workers.is_empty() {
            if let (place, Event::Gone(_)) = self.wait() {
                statuses.push(end(&mut self.workers.swap_remove(place).process)?);
            }
        }
        Ok(statuses)
    }
}

/// To kill a process that has ended changes nothing.
fn end(process: &mut Child) -> io::Result<ExitStatus> {
    let _ = process.kill();
    process.wait()
}

impl Drop for Pool {
    /// After an error or a panic: nobody is left behind.
    fn drop(&mut self) {
        for worker in &mut self.workers {
            let _ = end(&mut worker.process);
        }
    }
}

fn tiles(setup: &Setup) -> Vec<Task> {
    let rows = (0..setup.height).step_by(TILE as usize);
    let row = |top| {
        let lefts = (0..setup.width).step_by(TILE as usize);
        lefts.map(move |left| Task { left, top, trouble: Trouble::None })
    };
    rows.flat_map(row).collect()
}

/// The tiles in their places.
fn picture(
    setup: &Setup,
    tiles: &[Task],
    answers: Vec<Result<Answer, String>>,
) -> anyhow::Result<Vec<u8>> {
    let mut pixels = vec![0; 3 * setup.width as usize * setup.height as usize];
    for (tile, answer) in tiles.iter().zip(answers) {
        let answer = answer.map_err(|why| anyhow!("a tile is missing: {why}"))?;
        let columns = 3 * TILE.min(setup.width - tile.left) as usize;
        let rows = TILE.min(setup.height - tile.top) as usize;
        ensure!(answer.len() == columns * rows, "a tile of {} bytes", answer.len());
        for (y, row) in (tile.top as usize..).zip(answer.chunks(columns)) {
            let at = 3 * (y * setup.width as usize + tile.left as usize);
            pixels[at..at + columns].copy_from_slice(row);
        }
    }
    Ok(pixels)
}

fn write(path: &Path, setup: &Setup, pixels: &[u8]) -> anyhow::Result<()> {
    let file = BufWriter::new(File::create(path)?);
    let mut encoder = png::Encoder::new(file, setup.width, setup.height);
    encoder.set_color(png::ColorType::Rgb);
    let mut writer = encoder.write_header()?;
    writer.write_image_data(pixels)?;
    Ok(writer.finish()?)
}

fn main() -> anyhow::Result<()> {
    if env::var_os(WORKER).is_some() {
        return serve();
    }
    let ([workers, width, milliseconds], [file]) = mp::args_and_files(
        [
            ("workers", 3, 1..=64),
            ("width", 384, 2..=8192),
            ("deadline", 2000, 1..=60_000),
        ],
        ["picture"],
    );
    let width = u32::try_from(width)?;
    let setup = Setup { width, height: width / 3 * 2, iterations: 200 };
    let mut pool =
        Pool::new(workers, setup, Duration::from_millis(milliseconds as u64))?;

    let tiles = tiles(&setup);
    let told = |name, pixels: &[u8]| {
        let checksum = crc32fast::hash(pixels);
        println!("{name:<12} {} tiles, checksum {checksum:08x}", tiles.len());
    };
    let answers = pool.call(&tiles)?;
    let calm = picture(&setup, &tiles, answers)?;
    told("undisturbed:", &calm);

    let mut troubled = tiles.clone();
    let once = [Trouble::DiesOnce, Trouble::HangsOnce, Trouble::PrintsOnce];
    for (number, trouble) in once.into_iter().enumerate() {
        troubled[number * tiles.len() / 3].trouble = trouble;
    }
    let answers = pool.call(&troubled)?;
    let disturbed = picture(&setup, &troubled, answers)?;
    told("disturbed:", &disturbed);
    ensure!(disturbed == calm, "the two pictures differ");
    if let Some(file) = file {
        write(&file, &setup, &disturbed)?;
    }

    let poison = Task { trouble: Trouble::Kills, ..tiles[0] };
    for (number, answer) in pool.call(&[tiles[0], poison, tiles[0]])?.iter().enumerate()
    {
        match answer {
            Ok(pixels) => println!("task {number}: {} bytes", pixels.len()),
            Err(why) => println!("task {number}: given up, {why}"),
        }
    }
    println!("{} workers were started, and each has loaded once", pool.started);
    for status in pool.end()? {
        println!("a worker at the end: {status}");
    }
    Ok(())
}
