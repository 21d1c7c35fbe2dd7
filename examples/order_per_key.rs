//! Order per key: the bookings of an account in order, the accounts side by side.
//!
//! `cargo run --example order_per_key -- --workers 2 --rounds 100`

use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::mpsc::{Receiver, sync_channel};
use std::sync::{Barrier, Mutex};
use std::thread;

use anyhow::anyhow;

/// An account and what comes in, or goes out if it is negative.
type Event = (&'static str, i64);

#[derive(Default)]
struct Account {
    balance: i64,
    refused: usize,
}

type Accounts = BTreeMap<&'static str, Account>;

fn book(accounts: &mut Accounts, (name, amount): Event) {
    let account = accounts.entry(name).or_default();
    if account.balance + amount < 0 {
        account.refused += 1;
    } else {
        account.balance += amount;
    }
}

/// Into each account comes 1000, and then most of it goes out; and so on.
fn events(rounds: usize) -> Vec<Event> {
    let mut events = Vec::new();
    for _ in 0..rounds {
        for (name, rest) in [("anna", 1), ("ben", 2), ("chen", 3), ("dora", 4)] {
            events.extend([(name, 1000), (name, rest - 1000)]);
        }
    }
    events
}

/// Wrong: two workers take from one queue. What comes in takes longer to book.
fn one_queue(events: Vec<Event>) -> Accounts {
    let queue = Mutex::new(events.into_iter());
    let accounts = Mutex::new(Accounts::new());
    let both = Barrier::new(2);
    let worker = || {
        let take = || queue.lock().expect("taking can't panic").next();
        while let Some(event) = take() {
            both.wait();
            if event.1 > 0 {
                both.wait();
            }
            book(&mut accounts.lock().expect("booking can't panic"), event);
            if event.1 <= 0 {
                both.wait();
            }
        }
    };
    thread::scope(|scope| {
        scope.spawn(worker);
        scope.spawn(worker);
    });
    accounts.into_inner().expect("booking can't panic")
}

fn worker_of(name: &str, workers: usize) -> usize {
    let mut hasher = DefaultHasher::new();
    name.hash(&mut hasher);
    usize::try_from(hasher.finish() % workers as u64).expect("it is below workers")
}

/// Right: a queue for each worker. An account belongs to one of them, without a lock.
fn queue_by_key(events: Vec<Event>, workers: usize) -> anyhow::Result<Vec<Accounts>> {
    thread::scope(|scope| {
        let (mut queues, mut threads) = (Vec::new(), Vec::new());
        for _ in 0..workers {
            let (queue, mine): (_, Receiver<Event>) = sync_channel(8);
            queues.push(queue);
            threads.push(scope.spawn(move || {
                let mut accounts = Accounts::new();
                for event in mine {
                    book(&mut accounts, event);
                }
                accounts
            }));
        }
        for event in events {
            queues[worker_of(event.0, workers)].send(event)?;
        }
        drop(queues);
        let ended = threads.into_iter().map(thread::ScopedJoinHandle::join);
        ended.map(|end| end.map_err(|_| anyhow!("a worker panicked"))).collect()
    })
}

/// The second half: each account gets its share of a bonus, by its part.
fn pay_bonus(parts: &mut [Accounts], bonus: i64) {
    let total: i64 = parts.iter().flat_map(Accounts::values).map(|a| a.balance).sum();
    thread::scope(|scope| {
        for accounts in parts {
            scope.spawn(move || {
                for account in accounts.values_mut() {
                    account.balance += bonus * account.balance / total;
                }
            });
        }
    });
}

fn show(title: &str, parts: &[Accounts]) {
    let accounts: BTreeMap<_, _> = parts.iter().flatten().collect();
    println!("{title}:");
    for (name, Account { balance, refused }) in accounts {
        println!("  {name} {balance}, refused {refused}");
    }
}

fn main() -> anyhow::Result<()> {
    let [workers, rounds] = mp::args([("workers", 3, 1..=64), ("rounds", 10, 1..=200)]);
    show("one queue for two workers", &[one_queue(events(rounds))]);
    let mut parts = queue_by_key(events(rounds), workers)?;
    show("a queue for each worker", &parts);
    pay_bonus(&mut parts, 1000);
    show("with the bonus", &parts);
    Ok(())
}
