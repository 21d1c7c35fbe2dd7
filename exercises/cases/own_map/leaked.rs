// All pipes are made first, so each child has the ends of the others too, and keeps them.

use exercises::letters;
use std::io::{self, Read as _, Write as _};

fn main() -> anyhow::Result<()> {
    let pipes = (0..4).map(|_| io::pipe()).collect::<Result<Vec<_>, _>>()?;
    let mut workers = Vec::new();
    for (input, (_, writer)) in (0..4).zip(&pipes) {
        let mut writer: &io::PipeWriter = writer;
        workers.push(mp::Process::spawn(move || writer.write_all(&letters(input)))?);
    }
    let mut readers = Vec::new();
    for (reader, writer) in pipes {
        drop(writer);
        readers.push(reader);
    }
    let mut results = Vec::new();
    for (mut reader, worker) in readers.into_iter().zip(&mut workers) {
        let mut result = vec![0; 200_000]; // the pipe doesn't end before the others have ended
        reader.read_exact(&mut result)?;
        anyhow::ensure!(worker.join()?.success());
        results.push(result);
    }
    for (input, result) in results.iter().enumerate() {
        let last = result.last().map(|&b| char::from(b));
        println!("{input}: {} bytes, the last is {last:?}", result.len());
    }
    Ok(())
}
