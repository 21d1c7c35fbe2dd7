// Ctrl-C leaves nobody.
//
// Three workers, a process each, run errands at the same time; when all are done your program says so. Whoever presses
// Ctrl-C or sends SIGINT to your program ends all of it: your program kills the workers, waits for them, and ends by
// this signal itself or with exit code 130. That holds from the moment at which the first worker is there. Now a Ctrl-C in
// a terminal, which goes to all of them, ends all, and a signal to your program leaves the workers behind.
//
// `cargo exercise ctrl_c` checks it, and `cargo exercise ctrl_c --hint` helps.

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
