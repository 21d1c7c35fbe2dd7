//! A producer thread, a consumer process, a pipe between them, a stop event for each.
//!
//! `cargo run --example producer_consumer -- --items 10`
#![cfg_attr(not(unix), allow(dead_code, unused_imports))]

use std::io::{self, BufRead, BufReader, PipeReader, PipeWriter, Write};
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, SystemTime};

/// time:name:thread:level:process:message, as in the tutorial that this book retells.
fn log(name: &str, message: &str) {
    let time = humantime::format_rfc3339_millis(SystemTime::now());
    let thread = thread::current().id();
    let process = std::process::id();
    println!("{time}:{name}:{thread:?}:INFO:{process}:{message}");
}

fn produce(items: usize, mut pipe: PipeWriter, stop: &AtomicBool) -> io::Result<()> {
    for item in 1..=items {
        if stop.load(Ordering::Relaxed) {
            break;
        }
        log("producer", &format!("makes item {item}"));
        pipe.write_all(format!("item {item}\n").as_bytes())?;
        thread::sleep(Duration::from_millis(200));
    }
    log("producer", "stops");
    Ok(())
}

fn consume(pipe: PipeReader, stop: &AtomicBool) -> io::Result<()> {
    for item in BufReader::new(pipe).lines() {
        if stop.load(Ordering::Relaxed) {
            break;
        }
        log("consumer", &format!("takes {}", item?));
    }
    log("consumer", "stops");
    Ok(())
}

static INTERRUPTED: AtomicBool = AtomicBool::new(false);

#[cfg(unix)]
fn main() -> anyhow::Result<()> {
    use mp::{Process, Shared};
    use nix::libc::c_int;
    use nix::sys::signal::{SaFlags, SigAction, SigHandler, SigSet, Signal, sigaction};

    extern "C" fn on_interrupt(_: c_int) {
        INTERRUPTED.store(true, Ordering::Relaxed);
    }

    let [items] = mp::args([("items", 5, 0..=100)]);
    let handler = SigHandler::Handler(on_interrupt);
    let action = SigAction::new(handler, SaFlags::SA_RESTART, SigSet::empty());
    // SAFETY: the handler only stores to an atomic, which a signal handler may do.
    unsafe { sigaction(Signal::SIGINT, &action)? };

    let stop_producer = AtomicBool::new(false);
    let stop_consumer = Shared::new(AtomicBool::new(false))?;
    let (reader, writer) = io::pipe()?;
    let mut writer = Some(writer);

    // The process first: a program that already has a second thread must not fork.
    let mut consumer = Process::spawn(|| {
        writer = None;
        consume(reader, &stop_consumer)
    })?;
    thread::scope(|scope| {
        let writer = writer.expect("only the child has set its copy to None");
        let producer = scope.spawn(|| produce(items, writer, &stop_producer));
        while !producer.is_finished() {
            if INTERRUPTED.load(Ordering::Relaxed) {
                log("main", "interrupted, stops both");
                stop_producer.store(true, Ordering::Relaxed);
                stop_consumer.store(true, Ordering::Relaxed);
                break;
            }
            thread::sleep(Duration::from_millis(20));
        }
        producer.join().expect("the producer has no line that panics")
    })?;
    let status = consumer.join()?;
    log("main", &format!("the consumer has ended, {status}"));
    Ok(())
}

#[cfg(not(unix))]
fn main() -> std::process::ExitCode {
    mp::unix_only()
}
