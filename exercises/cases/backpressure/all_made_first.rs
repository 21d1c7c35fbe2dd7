// All are made first, and then sent with care.

use exercises::Workshop;
use std::io::{self, Read as _, Write as _};

fn main() -> anyhow::Result<()> {
    let shop = Workshop::new()?;
    let (mut jobs, queue) = io::pipe()?;
    let (mut room, free) = io::pipe()?; // a byte for each job that may be made
    (&free).write_all(&[0; 8])?;
    let mut queue = Some(queue);
    let mut workers = Vec::new();
    for _ in 0..2 {
        workers.push(mp::Process::spawn(|| {
            queue = None; // the child's copy: while it is open, the jobs have no end
            let mut job = [0];
            while jobs.read(&mut job)? > 0 {
                shop.work(job[0]);
                (&free).write_all(&[0])?;
            }
            Ok::<_, io::Error>(())
        })?);
    }
    drop((jobs, free)); // who waits for a byte is told when all workers have gone
    let mut queue = queue.expect("only the children have set their copies to None");
    let all: Vec<u8> = (0..24).map(|number| shop.make(number)).collect();
    for job in all {
        room.read_exact(&mut [0])?;
        queue.write_all(&[job])?;
    }
    drop(queue);
    for worker in &mut workers {
        let status = worker.join()?;
        anyhow::ensure!(status.success(), "a worker has failed, {status}");
    }
    Ok(())
}
