//! One job by three start methods, and what each of them costs.
//! Where there is no fork, it shows the third.
//!
//! `cargo run --example start_methods -- --limit 1000000 --megabytes 512`

use std::io::{self, Write};
use std::process::{self, Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};
use std::{env, hint};

use anyhow::{Context, bail, ensure};
use mp::primes::{primes_in, published}; // in mp/primes.rs

/// Set in the environment of a worker that is this program, started again.
const WORKER: &str = "START_METHODS_WORKER";

/// `main` sets it to 1. Which workers see that?
static SETTING: AtomicUsize = AtomicUsize::new(0);

/// What every worker does: a line with the job in, a line with the result out.
fn work(job: &str, mut result: impl Write) -> anyhow::Result<()> {
    let (start, end) = job.trim().split_once(' ').context("a job is two numbers")?;
    let count = primes_in(start.parse()?..end.parse()?);
    let setting = SETTING.load(Ordering::Relaxed);
    let line = format!("{count} {setting} {}\n", process::id());
    Ok(result.write_all(line.as_bytes())?)
}

#[cfg(unix)]
fn by_fork(job: &str) -> anyhow::Result<String> {
    let (mut reader, writer) = io::pipe()?;
    let mut worker = mp::Process::spawn(|| work(job, &writer))?;
    drop(writer);
    let result = io::read_to_string(&mut reader)?;
    let status = worker.join()?;
    ensure!(status.success(), "the worker failed, {status}");
    Ok(result)
}

fn by_program(job: &str) -> anyhow::Result<String> {
    let mut worker = Command::new(env::current_exe()?)
        .env(WORKER, "1")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()?;
    let mut pipe = worker.stdin.take().context("stdin is a pipe")?;
    let sent = pipe.write_all(job.as_bytes());
    drop(pipe);
    let output = worker.wait_with_output()?;
    ensure!(output.status.success(), "the worker failed, {}", output.status);
    sent?;
    Ok(String::from_utf8(output.stdout)?)
}

#[cfg(unix)]
mod server {
    use std::io::{BufRead, BufReader, Write};
    use std::os::unix::net::UnixStream;

    use mp::Process;

    /// A process that was forked early and forks the workers from then on.
    pub struct ForkServer {
        stream: BufReader<UnixStream>, // dropped first: its end tells the server to end
        _process: Process,
    }

    impl ForkServer {
        pub fn start() -> anyhow::Result<ForkServer> {
            let (ours, theirs) = UnixStream::pair()?;
            let mut ours = Some(ours);
            let process = Process::spawn(|| {
                ours = None;
                serve(&theirs)
            })?;
            let stream =
                BufReader::new(ours.expect("only the child has set it to None"));
            Ok(ForkServer { stream, _process: process })
        }

        pub fn ask(&mut self, job: &str) -> anyhow::Result<String> {
            self.stream.get_mut().write_all(format!("{job}\n").as_bytes())?;
            let mut answer = String::new();
            self.stream.read_line(&mut answer)?;
            anyhow::ensure!(answer.ends_with('\n'), "the server has ended");
            Ok(answer)
        }
    }

    fn serve(mut stream: &UnixStream) -> anyhow::Result<()> {
        for job in BufReader::new(stream).lines() {
            let job = job?;
            let work = || super::work(&job, stream);
            let status = Process::spawn(work)?.join()?;
            if !status.success() {
                writeln!(stream, "the worker failed, {status}")?;
            }
        }
        Ok(())
    }
}

fn shown(time: Duration) -> String {
    match time.as_micros() {
        micros @ ..1000 => format!("{micros} µs"),
        _ => format!("{:.1} ms", time.as_secs_f64() * 1e3),
    }
}

type Method = dyn FnMut(&str) -> anyhow::Result<String>;

fn median_cost(runs: usize, method: &mut Method) -> anyhow::Result<Duration> {
    let mut times = Vec::new();
    for _ in 0..runs {
        let start = Instant::now();
        method("0 0")?;
        times.push(start.elapsed());
    }
    times.sort();
    Ok(times[runs / 2])
}

fn main() -> anyhow::Result<()> {
    if env::var_os(WORKER).is_some() {
        return work(&io::read_to_string(io::stdin())?, io::stdout());
    }
    let [limit, megabytes, runs] = mp::args([
        ("limit", 100_000, 1..=10_000_000),
        ("megabytes", 128, 0..=65_536),
        ("runs", 9, 1..=1000),
    ]);

    let mut methods: Vec<(&str, Box<Method>)> = Vec::new();
    #[cfg(unix)]
    {
        let mut server = server::ForkServer::start()?;
        methods.push(("fork", Box::new(by_fork)));
        methods.push(("fork server", Box::new(move |job| server.ask(job))));
    }
    methods.push(("the program again", Box::new(by_program)));
    SETTING.store(1, Ordering::Relaxed);

    for (name, method) in &mut methods {
        let result = method(&format!("0 {limit}"))?;
        let [count, setting, pid] = result.split_whitespace().collect::<Vec<_>>()[..]
        else {
            bail!("{name}: {result}")
        };
        println!("{name}: {count} primes below {limit}, setting {setting}, pid {pid}");
        if let Some(published) = published(limit) {
            ensure!(count.parse() == Ok(published), "{published} are published");
        }
    }

    let mut costs = Vec::new();
    for (_, method) in &mut methods {
        costs.push(median_cost(runs, method)?);
    }
    let memory = vec![1_u8; megabytes << 20];
    println!("an empty job -> with {megabytes} MiB more in use (medians of {runs}):");
    for ((name, method), before) in methods.iter_mut().zip(costs) {
        let after = median_cost(runs, method)?;
        println!("  {name:<17}  {} -> {}", shown(before), shown(after));
    }
    hint::black_box(memory);
    Ok(())
}
