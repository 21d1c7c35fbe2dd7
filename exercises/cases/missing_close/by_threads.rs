// Threads have one table of descriptors, so nobody inherits a copy.

use std::io::{self, Read as _, Write as _};
use std::thread;

fn main() -> anyhow::Result<()> {
    for (worker, first) in [1, 4_u8].into_iter().enumerate() {
        let (mut requests, mut to_worker) = io::pipe()?;
        let served = thread::spawn(move || -> io::Result<Vec<u8>> {
            let mut numbers = Vec::new();
            requests.read_to_end(&mut numbers)?;
            Ok(numbers.iter().map(|number| number * number).collect())
        });
        to_worker.write_all(&[first, first + 1, first + 2])?;
        drop(to_worker);
        println!("worker {worker}: {:?}", served.join().expect("it does not panic")?);
    }
    Ok(())
}
