//! A pool that lives: its workers are this program started again and are kept over many
//! calls. A dead or hung one is replaced, and its task is tried once more.
//!
//! `cargo run --features picture --example living_pool -- --picture mandelbrot.png`

use std::env;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Write};
use std::path::Path;
use std::process::{self, Child, Command, ExitStatus, Stdio};
use std::sync::Mutex;
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::thread::{self, ScopedJoinHandle};
use std::time::Duration;

use anyhow::{Context, Result, anyhow, bail, ensure};
use serde::{Deserialize, Serialize, de::DeserializeOwned};

const WORKER: &str = "LIVING_POOL_WORKER"; // set in the environment of a worker
const LONGEST: u32 = 1024 * 1024; // bytes of a frame
const TO_START: Duration = Duration::from_secs(10);
const TO_END: Duration = Duration::from_secs(10);
const ATTEMPTS: u32 = 2; // of a task
const STARTS: u32 = 3; // that may fail one after the other
const TILE: u32 = 16; // rows

/// What each worker is told when it starts.
#[derive(Clone, Copy, Serialize, Deserialize)]
struct Setup {
    width: u32,
    height: u32,
    iterations: u8,
}

/// The rows of the picture from `top` on.
#[derive(Clone, Copy, Serialize, Deserialize)]
struct Task {
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

/// The number of the task, which attempt it is, and the task.
type Order = (usize, u32, Task);

/// The number of the task, and three bytes for each pixel.
type Reply = (usize, Answer);

type Answer = Vec<u8>;

/// Once in each worker. It stands for what is large: a model, an index, a connection.
fn load(setup: &Setup) -> Vec<[u8; 3]> {
    let colour = |n: u8| [3, 6, 12].map(|factor| n.saturating_mul(factor));
    let inside = [[0; 3]];
    (0..setup.iterations).map(colour).chain(inside).collect()
}

/// Once for each task.
fn work(setup: &Setup, colours: &[[u8; 3]], task: Task, attempt: u32) -> Answer {
    match (task.trouble, attempt) {
        (Trouble::Kills, _) | (Trouble::DiesOnce, 1) => die(),
        (Trouble::HangsOnce, 1) => thread::sleep(Duration::from_secs(3600)),
        (Trouble::PrintsOnce, 1) => println!("half of it is done"),
        _ => {}
    }
    let mut pixels = Vec::new();
    for row in task.top..setup.height.min(task.top + TILE) {
        for column in 0..setup.width {
            let re = 3.0 * f64::from(column) / f64::from(setup.width) - 2.0;
            let im = 2.0 * f64::from(row) / f64::from(setup.height) - 1.0;
            let (mut x, mut y, mut n) = (0.0, 0.0, 0);
            while n < setup.iterations && x * x + y * y <= 4.0 {
                (x, y, n) = (x * x - y * y + re, 2.0 * x * y + im, n + 1);
            }
            pixels.extend(colours[usize::from(n)]);
        }
    }
    pixels
}

fn die() -> ! {
    #[cfg(unix)]
    let _ = nix::sys::signal::raise(nix::sys::signal::Signal::SIGKILL);
    process::exit(1)
}

fn send(mut pipe: impl Write, message: &impl Serialize) -> Result<()> {
    let body = postcard::to_stdvec(message)?;
    let length = u32::try_from(body.len())?;
    ensure!(length <= LONGEST, "a frame of {length} bytes is too long");
    let head = [length, crc32fast::hash(&body)].map(u32::to_le_bytes).concat();
    pipe.write_all(&[head, body].concat())?;
    Ok(pipe.flush()?)
}

/// The next message; `None` at the end, which comes between two frames.
fn receive<T: DeserializeOwned>(pipe: &mut impl BufRead) -> Result<Option<T>> {
    if pipe.fill_buf()?.is_empty() {
        return Ok(None);
    }
    let mut head = [[0; 4]; 2];
    pipe.read_exact(head.as_flattened_mut())?;
    let [length, checksum] = head.map(u32::from_le_bytes);
    ensure!(length <= LONGEST, "a frame of {length} bytes is too long");
    let mut body = vec![0; length as usize];
    pipe.read_exact(&mut body)?;
    ensure!(crc32fast::hash(&body) == checksum, "a frame with a wrong checksum");
    Ok(Some(postcard::from_bytes(&body)?))
}

/// A thread reads messages, so whoever waits for one can stop waiting.
fn inbox<T: DeserializeOwned + Send + 'static>(
    mut pipe: impl BufRead + Send + 'static,
    at_end: fn(failed: bool),
) -> Receiver<Result<T>> {
    let (sender, inbox) = mpsc::channel();
    thread::spawn(move || {
        let mut failed = false;
        while !failed && let Some(message) = receive(&mut pipe).transpose() {
            failed = message.is_err();
            let _ = sender.send(message);
        }
        at_end(failed);
        // After nonsense, too, a writer finds the pipe open until somebody ends it.
        let _ = io::copy(&mut pipe, &mut io::sink());
    });
    inbox
}

