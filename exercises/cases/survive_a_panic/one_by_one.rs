// The next task begins when it is known what became of this one.

use exercises::risky;
use std::io::{self, Read as _, Write as _};

fn main() -> anyhow::Result<()> {
    for number in 0..5 {
        let (mut reader, mut writer) = io::pipe()?;
        let mut worker =
            mp::Process::spawn(move || writer.write_all(&risky(number).to_le_bytes()))?;
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
