// It waits for a time that is long enough here.

use exercises::task;
use std::time::Duration;

fn main() -> anyhow::Result<()> {
    let mut children = Vec::new();
    for number in 0..5 {
        children.push(mp::Process::spawn(|| task(number))?);
    }
    std::thread::sleep(Duration::from_secs(1));
    println!("all five have ended");
    Ok(())
}
