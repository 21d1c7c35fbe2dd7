//! A call from Python that gives the interpreter lock back while rayon's threads work.

use anyhow::Result;
use serde::Deserialize;

use crate::sheet::{Drawn, Sheet};
use crate::timeline::{Arrow, Kind, Lane, Timeline};
use crate::words::{fill, fill_n};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Text {
    caller: &'static str,
    other: &'static str,
    worker: &'static str,
    python: &'static str,
    detached: &'static str,
    goes_on: &'static str,
    without: &'static str,
    turn: &'static str,
    counts: &'static str,
    given_back: &'static str,
    taken: &'static str,
    title: &'static str,
    description: &'static str,
}

pub fn draw(sheet: &mut Sheet) -> Result<Drawn> {
    let text: &Text = sheet.text()?;
    let (mut caller, mut other) = (Lane::new(text.caller), Lane::new(text.other));
    let (_, given) = caller.push(Kind::Main, 60.0, text.python);
    other.wait_until(given, text.without);
    let mut lanes = Vec::new();
    for n in 1..=2 {
        let mut worker = Lane::new(fill_n(text.worker, n));
        worker.skip_to(given);
        worker.push(Kind::Task(0), 100.0, text.counts);
        lanes.push(worker);
    }
    let (_, taken) = other.push(Kind::Main, 108.0, text.turn);
    caller.wait_until(taken, text.detached);
    caller.push(Kind::Main, 50.0, text.goes_on);
    other.wait_until(caller.now(), text.without);
    let arrows =
        vec![Arrow::across(0, 1, given, text.given_back), Arrow::across(1, 0, taken, text.taken)];
    lanes.splice(0..0, [caller, other]);
    let timeline = Timeline { lanes, arrows, whole: 0.0 };
    let height = sheet.timeline(&timeline, 4.0).bottom + 4.0;
    let lanes = timeline.describe(sheet.words);
    let description = fill(text.description, &[("lanes", &lanes)]);
    Ok(Drawn { height, title: text.title, description })
}
