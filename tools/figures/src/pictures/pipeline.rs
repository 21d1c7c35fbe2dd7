//! A pipeline of three stages that restores the order at its end.

use anyhow::Result;
use paint::{Align, Canvas, Colour, Heads, Layout, Look, MARGIN, Pattern, Rect, Stroke, count};
use serde::Deserialize;

use crate::sheet::{Drawn, Sheet};
use crate::words::{Common, fill, fill_n};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Text {
    cut: &'static str,
    queue: &'static str,
    worker: &'static str,
    worker_late: &'static str,
    add: &'static str,
    added: &'static str,
    buffer: &'static str,
    missing: &'static str,
    tickets: &'static str,
    title: &'static str,
    description: &'static str,
}

/// Where the pieces are at a moment at which every ticket is out.
struct Moment {
    done: usize,
    early: Vec<usize>,
    counted: Vec<usize>,
    in_work: Vec<usize>,
    to_count: Vec<usize>,
}

const ROOM: usize = 8;

fn moment() -> Moment {
    Moment {
        done: 3,
        early: vec![5, 6],
        counted: vec![8],
        in_work: vec![4, 7, 9, 10],
        to_count: vec![11],
    }
}

fn listed(words: &Common, numbers: &[usize]) -> String {
    let numbers: Vec<String> = numbers.iter().map(usize::to_string).collect();
    numbers.join(words.list_joint)
}

fn down(canvas: &mut Canvas, x: f64, from: f64, to: f64) {
    canvas.line(&[(x, from + 2.0), (x, to - 2.0)], Stroke::Solid, Heads::End);
}

/// A queue that lies across the way down, with its pieces.
fn draw_queue(canvas: &mut Canvas, area: Rect, label: &str, pieces: &[usize]) {
    canvas.area(area, Look::plain(Colour::Ink).dashed());
    canvas.text((area.x + 10.0, area.center().1), Align::Start, label);
    let width = 34.0 * count(pieces.len());
    let room = Rect::new(area.center().0 - width / 2.0, area.y + 4.0, width, area.h - 8.0);
    for (cell, piece) in room.columns(pieces.len(), 4.0).into_iter().zip(pieces) {
        canvas.area(cell, Look::plain(Colour::Blue));
        canvas.label(cell, &piece.to_string(), false);
    }
}

/// Stage 3: what it has added, and the buffer of what has come early.
fn draw_last(canvas: &mut Canvas, text: &Text, now: &Moment, words: &Common, add: Rect) {
    let line = canvas.line_height();
    canvas.area(add, Look::plain(Colour::Ink));
    let done: Vec<usize> = (1..=now.done).collect();
    let added = fill(text.added, &[("list", &listed(words, &done))]);
    for (i, text) in [text.add, &added].into_iter().enumerate() {
        let y = add.y + 5.0 + line * (count(i) + 0.5);
        canvas.text((add.x + 10.0, y), Align::Start, text);
    }
    let y = add.y + 2.0 * line + 10.0;
    let buffer = Rect::new(add.x + 10.0, y, add.w - 20.0, add.bottom() - y - 10.0);
    canvas.area(buffer, Look::plain(Colour::Ink).dashed());
    let names = canvas.layout().pick(60.0, 130.0);
    canvas.label(Rect { x: buffer.x + 4.0, w: names, ..buffer }, text.buffer, false);
    let slots = Rect { x: buffer.x + names + 8.0, w: buffer.w - names - 14.0, ..buffer };
    let slots = Rect { y: slots.y + 5.0, h: slots.h - 10.0, ..slots };
    for (i, slot) in slots.columns(1 + now.early.len(), 4.0).into_iter().enumerate() {
        let early = i.checked_sub(1).and_then(|i| now.early.get(i));
        let look = Look::plain(if early.is_some() { Colour::Blue } else { Colour::Cost });
        canvas.area(slot, if early.is_some() { look } else { look.dashed() });
        let missing = fill_n(text.missing, now.done + 1);
        canvas.label(slot, &early.map_or(missing, usize::to_string), false);
    }
}

