// It knows that they have ended, and waits for none.

use exercises::piece;
use std::io::{self, Read as _};

fn main() -> anyhow::Result<()> {
    let workers = std::thread::available_parallelism()?.get().min(12);
    let (mut end, held) = io::pipe()?;
    for worker in 0..workers {
        std::mem::forget(mp::Process::spawn(move || {
            (0..12).skip(worker).step_by(workers).for_each(piece);
        })?);
    }
    drop(held);
    end.read_to_end(&mut Vec::new())?;
    println!("all pieces are done");
    Ok(())
}
