// One pipe for all: a child writes pieces, each with its input and its length before it.

use exercises::letters;
use std::io::{self, Read as _, Write as _};

fn main() -> anyhow::Result<()> {
    let (mut reader, writer) = io::pipe()?;
    let mut workers = Vec::new();
    for input in 0..4_u8 {
        workers.push(mp::Process::spawn(|| {
            for piece in letters(input).chunks(1000) {
                let length = u16::try_from(piece.len()).map_err(io::Error::other)?;
                // In one write: it is less than PIPE_BUF, so none comes between.
                let header = [&[input], &length.to_le_bytes()[..]].concat();
                (&writer).write_all(&[&header, piece].concat())?;
            }
            Ok::<_, io::Error>(())
        })?);
    }
    drop(writer);
    let mut messages = Vec::new();
    reader.read_to_end(&mut messages)?;
    for worker in &mut workers {
        let status = worker.join()?;
        anyhow::ensure!(status.success(), "a worker has failed, {status}");
    }
    let mut results = [const { Vec::new() }; 4];
    let mut rest = &messages[..];
    while let [input, low, high, after @ ..] = rest {
        let (piece, after) = after.split_at(u16::from_le_bytes([*low, *high]).into());
        results[usize::from(*input)].extend_from_slice(piece);
        rest = after;
    }
    for (input, result) in results.iter().enumerate() {
        let last = result.last().map(|&b| char::from(b));
        println!("{input}: {} bytes, the last is {last:?}", result.len());
    }
    Ok(())
}
