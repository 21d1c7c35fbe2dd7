// It waits for their lines and not for them: they still run.

use exercises::task;
use std::io::{self, Read as _, Write as _};

fn main() -> anyhow::Result<()> {
    let (mut told, tell) = io::pipe()?;
    let mut children = Vec::new();
    for number in 0..5 {
        children.push(mp::Process::spawn(|| {
            task(number);
            let _ = (&tell).write_all(b"!");
            std::thread::sleep(std::time::Duration::from_secs(1));
        })?);
    }
    told.read_exact(&mut [0; 5])?;
    println!("all five have ended");
    Ok(())
}
