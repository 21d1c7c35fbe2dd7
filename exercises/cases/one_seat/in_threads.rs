// Threads, for which a mutex is right.

use exercises::Seat;
use std::sync::Mutex;

fn main() -> anyhow::Result<()> {
    let seat = Seat::new()?;
    let lock = Mutex::new(());
    std::thread::scope(|scope| {
        for _ in 0..5 {
            scope.spawn(|| {
                let _guard = lock.lock().expect("nobody panics");
                if seat.is_free() {
                    seat.sell();
                    println!("sold");
                } else {
                    println!("sold out");
                }
            });
        }
    });
    Ok(())
}
