//! Five children, spawned in order and joined in order.

use anyhow::Result;
use paint::one_line;
use serde::Deserialize;

use crate::sheet::{Drawn, Sheet};
use crate::timeline::{Arrow, Kind, Lane, Timeline};
use crate::words::{fill, fill_n};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Text {
    parent: &'static str,
    child: &'static str,
    spoken_spawn: &'static str,
    /// The child that ends as the first, the second, …
    ends: [&'static str; 5],
    spoken_join_waits: &'static str,
    spoken_join_at_once: &'static str,
    spoken_runs: &'static str,
    start_key: &'static str,
    join_key: &'static str,
    wait_key: &'static str,
    zombie_key: &'static str,
    title: &'static str,
    description: &'static str,
}

/// How long each child runs, from its spawn to its exit.
const RUNS: [f64; 5] = [190.0, 232.0, 76.0, 236.0, 98.0];
const SPAWN: f64 = 26.0;
/// A join that finds its child ended takes this long in the picture, for its label.
const JOIN_AT_ONCE: f64 = 26.0;

/// The lanes of parent and children, and the order in which the children end.
fn five_children(text: &Text) -> (Timeline, Vec<usize>) {
    let mut parent = Lane::new(text.parent);
    let mut children: Vec<Lane> = Vec::new();
    let mut arrows = Vec::new();
    let thin = |from, to| Arrow { from, to, label: String::new(), stroke: paint::Stroke::Thin };
    for i in 0..RUNS.len() {
        let n = i.to_string();
        let (_, spawned) =
            parent.push_spoken(Kind::Start, SPAWN, &n, &fill_n(text.spoken_spawn, i));
        let mut child = Lane::new(fill_n(text.child, i));
        child.skip_to(spawned);
        arrows.push(thin((0, spawned), (i + 1, spawned)));
        children.push(child);
    }
    let ends: Vec<f64> = children.iter().zip(RUNS).map(|(child, run)| child.now() + run).collect();
    let mut order: Vec<usize> = (0..RUNS.len()).collect();
    order.sort_by(|&a, &b| ends[a].total_cmp(&ends[b]));
    for (rank, &i) in order.iter().enumerate() {
        let label = text.ends[rank];
        let spoken = fill(text.spoken_runs, &[("ends", &one_line(label))]);
        children[i].push_spoken(Kind::Task(0), RUNS[i], label, &spoken);
    }
    for (i, child) in children.iter_mut().enumerate() {
        let n = i.to_string();
        let joined = if ends[i] > parent.now() {
            let spoken = fill_n(text.spoken_join_waits, i);
            parent.push_spoken(Kind::Wait, ends[i] - parent.now(), &n, &spoken).1
        } else {
            let spoken = fill_n(text.spoken_join_at_once, i);
            let (from, to) = parent.push_spoken(Kind::Main, JOIN_AT_ONCE, &n, &spoken);
            let joined = f64::midpoint(from, to);
            child.push(Kind::Zombie, joined - ends[i], "");
            joined
        };
        arrows.push(thin((i + 1, joined), (0, joined)));
    }
    let mut lanes = vec![parent];
    lanes.append(&mut children);
    (Timeline { lanes, arrows, whole: 0.0 }, order)
}

pub fn draw(sheet: &mut Sheet) -> Result<Drawn> {
    let text: &Text = sheet.text()?;
    let (timeline, order) = five_children(text);
    let bottom = sheet.timeline(&timeline, 4.0).bottom;
    let keys = [
        (Kind::Start, text.start_key),
        (Kind::Main, text.join_key),
        (Kind::Wait, text.wait_key),
        (Kind::Zombie, text.zombie_key),
    ];
    let height = sheet.keys(bottom + 6.0, &keys);
    let order: Vec<String> = order.iter().map(usize::to_string).collect();
    let lanes = timeline.describe(sheet.words);
    let values = [("lanes", &*lanes), ("ends", &order.join(sheet.words.list_joint))];
    Ok(Drawn { height, title: text.title, description: fill(text.description, &values) })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words::english;

    #[test]
    fn children_end_in_another_order_than_they_began() {
        let text = english().1.table("pictures.multi-process").expect("its words");
        let (timeline, order) = five_children(text);
        assert_eq!(order, [2, 0, 4, 1, 3]);
        // join(0) waits, and child 2 is a zombie while it does.
        let join = &timeline.lanes[0].pieces[RUNS.len()];
        assert_eq!(join.kind, Kind::Wait);
        let zombie = &timeline.lanes[3].pieces[1];
        assert_eq!(zombie.kind, Kind::Zombie);
        assert!(zombie.from < join.to && zombie.to > join.to);
    }
}
