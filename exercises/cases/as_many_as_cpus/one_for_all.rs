// The right number of workers, of which one does everything.

use exercises::piece;

fn main() -> anyhow::Result<()> {
    let workers = std::thread::available_parallelism()?.get().clamp(2, 12);
    let mut children = Vec::new();
    for worker in 0..workers {
        children.push(mp::Process::spawn(move || {
            if worker == 0 {
                (0..12).for_each(piece);
            }
        })?);
    }
    for child in &mut children {
        child.join()?;
    }
    println!("all pieces are done");
    Ok(())
}
