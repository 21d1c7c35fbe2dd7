//! Processes in Python over the cores, as measured.

use anyhow::Result;

use crate::sheet::{Drawn, Sheet};
use crate::ways;

pub fn draw(sheet: &mut Sheet) -> Result<Drawn> {
    ways::draw(sheet, |measured| &measured.python.ways[3], |text| text.start_process)
}
