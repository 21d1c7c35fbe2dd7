// Two seconds are over after two seconds, also where everybody is ready at once.

use exercises::may_hang;
use std::process::ExitCode;
use std::time::Duration;

fn main() -> anyhow::Result<()> {
    let mut workers = Vec::new();
    for number in 0..3 {
        workers.push(mp::Process::spawn(move || ExitCode::from(may_hang(number)))?);
    }
    std::thread::sleep(Duration::from_secs(2));
    for (number, worker) in workers.iter_mut().enumerate() {
        if worker.is_alive()? {
            worker.kill()?;
            println!("{number}: late");
        } else {
            println!("{number}: {}", worker.join()?.code().unwrap_or(-1));
        }
    }
    Ok(())
}
