// As it should be, but for the workers, for which nobody waits.

use std::io::{self, Read as _, Write as _};

fn main() -> anyhow::Result<()> {
    let mut workers = Vec::new();
    for first in [1, 4_u8] {
        let (mut requests, mut to_worker) = io::pipe()?;
        to_worker.write_all(&[first, first + 1, first + 2])?;
        drop(to_worker);
        let (answers, mut to_parent) = io::pipe()?;
        let process = mp::Process::spawn(move || {
            let mut numbers = Vec::new();
            requests.read_to_end(&mut numbers)?;
            let squares: Vec<u8> = numbers.iter().map(|number| number * number).collect();
            to_parent.write_all(&squares)
        })?;
        std::mem::forget(process);
        workers.push(answers);
    }
    for (number, answers) in workers.iter_mut().enumerate() {
        let mut squares = Vec::new();
        answers.read_to_end(&mut squares)?;
        println!("worker {number}: {squares:?}");
    }
    Ok(())
}
