// It makes them as slowly as they are done, by the clock.

use exercises::Workshop;
use std::io::{self, Read as _, Write as _};
use std::thread::sleep;
use std::time::Duration;

fn main() -> anyhow::Result<()> {
    let shop = Workshop::new()?;
    let (mut jobs, queue) = io::pipe()?;
    let mut queue = Some(queue);
    let mut workers = Vec::new();
    for _ in 0..2 {
        workers.push(mp::Process::spawn(|| {
            queue = None; // the child's copy: while it is open, the jobs have no end
            let mut job = [0];
            while jobs.read(&mut job)? > 0 {
                shop.work(job[0]);
            }
            Ok::<_, io::Error>(())
        })?);
    }
    drop(jobs);
    let mut queue = queue.expect("only the children have set their copies to None");
    for number in 0..24 {
        sleep(Duration::from_millis(12));
        queue.write_all(&[shop.make(number)])?;
    }
    drop(queue);
    for worker in &mut workers {
        let status = worker.join()?;
        anyhow::ensure!(status.success(), "a worker has failed, {status}");
    }
    Ok(())
}
