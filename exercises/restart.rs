// Restart a worker that crashes, with a limit.
//
// A worker process that ends without success, by a panic or by a signal, is started again with the number of the next
// attempt, as soon as it has ended: four attempts in all. If none succeeds the program says so and ends with an error. Now
// one failure ends everything.
//
// `cargo exercise restart` checks it, and `cargo exercise restart --hint` helps.

use exercises::fragile;

fn main() -> anyhow::Result<()> {
    let attempt = 1;
    let status = mp::Process::spawn(|| fragile(attempt))?.join()?;
    anyhow::ensure!(status.success(), "attempt {attempt} has failed, {status}");
    println!("done at attempt {attempt}");
    Ok(())
}
