// What the reader begins with: it goes well as long as nobody is slow.

use exercises::{Seat, arrive};
use std::io;

fn main() -> anyhow::Result<()> {
    let seat = Seat::new()?;
    let mut customers = Vec::new();
    for customer in 0..5 {
        customers.push(mp::Process::spawn(|| {
            arrive(customer);
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
