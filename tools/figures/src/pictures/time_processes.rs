//! Processes run side by side, and pay for starting and moving.

use anyhow::Result;
use serde::Deserialize;

use crate::sheet::{Drawn, Sheet};
use crate::time::{self, PROCESS, draw_cores, several_cores};
use crate::timeline::Kind;
use crate::words::fill;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Text {
    start_key: &'static str,
    move_key: &'static str,
    title: &'static str,
    description: &'static str,
}

pub fn draw(sheet: &mut Sheet) -> Result<Drawn> {
    let (text, common): (&Text, &time::Text) = (sheet.text()?, sheet.table("time")?);
    let timeline = several_cores(common, PROCESS);
    let bottom = draw_cores(sheet, common, &timeline);
    let keys =
        [(Kind::Start, text.start_key), (Kind::Wait, common.wait_key), (Kind::Move, text.move_key)];
    let height = sheet.keys(bottom + 6.0, &keys) + 6.0;
    let lanes = timeline.describe(sheet.words);
    let description = fill(text.description, &[("lanes", &lanes)]);
    Ok(Drawn { height, title: text.title, description })
}
