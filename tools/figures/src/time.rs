//! How the time goes with threads on one core, threads on several cores and processes on several
//! cores: main 1 to 4 and its end, and tasks A, B and C of two pieces each.
//!
//! All three have the same lanes and the same scale, so that they can be compared; the second and third mark where
//! the first ends.

use paint::{Align, Heads, MARGIN, Stroke, count};
use serde::Deserialize;

use crate::sheet::Sheet;
use crate::timeline::{Arrow, Kind, Lane, Timeline};
use crate::words::{fill, fill_n};

/// How long things take. None of it is measured: it is the picture of an idea.
const MAIN: f64 = 29.0;
/// The last piece of main, which has a longer name.
const END: f64 = 42.0;
const PIECE: f64 = 38.0;
const SWITCH: f64 = 7.0;
/// What a thread costs, and a process.
pub const THREAD: Costs = Costs { start: 7.0, send: 0.0, receive: 0.0 };
pub const PROCESS: Costs = Costs { start: 22.0, send: 20.0, receive: 12.0 };

const TASKS: [&str; 3] = ["A", "B", "C"];

/// What a worker costs besides its task, and what main pays for its result.
#[derive(Clone, Copy)]
pub struct Costs {
    start: f64,
    send: f64,
    receive: f64,
}

/// The words that the three have in common.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Text {
    pub core: &'static str,
    pub main: &'static str,
    pub main_end: &'static str,
    pub end: &'static str,
    pub starts: &'static str,
    pub receives: &'static str,
    pub one_core_end: &'static str,
    pub wait_key: &'static str,
}

fn push_main(lane: &mut Lane, text: &Text, n: usize) {
    let is_end = n > TASKS.len() + 1;
    let label = if is_end { text.main_end.to_owned() } else { fill_n(text.main, n) };
    lane.push(Kind::Main, if is_end { END } else { MAIN }, &label);
    if let Some(piece) = lane.pieces.last_mut() {
        piece.short = if is_end { text.end.to_owned() } else { n.to_string() };
    }
}

/// Everything in one lane.
pub fn one_core(text: &Text) -> Timeline {
    let mut core = Lane::new(fill_n(text.core, 1));
    let switch = |core: &mut Lane| {
        core.push(Kind::Switch, SWITCH, "");
    };
    for (i, task) in TASKS.iter().enumerate() {
        push_main(&mut core, text, i + 1);
        switch(&mut core);
        core.push(Kind::Task(i), PIECE, &format!("{task}1"));
        switch(&mut core);
    }
    push_main(&mut core, text, TASKS.len() + 1);
    switch(&mut core);
    for (i, task) in TASKS.iter().enumerate() {
        core.push(Kind::Task(i), PIECE, &format!("{task}2"));
        switch(&mut core);
    }
    push_main(&mut core, text, TASKS.len() + 2);
    Timeline { whole: core.now(), lanes: vec![core], arrows: Vec::new() }
}

/// Main on the first core, a task on each of the others.
pub fn several_cores(text: &Text, costs: Costs) -> Timeline {
    let Costs { start, send, receive } = costs;
    let lane = |n: usize| Lane::new(fill_n(text.core, n));
    let (mut main, mut workers, mut arrows) = (lane(1), Vec::new(), Vec::new());
    let thin = |from, to| Arrow { from, to, label: String::new(), stroke: Stroke::Thin };
    for (i, task) in TASKS.iter().enumerate() {
        push_main(&mut main, text, i + 1);
        let spoken = fill(text.starts, &[("task", task)]);
        let (_, started) = main.push_spoken(Kind::Start, start, "", &spoken);
        let mut worker = lane(i + 2);
        worker.skip_to(started);
        worker.push(Kind::Task(i), PIECE, &format!("{task}1"));
        worker.push(Kind::Task(i), PIECE, &format!("{task}2"));
        if send > 0.0 {
            worker.push(Kind::Move, send, "");
        }
        arrows.push(thin((0, started), (i + 1, started)));
        workers.push(worker);
    }
    push_main(&mut main, text, TASKS.len() + 1);
    for (i, (task, worker)) in TASKS.iter().zip(&workers).enumerate() {
        main.wait_until(worker.now(), "");
        if receive > 0.0 {
            let spoken = fill(text.receives, &[("task", task)]);
            let (_, received) = main.push_spoken(Kind::Move, receive, "", &spoken);
            arrows.push(thin((i + 1, worker.now()), (0, received - receive / 2.0)));
        }
    }
    push_main(&mut main, text, TASKS.len() + 2);
    let mut lanes = vec![main];
    lanes.append(&mut workers);
    Timeline { lanes, arrows, whole: one_core(text).whole }
}

/// How long the same work takes one after another, as threads on one core, as threads and as processes
/// on several cores.
pub fn lengths(text: &Text) -> [f64; 4] {
    let one_core = one_core(text);
    let switching = SWITCH * count(switches(&one_core));
    [
        one_core.end() - switching,
        one_core.end(),
        several_cores(text, THREAD).end(),
        several_cores(text, PROCESS).end(),
    ]
}

pub fn switches(timeline: &Timeline) -> usize {
    timeline.lanes.iter().flat_map(|lane| &lane.pieces).filter(|p| p.kind == Kind::Switch).count()
}

/// Draws workers on several cores, and a dashed line where threads on one core end; returns where the lanes end.
pub fn draw_cores(sheet: &mut Sheet, text: &Text, timeline: &Timeline) -> f64 {
    let line = sheet.canvas.line_height();
    let (right, y) = (sheet.canvas.width() - MARGIN, 4.0 + line / 2.0);
    sheet.canvas.text((right, y), Align::End, text.one_core_end);
    let top = y + line / 2.0 + 6.0;
    let placed = sheet.timeline(timeline, top);
    let bottom = placed.lanes.last().map_or(top, |lane| lane.bottom());
    let ends = [(right, top - 4.0), (right, bottom)];
    sheet.canvas.line(&ends, Stroke::Dashed, Heads::None);
    placed.bottom
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words::english;

    #[test]
    fn the_three_pictures_can_be_compared() {
        let text = english().1.table("pictures.time").expect("their words");
        let one_core = one_core(text);
        let threads = several_cores(text, THREAD);
        let processes = several_cores(text, PROCESS);
        // What the texts say: ten switches; threads end in less than half the time; processes
        // end between the two.
        assert_eq!(switches(&one_core), 10);
        assert!(threads.end() < one_core.end() / 2.0);
        assert!(threads.end() < processes.end() && processes.end() < one_core.end());
        // The same scale, and the same work in all three.
        assert!([&threads, &processes].iter().all(|t| (t.whole - one_core.whole).abs() < 1e-9));
        let work = |timeline: &Timeline| -> f64 {
            let pieces = timeline.lanes.iter().flat_map(|lane| &lane.pieces);
            let working = pieces.filter(|p| matches!(p.kind, Kind::Main | Kind::Task(_)));
            working.map(|p| p.to - p.from).sum()
        };
        assert!((work(&one_core) - work(&threads)).abs() < 1e-9);
        assert!((work(&one_core) - work(&processes)).abs() < 1e-9);
    }
}
