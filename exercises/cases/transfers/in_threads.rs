// In the right order, and by threads.

use exercises::Bank;
use std::io;

fn transfer(bank: &Bank, from: usize, to: usize, amount: i64) -> io::Result<()> {
    let (first, second) = (bank.lock(from.min(to))?, bank.lock(from.max(to))?);
    let (mut source, mut target) = if from < to { (first, second) } else { (second, first) };
    source.withdraw(amount);
    target.deposit(amount);
    Ok(())
}

fn main() -> anyhow::Result<()> {
    let bank = Bank::new()?;
    std::thread::scope(|scope| {
        for (from, to, amount) in [(0, 1, 30), (1, 0, 20), (2, 3, 40)] {
            let bank = &bank;
            scope.spawn(move || transfer(bank, from, to, amount));
        }
    });
    for account in 0..4 {
        println!("account {account}: {}", bank.lock(account)?.balance());
    }
    Ok(())
}
