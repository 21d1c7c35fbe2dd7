//! Threads run side by side, each on a core of its own.

use anyhow::Result;
use paint::{Align, MARGIN};
use serde::Deserialize;

use crate::sheet::{Drawn, Sheet};
use crate::time::{self, THREAD, draw_cores, several_cores};
use crate::timeline::Kind;
use crate::words::fill;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Text {
    start_key: &'static str,
    no_copy_key: &'static str,
    title: &'static str,
    description: &'static str,
}

pub fn draw(sheet: &mut Sheet) -> Result<Drawn> {
    let (text, common): (&Text, &time::Text) = (sheet.text()?, sheet.table("time")?);
    let timeline = several_cores(common, THREAD);
    let bottom = draw_cores(sheet, common, &timeline);
    let keys = [(Kind::Start, text.start_key), (Kind::Wait, common.wait_key)];
    let y = sheet.keys(bottom + 6.0, &keys) + 2.0;
    let canvas = &mut sheet.canvas;
    let at = (MARGIN, y + canvas.line_height() / 2.0);
    let height = y + canvas.lines(at, Align::Start, text.no_copy_key, canvas.inner()) + 6.0;
    let lanes = timeline.describe(sheet.words);
    let description = fill(text.description, &[("lanes", &lanes)]);
    Ok(Drawn { height, title: text.title, description })
}
