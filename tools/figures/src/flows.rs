//! What flows through queues: a pipeline that restores the order, and order for each key.

use super::svg::{
    Align, Canvas, Colour, Heads, LINE, Look, MARGIN, Pattern, Rect, Stroke, WIDTH, count,
};
use super::words::{Words, fill};

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

fn listed(words: &Words, numbers: &[usize]) -> String {
    let numbers: Vec<String> = numbers.iter().map(usize::to_string).collect();
    numbers.join(words.list_joint)
}

/// Cells for pieces side by side; their middle is that of the row.
fn cells(row: Rect, n: usize, width: f64, gap: f64) -> Vec<Rect> {
    let all = width * count(n) + gap * count(n.saturating_sub(1));
    let left = row.center().0 - all / 2.0;
    (0..n).map(|i| Rect::new(left + (width + gap) * count(i), row.y, width, row.h)).collect()
}

fn down(canvas: &mut Canvas, x: f64, from: f64, to: f64) {
    canvas.line(&[(x, from + 2.0), (x, to - 2.0)], Stroke::Solid, Heads::End);
}

/// A queue that lies across the way down, with its pieces.
fn draw_queue(canvas: &mut Canvas, area: Rect, label: &str, pieces: &[usize]) {
    canvas.area(area, Look::plain(Colour::Ink).dashed());
    canvas.text((area.x + 14.0, area.center().1), Align::Start, label);
    let row = Rect::new(area.center().0, area.y + 6.0, area.w / 2.0, area.h - 12.0);
    for (cell, piece) in cells(row, pieces.len(), 40.0, 6.0).into_iter().zip(pieces) {
        canvas.area(cell, Look::plain(Colour::Blue));
        canvas.label(cell, &piece.to_string(), false);
    }
}

