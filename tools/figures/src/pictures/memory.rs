//! What threads share and what processes share.

use anyhow::Result;
use paint::{Align, Canvas, Colour, Heads, Layout, Look, MARGIN, Rect, Stroke};
use serde::Deserialize;

use crate::sheet::{Drawn, Sheet};
use crate::words::fill_n;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Text {
    one_process: &'static str,
    two_processes: &'static str,
    shared_heap: &'static str,
    thread_stack: &'static str,
    process: &'static str,
    owned: &'static str,
    pipe: &'static str,
    mapping: &'static str,
    title: &'static str,
    description: &'static str,
}

/// A heading over `area`; returns what is left below it.
fn headed(canvas: &mut Canvas, area: Rect, heading: &str) -> Rect {
    let at = (area.center().0, area.y + canvas.line_height() / 2.0);
    let high = canvas.heading_lines(at, Align::Middle, heading, area.w) + 6.0;
    Rect { y: area.y + high, h: area.h - high, ..area }
}

/// One process: one frame, one heap, a stack for each thread.
fn one_process(canvas: &mut Canvas, text: &Text, area: Rect) {
    let frame = headed(canvas, area, text.one_process);
    canvas.frame(frame, 10.0);
    let inside = frame.inside(10.0);
    let heap = Rect { h: 48.0, ..inside };
    canvas.area(heap, Look::plain(Colour::Green));
    canvas.label(heap, text.shared_heap, false);
    let stacks =
        Rect { y: heap.bottom() + 32.0, h: inside.bottom() - heap.bottom() - 32.0, ..inside };
    for (i, stack) in stacks.columns(3, 10.0).into_iter().enumerate() {
        canvas.area(stack, Look::plain(Colour::Blue));
        canvas.label(stack, &fill_n(text.thread_stack, i + 1), false);
        let (middle, _) = stack.center();
        let ends = [(middle, stack.y - 3.0), (middle, heap.bottom() + 3.0)];
        canvas.line(&ends, Stroke::Solid, Heads::Both);
    }
}

/// Two processes: two frames; a pipe between them, a mapping across both.
fn two_processes(canvas: &mut Canvas, text: &Text, area: Rect) {
    let area = headed(canvas, area, text.two_processes);
    let frames = area.columns(2, 26.0);
    for (i, frame) in frames.iter().enumerate() {
        canvas.frame(*frame, 10.0);
        let own = headed(canvas, frame.inside(9.0), &fill_n(text.process, i + 1));
        let own = Rect { h: 52.0, ..own };
        canvas.area(own, Look::plain(Colour::Blue));
        canvas.label(own, text.owned, false);
    }
    let wide = canvas.text_width(text.pipe) + 30.0;
    let middle = area.center().0;
    let across = Rect::new(middle - wide / 2.0, area.bottom() - 76.0, wide, 26.0);
    canvas.pipe_lying(across);
    canvas.label(across, text.pipe, false);
    let (_, y) = across.center();
    for (from, to) in
        [(across.x - 34.0, across.x - 3.0), (across.right() + 3.0, across.right() + 34.0)]
    {
        canvas.line(&[(from, y), (to, y)], Stroke::Solid, Heads::End);
    }
    let mapping = Rect::new(area.x + 24.0, across.bottom() + 10.0, area.w - 48.0, 28.0);
    canvas.area(mapping, Look::plain(Colour::Green));
    canvas.label(mapping, text.mapping, false);
}

pub fn draw(sheet: &mut Sheet) -> Result<Drawn> {
    let text: &Text = sheet.text()?;
    let canvas = &mut sheet.canvas;
    let whole = Rect::new(MARGIN, 4.0, canvas.inner(), 212.0);
    let (one, two) = match canvas.layout() {
        Layout::Narrow => (Rect { h: 166.0, ..whole }, Rect { y: 190.0, h: 211.0, ..whole }),
        Layout::Wide => {
            let halves = whole.columns(2, 20.0);
            (halves[0], halves[1])
        }
    };
    one_process(canvas, text, one);
    two_processes(canvas, text, two);
    let (height, description) = (two.bottom() + 4.0, text.description.to_owned());
    Ok(Drawn { height, title: text.title, description })
}
