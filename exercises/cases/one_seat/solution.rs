// A seat is sold once.
//
// Five customers, a process each, want the last seat at the same time. A customer asks whether it is free, and buys it if
// so. Whoever asks before another has bought finds it free too: see to it that the seat is sold once, whoever is slow.
// Each of the five asks for itself.
//
// `cargo exercise one_seat` checks it, and `cargo exercise one_seat --hint` helps.

use exercises::{Seat, arrive};
use std::io;

fn main() -> anyhow::Result<()> {
    let seat = Seat::new()?;
    // ANCHOR: solution
    let lock = mp::Semaphore::new(1)?; // before the processes: they inherit it
    // ANCHOR_END: solution
    let mut customers = Vec::new();
    for customer in 0..5 {
        customers.push(mp::Process::spawn(|| {
            arrive(customer);
            // ANCHOR: solution
            let _permit = lock.acquire()?; // until the sale is over
            // ANCHOR_END: solution
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
