// By then all should have ended.

use exercises::risky;
use std::io::{self, Read as _, Write as _};
use std::time::Duration;

fn main() -> anyhow::Result<()> {
    let mut workers = Vec::new();
    for number in 0..5 {
        let (reader, mut writer) = io::pipe()?;
        let worker = mp::Process::spawn(move || writer.write_all(&risky(number).to_le_bytes()))?;
        workers.push((reader, worker));
    }
    std::thread::sleep(Duration::from_millis(500));
    for (number, (reader, worker)) in workers.iter_mut().enumerate() {
        let mut result = Vec::new();
        reader.read_to_end(&mut result)?;
        let status = worker.join()?;
        match (status.code(), result.try_into()) {
            (Some(0), Ok(result)) => println!("{number}: {}", u64::from_le_bytes(result)),
            (None, _) => println!("{number}: it was killed"),
            _ => println!("{number}: it panicked"),
        }
    }
    Ok(())
}
