// As it should be, and nobody is waited for: the end of a pipe tells that all have ended.

use exercises::Ledger;
use std::io::{self, Read as _};

fn main() -> anyhow::Result<()> {
    let ledger = Ledger::new()?;
    let (mut end, held) = io::pipe()?;
    for worker in 0..2 {
        std::mem::forget(mp::Process::spawn(|| {
            for entry in 0..Ledger::ENTRIES {
                if ledger.account(entry) % 2 == worker {
                    ledger.book(entry);
                }
            }
        })?);
    }
    drop(held);
    end.read_to_end(&mut Vec::new())?;
    Ok(())
}
