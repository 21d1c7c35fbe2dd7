//! Threads in Rust that may use one core only, as measured.

use anyhow::Result;

use crate::sheet::{Drawn, Sheet};
use crate::ways;

pub fn draw(sheet: &mut Sheet) -> Result<Drawn> {
    ways::draw(sheet, |measured| &measured.rust.ways[1], |text| text.start_thread)
}
