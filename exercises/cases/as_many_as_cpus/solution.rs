// As many workers as CPUs.
//
// Twelve pieces of work are to be done by as many workers as this program may use CPUs: whoever starts it can allow it
// fewer than the machine has. Each worker is a process, and all of them work at the same time. Now there is a worker for
// each piece.
//
// `cargo exercise as_many_as_cpus` checks it, and `cargo exercise as_many_as_cpus --hint` helps.

use exercises::piece;

const PIECES: u64 = 12;

fn main() -> anyhow::Result<()> {
    // ANCHOR: solution
    let cpus = std::thread::available_parallelism()?.get();
    let workers = cpus.min(usize::try_from(PIECES)?); // the others would have nothing to do
    // ANCHOR_END: solution
    //| let workers = usize::try_from(PIECES)?;
    let mut children = Vec::new();
    for worker in 0..workers {
        children.push(mp::Process::spawn(move || {
            (0..PIECES).skip(worker).step_by(workers).for_each(piece);
        })?);
    }
    for child in &mut children {
        let status = child.join()?;
        anyhow::ensure!(status.success(), "a worker has failed, {status}");
    }
    println!("all pieces are done");
    Ok(())
}
