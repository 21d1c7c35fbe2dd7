// Survive a task that panics.
//
// Each of the five tasks runs in a process of its own, all at the same time, and sends its result through a pipe. One of
// them panics. Write the results of the others all the same, and for that one what became of it: that it panicked, or, if
// it was killed, that it was killed. Now the panic ends everything.
//
// `cargo exercise survive_a_panic` checks it, and `cargo exercise survive_a_panic --hint` helps.

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
        let status = worker.join()?;
        // ANCHOR: solution
        match (status.code(), result.try_into()) {
            (Some(0), Ok(result)) => println!("{number}: {}", u64::from_le_bytes(result)),
            (Some(101), _) => println!("{number}: it panicked"),
            (None, _) => println!("{number}: it was killed"),
            (Some(_), _) => println!("{number}: it failed, {status}"),
        }
        // ANCHOR_END: solution
        //| anyhow::ensure!(status.success(), "worker {number} has failed, {status}");
        //| let result = result.try_into().map_err(|_| anyhow::anyhow!("a result has eight bytes"))?;
        //| println!("{number}: {}", u64::from_le_bytes(result));
    }
    Ok(())
}