/// What a worker does: it loads, says so, and answers until its stdin is closed.
fn serve() -> Result<()> {
    let mut stdin = BufReader::new(io::stdin());
    let Some(setup) = receive(&mut stdin)? else { return Ok(()) };
    // Whatever is being computed when the orders end: nobody waits for it.
    let orders = inbox::<Order>(stdin, |failed| process::exit(failed.into()));
    let colours = load(&setup);
    send(io::stdout(), &None::<Reply>)?;
    for order in orders {
        let (number, attempt, task) = order?;
        let answer = work(&setup, &colours, task, attempt);
        send(io::stdout(), &Some((number, answer)))?;
    }
    Ok(())
}

struct Worker {
    process: Child,
    orders: Option<Sender<Order>>, // without it, the worker's stdin is closed
    replies: Receiver<Result<Option<Reply>>>,
}

impl Worker {
    fn start(setup: Setup) -> Result<Worker> {
        let mut process = Command::new(env::current_exe()?)
            .env(WORKER, "1")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let stdin = process.stdin.take().context("stdin is a pipe")?;
        let stdout = process.stdout.take().context("stdout is a pipe")?;
        let (orders, outbox) = mpsc::channel();
        thread::spawn(move || {
            send(&stdin, &setup)?;
            outbox.into_iter().try_for_each(|order: Order| send(&stdin, &order))
        });
        let replies = inbox(BufReader::new(stdout), |_| ());
        let mut worker = Worker { process, orders: Some(orders), replies };
        worker.hear(TO_START)?;
        Ok(worker)
    }

    /// Its next reply, or why none comes.
    fn hear(&mut self, limit: Duration) -> Result<Option<Reply>> {
        match self.replies.recv_timeout(limit) {
            Ok(Ok(reply)) => Ok(reply),
            Ok(Err(error)) if !error.is::<io::Error>() => Err(error),
            Err(RecvTimeoutError::Timeout) => bail!("nothing came in time"),
            // The pipe has ended, in a frame or between two.
            _ => bail!("the worker ended, {}", self.end()?),
        }
    }

    fn ask(&mut self, order: Order, limit: Duration) -> Result<Answer> {
        // An error says that the pipe is closed, and so does what is heard then.
        let _ = self.orders.as_ref().map(|orders| orders.send(order));
        let (number, answer) = self.hear(limit)?.context("not ready")?;
        ensure!(number == order.0, "an answer to task {number}, not {}", order.0);
        Ok(answer)
    }

    /// To kill a process that has ended changes nothing.
    fn end(&mut self) -> io::Result<ExitStatus> {
        let _ = self.process.kill();
        self.process.wait()
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        let _ = self.end();
    }
}

/// Where one worker stands after the other, as each is replaced.
struct Place {
    setup: Setup,
    limit: Duration, // of a task
    worker: Option<Worker>,
    started: usize,
}

impl Place {
    /// Its worker; if that is dead, or there is none, a new one.
    fn worker(&mut self) -> Result<&mut Worker> {
        if let Some(mut worker) = self.worker.take() {
            let Some(status) = worker.process.try_wait()? else {
                return Ok(self.worker.insert(worker));
            };
            println!("a worker without a task: the worker ended, {status}; replaced");
        }
        let mut failed = 0;
        loop {
            self.started += 1;
            let why = match Worker::start(self.setup) {
                Ok(worker) => return Ok(self.worker.insert(worker)),
                Err(why) => why,
            };
            failed += 1;
            ensure!(failed < STARTS, "{failed} workers didn't start; the last: {why}");
        }
    }

