//! A supervisor: pauses between attempts, and the end on Ctrl-C.

use anyhow::Result;
use serde::Deserialize;

use crate::sheet::{Drawn, Sheet};
use crate::timeline::{Arrow, Kind, Lane, Scene, Timeline, draw_scenes};
use crate::words::{fill, fill_n};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Text {
    lane: &'static str,
    task: &'static str,
    back_off: &'static str,
    starts: &'static str,
    panics: &'static str,
    counts: &'static str,
    pause: &'static str,
    meanwhile: &'static str,
    watches: &'static str,
    takes_result: &'static str,
    failed: &'static str,
    succeeded: &'static str,
    shut_down: &'static str,
    worker_n: &'static str,
    ctrl_c: &'static str,
    tells: &'static str,
    ends: &'static str,
    grace: &'static str,
    kills: &'static str,
    stopped: &'static str,
    joins: &'static str,
    title: &'static str,
    description: &'static str,
}

/// The pauses of the program, in milliseconds: each is twice the one before.
const PAUSES: [u32; 2] = [50, 100];

/// A task that fails twice: an attempt, a pause, an attempt, a longer pause, an attempt.
fn attempts(text: &Text) -> Scene<'_> {
    let (mut supervisor, mut task) = (Lane::new(text.lane), Lane::new(text.task));
    let mut arrows = Vec::new();
    for attempt in 0..=PAUSES.len() {
        let n = attempt + 1;
        let (_, started) = supervisor.push_spoken(Kind::Start, 10.0, "", &fill_n(text.starts, n));
        task.skip_to(started);
        let pause = PAUSES.get(attempt);
        let what = if pause.is_some() { text.panics } else { text.counts };
        let (_, ended) = task.push(Kind::Task(0), 50.0, &fill_n(what, n));
        if let Some(pause) = pause {
            let label = fill(text.pause, &[("ms", &pause.to_string())]);
            let (_, paused) = task.push(Kind::Wait, f64::from(*pause), &label);
            supervisor.push(Kind::Main, paused - started, text.meanwhile);
            task.skip_to(supervisor.now());
        } else {
            supervisor.push(Kind::Main, ended - started, text.watches);
            supervisor.push(Kind::Main, 34.0, text.takes_result);
        }
        let status = if pause.is_some() { text.failed } else { text.succeeded };
        arrows.push(Arrow::across(0, 1, started, ""));
        arrows.push(Arrow::across(1, 0, ended, status));
    }
    let timeline = Timeline { lanes: vec![supervisor, task], arrows, whole: 0.0 };
    Scene { heading: text.back_off, timeline }
}

/// Ctrl-C while one worker is stopped and can't act on SIGTERM.
fn shut_down(text: &Text) -> Scene<'_> {
    let mut supervisor = Lane::new(text.lane);
    let [mut good, mut stopped] = [1, 2].map(|n| Lane::new(fill_n(text.worker_n, n)));
    supervisor.push(Kind::Main, 36.0, text.ctrl_c);
    let (_, told) = supervisor.push(Kind::Main, 52.0, text.tells);
    good.push(Kind::Task(0), told + 18.0, text.ends);
    supervisor.push(Kind::Wait, 76.0, text.grace);
    let (_, killed) = supervisor.push(Kind::Main, 36.0, text.kills);
    stopped.push(Kind::Wait, killed, text.stopped);
    supervisor.push(Kind::Main, 56.0, text.joins);
    let arrows = vec![
        Arrow::across(0, 1, told, ""),
        Arrow::across(0, 2, told, ""),
        Arrow::across(0, 2, killed - 2.0, ""),
    ];
    let timeline = Timeline { lanes: vec![supervisor, good, stopped], arrows, whole: 0.0 };
    Scene { heading: text.shut_down, timeline }
}

pub fn draw(sheet: &mut Sheet) -> Result<Drawn> {
    let text: &Text = sheet.text()?;
    let scenes = [attempts(text), shut_down(text)];
    let height = draw_scenes(&mut sheet.canvas, sheet.words, &scenes);
    let [attempts, shut_down] = scenes.map(|scene| scene.timeline.describe(sheet.words));
    let values = [("attempts", &*attempts), ("shut_down", &*shut_down)];
    Ok(Drawn { height, title: text.title, description: fill(text.description, &values) })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words::english;

    #[test]
    fn each_pause_is_twice_the_one_before_and_the_program_has_the_first() {
        assert!(PAUSES.windows(2).all(|two| two[1] == 2 * two[0]));
        let program = include_str!("../../../../examples/supervisor.rs");
        assert!(program.contains(&format!("from_millis({})", PAUSES[0])));
        let scene = attempts(english().1.table("pictures.supervisor").expect("its words"));
        let waits = scene.timeline.lanes[1].pieces.iter().filter(|p| p.kind == Kind::Wait);
        assert!(waits.map(|p| p.to - p.from).is_sorted());
    }
}
