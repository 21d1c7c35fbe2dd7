// A thread's panic ends the thread, and a thread that is killed ends all of them.

use exercises::risky;
use std::thread;

fn main() {
    let threads: Vec<_> = (0..5).map(|number| thread::spawn(move || risky(number))).collect();
    for (number, thread) in threads.into_iter().enumerate() {
        match thread.join() {
            Ok(result) => println!("{number}: {result}"),
            Err(_) => println!("{number}: it panicked"),
        }
    }
}
