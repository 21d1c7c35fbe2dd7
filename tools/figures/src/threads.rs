//! What threads share and wait for: what may cross the border into a thread, store buffers, a table of philosophers.

use std::f64::consts::PI;

use super::svg::{Align, Canvas, Colour, Heads, Look, MARGIN, Point, Rect, Stroke, WIDTH, count};
use super::words::{Words, fill, one_line};

/// A type, and whether its values may be lent (`Sync`) and moved (`Send`): each of the four cases once.
const TYPES: [(&str, bool, bool); 4] = [
    ("Vec<T>", true, true),
    ("Cell<T>", false, true),
    ("MutexGuard<T>", true, false),
    ("Rc<T>", false, false),
];

/// What may cross the border into another thread, by which way.
pub fn border(name: &'static str, words: &Words) -> String {
    let text = &words.threads.border;
    let mut canvas = Canvas::new(name);
    let width = 160.0;
    let left = (WIDTH - width) / 2.0;
    let borders = [left - 44.0, left + width + 44.0];
    let outside = [f64::midpoint(MARGIN, borders[0]), f64::midpoint(borders[1], WIDTH - MARGIN)];
    canvas.heading((outside[0], 16.0), Align::Middle, text.lent);
    canvas.heading((WIDTH / 2.0, 16.0), Align::Middle, text.here);
    canvas.heading((outside[1], 16.0), Align::Middle, text.moved);
    let (top, pitch) = (56.0, 54.0);
    let bottom = top + pitch * count(TYPES.len());
    for x in borders {
        canvas.line(&[(x, top), (x, bottom)], Stroke::Dashed, Heads::None);
    }
    for (i, (what, lent, moved)) in TYPES.into_iter().enumerate() {
        let r = Rect::new(left, top + 7.0 + pitch * count(i), width, 40.0);
        canvas.area(r, Look::plain(Colour::Blue));
        canvas.label(r, what, false);
        let y = r.center().1;
        for (side, passes) in [lent, moved].into_iter().enumerate() {
            let outward = if side == 0 { -1.0 } else { 1.0 };
            let from = if side == 0 { r.x } else { r.right() } + 2.0 * outward;
            let border = borders[side];
            if passes {
                canvas.line(&[(from, y), (border + 16.0 * outward, y)], Stroke::Solid, Heads::End);
            } else {
                canvas.line(&[(from, y), (border - 3.0 * outward, y)], Stroke::Solid, Heads::None);
                let end = [(border - 3.0 * outward, y - 10.0), (border - 3.0 * outward, y + 10.0)];
                canvas.line(&end, Stroke::Solid, Heads::None);
            }
            let (x, align) =
                (border + 24.0 * outward, if side == 0 { Align::End } else { Align::Start });
            canvas.text((x, y), align, if passes { text.arrives } else { text.refused });
        }
    }
    let word = |passes: bool| if passes { text.arrives } else { text.refused };
    let rows = TYPES.map(|(what, lent, moved)| {
        fill(text.row, &[("type", what), ("lent", word(lent)), ("moved", word(moved))])
    });
    let rows = rows.join(words.sentence_joint);
    let description = fill(text.alternative.description, &[("rows", &rows)]);
    canvas.finish(bottom + MARGIN, text.alternative.title, &description)
}

