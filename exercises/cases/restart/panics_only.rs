// A worker that a signal has ended is taken for one that has done its work.

use exercises::fragile;

fn main() -> anyhow::Result<()> {
    for attempt in 1..=4 {
        let status = mp::Process::spawn(|| fragile(attempt))?.join()?;
        if status.code() != Some(101) {
            println!("done at attempt {attempt}");
            return Ok(());
        }
    }
    anyhow::bail!("four attempts have failed")
}
