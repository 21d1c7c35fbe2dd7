// A channel with room, and threads.

use exercises::Workshop;
use std::sync::{Mutex, mpsc};
use std::thread;

fn main() -> anyhow::Result<()> {
    let shop = Workshop::new()?;
    let (queue, jobs) = mpsc::sync_channel(6); // and a job in each worker's hands
    let jobs = Mutex::new(jobs);
    thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                let take = || jobs.lock().expect("nobody panics").recv();
                while let Ok(job) = take() {
                    shop.work(job);
                }
            });
        }
        for number in 0..24 {
            queue.send(shop.make(number))?;
        }
        drop(queue);
        Ok(())
    })
}
