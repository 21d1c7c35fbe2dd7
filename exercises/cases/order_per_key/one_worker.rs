// One worker keeps the order of all.

use exercises::Ledger;
use std::io::{self, Read as _, Write as _};

fn main() -> anyhow::Result<()> {
    let ledger = Ledger::new()?;
    let mut workers = Vec::new();
    let (mut entries, queue) = io::pipe()?;
    let mut queues = vec![queue];
    for _ in 0..1 {
        workers.push(mp::Process::spawn(|| {
            queues.clear(); // the child's copies: while they are open, the entries have no end
            let mut entry = [0];
            while entries.read(&mut entry)? > 0 {
                ledger.book(entry[0]);
            }
            Ok::<_, io::Error>(())
        })?);
    }
    drop(entries);
    for entry in 0..Ledger::ENTRIES {
        queues[0].write_all(&[entry])?;
    }
    drop(queues);
    for worker in &mut workers {
        let status = worker.join()?;
        anyhow::ensure!(status.success(), "a worker has failed, {status}");
    }
    Ok(())
}
