//! How the time goes with threads on one core, threads on several cores and processes on several
//! cores: main 1 to 4 and its end, and tasks A, B and C of two pieces each.
//!
//! All three have the same lanes at the same places and the same scale, so that they can be
//! compared; the second and third mark where the first ends.

use super::svg::{
    Align, Canvas, FONT, Heads, LINE, MARGIN, Rect, Stroke, WIDTH, count, text_width,
};
use super::timeline::{Arrow, Kind, Lane, Side, Timeline, draw_key, draw_time};
use super::words::{Alternative, Words, fill};

/// How long things take. None of it is measured: it is the picture of an idea.
const MAIN: f64 = 26.0;
const PIECE: f64 = 32.0;
const SWITCH: f64 = 9.0;
const START_THREAD: f64 = 7.0;
const START_PROCESS: f64 = 22.0;
const SEND: f64 = 20.0;
const RECEIVE: f64 = 12.0;

const TASKS: [&str; 3] = ["A", "B", "C"];

/// Where time 0 stands.
const TOP: f64 = 34.0;
const LANES_LEFT: f64 = 38.0;
const LANE_PITCH: f64 = 110.0;
const LANE_WIDTH: f64 = 96.0;
const TIME_X: f64 = 14.0;

fn lane(words: &Words, n: usize) -> Lane {
    let name = fill(words.time.core, &[("n", &(n + 1).to_string())]);
    Lane::new(name, LANES_LEFT + LANE_PITCH * count(n), LANE_WIDTH)
}

fn main_piece(words: &Words, n: usize) -> String {
    fill(words.time.main, &[("n", &n.to_string())])
}

/// Everything in one lane.
fn one_core(words: &Words) -> Timeline {
    let mut core = lane(words, 0);
    let mut pieces: Vec<(Kind, f64, String)> = Vec::new();
    for (i, task) in TASKS.iter().enumerate() {
        pieces.push((Kind::Main, MAIN, main_piece(words, i + 1)));
        pieces.push((Kind::Task(i), PIECE, format!("{task}1")));
    }
    pieces.push((Kind::Main, MAIN, main_piece(words, TASKS.len() + 1)));
    for (i, task) in TASKS.iter().enumerate() {
        pieces.push((Kind::Task(i), PIECE, format!("{task}2")));
    }
    pieces.push((Kind::Main, MAIN, words.time.main_end.to_owned()));
    for (i, (kind, length, label)) in pieces.into_iter().enumerate() {
        if i > 0 {
            core.push(Kind::Switch, SWITCH, "");
        }
        core.push(kind, length, &label);
    }
    Timeline { lanes: vec![core], arrows: Vec::new() }
}

/// Main on the first core, a task on each of the others. `start` and `send` are what a worker costs
/// besides its task; `receive` is what main pays for its result.
fn several_cores(words: &Words, start: f64, send: f64, receive: f64) -> Timeline {
    let mut main = lane(words, 0);
    let mut workers = Vec::new();
    let mut arrows = Vec::new();
    for (i, task) in TASKS.iter().enumerate() {
        main.push(Kind::Main, MAIN, &main_piece(words, i + 1));
        let spoken = fill(words.time.starts, &[("task", task)]);
        let (_, started) = main.push_spoken(Kind::Start, start, "", spoken);
        let mut worker = lane(words, i + 1);
        worker.skip_to(started);
        worker.push(Kind::Task(i), PIECE, &format!("{task}1"));
        worker.push(Kind::Task(i), PIECE, &format!("{task}2"));
        if send > 0.0 {
            worker.push(Kind::Move, send, "");
        }
        arrows.push(Arrow {
            from: (0, Side::Right, started),
            to: (i + 1, Side::Left, started),
            stroke: Stroke::Thin,
        });
        workers.push(worker);
    }
    main.push(Kind::Main, MAIN, &main_piece(words, TASKS.len() + 1));
    for (i, (task, worker)) in TASKS.iter().zip(&workers).enumerate() {
        main.wait_until(worker.now(), "");
        if receive > 0.0 {
            let spoken = fill(words.time.receives, &[("task", task)]);
            let (_, received) = main.push_spoken(Kind::Move, receive, "", spoken);
            arrows.push(Arrow {
                from: (i + 1, Side::Middle, worker.now()),
                to: (0, Side::Right, received - receive / 2.0),
                stroke: Stroke::Thin,
            });
        }
    }
    main.push(Kind::Main, MAIN, words.time.main_end);
    let mut lanes = vec![main];
    lanes.append(&mut workers);
    Timeline { lanes, arrows }
}

/// How long the same work takes one after another, as threads on one core, as threads and as processes
/// on several cores.
pub fn lengths(words: &Words) -> [f64; 4] {
    let one_core = one_core(words);
    let switching = SWITCH * count(switches(&one_core));
    [
        one_core.end() - switching,
        one_core.end(),
        several_cores(words, START_THREAD, 0.0, 0.0).end(),
        several_cores(words, START_PROCESS, SEND, RECEIVE).end(),
    ]
}

fn end_of_one_core(words: &Words) -> f64 {
    one_core(words).end()
}

/// Names, time and lanes; returns the height of the whole picture.
fn draw(canvas: &mut Canvas, words: &Words, timeline: &Timeline) -> f64 {
    timeline.draw_names(canvas, 16.0);
    let whole = end_of_one_core(words);
    draw_time(canvas, words, TIME_X, TOP, TOP + whole);
    timeline.draw(canvas, TOP, Some(timeline.end()));
    TOP + whole + MARGIN
}

