// In order because only one runs at a time.

use exercises::square;
use std::io::{self, Read as _, Write as _};

fn main() -> anyhow::Result<()> {
    for number in 0..5 {
        let (mut reader, mut writer) = io::pipe()?;
        let mut worker =
            mp::Process::spawn(move || writer.write_all(&square(number).to_le_bytes()))?;
        let mut result = [0; 8];
        reader.read_exact(&mut result)?;
        worker.join()?;
        println!("{number}: {}", u64::from_le_bytes(result));
    }
    Ok(())
}
