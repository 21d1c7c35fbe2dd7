// Whoever is late is killed, and nobody asks how that went.

use exercises::may_hang;
use std::io::{self, Read as _};
use std::process::ExitCode;
use std::time::Duration;

fn main() -> anyhow::Result<()> {
    let (mut end, held) = io::pipe()?;
    let mut workers = Vec::new();
    for number in 0..3 {
        workers.push(mp::Process::spawn(move || ExitCode::from(may_hang(number)))?);
    }
    drop(held);
    for (number, mut worker) in workers.into_iter().enumerate() {
        match worker.join_timeout(Duration::from_secs(1))? {
            Some(status) => println!("{number}: {}", status.code().unwrap_or(-1)),
            None => {
                worker.kill()?;
                std::mem::forget(worker);
                println!("{number}: late");
            }
        }
    }
    end.read_to_end(&mut Vec::new())?; // by then it has ended
    Ok(())
}
