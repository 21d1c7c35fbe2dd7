//! Threads on one core take turns.

use anyhow::Result;
use paint::{Align, MARGIN};
use serde::Deserialize;

use crate::sheet::{Drawn, Sheet};
use crate::time::{one_core, switches};
use crate::timeline::Kind;
use crate::words::fill;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Text {
    switch_note: &'static str,
    turns_note: &'static str,
    sum_note: &'static str,
    title: &'static str,
    description: &'static str,
}

pub fn draw(sheet: &mut Sheet) -> Result<Drawn> {
    let text: &Text = sheet.text()?;
    let timeline = one_core(sheet.table("time")?);
    let bottom = sheet.timeline(&timeline, 4.0).bottom;
    let mut y = sheet.keys(bottom + 6.0, &[(Kind::Switch, text.switch_note)]);
    let (count, lanes) = (switches(&timeline).to_string(), timeline.describe(sheet.words));
    let values = [("count", &*count), ("lanes", &*lanes)];
    let canvas = &mut sheet.canvas;
    for note in [text.turns_note, &fill(text.sum_note, &values)] {
        let at = (MARGIN, y + canvas.line_height() / 2.0 + 2.0);
        y += canvas.lines(at, Align::Start, note, canvas.inner()) + 4.0;
    }
    Ok(Drawn { height: y + 4.0, title: text.title, description: fill(text.description, &values) })
}
