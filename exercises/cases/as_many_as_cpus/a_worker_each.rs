// What the reader begins with: a worker for each piece.

use exercises::piece;

fn main() -> anyhow::Result<()> {
    let mut children = Vec::new();
    for number in 0..12 {
        children.push(mp::Process::spawn(move || piece(number))?);
    }
    for child in &mut children {
        child.join()?;
    }
    println!("all pieces are done");
    Ok(())
}
