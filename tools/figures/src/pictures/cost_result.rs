//! What a task costs in each pool, by the size of its result.

use anyhow::Result;

use crate::costs::{POOLS, draw_topic};
use crate::sheet::{Drawn, Sheet};
use crate::unit::Unit;

pub fn draw(sheet: &mut Sheet) -> Result<Drawn> {
    draw_topic(sheet, "result", POOLS, (true, Unit::Size), Unit::Time)
}
