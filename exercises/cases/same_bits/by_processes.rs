// The same bits, from processes.

use exercises::{TERMS, term, write_sum};

fn main() -> anyhow::Result<()> {
    let chunks: Vec<u64> = (0..TERMS / 250).collect();
    let add = |&chunk: &u64| -> f64 { (chunk * 250..(chunk + 1) * 250).map(term).sum() };
    let sums = mp::Pool::new(4)?.map(&chunks, add)?;
    write_sum(sums.iter().sum());
    Ok(())
}