pub fn draw(sheet: &mut Sheet) -> Result<Drawn> {
    let (text, words): (&Text, _) = (sheet.text()?, sheet.words);
    let now = moment();
    let canvas = &mut sheet.canvas;
    // At the right the tickets go back.
    let back = canvas.layout().pick(26.0, 120.0);
    let (width, gap, line) = (canvas.inner() - back, 20.0, canvas.line_height());
    let x = MARGIN + width / 2.0;
    let row = |y: f64, h: f64| Rect::new(MARGIN, y, width, h);

    let cut_label = fill_n(text.cut, now.done + ROOM);
    let cut = row(4.0, canvas.height_of(&cut_label, width - 4.0) + 12.0);
    canvas.area(cut, Look::plain(Colour::Ink));
    canvas.label(cut, &cut_label, false);

    let to_count = row(cut.bottom() + gap, 28.0);
    down(canvas, x, cut.bottom(), to_count.y);
    draw_queue(canvas, to_count, text.queue, &now.to_count);

    let stage = row(to_count.bottom() + gap, 3.0 * line + 8.0).columns(now.in_work.len(), 6.0);
    let counted = row(stage[0].bottom() + gap, 28.0);
    for (worker, piece) in stage.iter().zip(&now.in_work) {
        let middle = worker.center().0;
        down(canvas, middle, to_count.bottom(), worker.y);
        let late = *piece == now.done + 1;
        let look = if late {
            Look::patterned(Colour::Cost, Pattern::Hatched)
        } else {
            Look::plain(Colour::Green)
        };
        canvas.area(*worker, look);
        let label = fill_n(if late { text.worker_late } else { text.worker }, piece);
        canvas.label(*worker, &label, late);
        if !late {
            down(canvas, middle, worker.bottom(), counted.y);
        }
    }
    draw_queue(canvas, counted, text.queue, &now.counted);

    let add = row(counted.bottom() + gap, 2.0 * line + 62.0);
    down(canvas, x, counted.bottom(), add.y);
    draw_last(canvas, text, &now, words, add);

    // The tickets go back to stage 1.
    let edge = canvas.width() - MARGIN;
    let (turn, from, to) =
        (edge - back + canvas.layout().pick(17.0, 20.0), add.y + 24.0, cut.center().1);
    let way = [(add.right() + 2.0, from), (turn, from), (turn, to), (cut.right() + 2.0, to)];
    canvas.line(&way, Stroke::Dashed, Heads::End);
    // What the arrow means stands beside it, or below where there is no room.
    let mut height = add.bottom() + 4.0;
    if canvas.layout() == Layout::Wide {
        let room = edge - turn - 6.0;
        let high = canvas.height_of(text.tickets, room);
        let at = (turn + 6.0, f64::midpoint(from, to) - high / 2.0 + line / 2.0);
        canvas.lines(at, Align::Start, text.tickets, room);
    } else {
        let y = height + 4.0 + line / 2.0;
        canvas.line(&[(MARGIN + 26.0, y), (MARGIN, y)], Stroke::Dashed, Heads::End);
        let at = (MARGIN + 34.0, y);
        height = y + canvas.lines(at, Align::Start, text.tickets, canvas.inner() - 34.0) - 4.0;
    }

    let done: Vec<usize> = (1..=now.done).collect();
    let description = fill(
        text.description,
        &[
            ("to_count", &listed(words, &now.to_count)),
            ("in_work", &listed(words, &now.in_work)),
            ("counted", &listed(words, &now.counted)),
            ("early", &listed(words, &now.early)),
            ("done", &listed(words, &done)),
            ("missing", &(now.done + 1).to_string()),
            ("room", &ROOM.to_string()),
        ],
    );
    Ok(Drawn { height, title: text.title, description })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_ticket_is_out_and_every_piece_is_in_one_place() {
        let now = moment();
        let mut all: Vec<usize> = (1..=now.done).collect();
        for place in [now.early, now.counted, now.in_work, now.to_count] {
            all.extend(place);
        }
        all.sort_unstable();
        assert_eq!(all, (1..=now.done + ROOM).collect::<Vec<_>>());
    }
}
