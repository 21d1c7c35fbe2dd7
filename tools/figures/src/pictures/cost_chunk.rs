//! What handing over a task costs in each pool, by the size of the chunks.

use anyhow::Result;

use crate::costs::{POOLS, draw_topic};
use crate::sheet::{Drawn, Sheet};
use crate::unit::Unit;

pub fn draw(sheet: &mut Sheet) -> Result<Drawn> {
    draw_topic(sheet, "chunk", POOLS, (true, Unit::Plain), Unit::Time)
}
