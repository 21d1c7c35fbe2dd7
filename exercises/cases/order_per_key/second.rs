// No queue: each worker has inherited all entries, and books those of its accounts.

use exercises::Ledger;

fn main() -> anyhow::Result<()> {
    let ledger = Ledger::new()?;
    let mut workers = Vec::new();
    for worker in 0..2 {
        workers.push(mp::Process::spawn(|| {
            for entry in 0..Ledger::ENTRIES {
                if ledger.account(entry) % 2 == worker {
                    ledger.book(entry);
                }
            }
        })?);
    }
    let ends = workers.iter_mut().map(mp::Process::join).collect::<Result<Vec<_>, _>>()?;
    anyhow::ensure!(ends.iter().all(|end| end.success()), "a worker has failed: {ends:?}");
    Ok(())
}
