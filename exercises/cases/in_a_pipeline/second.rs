// The stages are alike, and made in a loop: each reads from the socket of the one before.

use exercises::Kitchen;
use std::io::{self, Read as _, Write as _};
use std::os::unix::net::UnixStream;

fn main() -> anyhow::Result<()> {
    let kitchen = &Kitchen::new()?;
    let stages: [fn(&Kitchen, u8); 3] = [Kitchen::wash, Kitchen::cut, Kitchen::cook];
    let mut workers = Vec::new();
    let (mut input, mut orders) = UnixStream::pair()?;
    let dishes: Vec<u8> = (0..Kitchen::DISHES).collect();
    orders.write_all(&dishes)?;
    drop(orders);
    for stage in stages {
        let (output, next) = UnixStream::pair()?;
        workers.push(mp::Process::spawn(|| {
            let mut dish = [0];
            while input.read(&mut dish)? > 0 {
                stage(kitchen, dish[0]);
                (&output).write_all(&dish)?;
            }
            io::Result::Ok(())
        })?);
        input = next;
    }
    let mut ready = Vec::new();
    input.read_to_end(&mut ready)?;
    for worker in &mut workers {
        let status = worker.join()?;
        anyhow::ensure!(status.success(), "a stage has failed, {status}");
    }
    anyhow::ensure!(ready == dishes, "some dishes are missing");
    Ok(())
}
