// Each worker gets four numbers beforehand.

use exercises::steps;

fn main() -> anyhow::Result<()> {
    let numbers: Vec<u64> = (1..=12).collect();
    let pool = mp::Pool::new(3)?.with_chunk_size(4);
    let results = pool.map(&numbers, |number| steps(*number))?;
    for (number, result) in (1..).zip(&results) {
        println!("{number}: {result}");
    }
    println!("together {}", results.iter().sum::<u64>());
    Ok(())
}
