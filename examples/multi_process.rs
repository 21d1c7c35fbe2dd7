//! Several processes at once, then a join for each.
//!
//! `cargo run --example multi_process -- --processes 8`

fn task(number: usize) {
    println!("This is process {number} (pid {})", std::process::id());
}

fn main() -> anyhow::Result<()> {
    let [count] = mp::args([("processes", 5, 1..=1000)]);
    let mut processes = Vec::new();
    for number in 0..count {
        processes.push(mp::Process::spawn(|| task(number))?);
    }
    for (number, process) in processes.iter_mut().enumerate() {
        let status = process.join()?;
        println!("process {number} has ended, {status}");
    }
    Ok(())
}
