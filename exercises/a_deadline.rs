// A deadline for each worker.
//
// Three workers compute at the same time, and each has two seconds. One of them hangs. Write the results of those who
// have kept the deadline, and for the others that they were late; when the program ends, nobody is left who still runs.
// Now it waits for ever.
//
// `cargo exercise a_deadline` checks it, and `cargo exercise a_deadline --hint` helps.

use exercises::may_hang;
use std::process::ExitCode;

fn main() -> anyhow::Result<()> {
    let mut workers = Vec::new();
    for number in 0..3 {
        workers.push(mp::Process::spawn(move || ExitCode::from(may_hang(number)))?);
    }
    for (number, worker) in workers.iter_mut().enumerate() {
        let status = worker.join()?;
        let code = status.code().ok_or_else(|| anyhow::anyhow!("worker {number}: {status}"))?;
        println!("{number}: {code}");
    }
    Ok(())
}
