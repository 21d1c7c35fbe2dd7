// Whoever finds the second account taken gives the first one back, and waits for the other with empty hands.

use exercises::Bank;
use std::io;

fn transfer(bank: &Bank, from: usize, to: usize, amount: i64) -> io::Result<()> {
    let (mut first, mut second) = (from, to);
    loop {
        let one = bank.lock(first)?;
        if let Some(other) = bank.try_lock(second)? {
            let (mut source, mut target) = if first == from { (one, other) } else { (other, one) };
            source.withdraw(amount);
            target.deposit(amount);
            return Ok(());
        }
        drop(one);
        (first, second) = (second, first);
    }
}

fn main() -> anyhow::Result<()> {
    let bank = Bank::new()?;
    let mut clerks = Vec::new();
    for (from, to, amount) in [(0, 1, 30), (1, 0, 20), (2, 3, 40)] {
        let bank = &bank;
        clerks.push(mp::Process::spawn(move || transfer(bank, from, to, amount))?);
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
