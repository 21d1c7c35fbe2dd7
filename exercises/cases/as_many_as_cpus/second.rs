// A pool asks for the number, and its workers take pieces as they are free.

use exercises::piece;

fn main() -> anyhow::Result<()> {
    let pieces: Vec<u64> = (0..12).collect();
    mp::Pool::new(mp::workers()?)?.with_chunk_size(1).map(&pieces, |&number| piece(number))?;
    println!("all pieces are done");
    Ok(())
}
