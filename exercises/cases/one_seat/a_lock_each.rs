// Each customer makes its own lock, and nobody else knows it.

use exercises::{Seat, arrive};
use std::io;

fn main() -> anyhow::Result<()> {
    let seat = Seat::new()?;
    let mut customers = Vec::new();
    for customer in 0..5 {
        customers.push(mp::Process::spawn(|| {
            arrive(customer);
            let lock = mp::Semaphore::new(1)?;
            let _permit = lock.acquire()?;
            if seat.is_free() {
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
