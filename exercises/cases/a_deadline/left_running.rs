// Whoever is late is not waited for, and runs on.

use exercises::may_hang;
use std::process::ExitCode;
use std::time::Duration;

fn main() -> anyhow::Result<()> {
    let mut workers = Vec::new();
    for number in 0..3 {
        workers.push(mp::Process::spawn(move || ExitCode::from(may_hang(number)))?);
    }
    for (number, mut worker) in workers.into_iter().enumerate() {
        match worker.join_timeout(Duration::from_secs(1))? {
            Some(status) => println!("{number}: {}", status.code().unwrap_or(-1)),
            None => {
                std::mem::forget(worker);
                println!("{number}: late");
            }
        }
    }
    Ok(())
}
