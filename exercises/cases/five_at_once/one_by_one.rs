// Each is waited for before the next begins.

use exercises::task;

fn main() -> anyhow::Result<()> {
    for number in 0..5 {
        mp::Process::spawn(|| task(number))?.join()?;
    }
    println!("all five have ended");
    Ok(())
}