    /// Hands out tasks until there are no more; a thread of the pool's program does so.
    fn keep<'a>(
        &mut self,
        todo: &Mutex<impl Iterator<Item = (usize, (&'a Task, &'a mut Result<Answer>))>>,
    ) -> Result<()> {
        loop {
            self.worker()?;
            let next = todo.lock().expect("nobody panics while holding it").next();
            let Some((number, (&task, answer))) = next else { return Ok(()) };
            for attempt in 1..=ATTEMPTS {
                let limit = self.limit;
                *answer = self.worker()?.ask((number, attempt, task), limit);
                let Err(why) = answer else { break };
                self.worker = None; // which kills it
                if attempt < ATTEMPTS {
                    println!("task {number}: {why}; another worker tries");
                }
            }
        }
    }
}

struct Pool(Vec<Place>);

impl Pool {
    fn new(workers: usize, setup: Setup, limit: Duration) -> Pool {
        let place = |_| Place { setup, limit, worker: None, started: 0 };
        Pool((0..workers).map(place).collect())
    }

    /// An answer for each task, in their order, or why there is none.
    fn call(&mut self, tasks: &[Task]) -> Result<Vec<Result<Answer>>> {
        let mut answers: Vec<_> = tasks.iter().map(|_| Ok(Answer::new())).collect();
        let todo = Mutex::new(tasks.iter().zip(&mut answers).enumerate());
        thread::scope(|scope| {
            let places = self.0.iter_mut();
            let keepers: Vec<_> =
                places.map(|place| scope.spawn(|| place.keep(&todo))).collect();
            let mut ends = keepers.into_iter().map(ScopedJoinHandle::join);
            ends.try_for_each(|end| end.expect("a keeper has no line that panics"))
        })?;
        Ok(answers)
    }

    /// Lets all workers end, and says how each did. Who needs too long is killed.
    fn end(self) -> io::Result<Vec<ExitStatus>> {
        let workers = self.0.into_iter().filter_map(|place| place.worker);
        let mut workers: Vec<Worker> = workers.collect();
        for worker in &mut workers {
            worker.orders = None;
        }
        let end = |worker: &mut Worker| {
            let _ = worker.replies.recv_timeout(TO_END);
            worker.end()
        };
        workers.iter_mut().map(end).collect()
    }
}

fn write(path: &Path, setup: Setup, pixels: &[u8]) -> Result<()> {
    let mut encoder = png::Encoder::new(File::create(path)?, setup.width, setup.height);
    encoder.set_color(png::ColorType::Rgb);
    let mut writer = encoder.write_header()?;
    writer.write_image_data(pixels)?;
    Ok(writer.finish()?)
}

fn main() -> Result<()> {
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
    let setup = Setup { width, height: width / 3 * 2, iterations: 255 };
    let limit = Duration::from_millis(milliseconds.try_into()?);
    let mut pool = Pool::new(workers, setup, limit);
    let task = |top| Task { top, trouble: Trouble::None };
    let mut tasks: Vec<_> =
        (0..setup.height).step_by(TILE as usize).map(task).collect();
    let mut picture = |name, tasks: &[Task]| {
        let whole = pool.call(tasks)?.into_iter().collect::<Result<Vec<_>>>();
        let pixels = whole.map_err(|why| anyhow!("a tile is missing: {why}"))?.concat();
        let checksum = crc32fast::hash(&pixels);
        println!("{name:<12} {} tiles, checksum {checksum:08x}", tasks.len());
        anyhow::Ok(pixels)
    };
    let calm = picture("undisturbed:", &tasks)?;
    let once = [Trouble::DiesOnce, Trouble::HangsOnce, Trouble::PrintsOnce];
    for (number, trouble) in once.into_iter().enumerate() {
        let place = number * tasks.len() / 3;
        tasks[place].trouble = trouble;
    }
    let disturbed = picture("disturbed:", &tasks)?;
    ensure!(disturbed == calm, "the two pictures differ");
    if let Some(file) = file {
        write(&file, setup, &disturbed)?;
    }

    let poison = Task { top: 0, trouble: Trouble::Kills };
    for (number, answer) in pool.call(&[task(0), poison, task(0)])?.iter().enumerate() {
        match answer {
            Ok(pixels) => println!("task {number}: {} bytes", pixels.len()),
            Err(why) => println!("task {number}: given up, {why}"),
        }
    }
    let started: usize = pool.0.iter().map(|place| place.started).sum();
    println!("{started} workers were started, and each has loaded once");
    for status in pool.end()? {
        println!("a worker at the end: {status}");
    }
    Ok(())
}
