// The right number, of threads.

use exercises::piece;

fn main() -> anyhow::Result<()> {
    let workers = std::thread::available_parallelism()?.get().max(2);
    std::thread::scope(|scope| {
        for worker in 0..workers {
            scope.spawn(move || (0..12).skip(worker).step_by(workers).for_each(piece));
        }
    });
    println!("all pieces are done");
    Ok(())
}
