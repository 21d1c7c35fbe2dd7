// A file takes results of any size: no pipe is needed, and somebody else may read it.

use exercises::letters;
use std::{env, fs, process};

fn main() -> anyhow::Result<()> {
    let folder = env::temp_dir();
    let file = |input: u8| folder.join(format!("letters-{}-{input}", process::id()));
    let files: Vec<_> = (0..4).map(file).collect();
    let mut workers = Vec::new();
    for (input, file) in (0..4).zip(&files) {
        workers.push(mp::Process::spawn(move || fs::write(file, letters(input)))?);
    }
    let mut results = Vec::new();
    for (worker, file) in workers.iter_mut().zip(&files) {
        worker.join()?;
        results.push(fs::read(file)?);
        fs::remove_file(file)?;
    }
    for (input, result) in results.iter().enumerate() {
        let last = result.last().map(|&b| char::from(b));
        println!("{input}: {} bytes, the last is {last:?}", result.len());
    }
    Ok(())
}
