//! One memory in two address spaces.

use anyhow::Result;
use paint::{Align, Colour, Heads, Look, MARGIN, Rect, Stroke};
use serde::Deserialize;

use crate::sheet::{Drawn, Sheet};
use crate::words::fill_n;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Text {
    writer: &'static str,
    reader: &'static str,
    own: &'static str,
    mapped: &'static str,
    memory: &'static str,
    header: &'static str,
    full: &'static str,
    free: &'static str,
    title: &'static str,
    description: &'static str,
}

/// Where each has it: two addresses that differ, as two programs have them.
const ADDRESSES: [&str; 2] = ["0x7f3a9c2e5000", "0x7b51d40f8000"];
/// Which of the eight places hold a message that nobody has read yet.
const FULL: [bool; 8] = [false, false, true, true, true, false, false, false];

pub fn draw(sheet: &mut Sheet) -> Result<Drawn> {
    let text: &Text = sheet.text()?;
    let canvas = &mut sheet.canvas;
    let line = canvas.line_height();
    let whole = Rect::new(MARGIN, 4.0, canvas.inner(), 130.0);
    let memory = Rect::new(MARGIN, whole.bottom() + 62.0, canvas.inner(), 92.0);
    let gap = canvas.layout().pick(16.0, 60.0);
    let programs = whole.columns(2, gap);
    let inside = Rect { y: memory.y + line + 10.0, h: 46.0, ..memory.inside(10.0) };
    for (i, program) in programs.into_iter().enumerate() {
        let (middle, _) = program.center();
        let heading = [text.writer, text.reader][i];
        let high = canvas.heading_lines(
            (middle, program.y + line / 2.0),
            Align::Middle,
            heading,
            program.w,
        );
        let frame = Rect { y: program.y + high + 6.0, h: program.h - high - 6.0, ..program };
        canvas.frame(frame, 10.0);
        let own = Rect { h: 30.0, ..frame.inside(10.0) };
        canvas.area(own, Look::plain(Colour::Blue));
        canvas.label(own, text.own, false);
        let mapped = Rect { y: own.bottom() + 8.0, h: frame.bottom() - own.bottom() - 18.0, ..own };
        canvas.area(mapped, Look::plain(Colour::Green));
        canvas.label(mapped, &fill_n(text.mapped, ADDRESSES[i]), false);
        let ends = [(middle, mapped.bottom() + 3.0), (middle, memory.y - 3.0)];
        canvas.line(&ends, Stroke::Dashed, Heads::End);
    }
    canvas.frame(memory, 10.0);
    canvas.lines(
        (memory.center().0, memory.y + line / 2.0 + 6.0),
        Align::Middle,
        text.memory,
        memory.w - 20.0,
    );
    let wide = canvas.layout().pick(84.0, 170.0);
    let header = Rect { w: wide, ..inside };
    canvas.area(header, Look::plain(Colour::Purple));
    canvas.label(header, text.header, false);
    let places = Rect { x: header.right() + 6.0, w: inside.w - wide - 6.0, ..inside };
    for (place, full) in places.columns(8, 3.0).into_iter().zip(FULL) {
        if full {
            canvas.area(place, Look::plain(Colour::Green));
        } else {
            canvas.frame(place, 2.0);
        }
        canvas.label(place, if full { text.full } else { text.free }, false);
    }
    let height = memory.bottom() + 4.0;
    Ok(Drawn { height, title: text.title, description: text.description.to_owned() })
}
