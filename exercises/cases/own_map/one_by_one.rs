// The next child begins when the result of this one is there.

use exercises::letters;
use std::io::{self, Read as _, Write as _};

fn main() -> anyhow::Result<()> {
    let mut results = Vec::new();
    for input in 0..4 {
        let (mut reader, mut writer) = io::pipe()?;
        let mut worker = mp::Process::spawn(move || writer.write_all(&letters(input)))?;
        let mut result = Vec::new();
        reader.read_to_end(&mut result)?;
        anyhow::ensure!(worker.join()?.success());
        results.push(result);
    }
    for (input, result) in results.iter().enumerate() {
        let last = result.last().map(|&b| char::from(b));
        println!("{input}: {} bytes, the last is {last:?}", result.len());
    }
    Ok(())
}
