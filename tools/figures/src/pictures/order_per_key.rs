//! One queue for all workers loses the order of an account; a queue for each keeps it.

use anyhow::Result;
use paint::{Align, Canvas, Colour, Heads, Layout, Look, MARGIN, Pattern, Rect, Stroke, count};
use serde::Deserialize;

use crate::sheet::{Drawn, Sheet};
use crate::words::{fill, fill_n};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Text {
    one_queue: &'static str,
    slower: &'static str,
    quicker: &'static str,
    first: &'static str,
    second: &'static str,
    account: &'static str,
    booked: &'static str,
    refused: &'static str,
    queue_by_key: &'static str,
    hash: &'static str,
    worker: &'static str,
    title: &'static str,
    description: &'static str,
}

type Event = (&'static str, i64);

/// As the program has them, of two accounts that its hash gives to different workers.
const EVENTS: [Event; 4] = [("anna", 1000), ("anna", -999), ("chen", 1000), ("chen", -997)];

/// What comes of each event in this order: the balance after it, or nothing if it is refused.
fn book(events: &[Event]) -> Vec<Option<i64>> {
    let mut balance = 0;
    let outcomes = events.iter().map(|&(_, amount)| {
        let after = balance + amount;
        (after >= 0).then(|| {
            balance = after;
            after
        })
    });
    outcomes.collect()
}

fn amount(n: i64) -> String {
    if n < 0 { format!("\u{2212}{}", -n) } else { format!("+{n}") }
}

/// Lines in the middle of an area, as they are.
fn draw_lines(canvas: &mut Canvas, area: Rect, lines: &[String]) {
    let (x, y) = area.center();
    let line = canvas.line_height();
    let first = y - line * (count(lines.len()) - 1.0) / 2.0;
    for (i, text) in lines.iter().enumerate() {
        canvas.text((x, first + line * count(i)), Align::Middle, text);
    }
}

/// Events as cells of two lines each.
fn draw_queue(canvas: &mut Canvas, area: Rect, events: &[Event]) -> Vec<Rect> {
    let cells = area.columns(events.len(), 0.0);
    for (cell, &(name, n)) in cells.iter().zip(events) {
        let colour = if name == EVENTS[0].0 { Colour::Blue } else { Colour::Green };
        canvas.area(*cell, Look::plain(colour));
        draw_lines(canvas, *cell, &[name.to_owned(), amount(n)]);
    }
    cells
}

/// What is booked, line by line.
fn bookings(text: &Text, events: &[Event]) -> Vec<String> {
    let lines = events.iter().zip(book(events)).map(|(&(_, n), outcome)| {
        let template = if outcome.is_some() { text.booked } else { text.refused };
        let after = outcome.map(|n| n.to_string()).unwrap_or_default();
        fill(template, &[("amount", &amount(n)), ("after", &after)])
    });
    lines.collect()
}

fn wrong_events() -> [Event; 2] {
    [EVENTS[1], EVENTS[0]]
}

fn down(canvas: &mut Canvas, x: f64, from: f64, to: f64) {
    canvas.line(&[(x, from + 2.0), (x, to - 2.0)], Stroke::Solid, Heads::End);
}

/// An account, and what is booked into it.
fn draw_account(canvas: &mut Canvas, text: &Text, area: Rect, events: &[Event]) {
    canvas.frame(area, 8.0);
    let name = fill(text.account, &[("name", events[0].0)]);
    let line = canvas.line_height();
    canvas.heading((area.center().0, area.y + 5.0 + line / 2.0), Align::Middle, &name);
    let rest = Rect { y: area.y + line + 4.0, h: area.h - line - 6.0, ..area };
    draw_lines(canvas, rest, &bookings(text, events));
}

/// A panel from `top` down below its heading; where its rows stand: a queue, a worker, an account.
fn rows(canvas: &mut Canvas, heading: &str, area: Rect, ways: [f64; 3]) -> [Rect; 3] {
    let line = canvas.line_height();
    canvas.heading((area.center().0, area.y + line / 2.0), Align::Middle, heading);
    let queue = Rect { y: area.y + line + ways[0], h: 2.0 * line + 6.0, ..area };
    let worker = Rect { y: queue.bottom() + ways[1], h: 2.0 * line + 8.0, ..area };
    let account = Rect { y: worker.bottom() + ways[2], h: 3.0 * line + 12.0, ..area };
    [queue, worker, account]
}

/// One queue, from which two workers take events of one account. Returns where it ends.
fn draw_one_queue(canvas: &mut Canvas, text: &Text, area: Rect) -> f64 {
    let [queue, workers, account] = rows(canvas, text.one_queue, area, [6.0, 30.0, 30.0]);
    let queue = draw_queue(canvas, queue, &EVENTS);
    let account = Rect { x: account.x + 50.0, w: account.w - 100.0, ..account };
    for (i, worker) in workers.columns(2, 20.0).into_iter().enumerate() {
        let (x, wrong) = (worker.center().0, i == 0);
        let from = (queue[i].center().0, queue[i].bottom() + 2.0);
        canvas.line(&[from, (x, worker.y - 2.0)], Stroke::Solid, Heads::End);
        let look = if wrong {
            Look::patterned(Colour::Cost, Pattern::Hatched)
        } else {
            Look::plain(Colour::Ink)
        };
        canvas.area(worker, look);
        canvas.label(worker, [text.slower, text.quicker][i], wrong);
        let x = x.clamp(account.x + 12.0, account.right() - 12.0);
        down(canvas, x, worker.bottom(), account.y);
        let beside = f64::midpoint(worker.bottom(), account.y) - 2.0;
        canvas.text((x + 8.0, beside), Align::Start, [text.second, text.first][i]);
    }
    draw_account(canvas, text, account, &wrong_events());
    account.bottom()
}

/// The hash of the name chooses one of two queues. Returns where it ends.
fn draw_queue_by_key(canvas: &mut Canvas, text: &Text, area: Rect) -> f64 {
    let hash_height = 26.0;
    let ways = [6.0 + hash_height + 20.0, 20.0, 20.0];
    let [queues, workers, accounts] = rows(canvas, text.queue_by_key, area, ways);
    let hash = Rect { y: queues.y - 20.0 - hash_height, h: hash_height, ..area };
    canvas.area(hash, Look::plain(Colour::Ink));
    canvas.label(hash, text.hash, false);
    let columns = |row: Rect| row.columns(2, 16.0);
    let halves = columns(queues).into_iter().zip(columns(workers)).zip(columns(accounts));
    for (i, ((queue, worker), account)) in halves.enumerate() {
        let (x, events) = (queue.center().0, &EVENTS[2 * i..2 * i + 2]);
        down(canvas, x, hash.bottom(), queue.y);
        draw_queue(canvas, queue, events);
        down(canvas, x, queue.bottom(), worker.y);
        canvas.area(worker, Look::plain(Colour::Ink));
        canvas.label(worker, &fill_n(text.worker, i + 1), false);
        down(canvas, x, worker.bottom(), account.y);
        draw_account(canvas, text, account, events);
    }
    accounts.bottom()
}

pub fn draw(sheet: &mut Sheet) -> Result<Drawn> {
    let (text, words): (&Text, _) = (sheet.text()?, sheet.words);
    let canvas = &mut sheet.canvas;
    let whole = Rect::new(MARGIN, 4.0, canvas.inner(), 0.0);
    // A wide page has both beside each other.
    let end = if canvas.layout() == Layout::Wide {
        let halves = whole.columns(2, 36.0);
        let end = draw_one_queue(canvas, text, halves[0]);
        end.max(draw_queue_by_key(canvas, text, halves[1]))
    } else {
        let end = draw_one_queue(canvas, text, whole);
        draw_queue_by_key(canvas, text, Rect { y: end + 22.0, ..whole })
    };
    let event = |&(name, n): &Event| format!("{name} {}", amount(n));
    let events: Vec<String> = EVENTS.iter().map(event).collect();
    let said = |events: &[Event]| bookings(text, events).join(words.list_joint_wide);
    let description = fill(
        text.description,
        &[
            ("events", &events.join(words.list_joint)),
            ("wrong", &said(&wrong_events())),
            ("right_a", &said(&EVENTS[..2])),
            ("right_b", &said(&EVENTS[2..])),
        ],
    );
    Ok(Drawn { height: end + 4.0, title: text.title, description })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_goes_out_first_is_refused_and_in_order_nothing_is() {
        assert_eq!(book(&wrong_events()), [None, Some(1000)]);
        assert_eq!(book(&EVENTS[..2]), [Some(1000), Some(1)]);
        assert_eq!(book(&EVENTS[2..]), [Some(1000), Some(3)]);
    }
}
