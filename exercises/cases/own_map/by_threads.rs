// Threads share their memory, so nothing has to travel.

use exercises::letters;
use std::thread;

fn main() -> anyhow::Result<()> {
    let threads: Vec<_> = (0..4).map(|input| thread::spawn(move || letters(input))).collect();
    let results: Vec<Vec<u8>> =
        threads.into_iter().map(|thread| thread.join().expect("it does not panic")).collect();
    for (input, result) in results.iter().enumerate() {
        let last = result.last().map(|&b| char::from(b));
        println!("{input}: {} bytes, the last is {last:?}", result.len());
    }
    Ok(())
}
