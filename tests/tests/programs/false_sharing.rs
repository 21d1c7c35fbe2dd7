//! What the page of `false_sharing` says of lines; its times are measured, and no test holds them.

use std::mem::offset_of;

use anyhow::{Result, ensure};
use tests::asked;

/// An array of counters that begins with a line.
#[repr(C, align(64))]
struct Counters([u64; 16]);

#[test]
fn who_is_in_which_line() -> Result<()> {
    let line = |place: usize| (offset_of!(Counters, 0) + place * size_of::<u64>()) / 64;
    let places = [0, 4, 8, 12];
    let pairs =
        || (0..4).flat_map(|b| (0..b).map(move |a| (a, b))).map(|(a, b)| (places[a], places[b]));
    let disturb: Vec<_> = pairs().filter(|&(a, b)| line(a) == line(b)).collect();
    asked("ask-which-distance")?.one(
        &disturb,
        &[
            ("Nobody", vec![]),
            ("0 and 4 disturb each other, and so do 8 and 12.", vec![(0, 4), (8, 12)]),
            ("All disturb all.", pairs().collect()),
        ],
    )?;
    // The distance of the program puts any two apart, also where lines are fetched in pairs.
    ensure!(16 * size_of::<u64>() == 128);
    Ok(())
}
