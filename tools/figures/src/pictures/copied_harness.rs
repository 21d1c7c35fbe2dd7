//! A harness that runs one test after the other, and the copies of it that begin in two of its tests.

use anyhow::Result;
use serde::Deserialize;

use crate::sheet::{Drawn, Sheet};
use crate::timeline::{Arrow, Kind, Lane, Timeline};
use crate::words::fill;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Text {
    harness: &'static str,
    copy: &'static str,
    copy_of_the_copy: &'static str,
    passed: &'static str,
    failed: &'static str,
    waits: &'static str,
    ends: &'static str,
    fork: &'static str,
    status: &'static str,
    title: &'static str,
    description: &'static str,
}

const FORK: f64 = 8.0;
const END: f64 = 12.0;

/// What a harness tells of a test.
fn tell(lane: &mut Lane, number: usize, passed: bool, text: &Text) {
    let (kind, sign, verdict) = if passed {
        (Kind::Task(0), '+', text.passed)
    } else {
        (Kind::Task(2), '−', text.failed)
    };
    let number = number.to_string();
    let spoken = fill(verdict, &[("test", &number)]);
    lane.push_spoken(kind, 26.0, &format!("{number}{sign}"), &spoken);
}

/// A copy of the harness begins at `now`, in the middle of a test that fails.
fn begin(lane: &mut Lane, now: f64, number: usize, text: &Text) {
    lane.skip_to(now);
    tell(lane, number, false, text);
}

pub fn draw(sheet: &mut Sheet) -> Result<Drawn> {
    let text: &Text = sheet.text()?;
    let mut harness = Lane::new(text.harness);
    let [mut third, mut inner, mut fourth] =
        [text.copy, text.copy_of_the_copy, text.copy].map(Lane::new);
    tell(&mut harness, 1, true, text);
    tell(&mut harness, 2, true, text);

    let (_, forked) = harness.push_spoken(Kind::Start, FORK, "", text.fork);
    begin(&mut third, forked, 3, text);
    let (_, again) = third.push_spoken(Kind::Start, FORK, "", text.fork);
    begin(&mut inner, again, 4, text);
    let (_, inner_ends) = inner.push_spoken(Kind::Main, END, "", text.ends);
    third.wait_until(inner_ends, text.waits);
    tell(&mut third, 4, false, text);
    let (_, third_ends) = third.push_spoken(Kind::Main, END, "", text.ends);
    harness.wait_until(third_ends, text.waits);
    tell(&mut harness, 3, true, text);

    let (_, last) = harness.push_spoken(Kind::Start, FORK, "", text.fork);
    begin(&mut fourth, last, 4, text);
    let (_, fourth_ends) = fourth.push_spoken(Kind::Main, END, "", text.ends);
    harness.wait_until(fourth_ends, text.waits);
    tell(&mut harness, 4, false, text);

    let arrows = vec![
        Arrow::across(0, 1, forked, text.fork),
        Arrow::across(1, 2, again, text.fork),
        Arrow::across(2, 1, inner_ends, text.status),
        Arrow::across(1, 0, third_ends, text.status),
        Arrow::across(0, 3, last, text.fork),
        Arrow::across(3, 0, fourth_ends, text.status),
    ];
    let timeline = Timeline { lanes: vec![harness, third, inner, fourth], arrows, whole: 0.0 };
    let height = sheet.timeline(&timeline, 4.0).bottom + 4.0;
    let lanes = timeline.describe(sheet.words);
    let description = fill(text.description, &[("lanes", &lanes)]);
    Ok(Drawn { height, title: text.title, description })
}
