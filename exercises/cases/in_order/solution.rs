// Results in order, through a pipe.
//
// Let each of the five squares be computed in a process of its own, all at the same time. Each sends its result through
// a pipe. Write the results in the order of the numbers, in whatever order they come. Now one process does all.
//
// `cargo exercise in_order` checks it, and `cargo exercise in_order --hint` helps.

use exercises::square;
// ANCHOR: solution
use std::io::{self, Read as _, Write as _};
// ANCHOR_END: solution

fn main() -> anyhow::Result<()> {
    // ANCHOR: solution
    let mut workers = Vec::new();
    for number in 0..5 {
        let (reader, mut writer) = io::pipe()?;
        let worker = mp::Process::spawn(move || writer.write_all(&square(number).to_le_bytes()))?;
        workers.push((number, reader, worker));
    }
    for (number, mut reader, mut worker) in workers {
        let mut result = [0; 8];
        reader.read_exact(&mut result)?;
        let status = worker.join()?;
        anyhow::ensure!(status.success(), "worker {number} has failed, {status}");
        println!("{number}: {}", u64::from_le_bytes(result));
    }
    // ANCHOR_END: solution
    //| for number in 0..5 {
    //|     println!("{number}: {}", square(number));
    //| }
    Ok(())
}
