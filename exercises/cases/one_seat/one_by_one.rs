// Nobody can come between where only one is in the hall.

use exercises::{Seat, arrive};

fn main() -> anyhow::Result<()> {
    let seat = Seat::new()?;
    for customer in 0..5 {
        let mut customer = mp::Process::spawn(|| {
            arrive(customer);
            if seat.is_free() {
                seat.sell();
                println!("sold");
            } else {
                println!("sold out");
            }
        })?;
        anyhow::ensure!(customer.join()?.success());
    }
    Ok(())
}
