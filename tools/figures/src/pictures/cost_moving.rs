//! How fast data moves from one worker to another, by the size of the messages.

use anyhow::Result;

use crate::costs::draw_topic;
use crate::sheet::{Drawn, Sheet};
use crate::unit::Unit;

const SHOWN: crate::costs::Cases = &[
    ("rust", "pipe"),
    ("rust", "socketpair"),
    ("rust", "shared_memory"),
    ("python", "pipe"),
    ("rust", "memcpy"),
    ("rust", "mp_pool"),
];

pub fn draw(sheet: &mut Sheet) -> Result<Drawn> {
    draw_topic(sheet, "moving", SHOWN, (true, Unit::Size), Unit::Rate)
}
