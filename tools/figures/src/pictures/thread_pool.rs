//! A pool of threads in which an idle thread steals.

use anyhow::Result;
use paint::{Align, Colour, Heads, Look, MARGIN, Pattern, Rect, Stroke, count};
use serde::Deserialize;

use crate::sheet::{Drawn, Sheet};
use crate::words::{fill, fill_n};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Text {
    process: &'static str,
    items: &'static str,
    busy: &'static str,
    idle: &'static str,
    queue: &'static str,
    empty: &'static str,
    takes: &'static str,
    steals: &'static str,
    title: &'static str,
    description: &'static str,
}

/// What thread 0 has put into its queue, the oldest first, and what it runs: the halves that are
/// left when 16 items are halved again and again.
fn halves() -> (Vec<(usize, usize)>, (usize, usize)) {
    let mut queue = Vec::new();
    let mut end = 16;
    while end > 2 {
        queue.push((end / 2, end - 1));
        end /= 2;
    }
    (queue, (0, end - 1))
}

pub fn draw(sheet: &mut Sheet) -> Result<Drawn> {
    let text: &Text = sheet.text()?;
    let (queue, running) = halves();
    let items = |(from, to): (usize, usize)| {
        fill(text.items, &[("from", &from.to_string()), ("to", &to.to_string())])
    };
    let canvas = &mut sheet.canvas;
    let line = canvas.line_height();
    let (at, room) = ((canvas.width() / 2.0, 4.0 + line / 2.0), canvas.inner());
    let frame_top = canvas.heading_lines(at, Align::Middle, text.process, room) + 10.0;
    let width = canvas.layout().pick(104.0, 190.0);
    let inset = canvas.layout().pick(10.0, 40.0);
    let (left, right) = (MARGIN + inset, canvas.width() - MARGIN - inset - width);
    let top = frame_top + line + 14.0;
    for (n, x) in [left, right].into_iter().enumerate() {
        let at = (x + width / 2.0, top - line / 2.0 - 4.0);
        canvas.text(at, Align::Middle, &fill_n(text.queue, n));
    }

    // The queues; a piece is the higher the more items it holds.
    let mut cells: Vec<Rect> = Vec::new();
    for &(from, to) in &queue {
        let y = cells.last().map_or(top, |above| above.bottom());
        cells.push(Rect::new(left, y, width, 15.0 + 4.0 * count(to - from + 1)));
    }
    for (cell, &half) in cells.iter().zip(&queue) {
        canvas.area_rounded(*cell, 0.0, Look::plain(Colour::Blue));
        canvas.label(*cell, &items(half), false);
    }
    let bottom = cells.last().map_or(top, |last| last.bottom());
    let empty = Rect::new(right, top, width, bottom - top);
    canvas.area_rounded(empty, 0.0, Look::plain(Colour::Ink).dashed());
    canvas.label(empty, text.empty, false);

    // The threads: one takes from the near end, the other steals from the far end.
    let [busy, idle] = [left, right].map(|x| Rect::new(x, bottom + 34.0, width, 44.0));
    canvas.area(busy, Look::plain(Colour::Blue));
    canvas.label(busy, &fill(text.busy, &[("items", &items(running))]), false);
    canvas.area(idle, Look::patterned(Colour::Ink, Pattern::Dotted).dashed());
    canvas.label(idle, text.idle, true);
    let x = left + 14.0;
    canvas.line(&[(x, bottom + 2.0), (x, busy.y - 2.0)], Stroke::Solid, Heads::End);
    canvas.text((x + 8.0, f64::midpoint(bottom, busy.y)), Align::Start, text.takes);
    let (oldest, turn) = (cells[0].center().1, right - 16.0);
    let way = [
        (left + width + 2.0, oldest),
        (turn, oldest),
        (turn, idle.center().1),
        (idle.x - 2.0, idle.center().1),
    ];
    canvas.line(&way, Stroke::Solid, Heads::End);
    let (from, room) = (left + width, turn - left - width - 6.0);
    let at = (from + room / 2.0 + 2.0, oldest + line / 2.0 + 4.0);
    canvas.lines(at, Align::Middle, text.steals, room);

    let frame = Rect::new(MARGIN, frame_top, canvas.inner(), idle.bottom() + 10.0 - frame_top);
    canvas.frame(frame, 10.0);
    let queue_words: Vec<String> = queue.iter().map(|&half| items(half)).collect();
    let values = [
        ("queue", &*queue_words.join(sheet.words.list_joint)),
        ("running", &items(running)),
        ("stolen", &queue_words[0]),
    ];
    let description = fill(text.description, &values);
    Ok(Drawn { height: frame.bottom() + 4.0, title: text.title, description })
}
