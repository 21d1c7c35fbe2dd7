// It looks at one after the other, without a pause.

use exercises::task;

fn main() -> anyhow::Result<()> {
    let mut children = Vec::new();
    for number in 0..5 {
        children.push(mp::Process::spawn(|| task(number))?);
    }
    for child in &mut children {
        while child.is_alive()? {}
        child.join()?;
    }
    println!("all five have ended");
    Ok(())
}
