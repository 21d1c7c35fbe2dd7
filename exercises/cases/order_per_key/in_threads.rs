// A thread for each half of the accounts.

use exercises::Ledger;

fn main() -> anyhow::Result<()> {
    let ledger = Ledger::new()?;
    std::thread::scope(|scope| {
        for worker in 0..2 {
            let ledger = &ledger;
            let mine = move |entry: &u8| ledger.account(*entry) % 2 == worker;
            scope.spawn(move || {
                (0..Ledger::ENTRIES).filter(mine).for_each(|entry| ledger.book(entry))
            });
        }
    });
    Ok(())
}
