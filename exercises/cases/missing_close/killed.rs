// The pipes stay as they are; the workers are killed when their answers have come.

use std::io::{self, Read as _, Write as _};

fn main() -> anyhow::Result<()> {
    let mut workers = Vec::new();
    for first in [1, 4_u8] {
        let (mut requests, mut to_worker) = io::pipe()?;
        let (answers, mut to_parent) = io::pipe()?;
        let process = mp::Process::spawn(|| -> io::Result<()> {
            let mut number = [0];
            while requests.read(&mut number)? > 0 {
                to_parent.write_all(&[number[0] * number[0]])?;
            }
            Ok(())
        })?;
        to_worker.write_all(&[first, first + 1, first + 2])?;
        workers.push((to_worker, to_parent, answers, process));
    }
    for (number, (_to_worker, to_parent, mut answers, mut process)) in
        workers.into_iter().enumerate()
    {
        drop(to_parent);
        let mut squares = [0; 3];
        answers.read_exact(&mut squares)?;
        process.kill()?;
        process.join()?;
        println!("worker {number}: {squares:?}");
    }
    Ok(())
}
