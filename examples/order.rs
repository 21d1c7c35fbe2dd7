//! Processes that end in any order, and results put in order by their index.
//!
//! `cargo run --example order -- --tasks 8`

use std::io::{self, BufRead, BufReader, Write};
use std::thread;
use std::time::Duration;

use anyhow::Context;

/// The later it was started, the sooner it is done.
fn task(index: usize, tasks: usize) -> usize {
    thread::sleep(Duration::from_millis(20 * (tasks - index) as u64));
    index * index
}

fn main() -> anyhow::Result<()> {
    let [tasks] = mp::args([("tasks", 5, 1..=50)]);
    let (reader, writer) = io::pipe()?;
    let mut processes = Vec::new();
    for index in 0..tasks {
        processes.push(mp::Process::spawn(|| {
            let line = format!("{index} {}\n", task(index, tasks));
            (&writer).write_all(line.as_bytes())
        })?);
    }
    drop(writer);

    let mut results = vec![None; tasks];
    for line in BufReader::new(reader).lines() {
        let line = line?;
        let (index, result) = line.split_once(' ').context("an index and a result")?;
        println!("task {index} is done");
        results[index.parse::<usize>()?] = Some(result.parse::<usize>()?);
    }
    for (index, process) in processes.iter_mut().enumerate() {
        let status = process.join()?;
        anyhow::ensure!(status.success(), "task {index} failed, {status}");
    }
    for (index, result) in results.into_iter().enumerate() {
        println!("{index} squared is {}", result.context("every task wrote a line")?);
    }
    Ok(())
}
