//! One open file, and three who hold it: two tables of descriptors, and a message.

use anyhow::Result;
use paint::{Align, Canvas, Colour, Heads, Layout, Look, MARGIN, Rect, Stroke};
use serde::Deserialize;

use crate::sheet::{Drawn, Sheet};
use crate::words::{fill, fill_n};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Text {
    sender: &'static str,
    receiver: &'static str,
    file: &'static str,
    socket: &'static str,
    message: &'static str,
    open_file: &'static str,
    title: &'static str,
    description: &'static str,
}

/// The sender's file and socket, the receiver's socket and file: the same number may name different things.
const NUMBERS: [usize; 4] = [4, 3, 0, 3];

/// A process with its two descriptors, from left to right.
fn process(
    canvas: &mut Canvas,
    frame: Rect,
    heading: &str,
    own: [(String, Colour); 2],
) -> [Rect; 2] {
    canvas.frame(frame, 10.0);
    let line = canvas.line_height();
    canvas.heading((frame.center().0, frame.y + 8.0 + line / 2.0), Align::Middle, heading);
    let table = frame.inside(10.0);
    let table = Rect { y: table.y + line + 4.0, h: table.h - line - 4.0, ..table };
    let cells = table.columns(2, 10.0);
    for (cell, (label, colour)) in cells.iter().zip(own) {
        canvas.area(*cell, Look::plain(colour));
        canvas.label(*cell, &label, false);
    }
    [cells[0], cells[1]]
}

fn arrow(canvas: &mut Canvas, x: f64, from: f64, to: f64) {
    let ends =
        if from < to { [(x, from + 3.0), (x, to - 3.0)] } else { [(x, from - 3.0), (x, to + 3.0)] };
    canvas.line(&ends, Stroke::Solid, Heads::End);
}

pub fn draw(sheet: &mut Sheet) -> Result<Drawn> {
    let text: &Text = sheet.text()?;
    let canvas = &mut sheet.canvas;
    let line = canvas.line_height();
    let wide = match canvas.layout() {
        Layout::Narrow => canvas.inner(),
        Layout::Wide => 520.0,
    };
    let left = MARGIN + (canvas.inner() - wide) / 2.0;
    let frames = Rect::new(left, 4.0, wide, 3.0 * line + 38.0).columns(2, 20.0);
    let [own, out, into, new] = NUMBERS;
    let file = |n: usize| (fill_n(text.file, n), Colour::Green);
    let socket = |n: usize| (fill_n(text.socket, n), Colour::Blue);
    let [file_here, socket_here] =
        process(canvas, frames[0], text.sender, [file(own), socket(out)]);
    let [their_socket, their_file] =
        process(canvas, frames[1], text.receiver, [socket(into), file(new)]);

    let across = their_socket.right() - socket_here.x;
    let high = canvas.height_of(text.message, across - 12.0) + 16.0;
    let message = Rect::new(socket_here.x, frames[0].bottom() + 26.0, across, high);
    canvas.area(message, Look::plain(Colour::Blue).dashed());
    canvas.label(message, text.message, false);
    arrow(canvas, socket_here.center().0, socket_here.bottom(), message.y);
    arrow(canvas, their_socket.center().0, message.y, their_socket.bottom());

    let open = Rect::new(left, message.bottom() + 30.0, wide, line + 16.0);
    canvas.area(open, Look::plain(Colour::Green));
    canvas.label(open, text.open_file, false);
    for holder in [file_here, message, their_file] {
        arrow(canvas, holder.center().0, holder.bottom(), open.y);
    }
    let numbers = [("own", own), ("out", out), ("in", into), ("new", new)];
    let numbers = numbers.map(|(name, n)| (name, n.to_string()));
    let numbers: Vec<(&str, &str)> = numbers.iter().map(|(name, n)| (*name, n.as_str())).collect();
    let description = fill(text.description, &numbers);
    Ok(Drawn { height: open.bottom() + 4.0, title: text.title, description })
}
