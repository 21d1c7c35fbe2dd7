//! What comes out of a few calls, one after the other: the tests that everybody writes.

use anyhow::Result;
use testing::{Stock, load, save};

#[test]
fn a_thing_is_carried() {
    let stock = Stock::new(&[3, 0, 2]);
    assert!(stock.carry(0, 1, 2));
    assert!(stock.carry(2, 0, 1));
    assert_eq!(stock.things(), [2, 2, 1]);
    assert_eq!(stock.carried(), 2);
}

#[test]
fn nothing_is_carried_to_where_it_is() {
    let stock = Stock::new(&[3]);
    assert!(!stock.carry(0, 0, 1));
    assert_eq!((stock.things(), stock.carried()), (vec![3], 0));
}

#[test]
fn what_is_saved_is_loaded() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("stock");
    save(&path, &[3, 0, 2])?;
    assert_eq!(load(&path)?, [3, 0, 2]);
    Ok(())
}
