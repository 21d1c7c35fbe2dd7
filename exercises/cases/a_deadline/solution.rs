// A deadline for each worker.
//
// Three workers compute at the same time, and each has two seconds. One of them hangs. Write the results of those who
// have kept the deadline, and for the others that they were late; when the program ends, nobody is left who still runs.
// Now it waits for ever.
//
// `cargo exercise a_deadline` checks it, and `cargo exercise a_deadline --hint` helps.

use exercises::may_hang;
use std::process::ExitCode;
// ANCHOR: solution
use std::time::{Duration, Instant};
// ANCHOR_END: solution

fn main() -> anyhow::Result<()> {
    // ANCHOR: solution
    let deadline = Instant::now() + Duration::from_secs(2);
    // ANCHOR_END: solution
    let mut workers = Vec::new();
    for number in 0..3 {
        workers.push(mp::Process::spawn(move || ExitCode::from(may_hang(number)))?);
    }
    for (number, worker) in workers.iter_mut().enumerate() {
        // ANCHOR: solution
        let Some(status) =
            worker.join_timeout(deadline.saturating_duration_since(Instant::now()))?
        else {
            worker.kill()?;
            worker.join()?;
            println!("{number}: late");
            continue;
        };
        // ANCHOR_END: solution
        //| let status = worker.join()?;
        let code = status.code().ok_or_else(|| anyhow::anyhow!("worker {number}: {status}"))?;
        println!("{number}: {code}");
    }
    Ok(())
}
