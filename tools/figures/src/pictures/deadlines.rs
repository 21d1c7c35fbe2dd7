//! A worker whose answer is larger than a pipe: too late where the parent joins first, in time where it reads.

use anyhow::Result;
use serde::Deserialize;

use crate::sheet::{Drawn, Sheet};
use crate::timeline::{Arrow, Kind, Lane, Scene, Timeline, draw_scenes};
use crate::words::fill;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Text {
    join_first: &'static str,
    read_first: &'static str,
    parent: &'static str,
    worker: &'static str,
    hanging: &'static str,
    joins: &'static str,
    searches: &'static str,
    full: &'static str,
    hangs: &'static str,
    polls: &'static str,
    reads: &'static str,
    killed: &'static str,
    kill_spoken: &'static str,
    answer: &'static str,
    title: &'static str,
    description: &'static str,
}

/// From the start of the workers to their deadline.
const DEADLINE: f64 = 200.0;
/// How long it takes to kill one.
const KILL: f64 = 16.0;
/// When the whole answer has come, where somebody reads.
const ANSWERED: f64 = 110.0;

fn join_first(text: &Text) -> Scene<'_> {
    let (mut parent, mut worker) = (Lane::new(text.parent), Lane::new(text.worker));
    parent.push(Kind::Wait, DEADLINE, text.joins);
    parent.push_spoken(Kind::Start, KILL, "", text.kill_spoken);
    worker.push(Kind::Task(0), 70.0, text.searches);
    worker.wait_until(DEADLINE, text.full);
    let arrows = vec![Arrow::across(0, 1, DEADLINE, text.killed)];
    let lanes = vec![parent, worker];
    Scene { heading: text.join_first, timeline: Timeline { lanes, arrows, whole: 0.0 } }
}

fn read_first(text: &Text) -> Scene<'_> {
    let mut parent = Lane::new(text.parent);
    let (mut worker, mut hanging) = (Lane::new(text.worker), Lane::new(text.hanging));
    parent.push(Kind::Wait, 50.0, text.polls);
    parent.push(Kind::Main, ANSWERED - 50.0, text.reads);
    parent.push(Kind::Wait, DEADLINE - ANSWERED, text.polls);
    parent.push_spoken(Kind::Start, KILL, "", text.kill_spoken);
    worker.push(Kind::Task(0), ANSWERED, text.searches);
    hanging.push(Kind::Wait, DEADLINE, text.hangs);
    let arrows = vec![
        Arrow::across(1, 0, ANSWERED, text.answer),
        Arrow::across(0, 2, DEADLINE, text.killed),
    ];
    let lanes = vec![parent, worker, hanging];
    Scene { heading: text.read_first, timeline: Timeline { lanes, arrows, whole: 0.0 } }
}

pub fn draw(sheet: &mut Sheet) -> Result<Drawn> {
    let text: &Text = sheet.text()?;
    let scenes = [join_first(text), read_first(text)];
    let height = draw_scenes(&mut sheet.canvas, sheet.words, &scenes);
    let [join, read] = scenes.map(|scene| scene.timeline.describe(sheet.words));
    let values = [("join", &*join), ("read", &*read)];
    Ok(Drawn { height, title: text.title, description: fill(text.description, &values) })
}
