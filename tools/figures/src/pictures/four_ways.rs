//! The picture that stands where the timeline lab is: the four ways as bars, as long as they take in the pictures of ideas.

use anyhow::Result;
use paint::{Align, Colour, Look, MARGIN, Rect};
use serde::Deserialize;

use crate::sheet::{Drawn, Sheet};
use crate::time;
use crate::words::fill;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Text {
    ways: [&'static str; 4],
    spoken: &'static str,
    title: &'static str,
    description: &'static str,
}

pub fn draw(sheet: &mut Sheet) -> Result<Drawn> {
    let text: &Text = sheet.text()?;
    let lengths = time::lengths(sheet.table("time")?);
    let longest = lengths.into_iter().fold(0.0, f64::max);
    let canvas = &mut sheet.canvas;
    let line = canvas.line_height();
    let colours = [Colour::Ink, Colour::Blue, Colour::Green, Colour::Purple];
    let (mut y, mut spoken) = (4.0, Vec::new());
    for ((way, length), colour) in text.ways.iter().zip(lengths).zip(colours) {
        canvas.text((MARGIN, y + line / 2.0), Align::Start, way);
        let bar = Rect::new(MARGIN, y + line + 2.0, canvas.inner() * length / longest, 14.0);
        canvas.area(bar, Look::plain(colour));
        let percent = format!("{:.0}", 100.0 * length / lengths[0]);
        spoken.push(fill(text.spoken, &[("way", way), ("percent", &percent)]));
        y = bar.bottom() + 9.0;
    }
    let spoken = spoken.join(sheet.words.list_joint);
    let description = fill(text.description, &[("ways", &spoken)]);
    Ok(Drawn { height: y, title: text.title, description })
}
