// All attempts begin at once, in case the first ones fail.

use exercises::fragile;

fn main() -> anyhow::Result<()> {
    let mut workers = Vec::new();
    for attempt in 1..=3 {
        workers.push(mp::Process::spawn(move || fragile(attempt))?);
    }
    for (attempt, worker) in (1..).zip(&mut workers) {
        if worker.join()?.success() {
            println!("done at attempt {attempt}");
            return Ok(());
        }
    }
    anyhow::bail!("all attempts have failed")
}
