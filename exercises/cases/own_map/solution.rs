// A map of one's own.
//
// `map` lets a child process compute each result and takes it from a pipe. It works as long as a result fits into the
// pipe; these are larger. Let it end, with all results, whole and in the order of the inputs, and with an error where a
// child has not given its result.
//
// `cargo exercise own_map` checks it, and `cargo exercise own_map --hint` helps.

use exercises::letters;
use std::io::{self, Read as _, Write as _};

fn map(inputs: &[u8], f: impl Fn(u8) -> Vec<u8>) -> anyhow::Result<Vec<Vec<u8>>> {
    let mut workers = Vec::new();
    for &input in inputs {
        let (reader, mut writer) = io::pipe()?;
        let f = &f;
        let worker = mp::Process::spawn(move || writer.write_all(&f(input)))?;
        workers.push((reader, worker));
    }
    let mut results = Vec::new();
    // ANCHOR: solution
    let mut ends = Vec::new();
    for (mut reader, mut worker) in workers {
        let mut result = Vec::new();
        reader.read_to_end(&mut result)?; // first: a child ends only when all of its result has gone
        results.push(result);
        ends.push(worker.join()?);
    }
    // Not earlier: whoever still has something to write would never end.
    for status in ends {
        anyhow::ensure!(status.success(), "a worker has failed, {status}");
    }
    // ANCHOR_END: solution
    //| for (mut reader, mut worker) in workers {
    //|     worker.join()?;
    //|     let mut result = Vec::new();
    //|     reader.read_to_end(&mut result)?;
    //|     results.push(result);
    //| }
    Ok(results)
}

fn main() -> anyhow::Result<()> {
    for (input, result) in map(&[0, 1, 2, 3], letters)?.iter().enumerate() {
        println!(
            "{input}: {} bytes, the last is {:?}",
            result.len(),
            result.last().map(|&b| char::from(b))
        );
    }
    Ok(())
}
