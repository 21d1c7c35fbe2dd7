// A queue with backpressure.
//
// Your program makes 24 jobs, faster than its two workers, a process each, can do them. At no time may more than eight
// have been made that are not done yet; and as long as there are fewer, the next one is made. Now they pile up in the pipe.
//
// `cargo exercise backpressure` checks it, and `cargo exercise backpressure --hint` helps.

use exercises::Workshop;
use std::io::{self, Read as _, Write as _};

fn main() -> anyhow::Result<()> {
    let shop = Workshop::new()?;
    let (mut jobs, queue) = io::pipe()?;
    // ANCHOR: solution
    let (mut room, free) = io::pipe()?; // a byte for each job that may be made
    (&free).write_all(&[0; 8])?;
    // ANCHOR_END: solution
    let mut queue = Some(queue);
    let mut workers = Vec::new();
    for _ in 0..2 {
        workers.push(mp::Process::spawn(|| {
            queue = None; // the child's copy: while it is open, the jobs have no end
            let mut job = [0];
            while jobs.read(&mut job)? > 0 {
                shop.work(job[0]);
                // ANCHOR: solution
                (&free).write_all(&[0])?;
                // ANCHOR_END: solution
            }
            Ok::<_, io::Error>(())
        })?);
    }
    // ANCHOR: solution
    drop((jobs, free)); // who waits for a byte is told when all workers have gone
    // ANCHOR_END: solution
    //| drop(jobs);
    let mut queue = queue.expect("only the children have set their copies to None");
    for number in 0..24 {
        // ANCHOR: solution
        room.read_exact(&mut [0])?;
        // ANCHOR_END: solution
        queue.write_all(&[shop.make(number)])?;
    }
    drop(queue);
    for worker in &mut workers {
        let status = worker.join()?;
        anyhow::ensure!(status.success(), "a worker has failed, {status}");
    }
    Ok(())
}
