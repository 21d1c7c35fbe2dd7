// Each child catches its panic and says so, in one pipe for all; who says nothing was killed.

use exercises::risky;
use std::io::{self, Read as _, Write as _};
use std::panic::catch_unwind;

fn main() -> anyhow::Result<()> {
    let (mut reader, writer) = io::pipe()?;
    let mut workers = Vec::new();
    for number in 0..5_u8 {
        workers.push(mp::Process::spawn(|| {
            let result = catch_unwind(|| risky(number.into()));
            let (fine, result) = (u8::from(result.is_ok()), result.unwrap_or(0));
            // In one write: it is less than PIPE_BUF, so none comes between.
            (&writer).write_all(&[&[number, fine], &result.to_le_bytes()[..]].concat())
        })?);
    }
    drop(writer);
    let mut messages = Vec::new();
    reader.read_to_end(&mut messages)?;
    let mut told = vec!["it was killed".to_owned(); 5];
    for message in messages.chunks_exact(10) {
        let result = u64::from_le_bytes(message[2..].try_into()?);
        let fine = message[1] == 1;
        told[usize::from(message[0])] =
            if fine { result.to_string() } else { "it panicked".to_owned() };
    }
    for (number, (worker, told)) in workers.iter_mut().zip(told).enumerate() {
        worker.join()?;
        println!("{number}: {told}");
    }
    Ok(())
}
