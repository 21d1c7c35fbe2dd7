// One pipe for all: each result has its number beside it.

use exercises::square;
use std::io::{self, Read as _, Write as _};

fn main() -> anyhow::Result<()> {
    let (mut reader, writer) = io::pipe()?;
    let mut workers = Vec::new();
    for number in 0..5_u64 {
        workers.push(mp::Process::spawn(|| {
            // Of two numbers in one write: it is less than PIPE_BUF, so none comes between.
            let message = [number.to_le_bytes(), square(number).to_le_bytes()].concat();
            (&writer).write_all(&message)
        })?);
    }
    drop(writer);
    let mut messages = Vec::new();
    reader.read_to_end(&mut messages)?;
    for worker in &mut workers {
        let status = worker.join()?;
        anyhow::ensure!(status.success(), "a worker has failed, {status}");
    }
    let mut results = [0; 5];
    for message in messages.chunks_exact(16) {
        let (number, result) = message.split_at(8);
        let number = usize::try_from(u64::from_le_bytes(number.try_into()?))?;
        results[number] = u64::from_le_bytes(result.try_into()?);
    }
    for (number, result) in results.iter().enumerate() {
        println!("{number}: {result}");
    }
    Ok(())
}
