//! A fork costs more, the more memory its parent uses.

use anyhow::Result;

use crate::costs::draw_topic;
use crate::sheet::{Drawn, Sheet};
use crate::unit::Unit;

const SHOWN: crate::costs::Cases = &[("rust", "fork"), ("rust", "command"), ("python", "fork")];

pub fn draw(sheet: &mut Sheet) -> Result<Drawn> {
    draw_topic(sheet, "fork_memory", SHOWN, (false, Unit::Size), Unit::Time)
}
