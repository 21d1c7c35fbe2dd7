//! The task of `examples/what_survives.rs`, given to the pool of procspawn: `procspawn_pool [--deadline MS]`.

#[cfg(unix)]
fn main() -> anyhow::Result<()> {
    use std::thread;
    use std::time::Duration;

    fn primes_of(piece: usize) -> usize {
        thread::sleep(Duration::from_millis(1));
        mp::primes::primes_in(piece * 1250..(piece + 1) * 1250)
    }

    procspawn::init();
    let [deadline] = mp::args([("deadline", 0, 0..=60_000)]);
    let pool = procspawn::Pool::new(2)?;
    let handles: Vec<_> = (0..8).map(|piece| pool.spawn(piece, primes_of)).collect();
    let mut count = 0;
    for mut handle in handles {
        count += match deadline {
            0 => handle.join()?,
            _ => handle.join_timeout(Duration::from_millis(deadline as u64))?,
        };
    }
    println!("{count} primes");
    pool.shutdown();
    Ok(())
}

#[cfg(not(unix))]
fn main() {}
