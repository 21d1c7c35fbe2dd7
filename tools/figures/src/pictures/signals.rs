//! The way of a signal: from the sender through a thread and the handler into a pipe, and out of it.

use anyhow::Result;
use paint::{Align, Colour, Heads, Look, MARGIN, Rect, Stroke};
use serde::Deserialize;

use crate::sheet::{Drawn, Sheet};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Text {
    signal: &'static str,
    lets_it_in: &'static str,
    blocks_it: &'static str,
    interrupts: &'static str,
    handler: &'static str,
    pipe: &'static str,
    main_loop: &'static str,
    title: &'static str,
    description: &'static str,
}

pub fn draw(sheet: &mut Sheet) -> Result<Drawn> {
    let text: &Text = sheet.text()?;
    let canvas = &mut sheet.canvas;
    let (middle, line) = (canvas.width() / 2.0, canvas.line_height());
    let (border, gap) = (canvas.layout().pick(8.0, 16.0), 16.0);
    let width = (canvas.inner() - 2.0 * border - gap) / 2.0;
    let high = |labels: &[&str], width: f64| {
        labels.iter().map(|label| canvas.height_of(label, width)).fold(0.0, f64::max) + 20.0
    };
    let (thread, handler) =
        (high(&[text.lets_it_in, text.blocks_it], width), high(&[text.handler], width));
    let run = high(&[text.main_loop], canvas.inner() - 2.0 * border);
    let (left, right) = (MARGIN + border, MARGIN + border + width + gap);
    let top = 2.0 * line + 24.0;

    let first = Rect::new(left, top + border, width, thread);
    let second = Rect::new(right, first.y, width, thread);
    let handler = Rect::new(left, first.bottom() + 2.0 * line + 8.0, width, handler);
    let pipe = Rect::new(right + 22.0, handler.center().1 - 17.0, width - 22.0, 34.0);
    let run = Rect::new(
        left,
        handler.bottom().max(pipe.bottom()) + 28.0,
        canvas.inner() - 2.0 * border,
        run,
    );
    let frame = Rect::new(MARGIN, top, canvas.inner(), run.bottom() + border - top);

    canvas.heading((middle, line / 2.0 + 4.0), Align::Middle, text.signal);
    canvas.frame(frame, 12.0);
    for (area, look, label) in [
        (first, Look::plain(Colour::Blue), text.lets_it_in),
        (second, Look::plain(Colour::Ink), text.blocks_it),
        (handler, Look::plain(Colour::Cost), text.handler),
        (run, Look::plain(Colour::Green), text.main_loop),
    ] {
        canvas.area(area, look);
        canvas.label(area, label, false);
    }
    canvas.pipe_lying(pipe);
    canvas.label(pipe, text.pipe, false);
    let x = first.center().0;
    let bend = line + 14.0;
    for points in [
        &[(middle, line + 6.0), (middle, bend), (x, bend), (x, first.y - 3.0)][..],
        &[(x, first.bottom() + 3.0), (x, handler.y - 3.0)],
        &[(handler.right() + 3.0, pipe.center().1), (pipe.x - 4.0, pipe.center().1)],
        &[(pipe.center().0, pipe.bottom() + 3.0), (pipe.center().0, run.y - 3.0)],
    ] {
        canvas.line(points, Stroke::Solid, Heads::End);
    }
    canvas.text(
        (x + 10.0, f64::midpoint(first.bottom(), handler.y)),
        Align::Start,
        text.interrupts,
    );
    let description = text.description.to_owned();
    Ok(Drawn { height: frame.bottom() + 4.0, title: text.title, description })
}
