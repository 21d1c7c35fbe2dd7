// Each counts for itself and sends its number through a pipe.

use exercises::visitors;
use std::io::{self, Read as _, Write as _};

fn main() -> anyhow::Result<()> {
    let (mut reader, writer) = io::pipe()?;
    let mut doors = Vec::new();
    for _ in 0..4 {
        doors.push(mp::Process::spawn(|| {
            let counted: u64 = (0..visitors()).map(|_| 1).sum();
            (&writer).write_all(&counted.to_le_bytes())
        })?);
    }
    drop(writer);
    let mut numbers = Vec::new();
    reader.read_to_end(&mut numbers)?;
    for door in &mut doors {
        door.join()?;
    }
    let mut counted = 0;
    for number in numbers.chunks_exact(8) {
        counted += u64::from_le_bytes(number.try_into()?);
    }
    println!("{counted} were counted");
    Ok(())
}
