//! Philosophers around a table: each holds the fork on the left and waits for the one on the right.

use std::f64::consts::PI;

use anyhow::Result;
use paint::{Align, Canvas, Colour, Heads, Look, Point, Rect, Stroke, count};
use serde::Deserialize;

use crate::sheet::{Drawn, Sheet};
use crate::words::fill_n;

const SEATS: usize = 5;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Text {
    seat: &'static str,
    fork: &'static str,
    waits_for: &'static str,
    is_held_by: &'static str,
    title: &'static str,
    description: &'static str,
}

pub fn draw(sheet: &mut Sheet) -> Result<Drawn> {
    let text: &Text = sheet.text()?;
    let canvas = &mut sheet.canvas;
    let (seat, fork) =
        canvas.layout().pick(((62.0, 32.0), (58.0, 26.0)), ((84.0, 44.0), (76.0, 32.0)));
    let radius = canvas.layout().pick((108.0, 128.0), (220.0, 150.0));
    let centre = (canvas.width() / 2.0, radius.1 + seat.1 / 2.0 + 4.0);
    // Seat 0, fork 1, seat 1, fork 2, and so on.
    let places: Vec<Rect> = (0..2 * SEATS)
        .map(|i| {
            let angle = PI * count(i) / count(SEATS);
            let middle = (centre.0 + radius.0 * angle.sin(), centre.1 - radius.1 * angle.cos());
            let (w, h) = if i % 2 == 0 { seat } else { fork };
            Rect::new(middle.0 - w / 2.0, middle.1 - h / 2.0, w, h)
        })
        .collect();
    for (i, from) in places.iter().enumerate() {
        let to = places[(i + 1) % places.len()];
        let stroke = if i % 2 == 0 { Stroke::Dashed } else { Stroke::Solid };
        canvas.line(&[edge(*from, to.center()), edge(to, from.center())], stroke, Heads::End);
    }
    for (i, r) in places.iter().enumerate() {
        if i % 2 == 0 {
            canvas.area(*r, Look::plain(Colour::Blue));
            canvas.label(*r, &fill_n(text.seat, i / 2), false);
        } else {
            canvas.area_rounded(*r, r.h / 2.0, Look::plain(Colour::Ink));
            canvas.label(*r, &fill_n(text.fork, i.div_ceil(2) % SEATS), false);
        }
    }
    let key = |canvas: &mut Canvas, y: f64, stroke: Stroke, label: &str| {
        let width = 46.0 + canvas.text_width(label);
        let left = centre.0 - width / 2.0;
        canvas.line(&[(left, y), (left + 38.0, y)], stroke, Heads::End);
        canvas.text((left + 46.0, y), Align::Start, label);
    };
    key(canvas, centre.1 - 14.0, Stroke::Dashed, text.waits_for);
    key(canvas, centre.1 + 14.0, Stroke::Solid, text.is_held_by);
    let height = places.iter().map(|r| r.bottom()).fold(0.0, f64::max) + 4.0;
    Ok(Drawn { height, title: text.title, description: text.description.to_owned() })
}

/// Where the line from the middle of `r` to a point outside leaves it, and a little further.
fn edge(r: Rect, to: Point) -> Point {
    let (x, y) = r.center();
    let (dx, dy) = (to.0 - x, to.1 - y);
    let across = (r.w / 2.0 / dx.abs()).min(r.h / 2.0 / dy.abs());
    let part = across + 3.0 / dx.hypot(dy);
    (x + part * dx, y + part * dy)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_ends_beside_its_box() {
        let r = Rect::new(0.0, 0.0, 20.0, 10.0);
        assert_eq!(edge(r, (110.0, 5.0)), (23.0, 5.0));
        assert_eq!(edge(r, (10.0, -95.0)), (10.0, -3.0));
    }
}
