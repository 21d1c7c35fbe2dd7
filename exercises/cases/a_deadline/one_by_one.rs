// A deadline for each, one after the other.

use exercises::may_hang;
use std::process::ExitCode;
use std::time::Duration;

fn main() -> anyhow::Result<()> {
    for number in 0..3 {
        let mut worker = mp::Process::spawn(move || ExitCode::from(may_hang(number)))?;
        match worker.join_timeout(Duration::from_secs(1))? {
            Some(status) => println!("{number}: {}", status.code().unwrap_or(-1)),
            None => {
                worker.kill()?;
                worker.join()?;
                println!("{number}: late");
            }
        }
    }
    Ok(())
}
