// It gives them a little time before it reads.

use exercises::letters;
use std::io::{self, Read as _, Write as _};

fn main() -> anyhow::Result<()> {
    let mut workers = Vec::new();
    for input in 0..4 {
        let (reader, mut writer) = io::pipe()?;
        let worker = mp::Process::spawn(move || writer.write_all(&letters(input)))?;
        workers.push((reader, worker));
    }
    let mut results = Vec::new();
    std::thread::sleep(std::time::Duration::from_millis(300));
    for (reader, worker) in &mut workers {
        let mut result = Vec::new();
        reader.read_to_end(&mut result)?;
        anyhow::ensure!(worker.join()?.success());
        results.push(result);
    }
    for (input, result) in results.iter().enumerate() {
        let last = result.last().map(|&b| char::from(b));
        println!("{input}: {} bytes, the last is {last:?}", result.len());
    }
    Ok(())
}
