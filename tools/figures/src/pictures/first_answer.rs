//! The first answer is there: when the other workers end, who was told in which way.

use anyhow::Result;
use serde::Deserialize;

use crate::sheet::{Drawn, Sheet};
use crate::timeline::{Arrow, Kind, Lane, Scene, Timeline, draw_scenes};
use crate::words::fill;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Text {
    processes: &'static str,
    threads: &'static str,
    tasks: &'static str,
    finder: &'static str,
    other: &'static str,
    piece: &'static str,
    found: &'static str,
    answers: &'static str,
    killed: &'static str,
    looks: &'static str,
    dropped: &'static str,
    waits: &'static str,
    title: &'static str,
    description: &'static str,
}

/// How long a piece takes, and when in its second piece the finder has the answer.
const PIECE: f64 = 70.0;
const FOUND: f64 = PIECE + 40.0;
/// What is still shown since nobody else runs.
const AFTER: f64 = 50.0;

/// Two workers side by side; `last` is what the other one still does of its second piece.
fn side_by_side<'a>(text: &'a Text, heading: &'a str, last: f64, told: &str) -> Scene<'a> {
    let (mut finder, mut other) = (Lane::new(text.finder), Lane::new(text.other));
    finder.push(Kind::Task(0), PIECE, text.piece);
    finder.push(Kind::Task(0), FOUND - PIECE, text.found);
    other.push(Kind::Task(1), PIECE, text.piece);
    let (_, ended) = other.push(Kind::Task(1), last, text.piece);
    finder.push(Kind::Main, ended - FOUND + AFTER, text.answers);
    let from = (0, FOUND);
    let arrow =
        Arrow { from, to: (1, ended), label: told.to_owned(), stroke: paint::Stroke::Solid };
    Scene {
        heading,
        timeline: Timeline { lanes: vec![finder, other], arrows: vec![arrow], whole: 0.0 },
    }
}

/// Two tasks on one thread take turns.
fn taking_turns(text: &Text) -> Scene<'_> {
    let (mut finder, mut other) = (Lane::new(text.finder), Lane::new(text.other));
    let (_, turn) = finder.push(Kind::Task(0), PIECE, text.piece);
    other.wait_until(turn, text.waits);
    let (_, turn) = other.push(Kind::Task(1), PIECE, text.piece);
    finder.wait_until(turn, text.waits);
    let (_, found) = finder.push(Kind::Task(0), FOUND - PIECE, text.found);
    other.wait_until(found, text.waits);
    finder.push(Kind::Main, AFTER, text.answers);
    let arrows = vec![Arrow::across(0, 1, found, text.dropped)];
    Scene {
        heading: text.tasks,
        timeline: Timeline { lanes: vec![finder, other], arrows, whole: 0.0 },
    }
}

fn scenes(text: &Text) -> [Scene<'_>; 3] {
    [
        side_by_side(text, text.processes, FOUND - PIECE, text.killed),
        side_by_side(text, text.threads, PIECE, text.looks),
        taking_turns(text),
    ]
}

pub fn draw(sheet: &mut Sheet) -> Result<Drawn> {
    let text: &Text = sheet.text()?;
    let scenes = scenes(text);
    let height = draw_scenes(&mut sheet.canvas, sheet.words, &scenes);
    let [processes, threads, tasks] = scenes.map(|scene| scene.timeline.describe(sheet.words));
    let values = [("processes", &*processes), ("threads", &*threads), ("tasks", &*tasks)];
    Ok(Drawn { height, title: text.title, description: fill(text.description, &values) })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words::english;

    #[test]
    fn a_process_ends_in_the_middle_of_a_piece_and_a_thread_at_its_end() {
        let text = english().1.table("pictures.first-answer").expect("its words");
        let [processes, threads, _] = scenes(text);
        let end = |scene: &Scene| scene.timeline.lanes[1].now();
        assert!(end(&processes) < 2.0 * PIECE && (end(&threads) - 2.0 * PIECE).abs() < 1e-9);
    }
}