/// Three stages, the queues between them, and the tickets that go back.
pub fn pipeline(name: &'static str, words: &Words) -> String {
    let text = &words.programs.pipeline;
    let now = moment();
    let put = |template: &str, n: usize| fill(template, &[("n", &n.to_string())]);
    let mut canvas = Canvas::new(name);
    let width = 388.0;
    let (x, gap) = (MARGIN + width / 2.0, 28.0);
    let row = |y: f64, h: f64| Rect::new(MARGIN, y, width, h);

    let cut = row(4.0, 56.0);
    canvas.area(cut, Look::plain(Colour::Ink));
    canvas.label(cut, &put(text.cut, now.done + ROOM), false);

    let to_count = row(cut.bottom() + gap, 40.0);
    down(&mut canvas, x, cut.bottom(), to_count.y);
    draw_queue(&mut canvas, to_count, text.queue, &now.to_count);

    let workers = cells(row(to_count.bottom() + gap, 76.0), now.in_work.len(), 88.0, 12.0);
    let counted = row(workers[0].bottom() + gap, 40.0);
    for (worker, piece) in workers.iter().zip(&now.in_work) {
        let middle = worker.center().0;
        down(&mut canvas, middle, to_count.bottom(), worker.y);
        let late = *piece == now.done + 1;
        let look = if late {
            Look::patterned(Colour::Cost, Pattern::Hatched)
        } else {
            Look::plain(Colour::Green)
        };
        canvas.area(*worker, look);
        let label = put(if late { text.worker_late } else { text.worker }, *piece);
        canvas.label(*worker, &label, late);
        if !late {
            down(&mut canvas, middle, worker.bottom(), counted.y);
        }
    }
    draw_queue(&mut canvas, counted, text.queue, &now.counted);

    let add = row(counted.bottom() + gap, 134.0);
    down(&mut canvas, x, counted.bottom(), add.y);
    canvas.area(add, Look::plain(Colour::Ink));
    let done: Vec<usize> = (1..=now.done).collect();
    canvas.text((add.x + 14.0, add.y + 20.0), Align::Start, text.add);
    let added = fill(text.added, &[("list", &listed(words, &done))]);
    canvas.text((add.x + 14.0, add.y + 20.0 + LINE), Align::Start, &added);
    let buffer = Rect::new(add.x + 14.0, add.y + 64.0, add.w - 28.0, 56.0);
    canvas.area(buffer, Look::plain(Colour::Ink).dashed());
    canvas.text((buffer.x + 12.0, buffer.y + 18.0), Align::Start, text.buffer);
    let missing = put(text.missing, now.done + 1);
    let slots = Rect::new(buffer.x + 120.0, buffer.y + 9.0, buffer.w - 120.0, 38.0);
    for (i, slot) in cells(slots, 1 + now.early.len(), 72.0, 4.0).into_iter().enumerate() {
        let early = i.checked_sub(1).and_then(|i| now.early.get(i));
        let look = Look::plain(if early.is_some() { Colour::Blue } else { Colour::Cost });
        canvas.area(slot, if early.is_some() { look } else { look.dashed() });
        canvas.label(slot, &early.map_or(missing.clone(), usize::to_string), false);
    }

    // The tickets go back to stage 1.
    let back = WIDTH - 48.0;
    let (from, to) = (add.y + 30.0, cut.center().1);
    let way = [(add.right() + 2.0, from), (back, from), (back, to), (cut.right() + 2.0, to)];
    canvas.line(&way, Stroke::Dashed, Heads::End);
    canvas.text_down((WIDTH - 26.0, f64::midpoint(from, to)), text.tickets);

    let description = fill(
        text.alternative.description,
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
    canvas.finish(add.bottom() + 4.0, text.alternative.title, &description)
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

/// An event as a cell of two lines.
fn draw_event(canvas: &mut Canvas, cell: Rect, (name, n): Event) {
    let colour = if name == EVENTS[0].0 { Colour::Blue } else { Colour::Green };
    canvas.area(cell, Look::plain(colour));
    canvas.label(cell, &format!("{name}\n{}", amount(n)), false);
}

/// What is booked, line by line, in the order of the lines.
fn bookings(words: &Words, events: &[Event]) -> String {
    let text = &words.programs.order_per_key;
    let lines = events.iter().zip(book(events)).map(|(&(_, n), outcome)| {
        let template = if outcome.is_some() { text.booked } else { text.refused };
        let after = outcome.map(|n| n.to_string()).unwrap_or_default();
        fill(template, &[("amount", &amount(n)), ("after", &after)])
    });
    lines.collect::<Vec<_>>().join("\n")
}

fn wrong_events() -> [Event; 2] {
    [EVENTS[1], EVENTS[0]]
}

/// One queue, from which two workers take events of one account. Returns where it ends.
fn draw_one_queue(canvas: &mut Canvas, words: &Words, top: f64) -> f64 {
    let text = &words.programs.order_per_key;
    canvas.heading((WIDTH / 2.0, top), Align::Middle, text.one_queue);
    let row = Rect::new(MARGIN, top + 18.0, WIDTH - 2.0 * MARGIN, 52.0);
    let queue = cells(row, EVENTS.len(), 100.0, 0.0);
    for (cell, event) in queue.iter().zip(EVENTS) {
        draw_event(canvas, *cell, event);
    }
    let workers = cells(Rect { y: row.bottom() + 40.0, h: 56.0, ..row }, 2, 190.0, 40.0);
    let account = Rect::new(row.x + 70.0, workers[0].bottom() + 40.0, row.w - 140.0, 82.0);
    for (i, worker) in workers.iter().enumerate() {
        let from = (queue[i].center().0, queue[i].bottom() + 2.0);
        canvas.line(&[from, (worker.center().0, worker.y - 2.0)], Stroke::Solid, Heads::End);
        let look = if i == 0 {
            Look::patterned(Colour::Cost, Pattern::Hatched)
        } else {
            Look::plain(Colour::Ink)
        };
        canvas.area(*worker, look);
        canvas.label(*worker, [text.slower, text.quicker][i], i == 0);
        down(canvas, worker.center().0, worker.bottom(), account.y);
        let beside = f64::midpoint(worker.bottom(), account.y) - 2.0;
        let order = [text.second, text.first][i];
        canvas.text((worker.center().0 + 10.0, beside), Align::Start, order);
    }
    draw_account(canvas, words, account, &wrong_events());
    account.bottom()
}

/// An account, and what is booked into it.
fn draw_account(canvas: &mut Canvas, words: &Words, area: Rect, events: &[Event]) {
    let text = &words.programs.order_per_key;
    canvas.frame(area, 10.0);
    let name = fill(text.account, &[("name", events[0].0)]);
    canvas.heading((area.center().0, area.y + 20.0), Align::Middle, &name);
    let rest = Rect::new(area.x, area.y + 30.0, area.w, area.h - 34.0);
    canvas.label(rest, &bookings(words, events), false);
}

/// The hash of the name chooses one of two queues. Returns where it ends.
fn draw_queue_by_key(canvas: &mut Canvas, words: &Words, top: f64) -> f64 {
    let text = &words.programs.order_per_key;
    canvas.heading((WIDTH / 2.0, top), Align::Middle, text.queue_by_key);
    let row = Rect::new(MARGIN, top + 18.0, WIDTH - 2.0 * MARGIN, 38.0);
    canvas.area(row, Look::plain(Colour::Ink));
    canvas.label(row, text.hash, false);
    let halves = cells(Rect { y: row.bottom(), h: 0.0, ..row }, 2, 216.0, 32.0);
    let mut end = row.bottom();
    for (i, (half, events)) in halves.into_iter().zip(EVENTS.chunks(2)).enumerate() {
        let x = half.center().0;
        let queue = cells(Rect { y: half.y + 34.0, h: 52.0, ..half }, events.len(), 100.0, 0.0);
        down(canvas, x, half.y, queue[0].y);
        for (cell, event) in queue.iter().zip(events) {
            draw_event(canvas, *cell, *event);
        }
        let worker = Rect::new(x - 100.0, queue[0].bottom() + 34.0, 200.0, 38.0);
        down(canvas, x, queue[0].bottom(), worker.y);
        canvas.area(worker, Look::plain(Colour::Ink));
        canvas.label(worker, &fill(text.worker, &[("n", &(i + 1).to_string())]), false);
        let account = Rect::new(half.x, worker.bottom() + 28.0, half.w, 82.0);
        down(canvas, x, worker.bottom(), account.y);
        draw_account(canvas, words, account, events);
        end = account.bottom();
    }
    end
}

pub fn order_per_key(name: &'static str, words: &Words) -> String {
    let text = &words.programs.order_per_key;
    let mut canvas = Canvas::new(name);
    let end = draw_one_queue(&mut canvas, words, 16.0);
    let end = draw_queue_by_key(&mut canvas, words, end + 38.0);
    let event = |&(name, n): &Event| format!("{name} {}", amount(n));
    let events: Vec<String> = EVENTS.iter().map(event).collect();
    let one_line = |events: &[Event]| bookings(words, events).replace('\n', words.list_joint_wide);
    let description = fill(
        text.alternative.description,
        &[
            ("events", &events.join(words.list_joint)),
            ("wrong", &one_line(&wrong_events())),
            ("right_a", &one_line(&EVENTS[..2])),
            ("right_b", &one_line(&EVENTS[2..])),
        ],
    );
    canvas.finish(end + 4.0, text.alternative.title, &description)
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

    #[test]
    fn what_goes_out_first_is_refused_and_in_order_nothing_is() {
        assert_eq!(book(&wrong_events()), [None, Some(1000)]);
        assert_eq!(book(&EVENTS[..2]), [Some(1000), Some(1)]);
        assert_eq!(book(&EVENTS[2..]), [Some(1000), Some(3)]);
    }
}
