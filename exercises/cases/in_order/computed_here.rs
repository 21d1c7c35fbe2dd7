// Five children that do nothing, and a parent that computes.

use exercises::square;

fn main() -> anyhow::Result<()> {
    let start = |_| mp::Process::spawn(|| ());
    let mut workers = (0..5).map(start).collect::<Result<Vec<_>, _>>()?;
    for number in 0..5 {
        println!("{number}: {}", square(number));
        workers[usize::try_from(number)?].join()?;
    }
    Ok(())
}
