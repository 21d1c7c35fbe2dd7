//! A pool of two places: in one a worker dies, in the other one hangs, and both are replaced.

use anyhow::Result;
use serde::Deserialize;

use crate::sheet::{Drawn, Sheet};
use crate::timeline::{Arrow, Kind, Lane, Scene, Timeline, draw_scenes};
use crate::words::{Common, fill, fill_n};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Text {
    heading: &'static str,
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

fn replaced(text: &Text, words: &Common) -> Scene<'static>
{
    let mut pool = Lane::new(text.lane);
    let [mut first, mut second] = [1, 2].map(|n| Lane::new(fill_n(text.place, n)));
    let (load, step) = (60.0, 60.0);
    let start =
        |pool: &mut Lane, who: &str| pool.push_spoken(Kind::Start, 16.0, "", &fill_n(text.starts, who)).1;
    let begun = start(&mut pool, &["1", "2"].join(words.list_joint));
    first.skip_to(begun);
    second.skip_to(begun);
    first.push(Kind::Start, load, &fill_n(text.loads, 1));
    second.push(Kind::Start, load, &fill_n(text.loads, 2));
    first.push(Kind::Task(0), step, &fill_n(text.task, 0));
    second.push(Kind::Task(1), step, &fill_n(text.task, 1));
    let (_, dead) = first.push(Kind::Task(0), step, &fill_n(text.dies, 2));
    pool.push(Kind::Main, dead - pool.now(), text.hands_out);
    let begun_again = start(&mut pool, "3");
    first.skip_to(begun_again);
    first.push(Kind::Start, load, &fill_n(text.loads, 3));
    first.push(Kind::Task(0), step, &fill_n(text.again, 2));
    let late = first.now() + 24.0;
    second.wait_until(late, &fill_n(text.hangs, 3));
    pool.push(Kind::Main, late - pool.now() - step, text.hands_out);
    pool.push(Kind::Main, step, text.deadline);
    let begun_last = start(&mut pool, "4");
    second.skip_to(begun_last);
    second.push(Kind::Start, load, &fill_n(text.loads, 4));
    second.push(Kind::Task(1), step, &fill_n(text.again, 3));
    for n in 4..6 {
        first.push(Kind::Task(0), step, &fill_n(text.task, n));
    }
    pool.push(Kind::Main, second.now() - pool.now(), text.hands_out);
    let arrows = vec![
        Arrow::across(0, 1, begun, ""),
        Arrow::across(0, 2, begun - 2.0, ""),
        Arrow::across(1, 0, dead, text.end),
        Arrow::across(0, 1, begun_again, ""),
        Arrow::across(0, 2, late, ""),
    ];
    let timeline = Timeline { lanes: vec![pool, first, second], arrows, whole: 0.0 };
    Scene { heading: text.heading, timeline }
}

pub fn draw(sheet: &mut Sheet) -> Result<Drawn> {
    let text: &Text = sheet.text()?;
    let scenes = [replaced(text, sheet.words)];
    let height = draw_scenes(&mut sheet.canvas, sheet.words, &scenes);
    let [lanes] = scenes.map(|scene| scene.timeline.describe(sheet.words));
    Ok(Drawn { height, title: text.title, description: fill(text.description, &[("lanes", &lanes)]) })
}
