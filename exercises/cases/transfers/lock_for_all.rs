// One lock for the whole bank: no deadlock, and nobody works beside another.

use exercises::Bank;
use std::io;

fn transfer(bank: &Bank, from: usize, to: usize, amount: i64) -> io::Result<()> {
    let (mut source, mut target) = (bank.lock(from)?, bank.lock(to)?);
    source.withdraw(amount);
    target.deposit(amount);
    Ok(())
}

fn main() -> anyhow::Result<()> {
    let bank = Bank::new()?;
    let counter = mp::Semaphore::new(1)?;
    let mut clerks = Vec::new();
    for (from, to, amount) in [(0, 1, 30), (1, 0, 20), (2, 3, 40)] {
        let (bank, counter) = (&bank, &counter);
        clerks.push(mp::Process::spawn(move || {
            let _permit = counter.acquire()?;
            transfer(bank, from, to, amount)
        })?);
    }
    for clerk in &mut clerks {
        let status = clerk.join()?;
        anyhow::ensure!(status.success(), "a clerk has failed, {status}");
    }
    for account in 0..4 {
        println!("account {account}: {}", bank.lock(account)?.balance());
    }
    Ok(())
}
