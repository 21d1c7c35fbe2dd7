// The second worker begins when the first has ended, so it holds nothing of it.

use std::io::{self, Read as _, Write as _};

fn main() -> anyhow::Result<()> {
    for (worker, first) in [1, 4_u8].into_iter().enumerate() {
        let (mut requests, to_worker) = io::pipe()?;
        let (mut answers, to_parent) = io::pipe()?;
        let mut ours = Some(to_worker);
        let mut process = mp::Process::spawn(|| {
            ours = None;
            let mut to_parent = to_parent;
            let mut number = [0];
            while requests.read(&mut number)? > 0 {
                to_parent.write_all(&[number[0] * number[0]])?;
            }
            Ok::<_, io::Error>(())
        })?;
        if let Some(mut to_worker) = ours {
            to_worker.write_all(&[first, first + 1, first + 2])?;
        }
        let mut squares = [0; 3];
        answers.read_exact(&mut squares)?;
        anyhow::ensure!(process.join()?.success());
        println!("worker {worker}: {squares:?}");
    }
    Ok(())
}
