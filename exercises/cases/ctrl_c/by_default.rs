// What the reader begins with: a Ctrl-C in the terminal reaches all, and hides that a signal to the program alone does not.

use exercises::errand;

fn main() -> anyhow::Result<()> {
    let mut workers = Vec::new();
    for number in 1..=3 {
        workers.push(mp::Process::spawn(|| errand(number))?);
    }
    for worker in &mut workers {
        let status = worker.join()?;
        anyhow::ensure!(status.success(), "a worker has failed, {status}");
    }
    println!("all errands are done");
    Ok(())
}
