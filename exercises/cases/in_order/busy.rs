// It asks each worker again and again whether it has ended.

use exercises::square;
use std::io::{self, Read as _, Write as _};

fn main() -> anyhow::Result<()> {
    let mut workers = Vec::new();
    for number in 0..5 {
        let (reader, mut writer) = io::pipe()?;
        let worker = mp::Process::spawn(move || writer.write_all(&square(number).to_le_bytes()))?;
        workers.push((reader, worker));
    }
    for (number, (reader, worker)) in workers.iter_mut().enumerate() {
        while worker.is_alive()? {}
        let mut result = [0; 8];
        reader.read_exact(&mut result)?;
        worker.join()?;
        println!("{number}: {}", u64::from_le_bytes(result));
    }
    Ok(())
}
