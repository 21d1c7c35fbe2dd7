//! A worker of a pool dies, another one hangs, and both are replaced.

use anyhow::Result;
use serde::Deserialize;

use crate::sheet::{Drawn, Sheet};
use crate::timeline::{Arrow, Kind, Lane, Scene, Timeline, draw_scenes};
use crate::words::{fill, fill_n};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Text {
    killed: &'static str,
    hung: &'static str,
    lane: &'static str,
    place: &'static str,
    starts: &'static str,
    loads: &'static str,
    task: &'static str,
    dies: &'static str,
    again: &'static str,
    hangs: &'static str,
    hands_out: &'static str,
    deadline: &'static str,
    end: &'static str,
    title: &'static str,
    description: &'static str,
}

/// A length of time that has room for a label.
const STEP: f64 = 60.0;

/// The pool starts a worker at the time at which both lanes stand, and it loads.
fn start(pool: &mut Lane, place: &mut Lane, text: &Text, worker: usize) -> f64 {
    let (_, begun) = pool.push_spoken(Kind::Start, 16.0, "", &fill_n(text.starts, worker));
    place.skip_to(begun);
    place.push(Kind::Start, STEP, &fill_n(text.loads, worker));
    begun
}

fn scene(heading: &'static str, lanes: [Lane; 2], arrows: Vec<Arrow>) -> Scene<'static> {
    let timeline = Timeline { lanes: lanes.into(), arrows, whole: 0.0 };
    Scene { heading, timeline }
}

fn killed(text: &Text) -> Scene<'static> {
    let (mut pool, mut place) = (Lane::new(text.lane), Lane::new(fill_n(text.place, 1)));
    let begun = start(&mut pool, &mut place, text, 1);
    place.push(Kind::Task(0), STEP, &fill_n(text.task, 0));
    let (_, dead) = place.push(Kind::Task(0), STEP, &fill_n(text.dies, 2));
    pool.push(Kind::Main, dead - pool.now(), text.hands_out);
    let again = start(&mut pool, &mut place, text, 3);
    place.push(Kind::Task(0), STEP, &fill_n(text.again, 2));
    pool.push(Kind::Main, place.now() - pool.now(), text.hands_out);
    let arrows = vec![
        Arrow::across(0, 1, begun, ""),
        Arrow::across(1, 0, dead, text.end),
        Arrow::across(0, 1, again, ""),
    ];
    scene(text.killed, [pool, place], arrows)
}

fn hung(text: &Text) -> Scene<'static> {
    let (mut pool, mut place) = (Lane::new(text.lane), Lane::new(fill_n(text.place, 2)));
    let begun = start(&mut pool, &mut place, text, 2);
    let (_, late) = place.push(Kind::Wait, 2.0 * STEP, &fill_n(text.hangs, 3));
    pool.push(Kind::Main, late - pool.now() - STEP, text.hands_out);
    pool.push(Kind::Main, STEP, text.deadline);
    let again = start(&mut pool, &mut place, text, 4);
    place.push(Kind::Task(1), STEP, &fill_n(text.again, 3));
    pool.push(Kind::Main, place.now() - pool.now(), text.hands_out);
    let arrows = vec![
        Arrow::across(0, 1, begun, ""),
        Arrow::across(0, 1, late, ""),
        Arrow::across(0, 1, again, ""),
    ];
    scene(text.hung, [pool, place], arrows)
}

pub fn draw(sheet: &mut Sheet) -> Result<Drawn> {
    let text: &Text = sheet.text()?;
    let scenes = [killed(text), hung(text)];
    let height = draw_scenes(&mut sheet.canvas, sheet.words, &scenes);
    let [killed, hung] = scenes.map(|scene| scene.timeline.describe(sheet.words));
    let values = [("killed", &*killed), ("hung", &*hung)];
    Ok(Drawn { height, title: text.title, description: fill(text.description, &values) })
}
