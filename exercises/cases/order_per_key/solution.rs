// Order per key.
//
// Two workers, a process each, book twenty entries for five accounts. The entries of an account are booked one after the
// other, in the order in which they have come, and those of different accounts side by side: no account waits because an
// entry of one that is another worker's takes long. Now whoever is free takes the next entry.
//
// `cargo exercise order_per_key` checks it, and `cargo exercise order_per_key --hint` helps.

use exercises::Ledger;
use std::io::{self, Read as _, Write as _};

fn main() -> anyhow::Result<()> {
    let ledger = Ledger::new()?;
    let mut workers = Vec::new();
    // ANCHOR: solution
    let mut queues = Vec::new();
    // ANCHOR_END: solution
    //| let (mut entries, queue) = io::pipe()?;
    //| let mut queues = vec![queue];
    for _ in 0..2 {
        // ANCHOR: solution
        let (mut entries, queue) = io::pipe()?;
        queues.push(queue);
        // ANCHOR_END: solution
        workers.push(mp::Process::spawn(|| {
            queues.clear(); // the child's copies: while they are open, the entries have no end
            let mut entry = [0];
            while entries.read(&mut entry)? > 0 {
                ledger.book(entry[0]);
            }
            Ok::<_, io::Error>(())
        })?);
    }
    //| drop(entries);
    for entry in 0..Ledger::ENTRIES {
        // ANCHOR: solution
        let worker = ledger.account(entry) % 2; // an account is always the same worker's
        queues[worker].write_all(&[entry])?;
        // ANCHOR_END: solution
        //| queues[0].write_all(&[entry])?;
    }
    drop(queues);
    for worker in &mut workers {
        let status = worker.join()?;
        anyhow::ensure!(status.success(), "a worker has failed, {status}");
    }
    Ok(())
}
