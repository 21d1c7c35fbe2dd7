// It looks whether a worker has ended until the time is over.

use exercises::may_hang;
use std::process::ExitCode;
use std::time::{Duration, Instant};

fn main() -> anyhow::Result<()> {
    let begin = Instant::now();
    let mut workers = Vec::new();
    for number in 0..3 {
        workers.push(mp::Process::spawn(move || ExitCode::from(may_hang(number)))?);
    }
    for (number, worker) in workers.iter_mut().enumerate() {
        while worker.is_alive()? && begin.elapsed() < Duration::from_secs(2) {}
        if worker.is_alive()? {
            worker.kill()?;
            println!("{number}: late");
        } else {
            println!("{number}: {}", worker.join()?.code().unwrap_or(-1));
        }
    }
    Ok(())
}
