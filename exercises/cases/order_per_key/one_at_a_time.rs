// The next entry is handed out when the last one is booked.

use exercises::Ledger;
use std::io::{self, Read as _, Write as _};

fn main() -> anyhow::Result<()> {
    let ledger = Ledger::new()?;
    let mut workers = Vec::new();
    let mut queues = Vec::new();
    let (mut done, booked) = io::pipe()?;
    for _ in 0..2 {
        let (mut entries, queue) = io::pipe()?;
        queues.push(queue);
        workers.push(mp::Process::spawn(|| {
            queues.clear(); // the child's copies: while they are open, the entries have no end
            let mut entry = [0];
            while entries.read(&mut entry)? > 0 {
                ledger.book(entry[0]);
                (&booked).write_all(&entry)?;
            }
            Ok::<_, io::Error>(())
        })?);
    }
    drop(booked);
    for entry in 0..Ledger::ENTRIES {
        let worker = ledger.account(entry) % 2; // an account is always the same worker's
        queues[worker].write_all(&[entry])?;
        done.read_exact(&mut [0])?;
    }
    drop(queues);
    for worker in &mut workers {
        let status = worker.join()?;
        anyhow::ensure!(status.success(), "a worker has failed, {status}");
    }
    Ok(())
}
