//! Two cores that both load the old value, since the new one is still in the other's store buffer.

use anyhow::Result;
use paint::{Align, Colour, Heads, Look, MARGIN, Rect, Stroke, count};
use serde::Deserialize;

use crate::sheet::{Drawn, Sheet};
use crate::words::{fill, fill_n};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Text {
    core: &'static str,
    stores: &'static str,
    loads: &'static str,
    buffer: &'static str,
    later: &'static str,
    memory: &'static str,
    title: &'static str,
    description: &'static str,
}

pub fn draw(sheet: &mut Sheet) -> Result<Drawn> {
    let text: &Text = sheet.text()?;
    let canvas = &mut sheet.canvas;
    let line = canvas.line_height();
    let (gap, border, top) =
        (canvas.layout().pick(8.0, 16.0), canvas.layout().pick(5.0, 12.0), 4.0);
    let width = (canvas.inner() - gap) / 2.0;
    let inner = canvas.layout().pick((width - 3.0 * border) / 2.0, 94.0);
    let high = |label: &str| canvas.height_of(label, inner) + 18.0;
    let (step, buffer) = (high(text.stores).max(high(text.loads)), high(text.buffer));
    let buffer_top = top + 2.0 * line + step + 24.0;
    let frame_height = buffer_top + buffer + 1.5 * line - top;
    let high = canvas.height_of(text.memory, canvas.inner()) + 20.0;
    let memory = Rect::new(MARGIN, top + frame_height + 2.0 * line, canvas.inner(), high);
    canvas.area(memory, Look::plain(Colour::Green));
    canvas.label(memory, text.memory, false);
    // Each stores to its own number and loads the other's.
    for (core, (own, other)) in [("a", "b"), ("b", "a")].into_iter().enumerate() {
        let frame = Rect::new(MARGIN + (width + gap) * count(core), top, width, frame_height);
        canvas.frame(frame, 12.0);
        canvas.heading((frame.center().0, top + line), Align::Middle, &fill_n(text.core, core));
        let stores = Rect::new(frame.x + border, top + 2.0 * line, inner, step);
        let loads = Rect::new(frame.right() - border - inner, stores.y, inner, step);
        let buffer = Rect::new(stores.x, buffer_top, inner, buffer);
        for (r, label, name, colour) in [
            (stores, text.stores, own, Colour::Blue),
            (loads, text.loads, other, Colour::Blue),
            (buffer, text.buffer, own, Colour::Cost),
        ] {
            canvas.area(r, Look::plain(colour));
            canvas.label(r, &fill(label, &[("name", name)]), false);
        }
        let (x, from) = (stores.center().0, loads.center().0);
        for (points, stroke) in [
            ([(x, stores.bottom() + 2.0), (x, buffer.y - 2.0)], Stroke::Solid),
            ([(x, buffer.bottom() + 2.0), (x, memory.y - 2.0)], Stroke::Dashed),
            ([(from, memory.y - 2.0), (from, loads.bottom() + 2.0)], Stroke::Solid),
        ] {
            canvas.line(&points, stroke, Heads::End);
        }
        canvas.text((x + 8.0, buffer.bottom() + 0.75 * line), Align::Start, text.later);
    }
    let description = paint::one_line(text.description);
    Ok(Drawn { height: memory.bottom() + 4.0, title: text.title, description })
}
