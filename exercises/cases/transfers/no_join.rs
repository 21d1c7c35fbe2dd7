// As it should be, and nobody is waited for: the end of a pipe tells that all have ended.

use exercises::Bank;
use std::io::{self, Read as _};

fn transfer(bank: &Bank, from: usize, to: usize, amount: i64) -> io::Result<()> {
    let (first, second) = (bank.lock(from.min(to))?, bank.lock(from.max(to))?);
    let (mut source, mut target) = if from < to { (first, second) } else { (second, first) };
    source.withdraw(amount);
    target.deposit(amount);
    Ok(())
}

fn main() -> anyhow::Result<()> {
    let bank = Bank::new()?;
    let (mut end, held) = io::pipe()?;
    for (from, to, amount) in [(0, 1, 30), (1, 0, 20), (2, 3, 40)] {
        let bank = &bank;
        std::mem::forget(mp::Process::spawn(move || transfer(bank, from, to, amount))?);
    }
    drop(held);
    end.read_to_end(&mut Vec::new())?;
    for account in 0..4 {
        println!("account {account}: {}", bank.lock(account)?.balance());
    }
    Ok(())
}
