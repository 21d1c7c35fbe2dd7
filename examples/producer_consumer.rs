//! A producer thread, a consumer process, and a pipe between them.
//!
//! `cargo run --example producer_consumer -- --items 10`

use std::io::{self, BufRead, BufReader, PipeReader, PipeWriter, Write};
use std::thread;
use std::time::{Duration, SystemTime};

/// time:name:thread:level:process:message, as in the notes that this book retells.
fn log(name: &str, message: &str) {
    let time = humantime::format_rfc3339_millis(SystemTime::now());
    let thread = thread::current().id();
    let process = std::process::id();
    println!("{time}:{name}:{thread:?}:INFO:{process}:{message}");
}

fn produce(items: usize, mut pipe: PipeWriter) -> io::Result<()> {
    for item in 1..=items {
        log("producer", &format!("makes item {item}"));
        writeln!(pipe, "item {item}")?;
        thread::sleep(Duration::from_millis(200));
    }
    log("producer", "stops");
    Ok(())
}

fn consume(pipe: PipeReader) -> io::Result<()> {
    for item in BufReader::new(pipe).lines() {
        log("consumer", &format!("takes {}", item?));
    }
    log("consumer", "stops");
    Ok(())
}

fn main() -> anyhow::Result<()> {
    let [items] = mp::args([("items", 5, 0..=100)]);
    let (reader, writer) = io::pipe()?;
    let mut writer = Some(writer);

    // The process first: a program that already has a second thread must not fork.
    let mut consumer = mp::Process::spawn(|| {
        writer = None;
        consume(reader)
    })?;
    let writer = writer.expect("only the child has set its copy to None");
    let producer = thread::spawn(move || produce(items, writer));
    producer.join().expect("the producer has no line that panics")?;
    let status = consumer.join()?;
    log("main", &format!("the consumer has ended, {status}"));
    Ok(())
}
