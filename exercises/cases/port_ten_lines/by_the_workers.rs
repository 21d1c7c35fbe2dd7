// The workers write, each in its turn.

use exercises::steps;

fn main() -> anyhow::Result<()> {
    let numbers: Vec<u64> = (1..=12).collect();
    let pool = mp::Pool::new(3)?.with_chunk_size(1);
    let results = pool.map(&numbers, |number| {
        let result = steps(*number);
        println!("{number}: {result}");
        result
    })?;
    println!("together {}", results.iter().sum::<u64>());
    Ok(())
}
