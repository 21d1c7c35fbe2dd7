// The first one gets it; the others need not ask.

use exercises::{Seat, arrive};
use std::io;

fn main() -> anyhow::Result<()> {
    let seat = Seat::new()?;
    let mut customers = Vec::new();
    for customer in 0..5 {
        customers.push(mp::Process::spawn(|| {
            arrive(customer);
            if customer == 0 && seat.is_free() {
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
