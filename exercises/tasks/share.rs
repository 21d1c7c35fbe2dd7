//! The task of `a_share`.

/// How many items there are, from 0.
pub const ITEMS: usize = 10;

/// Does an item, and writes a line with its number.
pub fn item(number: usize) {
    println!("item {number} is done");
}
