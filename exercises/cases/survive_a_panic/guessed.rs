// Whoever gives no result has panicked: nobody looks at the status.

use exercises::risky;
use std::io::{self, Read as _, Write as _};

fn main() -> anyhow::Result<()> {
    let mut workers = Vec::new();
    for number in 0..5 {
        let (reader, mut writer) = io::pipe()?;
        let worker = mp::Process::spawn(move || writer.write_all(&risky(number).to_le_bytes()))?;
        workers.push((reader, worker));
    }
    for (number, (reader, worker)) in workers.iter_mut().enumerate() {
        let mut result = Vec::new();
        reader.read_to_end(&mut result)?;
        worker.join()?;
        match result.try_into() {
            Ok(result) => println!("{number}: {}", u64::from_le_bytes(result)),
            Err(_) => println!("{number}: it panicked"),
        }
    }
    Ok(())
}