fn finish(
    canvas: Canvas,
    words: &Words,
    timeline: &Timeline,
    height: f64,
    alternative: &Alternative,
) -> String {
    let switches = switches(timeline).to_string();
    let lanes = timeline.describe(words);
    let description = fill(alternative.description, &[("count", &switches), ("lanes", &lanes)]);
    canvas.finish(height, alternative.title, &description)
}

fn switches(timeline: &Timeline) -> usize {
    timeline.lanes.iter().flat_map(|lane| &lane.pieces).filter(|p| p.kind == Kind::Switch).count()
}

pub fn threads_one_core(name: &'static str, words: &Words) -> String {
    let timeline = one_core(words);
    let mut canvas = Canvas::new(name);
    let height = draw(&mut canvas, words, &timeline);
    let core = &timeline.lanes[0];
    let x = core.right() + 34.0;

    // One note at the first switch, one at pieces in the middle, one at the end.
    let first_switch = TOP + MAIN + SWITCH / 2.0;
    canvas.line(
        &[(x - 6.0, first_switch), (core.right() + 6.0, first_switch)],
        Stroke::Solid,
        Heads::End,
    );
    canvas.text((x, first_switch), Align::Start, words.time.switch_note);

    let (from, to) = (core.pieces[2].from, core.pieces[core.pieces.len() - 3].to);
    bracket(&mut canvas, core.right() + 12.0, TOP + from, TOP + to);
    canvas.text(
        (x, TOP + f64::midpoint(from, to) - LINE / 2.0),
        Align::Start,
        words.time.turns_note,
    );

    let count = switches(&timeline).to_string();
    let sum = fill(words.time.sum_note, &[("count", &count)]);
    let end = TOP + timeline.end();
    canvas.line(&[(core.right() + 4.0, end), (WIDTH - MARGIN, end)], Stroke::Dashed, Heads::None);
    canvas.text((x, end - 14.0 - LINE), Align::Start, &sum);
    finish(canvas, words, &timeline, height, &words.time.one_core)
}

/// A bracket that opens to the left.
fn bracket(canvas: &mut Canvas, x: f64, top: f64, bottom: f64) {
    let points = [(x - 6.0, top), (x, top), (x, bottom), (x - 6.0, bottom)];
    canvas.line(&points, Stroke::Thin, Heads::None);
}

/// The dashed line where threads on one core end, with its words above it.
fn mark_one_core(canvas: &mut Canvas, words: &Words) {
    let y = TOP + end_of_one_core(words);
    canvas.line(&[(LANES_LEFT - 8.0, y), (WIDTH - MARGIN, y)], Stroke::Dashed, Heads::None);
    let words = words.time.one_core_end;
    let room = Rect::new(LANES_LEFT, y - 24.0, WIDTH - MARGIN - LANES_LEFT, LINE);
    debug_assert!(text_width(words, FONT) < room.w);
    canvas.label(room, words, false);
}

pub fn threads_cores(name: &'static str, words: &Words) -> String {
    let timeline = several_cores(words, START_THREAD, 0.0, 0.0);
    let mut canvas = Canvas::new(name);
    let height = draw(&mut canvas, words, &timeline);
    mark_one_core(&mut canvas, words);
    let mut y = TOP + timeline.end() + 40.0;
    let keys = [(Kind::Start, words.time.thread_start_key), (Kind::Wait, words.time.wait_key)];
    for (kind, text) in keys {
        y += draw_key(&mut canvas, LANES_LEFT + 40.0, y, kind, text);
    }
    canvas.text((LANES_LEFT + 80.0, y), Align::Start, words.time.no_copy_key);
    finish(canvas, words, &timeline, height, &words.time.cores)
}

pub fn processes(name: &'static str, words: &Words) -> String {
    let timeline = several_cores(words, START_PROCESS, SEND, RECEIVE);
    let mut canvas = Canvas::new(name);
    let height = draw(&mut canvas, words, &timeline);
    mark_one_core(&mut canvas, words);
    let mut y = TOP + timeline.end() + 24.0;
    let keys = [
        (Kind::Start, words.time.process_start_key),
        (Kind::Move, words.time.move_key),
        (Kind::Wait, words.time.wait_key),
    ];
    for (kind, text) in keys {
        y += draw_key(&mut canvas, LANES_LEFT + 40.0, y, kind, text);
    }
    finish(canvas, words, &timeline, height, &words.time.processes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words::english;

    #[test]
    fn the_three_pictures_can_be_compared() {
        let words = english();
        let one_core = one_core(words);
        let threads = several_cores(words, START_THREAD, 0.0, 0.0);
        let processes = several_cores(words, START_PROCESS, SEND, RECEIVE);
        // What the texts say: ten switches; threads end in less than half the time; processes
        // end between the two.
        assert_eq!(switches(&one_core), 10);
        assert!(threads.end() < one_core.end() / 2.0);
        assert!(threads.end() < processes.end() && processes.end() < one_core.end());
        // The same work in all three.
        let work = |timeline: &Timeline| -> f64 {
            let pieces = timeline.lanes.iter().flat_map(|lane| &lane.pieces);
            let working = pieces.filter(|p| matches!(p.kind, Kind::Main | Kind::Task(_)));
            working.map(|p| p.to - p.from).sum()
        };
        assert!((work(&one_core) - work(&threads)).abs() < 1e-9);
        assert!((work(&one_core) - work(&processes)).abs() < 1e-9);
    }
}
