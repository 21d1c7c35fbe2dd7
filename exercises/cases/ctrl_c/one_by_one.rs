// One worker at a time: then there is one to be killed.

use exercises::errand;

fn main() -> anyhow::Result<()> {
    for number in 1..=3 {
        let status = mp::Process::spawn(|| errand(number))?.join()?;
        anyhow::ensure!(status.success(), "a worker has failed, {status}");
    }
    println!("all errands are done");
    Ok(())
}
