//! The lost update.

use anyhow::Result;
use paint::{Align, MARGIN};
use serde::Deserialize;

use crate::sheet::{Drawn, Sheet};
use crate::timeline::{Arrow, Kind, Lane, Timeline};
use crate::words::{fill, fill_n};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Text {
    worker_a: &'static str,
    worker_b: &'static str,
    total: &'static str,
    reads: &'static str,
    finds: &'static str,
    stores: &'static str,
    lost: &'static str,
    title: &'static str,
    description: &'static str,
}

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

fn lost_update(text: &Text) -> (Timeline, Totals) {
    let (mut a, mut b) = (Lane::new(text.worker_a), Lane::new(text.worker_b));
    let mut total = Lane::new(text.total);

    // Both read before either stores; B is done first.
    a.skip_to(26.0);
    let (a_reads, _) = a.push(Kind::Main, STEP, &fill_n(text.reads, START));
    b.skip_to(a.now() + 8.0);
    let (b_reads, _) = b.push(Kind::Main, STEP, &fill_n(text.reads, START));
    b.push(Kind::Task(1), 62.0, &fill_n(text.finds, FOUND_BY_B));
    let between = START + FOUND_BY_B;
    let (_, b_stored) = b.push(Kind::Main, STEP, &fill_n(text.stores, between));
    let counting = b_stored + 16.0 - a.now();
    a.push(Kind::Task(0), counting, &fill_n(text.finds, FOUND_BY_A));
    let end = START + FOUND_BY_A;
    let (_, a_stored) = a.push(Kind::Main, STEP, &fill_n(text.stores, end));

    // A store shows in the middle of its piece, as a read does.
    let half = STEP / 2.0;
    total.push(Kind::Main, b_stored - half, &START.to_string());
    total.push(Kind::Task(1), a_stored - b_stored, &between.to_string());
    total.push(Kind::Task(0), half + 24.0, &end.to_string());
    let arrows = vec![
        Arrow::across(1, 0, a_reads + half, ""),
        Arrow::across(1, 2, b_reads + half, ""),
        Arrow::across(2, 1, b_stored - half, ""),
        Arrow::across(0, 1, a_stored - half, ""),
    ];
    (Timeline { lanes: vec![a, total, b], arrows, whole: 0.0 }, Totals { between, end })
}

pub fn draw(sheet: &mut Sheet) -> Result<Drawn> {
    let text: &Text = sheet.text()?;
    let (timeline, totals) = lost_update(text);
    let bottom = sheet.timeline(&timeline, 4.0).bottom;
    let right = START + FOUND_BY_A + FOUND_BY_B;
    let values = [
        ("start", START.to_string()),
        ("between", totals.between.to_string()),
        ("end", totals.end.to_string()),
        ("right", right.to_string()),
        ("lost", (right - totals.end).to_string()),
        ("lanes", timeline.describe(sheet.words)),
    ];
    let values: Vec<(&str, &str)> = values.iter().map(|(k, v)| (*k, v.as_str())).collect();
    let (y, width) = (bottom + sheet.canvas.line_height(), sheet.canvas.inner());
    let high = sheet.canvas.lines((MARGIN, y), Align::Start, &fill(text.lost, &values), width);
    let description = fill(text.description, &values);
    Ok(Drawn { height: y + high - 4.0, title: text.title, description })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words::english;

    #[test]
    fn both_read_before_either_stores_and_the_page_tells_the_same_numbers() {
        let text = english().1.table("pictures.race").expect("its words");
        let (timeline, totals) = lost_update(text);
        let [a, _, b] = &timeline.lanes[..] else { panic!("three lanes") };
        assert!(a.pieces[0].to < b.pieces[2].from && b.pieces[0].to < a.pieces[2].from);
        assert!(b.pieces[2].to < a.pieces[2].from);
        let page = include_str!("../../../../src/en/programs/race_condition.md");
        for number in [START, FOUND_BY_A, FOUND_BY_B, totals.between, totals.end] {
            assert!(page.contains(&format!(" {number}")), "{number} is not on the page");
        }
    }
}
