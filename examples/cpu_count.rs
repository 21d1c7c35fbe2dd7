//! The template: as many processes as there are CPUs for this program.
//!
//! `cargo run --example cpu_count -- --workers 3`

use std::thread;

fn task(number: usize) {
    println!("This is worker {number} (pid {}), {}", std::process::id(), place());
}

#[cfg(target_os = "linux")]
fn place() -> String {
    match nix::sched::sched_getcpu() {
        Ok(cpu) => format!("at this moment on CPU {cpu}"),
        Err(error) => format!("on a CPU that is not known: {error}"),
    }
}

#[cfg(not(target_os = "linux"))]
fn place() -> String {
    "on a CPU that this system does not tell".to_owned()
}

fn main() -> anyhow::Result<()> {
    let available = thread::available_parallelism()?.get();
    let [workers] = mp::args([("workers", available, 1..=1024)]);

    println!("std::thread::available_parallelism: {available} CPUs");
    println!("num_cpus::get:                      {} CPUs", num_cpus::get());
    println!("num_cpus::get_physical:             {} CPUs", num_cpus::get_physical());
    println!("They can differ under a quota: std rounds down, num_cpus rounds up.");

    let mut processes = Vec::new();
    for number in 0..workers {
        processes.push(mp::Process::spawn(|| task(number))?);
    }
    for (number, process) in processes.iter_mut().enumerate() {
        let status = process.join()?;
        anyhow::ensure!(status.success(), "worker {number} failed, {status}");
    }
    Ok(())
}
