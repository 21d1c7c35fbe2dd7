// One account at a time: no deadlock, and in between the money is nowhere.

use exercises::Bank;
use std::io;

fn transfer(bank: &Bank, from: usize, to: usize, amount: i64) -> io::Result<()> {
    bank.lock(from)?.withdraw(amount);
    bank.lock(to)?.deposit(amount);
    Ok(())
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
