//! What holds for all inputs, instead of what comes out for one: proptest looks for an input for which it doesn't.

use proptest::prelude::*;
use testing::{Stock, load, save};

/// What somebody carries: from where, to where, and how much.
fn carryings() -> impl Strategy<Value = Vec<(usize, usize, u32)>> {
    prop::collection::vec((0..4_usize, 0..4_usize, 0..10_u32), 0..20)
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn nothing_comes_and_nothing_goes(before in prop::array::uniform4(0..10_u32), ways in carryings()) {
        let stock = Stock::new(&before);
        for (from, to, things) in ways {
            stock.carry(from, to, things);
        }
        prop_assert_eq!(stock.things().iter().sum::<u32>(), before.iter().sum::<u32>());
    }

    #[test]
    fn what_was_carried_is_counted(ways in carryings()) {
        let stock = Stock::new(&[5; 4]);
        let carried = ways.into_iter().filter(|&(from, to, things)| stock.carry(from, to, things));
        prop_assert_eq!(carried.count(), usize::try_from(stock.carried())?);
    }

    #[test]
    fn what_is_saved_is_loaded(things in prop::collection::vec(any::<u32>(), 0..10)) {
        let folder = tempfile::tempdir()?;
        let path = folder.path().join("stock");
        prop_assert!(save(&path, &things).is_ok());
        prop_assert_eq!(load(&path).ok(), Some(things));
    }
}
