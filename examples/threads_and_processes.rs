//! What a thread shares with its caller and a process does not; a race condition.
//!
//! `cargo run --example threads_and_processes`

use std::sync::Barrier;
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread;

fn in_a_thread() {
    let mut number = 1;
    thread::scope(|scope| {
        scope.spawn(|| {
            number += 1;
            println!("thread:  the number is {number}");
        });
    });
    println!("caller:  the number is {number}");
}

fn in_a_process() -> anyhow::Result<()> {
    let mut number = 1;
    mp::Process::spawn(|| {
        number += 1;
        println!("child:   the number is {number}");
    })?
    .join()?;
    println!("parent:  the number is {number}");
    Ok(())
}

fn add_in_two_steps() -> u32 {
    let sum = AtomicU32::new(0);
    let both_have_read = Barrier::new(2);
    thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                let seen = sum.load(Ordering::SeqCst);
                both_have_read.wait();
                sum.store(seen + 1, Ordering::SeqCst);
            });
        }
    });
    sum.into_inner()
}

fn add_in_one_step() -> u32 {
    let sum = AtomicU32::new(0);
    thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| sum.fetch_add(1, Ordering::SeqCst));
        }
    });
    sum.into_inner()
}

fn main() -> anyhow::Result<()> {
    let [] = mp::args([]);
    in_a_thread();
    println!("1 + 1 in two steps: {}", add_in_two_steps());
    println!("1 + 1 in one step:  {}", add_in_one_step());
    in_a_process()
}
