// The child ends with 0, and the parent writes what it knows beforehand.

use exercises::answer;

fn main() -> anyhow::Result<()> {
    let mut child = mp::Process::spawn(|| {
        answer();
    })?;
    child.join()?;
    println!("the child has ended with code 7");
    Ok(())
}
