// A mutex of the standard library: each process has a copy of it.

use exercises::{Seat, arrive};
use std::io;
use std::sync::Mutex;

fn main() -> anyhow::Result<()> {
    let seat = Seat::new()?;
    let lock = Mutex::new(());
    let mut customers = Vec::new();
    for customer in 0..5 {
        customers.push(mp::Process::spawn(|| {
            arrive(customer);
            let _guard = lock.lock().expect("nobody panics");
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
