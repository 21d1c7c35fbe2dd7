//! Threads in Python, which take turns by the lock, as measured.

use anyhow::Result;

use crate::sheet::{Drawn, Sheet};
use crate::ways;

pub fn draw(sheet: &mut Sheet) -> Result<Drawn> {
    ways::draw(sheet, |measured| &measured.python.ways[2], |text| text.start_thread)
}
