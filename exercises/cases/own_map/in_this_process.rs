// No process is started.

use exercises::letters;

fn main() -> anyhow::Result<()> {
    let results: Vec<Vec<u8>> = (0..4).map(letters).collect();
    for (input, result) in results.iter().enumerate() {
        let last = result.last().map(|&b| char::from(b));
        println!("{input}: {} bytes, the last is {last:?}", result.len());
    }
    Ok(())
}
