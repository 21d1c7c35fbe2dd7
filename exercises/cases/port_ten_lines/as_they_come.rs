// The results are written as they come: that is what `imap_unordered` does.

use exercises::steps;

fn main() -> anyhow::Result<()> {
    let numbers: Vec<u64> = (1..=12).collect();
    let pool = mp::Pool::new(3)?.with_chunk_size(1);
    let mut total = 0;
    for result in pool.imap_unordered(&numbers, |number| steps(*number))? {
        let (index, result) = result?;
        println!("{}: {result}", numbers[index]);
        total += result;
    }
    println!("together {total}");
    Ok(())
}
