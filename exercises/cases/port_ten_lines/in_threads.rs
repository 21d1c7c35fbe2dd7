// The threads of rayon, which is a pool too.

use exercises::steps;
use rayon::prelude::*;

fn main() -> anyhow::Result<()> {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(3).build()?;
    let results: Vec<u64> = pool.install(|| (1..=12_u64).into_par_iter().map(steps).collect());
    for (number, result) in (1..).zip(&results) {
        println!("{number}: {result}");
    }
    println!("together {}", results.iter().sum::<u64>());
    Ok(())
}