/// Two cores that both load the old value, since the new one is still in the other's store buffer.
pub fn store_buffer(name: &'static str, words: &Words) -> String {
    let text = &words.threads.store_buffer;
    let mut canvas = Canvas::new(name);
    let (gap, top) = (16.0, MARGIN);
    let width = (WIDTH - 2.0 * MARGIN - gap) / 2.0;
    let memory = Rect::new(MARGIN, top + 262.0, WIDTH - 2.0 * MARGIN, 52.0);
    canvas.area(memory, Look::plain(Colour::Green));
    canvas.label(memory, text.memory, false);
    // Each stores to its own number and loads the other's.
    for (core, (own, other)) in [("a", "b"), ("b", "a")].into_iter().enumerate() {
        let frame = Rect::new(MARGIN + (width + gap) * count(core), top, width, 222.0);
        canvas.frame(frame, 12.0);
        let heading = fill(text.core, &[("n", &core.to_string())]);
        canvas.heading((frame.center().0, frame.y + 20.0), Align::Middle, &heading);
        let inner = 94.0;
        let stores = Rect::new(frame.x + 12.0, frame.y + 42.0, inner, 50.0);
        let loads = Rect::new(frame.right() - 12.0 - inner, stores.y, inner, 50.0);
        let buffer = Rect::new(stores.x, stores.bottom() + 32.0, inner, 72.0);
        for (r, label, name, look) in [
            (stores, text.stores, own, Look::plain(Colour::Blue)),
            (loads, text.loads, other, Look::plain(Colour::Blue)),
            (buffer, text.buffer, own, Look::plain(Colour::Cost)),
        ] {
            canvas.area(r, look);
            canvas.label(r, &fill(label, &[("name", name)]), false);
        }
        let x = stores.center().0;
        let into = [(x, stores.bottom() + 2.0), (x, buffer.y - 2.0)];
        canvas.line(&into, Stroke::Solid, Heads::End);
        let out = [(x, buffer.bottom() + 2.0), (x, memory.y - 2.0)];
        canvas.line(&out, Stroke::Dashed, Heads::End);
        canvas.text((x + 10.0, buffer.bottom() + 12.0), Align::Start, text.later);
        let x = loads.center().0;
        let up = [(x, memory.y - 2.0), (x, loads.bottom() + 2.0)];
        canvas.line(&up, Stroke::Solid, Heads::End);
    }
    let description = one_line(text.alternative.description);
    canvas.finish(memory.bottom() + MARGIN, text.alternative.title, &description)
}

const SEATS: usize = 5;

/// Around the table: each holds the fork on the left and waits for the one on the right.
pub fn philosophers(name: &'static str, words: &Words) -> String {
    let text = &words.threads.philosophers;
    let mut canvas = Canvas::new(name);
    let number = |template: &str, n: usize| fill(template, &[("n", &n.to_string())]);
    let (centre, radius) = ((WIDTH / 2.0, 198.0), (184.0, 164.0));
    // Seat 0, fork 1, seat 1, fork 2, and so on.
    let places: Vec<Rect> = (0..2 * SEATS)
        .map(|i| {
            let angle = PI * count(i) / count(SEATS);
            let middle = (centre.0 + radius.0 * angle.sin(), centre.1 - radius.1 * angle.cos());
            let (w, h) = if i % 2 == 0 { (84.0, 44.0) } else { (76.0, 32.0) };
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
            canvas.label(*r, &number(text.seat, i / 2), false);
        } else {
            canvas.area_rounded(*r, 16.0, Look::plain(Colour::Ink));
            canvas.label(*r, &number(text.fork, i.div_ceil(2) % SEATS), false);
        }
    }
    let key = |canvas: &mut Canvas, y: f64, stroke: Stroke, label: &str| {
        canvas.line(&[(centre.0 - 84.0, y), (centre.0 - 34.0, y)], stroke, Heads::End);
        canvas.text((centre.0 - 24.0, y), Align::Start, label);
    };
    key(&mut canvas, centre.1 - 14.0, Stroke::Dashed, text.waits_for);
    key(&mut canvas, centre.1 + 14.0, Stroke::Solid, text.is_held_by);
    let alternative = &text.alternative;
    canvas.finish(2.0 * centre.1, alternative.title, alternative.description)
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

    /// The picture says what the compiler holds the page's own table to.
    #[test]
    fn the_types_are_what_the_page_says_of_them() {
        let page = include_str!("../../../src/en/programs/send_and_sync.md");
        for (what, lent, moved) in TYPES {
            let word = |yes: bool| if yes { "yes" } else { "no" };
            let begin =
                if what == "Vec<T>" { "| numbers, `String`, ".to_owned() } else { "| ".to_owned() };
            let row = page
                .lines()
                .find(|line| line.starts_with(&begin) && line.contains(&format!("`{what}`")))
                .expect("the page has a row of it");
            let columns = format!("| {} | {} |", word(moved), word(lent));
            assert!(row.contains(&columns), "{what}: {row}");
        }
    }

    #[test]
    fn a_line_ends_beside_its_box() {
        let r = Rect::new(0.0, 0.0, 20.0, 10.0);
        assert_eq!(edge(r, (110.0, 5.0)), (23.0, 5.0));
        assert_eq!(edge(r, (10.0, -95.0)), (10.0, -3.0));
    }
}
