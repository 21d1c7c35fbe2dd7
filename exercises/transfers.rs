// Transfers without deadlock.
//
// Three clerks, a process each, transfer money at the same time: two of them between the accounts 0 and 1, in opposite
// directions, and one between 2 and 3. Each locks both of its accounts, and whoever comes between waits. See to it that
// nobody waits for ever, whoever comes when. A transfer does not wait for one between other accounts, and while any
// account is free no money is missing.
//
// `cargo exercise transfers` checks it, and `cargo exercise transfers --hint` helps.

use exercises::Bank;
use std::io;

fn transfer(bank: &Bank, from: usize, to: usize, amount: i64) -> io::Result<()> {
    let mut source = bank.lock(from)?;
    let mut target = bank.lock(to)?;
    source.withdraw(amount);
    target.deposit(amount);
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
