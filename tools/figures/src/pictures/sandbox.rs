//! The walls around a worker, in the order in which it puts them up.

use anyhow::Result;
use paint::{Align, Colour, Heads, Look, MARGIN, Rect, Stroke, count};
use serde::Deserialize;

use crate::sheet::{Drawn, Sheet};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Text {
    parent: &'static str,
    file: &'static str,
    answer: &'static str,
    user: &'static str,
    no_new_privs: &'static str,
    landlock: &'static str,
    seccomp: &'static str,
    parser: &'static str,
    title: &'static str,
    description: &'static str,
}

pub fn draw(sheet: &mut Sheet) -> Result<Drawn> {
    let text: &Text = sheet.text()?;
    let canvas = &mut sheet.canvas;
    let walls = [text.user, text.no_new_privs, text.landlock, text.seccomp];
    let (border, line) = (12.0, canvas.line_height());
    let high = canvas.height_of(text.parent, canvas.inner() - 16.0) + 14.0;
    let parent = Rect::new(MARGIN, 4.0, canvas.inner(), high);
    canvas.area(parent, Look::plain(Colour::Blue));
    canvas.label(parent, text.parent, false);
    // Each wall has its words at its foot; the arrows come from above.
    let wide = canvas.inner() - 2.0 * border * count(walls.len());
    let heights: Vec<f64> = walls
        .iter()
        .enumerate()
        .map(|(i, wall)| {
            canvas.height_of(wall, canvas.inner() - 2.0 * border * count(i + 1)) + 12.0
        })
        .collect();
    let gap = 2.0 * line + 16.0;
    let top = parent.bottom() + gap;
    let parser_high = canvas.height_of(text.parser, wide - 12.0) + 18.0;
    let parser = Rect::new(
        MARGIN + border * count(walls.len()),
        top + border * count(walls.len()),
        wide,
        parser_high,
    );
    let mut below = parser.bottom();
    for (i, (wall, high)) in walls.iter().zip(&heights).enumerate().rev() {
        let shift = border * count(i);
        below += high;
        let frame = Rect::new(
            MARGIN + shift,
            top + shift,
            canvas.inner() - 2.0 * shift,
            below - top - shift,
        );
        canvas.frame(frame, 8.0);
        let at = (frame.x + border, below - high + 4.0 + line / 2.0);
        canvas.lines(at, Align::Start, wall, frame.w - 2.0 * border);
    }
    canvas.area(parser, Look::plain(Colour::Green));
    canvas.label(parser, text.parser, false);
    let (middle, _) = parser.center();
    let quarter = parser.w / 4.0;
    for (x, words, down) in
        [(middle - quarter, text.file, true), (middle + quarter, text.answer, false)]
    {
        let (from, to) = (parent.bottom() + 2.0, parser.y - 2.0);
        let ends = if down { [(x, from), (x, to)] } else { [(x, to), (x, from)] };
        canvas.line(&ends, Stroke::Solid, Heads::End);
        canvas.lines(
            (x + 8.0, parent.bottom() + 6.0 + line / 2.0),
            Align::Start,
            words,
            2.0 * quarter - 16.0,
        );
    }
    Ok(Drawn { height: below + 4.0, title: text.title, description: text.description.to_owned() })
}
