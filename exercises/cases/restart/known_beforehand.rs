// The first two attempts have always failed.

use exercises::fragile;

fn main() -> anyhow::Result<()> {
    anyhow::ensure!(mp::Process::spawn(|| fragile(3))?.join()?.success());
    println!("done at attempt 3");
    Ok(())
}
