// What the reader begins with.

use exercises::steps;

fn main() -> anyhow::Result<()> {
    let results: Vec<u64> = (1..=12).map(steps).collect();
    for (number, result) in (1..).zip(&results) {
        println!("{number}: {result}");
    }
    println!("together {}", results.iter().sum::<u64>());
    Ok(())
}
