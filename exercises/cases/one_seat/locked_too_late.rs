// Only the sale is locked: whoever asks before it finds the seat free.

use exercises::{Seat, arrive};
use std::io;

fn main() -> anyhow::Result<()> {
    let seat = Seat::new()?;
    let lock = mp::Semaphore::new(1)?;
    let mut customers = Vec::new();
    for customer in 0..5 {
        customers.push(mp::Process::spawn(|| {
            arrive(customer);
            if seat.is_free() {
                let _permit = lock.acquire()?;
                seat.sell();
                println!("sold");
            } else {
                println!("sold out");
            }
            Ok::<_, io::Error>(())
        })?);
    }
    for customer in &mut customers {
        let status = customer.join()?;
        anyhow::ensure!(status.success(), "a customer has failed, {status}");
    }
    Ok(())
}
