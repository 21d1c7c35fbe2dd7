//! TODO: what it shows, in a line.
//!
//! `cargo run --example NAME`

fn task(number: usize) {
    println!("task {number} is done");
}

fn main() -> anyhow::Result<()> {
    let [count] = mp::args([("processes", 1, 1..=1000)]);
    for number in 0..count {
        let status = mp::Process::spawn(|| task(number))?.join()?;
        println!("process {number} has ended, {status}");
    }
    Ok(())
}
