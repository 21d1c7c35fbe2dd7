//! Threads in Rust over the cores, as measured.

use anyhow::Result;

use crate::sheet::{Drawn, Sheet};
use crate::ways;

pub fn draw(sheet: &mut Sheet) -> Result<Drawn> {
    ways::draw(sheet, |measured| &measured.rust.ways[2], |text| text.start_thread)
}
