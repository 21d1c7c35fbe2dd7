//! The lost update.

use super::svg::{Align, Canvas, LINE, MARGIN, Stroke, WIDTH};
use super::timeline::{Arrow, Kind, Lane, Side, Timeline, draw_time};
use super::words::{Words, fill};

/// The numbers of the page: what the total is, and what each worker finds.
const START: u32 = 500;
const FOUND_BY_A: u32 = 20;
const FOUND_BY_B: u32 = 100;

const STEP: f64 = 34.0;

/// What the total is after B has stored, and after A has.
struct Totals {
    between: u32,
    end: u32,
}

fn lost_update(words: &Words) -> (Timeline, Totals) {
    let text = &words.programs.race;
    let put = |template: &str, n: u32| fill(template, &[("n", &n.to_string())]);
    let width = 122.0;
    let mut a = Lane::new(text.worker_a, 38.0, width);
    let mut b = Lane::new(text.worker_b, WIDTH - MARGIN - width, width);
    let middle = f64::midpoint(a.right(), b.left());
    let mut total = Lane::new(text.total, middle - 36.0, 72.0);

    // Both read before either stores; B is done first.
    a.skip_to(26.0);
    let (a_reads, _) = a.push(Kind::Main, STEP, &put(text.reads, START));
    b.skip_to(a.now() + 8.0);
    let (b_reads, _) = b.push(Kind::Main, STEP, &put(text.reads, START));
    b.push(Kind::Task(1), 62.0, &put(text.finds, FOUND_BY_B));
    let between = START + FOUND_BY_B;
    let (_, b_stored) = b.push(Kind::Main, STEP, &put(text.stores, between));
    let counting = b_stored + 16.0 - a.now();
    a.push(Kind::Task(0), counting, &put(text.finds, FOUND_BY_A));
    let end = START + FOUND_BY_A;
    let (_, a_stored) = a.push(Kind::Main, STEP, &put(text.stores, end));

    // A store shows in the middle of its piece, as a read does.
    let half = STEP / 2.0;
    total.push(Kind::Main, b_stored - half, &START.to_string());
    total.push(Kind::Task(1), a_stored - b_stored, &between.to_string());
    total.push(Kind::Task(0), half + 24.0, &end.to_string());

    let arrow = |from: (usize, Side), to: (usize, Side), time: f64| Arrow {
        from: (from.0, from.1, time),
        to: (to.0, to.1, time),
        stroke: Stroke::Solid,
    };
    let arrows = vec![
        arrow((1, Side::Left), (0, Side::Right), a_reads + half),
        arrow((1, Side::Right), (2, Side::Left), b_reads + half),
        arrow((2, Side::Left), (1, Side::Right), b_stored - half),
        arrow((0, Side::Right), (1, Side::Left), a_stored - half),
    ];
    (Timeline { lanes: vec![a, total, b], arrows }, Totals { between, end })
}

pub fn race(name: &'static str, words: &Words) -> String {
    let text = &words.programs.race;
    let (timeline, totals) = lost_update(words);
    let mut canvas = Canvas::new(name);
    let top = 34.0;
    timeline.draw_names(&mut canvas, 16.0);
    let bottom = top + timeline.end();
    draw_time(&mut canvas, words, 14.0, top, bottom);
    timeline.draw(&mut canvas, top, None);
    let right = START + FOUND_BY_A + FOUND_BY_B;
    let values = [
        ("start", START.to_string()),
        ("between", totals.between.to_string()),
        ("end", totals.end.to_string()),
        ("right", right.to_string()),
        ("lost", (right - totals.end).to_string()),
        ("lanes", timeline.describe(words)),
    ];
    let values: Vec<(&str, &str)> = values.iter().map(|(k, v)| (*k, v.as_str())).collect();
    let x = timeline.lanes[1].middle();
    canvas.text((x, bottom + 20.0), Align::Middle, &fill(text.lost, &values));
    let description = fill(text.alternative.description, &values);
    canvas.finish(bottom + 20.0 + LINE + MARGIN + 8.0, text.alternative.title, &description)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words::english;

    #[test]
    fn both_read_before_either_stores_and_the_page_tells_the_same_numbers() {
        let (timeline, totals) = lost_update(english());
        let [a, _, b] = &timeline.lanes[..] else { panic!("three lanes") };
        assert!(a.pieces[0].to < b.pieces[2].from && b.pieces[0].to < a.pieces[2].from);
        assert!(b.pieces[2].to < a.pieces[2].from);
        let page = include_str!("../../../src/en/programs/race_condition.md");
        for number in [START, FOUND_BY_A, FOUND_BY_B, totals.between, totals.end] {
            assert!(page.contains(&format!(" {number}")), "{number} is not on the page");
        }
    }
}
