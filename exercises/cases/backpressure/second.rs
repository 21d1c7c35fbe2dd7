// A socket for each worker, and room for four jobs at each: what is done comes back in the order of the jobs.

use exercises::Workshop;
use std::io::{self, Read as _, Write as _};
use std::os::unix::net::UnixStream;

fn main() -> anyhow::Result<()> {
    let shop = Workshop::new()?;
    let mut workers = Vec::new();
    let mut ends: Vec<UnixStream> = Vec::new(); // dropped before the workers are waited for
    for _ in 0..2 {
        let (end, mut its_end) = UnixStream::pair()?;
        ends.push(end);
        workers.push(mp::Process::spawn(|| {
            ends.clear(); // the child's copies
            let mut job = [0];
            while its_end.read(&mut job)? > 0 {
                shop.work(job[0]);
                its_end.write_all(&job)?;
            }
            Ok::<_, io::Error>(())
        })?);
    }
    for number in 0..24 {
        let end = &mut ends[usize::from(number % 2)];
        if number >= 8 {
            end.read_exact(&mut [0])?;
        }
        end.write_all(&[shop.make(number)])?;
    }
    for end in &mut ends {
        end.read_exact(&mut [0; 4])?;
    }
    drop(ends);
    for worker in &mut workers {
        let status = worker.join()?;
        anyhow::ensure!(status.success(), "a worker has failed, {status}");
    }
    Ok(())
}
