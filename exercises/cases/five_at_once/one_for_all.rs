// One child does all the work, and four do nothing.

use exercises::task;

fn main() -> anyhow::Result<()> {
    let mut children = Vec::new();
    for number in 0..5 {
        children.push(mp::Process::spawn(move || {
            if number == 0 {
                (0..5).for_each(task);
            }
        })?);
    }
    for child in &mut children {
        child.join()?;
    }
    println!("all five have ended");
    Ok(())
}
