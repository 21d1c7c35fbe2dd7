//! What the page of `false_sharing` says of lines; its times are measured, and no test holds them.

use std::mem::offset_of;

use anyhow::{Result, ensure};

/// An array of counters that begins with a line.
#[repr(C, align(64))]
struct Counters([u64; 16]);

#[test]
fn who_is_in_which_line() -> Result<()> {
    let line = |place: usize| (offset_of!(Counters, 0) + place * size_of::<u64>()) / 64;
    ensure!([0, 4, 8, 12].map(line) == [0, 0, 1, 1]);
    // The distance of the program puts any two apart, also where lines are fetched in pairs.
    ensure!(16 * size_of::<u64>() == 128);
    Ok(())
}
