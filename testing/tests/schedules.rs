//! Every schedule: `stock.rs` with the types of a model checker, which says who makes the next step.

use std::sync::Arc;

use shuttle::thread;

#[path = "../src/stock.rs"]
mod stock;
#[path = "sync/schedules.rs"]
mod sync;
#[path = "../src/tally.rs"]
mod tally;

/// Two carry once each, in every order of their steps. Says what must hold at the end.
fn every_schedule(ways: [(usize, usize); 2], then: fn(&stock::Stock)) {
    shuttle::check_dfs(
        move || {
            let stock = Arc::new(stock::Stock::new(&[1; 4]));
            let carriers = ways.map(|(from, to)| {
                let stock = Arc::clone(&stock);
                thread::spawn(move || stock.carry(from, to, 1))
            });
            for carrier in carriers {
                assert!(carrier.join().expect("nobody panics"));
            }
            then(&stock);
        },
        None,
    );
}

#[test]
fn each_carrying_is_counted() {
    every_schedule([(0, 1), (2, 3)], |stock| {
        assert_eq!(stock.things(), [0, 2, 0, 2]);
        assert_eq!(stock.carried(), 2);
    });
}

#[test]
fn two_ways_across_each_other_end() {
    every_schedule([(0, 1), (1, 0)], |stock| assert_eq!(stock.things(), [1, 1, 1, 1]));
}
