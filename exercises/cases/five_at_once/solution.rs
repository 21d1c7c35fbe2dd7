// Five at once.
//
// Let each of the five tasks run in a process of its own, all of them at the same time. When all have ended, write the
// last line. Now they run one after the other, in one process.
//
// `cargo exercise five_at_once` checks it, and `cargo exercise five_at_once --hint` helps.

use exercises::task;

fn main() -> anyhow::Result<()> {
    // ANCHOR: solution
    let mut children = Vec::new();
    for number in 0..5 {
        children.push(mp::Process::spawn(|| task(number))?);
    }
    for child in &mut children {
        let status = child.join()?;
        anyhow::ensure!(status.success(), "a child has failed, {status}");
    }
    // ANCHOR_END: solution
    //| for number in 0..5 {
    //|     task(number);
    //| }
    println!("all five have ended");
    Ok(())
}
