// The end of a pipe tells that a worker has ended, and a byte before it that it went well.

use exercises::fragile;
use std::io::{self, Read as _, Write as _};

fn main() -> anyhow::Result<()> {
    for attempt in 1..=4 {
        let (mut reader, mut writer) = io::pipe()?;
        std::mem::forget(mp::Process::spawn(move || {
            fragile(attempt);
            writer.write_all(b"!")
        })?);
        let mut told = Vec::new();
        reader.read_to_end(&mut told)?;
        if !told.is_empty() {
            println!("done at attempt {attempt}");
            return Ok(());
        }
    }
    anyhow::bail!("four attempts have failed")
}
