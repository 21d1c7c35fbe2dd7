// A request of 0 tells a worker to end; the pipes are left open everywhere.

use std::io::{self, Read as _, Write as _};

fn main() -> anyhow::Result<()> {
    let mut workers = Vec::new();
    for first in [1, 4_u8] {
        let (mut requests, mut to_worker) = io::pipe()?;
        let (answers, mut to_parent) = io::pipe()?;
        let process = mp::Process::spawn(|| -> io::Result<()> {
            let mut number = [0];
            while requests.read(&mut number)? > 0 && number[0] > 0 {
                to_parent.write_all(&[number[0] * number[0]])?;
            }
            Ok(())
        })?;
        to_worker.write_all(&[first, first + 1, first + 2, 0])?;
        workers.push((to_worker, answers, process));
    }
    for (number, (_, answers, process)) in workers.iter_mut().enumerate() {
        let mut squares = [0; 3];
        answers.read_exact(&mut squares)?;
        anyhow::ensure!(process.join()?.success());
        println!("worker {number}: {squares:?}");
    }
    Ok(())
}
