// The lock of a file, which each customer opens for itself.

use anyhow::ensure;
use exercises::{Seat, arrive};
use nix::fcntl::{Flock, FlockArg};
use std::{env, fs, io, process};

fn main() -> anyhow::Result<()> {
    let seat = Seat::new()?;
    let path = env::temp_dir().join(format!("seat-{}", process::id()));
    fs::write(&path, "")?;
    let mut customers = Vec::new();
    for customer in 0..5 {
        customers.push(mp::Process::spawn(|| {
            arrive(customer);
            let file = fs::File::open(&path)?;
            let _lock = Flock::lock(file, FlockArg::LockExclusive)
                .map_err(|(_, error)| io::Error::from(error))?;
            let free = seat.is_free();
            if free {
                seat.sell();
            }
            println!("{}", if free { "sold" } else { "sold out" });
            Ok::<_, io::Error>(())
        })?);
    }
    let joined: Vec<_> = customers.iter_mut().map(mp::Process::join).collect();
    fs::remove_file(&path)?;
    for status in joined {
        ensure!(status?.success(), "a customer has failed");
    }
    Ok(())
}
