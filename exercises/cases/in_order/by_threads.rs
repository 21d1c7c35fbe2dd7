// Threads, and a channel.

use exercises::square;

fn main() -> anyhow::Result<()> {
    std::thread::scope(|scope| {
        let threads: Vec<_> = (0..5).map(|number| scope.spawn(move || square(number))).collect();
        for (number, thread) in threads.into_iter().enumerate() {
            println!("{number}: {}", thread.join().expect("it does not panic"));
        }
    });
    Ok(())
}
