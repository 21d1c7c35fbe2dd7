//! What is shared; fork and join; many children; the order of results.

use super::svg::{Align, Canvas, Colour, Heads, Look, MARGIN, Rect, Stroke, WIDTH, count};
use super::timeline::{Arrow, Kind, Lane, Side, Timeline, draw_key, draw_time};
use super::words::{Words, fill, one_line};

const INNER: f64 = WIDTH - 2.0 * MARGIN;

/// What threads share and what processes share.
pub fn memory(name: &'static str, words: &Words) -> String {
    let text = &words.memory;
    let mut canvas = Canvas::new(name);

    // One process: one frame, one heap, a stack for each thread.
    canvas.heading((WIDTH / 2.0, 16.0), Align::Middle, text.one_process);
    let frame = Rect::new(MARGIN, 34.0, INNER, 168.0);
    canvas.frame(frame, 12.0);
    let heap = Rect::new(frame.x + 16.0, frame.y + 16.0, frame.w - 32.0, 40.0);
    canvas.area(heap, Look::plain(Colour::Green));
    canvas.label(heap, text.shared_heap, false);
    let threads = 3;
    let gap = 16.0;
    let width = (heap.w - gap * count(threads - 1)) / count(threads);
    for i in 0..threads {
        let x = heap.x + (width + gap) * count(i);
        let stack = Rect::new(x, heap.bottom() + 36.0, width, 56.0);
        canvas.area(stack, Look::plain(Colour::Blue));
        canvas.label(stack, &fill(text.thread_stack, &[("n", &(i + 1).to_string())]), false);
        let (middle, _) = stack.center();
        let ends = [(middle, stack.y - 3.0), (middle, heap.bottom() + 3.0)];
        canvas.line(&ends, Stroke::Solid, Heads::Both);
    }

    // Two processes: two frames; a pipe between them, a mapping across both.
    let top = frame.bottom() + 34.0;
    canvas.heading((WIDTH / 2.0, top), Align::Middle, text.two_processes);
    let gap = 56.0;
    let width = (INNER - gap) / 2.0;
    let frames = [0usize, 1].map(|i| {
        let x = MARGIN + (width + gap) * count(i);
        let frame = Rect::new(x, top + 18.0, width, 226.0);
        canvas.frame(frame, 12.0);
        canvas.heading(
            (frame.center().0, frame.y + 20.0),
            Align::Middle,
            &fill(text.process, &[("n", &(i + 1).to_string())]),
        );
        let own = Rect::new(frame.x + 16.0, frame.y + 38.0, frame.w - 32.0, 72.0);
        canvas.area(own, Look::plain(Colour::Blue));
        canvas.label(own, text.owned, false);
        frame
    });
    let across = Rect::new(
        frames[0].x + 100.0,
        frames[0].y + 126.0,
        frames[1].right() - frames[0].x - 200.0,
        34.0,
    );
    canvas.pipe_lying(across);
    canvas.label(across, text.pipe, false);
    let (_, y) = across.center();
    canvas.line(&[(across.x - 46.0, y), (across.x - 4.0, y)], Stroke::Solid, Heads::End);
    canvas.line(
        &[(across.right() + 4.0, y), (across.right() + 46.0, y)],
        Stroke::Solid,
        Heads::End,
    );
    let mapping = Rect::new(
        frames[0].x + 56.0,
        across.bottom() + 16.0,
        frames[1].right() - frames[0].x - 112.0,
        36.0,
    );
    canvas.area_rounded(mapping, 3.0, Look::plain(Colour::Green));
    canvas.label(mapping, text.mapping, false);

    let alternative = &text.alternative;
    canvas.finish(frames[0].bottom() + 4.0, alternative.title, alternative.description)
}

/// One child: fork, its task, its exit, the parent's join.
pub fn fork_join(name: &'static str, words: &Words) -> String {
    let text = &words.fork_join;
    let (left, width) = (38.0, 162.0);
    let mut parent = Lane::new(text.parent, left, width);
    let mut child = Lane::new(text.child, WIDTH - MARGIN - width, width);

    parent.push(Kind::Main, 40.0, text.runs);
    let (_, forked) = parent.push_spoken(Kind::Start, 16.0, "", text.fork_spoken.to_owned());
    parent.push(Kind::Main, 40.0, text.goes_on);
    child.skip_to(forked);
    child.push(Kind::Main, 50.0, text.copy);
    child.push(Kind::Task(0), 64.0, text.task);
    let (_, exited) = child.push(Kind::Main, 30.0, text.exit);
    parent.wait_until(exited, text.waits);
    parent.push(Kind::Main, 44.0, text.goes_on_again);
    let arrows = vec![
        Arrow {
            from: (0, Side::Right, forked),
            to: (1, Side::Left, forked),
            stroke: Stroke::Solid,
        },
        Arrow {
            from: (1, Side::Left, exited),
            to: (0, Side::Right, exited),
            stroke: Stroke::Solid,
        },
    ];
    let gap = f64::midpoint(parent.right(), child.left());
    let timeline = Timeline { lanes: vec![parent, child], arrows };

    let mut canvas = Canvas::new(name);
    let top = 34.0;
    timeline.draw_names(&mut canvas, 16.0);
    draw_time(&mut canvas, words, 14.0, top, top + timeline.end());
    timeline.draw(&mut canvas, top, None);
    canvas.text((gap, top + forked - 12.0), Align::Middle, text.fork);
    canvas.text((gap, top + exited - 12.0), Align::Middle, text.status);
    let description = fill(text.alternative.description, &[("lanes", &timeline.describe(words))]);
    canvas.finish(top + timeline.end() + MARGIN, text.alternative.title, &description)
}

/// How long each child runs, from its spawn to its exit.
const RUNS: [f64; 5] = [190.0, 232.0, 76.0, 236.0, 98.0];
const SPAWN: f64 = 26.0;
/// A join that finds its child ended takes this long in the picture, for its label.
const JOIN_AT_ONCE: f64 = 26.0;

/// Five children, spawned in order and joined in order.
fn five_children(words: &Words) -> (Timeline, Vec<usize>) {
    let text = &words.multi_process;
    let mut parent = Lane::new(text.parent, 38.0, 98.0);
    let mut children: Vec<Lane> = Vec::new();
    let mut arrows = Vec::new();
    let pitch = 64.0;
    for i in 0..RUNS.len() {
        let n = i.to_string();
        let (_, spawned) = parent.push(Kind::Start, SPAWN, &fill(text.spawn, &[("n", &n)]));
        let spoken = fill(text.child, &[("n", &n)]);
        let mut child = Lane::new(n, 162.0 + pitch * count(i), 54.0);
        child.spoken = Some(spoken);
        child.skip_to(spawned);
        arrows.push(Arrow {
            from: (0, Side::Right, spawned),
            to: (i + 1, Side::Left, spawned),
            stroke: Stroke::Thin,
        });
        children.push(child);
    }
    let ends: Vec<f64> = children.iter().zip(RUNS).map(|(child, run)| child.now() + run).collect();
    let mut order: Vec<usize> = (0..RUNS.len()).collect();
    order.sort_by(|&a, &b| ends[a].total_cmp(&ends[b]));
    for (rank, &i) in order.iter().enumerate() {
        let label = text.ends[rank];
        let spoken = fill(text.spoken_runs, &[("ends", &one_line(label))]);
        children[i].push_spoken(Kind::Task(0), RUNS[i], label, spoken);
    }
    for (i, child) in children.iter_mut().enumerate() {
        let n = i.to_string();
        let label = fill(text.join, &[("n", &n)]);
        let joined = if ends[i] > parent.now() {
            let spoken = fill(text.spoken_join_waits, &[("n", &n)]);
            let length = ends[i] - parent.now();
            parent.push_spoken(Kind::Wait, length, &label, spoken).1
        } else {
            let spoken = fill(text.spoken_join_at_once, &[("n", &n)]);
            let (from, to) = parent.push_spoken(Kind::Main, JOIN_AT_ONCE, &label, spoken);
            let joined = f64::midpoint(from, to);
            child.push(Kind::Zombie, joined - ends[i], "");
            joined
        };
        arrows.push(Arrow {
            from: (i + 1, Side::Middle, joined),
            to: (0, Side::Right, joined),
            stroke: Stroke::Thin,
        });
    }
    let mut lanes = vec![parent];
    lanes.append(&mut children);
    (Timeline { lanes, arrows }, order)
}

pub fn multi_process(name: &'static str, words: &Words) -> String {
    let text = &words.multi_process;
    let (timeline, order) = five_children(words);
    let mut canvas = Canvas::new(name);
    let top = 56.0;
    let (first, last) = (&timeline.lanes[1], &timeline.lanes[5]);
    let middle = f64::midpoint(first.left(), last.right());
    canvas.heading((middle, 16.0), Align::Middle, text.children);
    timeline.draw_names(&mut canvas, 38.0);
    draw_time(&mut canvas, words, 14.0, top, top + timeline.end());
    timeline.draw(&mut canvas, top, None);
    let mut y = top + timeline.end() + 30.0;
    let keys = [
        (Kind::Start, text.start_key),
        (Kind::Wait, text.wait_key),
        (Kind::Zombie, text.zombie_key),
    ];
    for (kind, words) in keys {
        y += draw_key(&mut canvas, timeline.lanes[0].left(), y, kind, words);
    }
    let order: Vec<String> = order.iter().map(usize::to_string).collect();
    let description = fill(
        text.alternative.description,
        &[("lanes", &timeline.describe(words)), ("ends", &order.join(words.list_joint))],
    );
    canvas.finish(y, text.alternative.title, &description)
}

/// The indexes of the results in the order in which they arrive.
const ARRIVALS: [usize; 5] = [2, 0, 4, 1, 3];

/// Squares, so that the results are easy to check.
fn square(i: usize) -> usize {
    i * i
}

/// Results arrive in any order and are put into place by their index.
pub fn order(name: &'static str, words: &Words) -> String {
    let text = &words.order;
    let mut canvas = Canvas::new(name);
    let (index_width, result_width, height, pitch) = (62.0, 74.0, 34.0, 46.0);
    let (left, top) = (38.0, 68.0);
    let right = WIDTH - MARGIN - index_width - result_width;
    let row = |x: f64, i: usize| Rect::new(x, top + pitch * count(i), index_width, height);
    let both = index_width + result_width;
    for (x, heading) in [(left, text.arrive), (right, text.placed)] {
        canvas.heading((x + both / 2.0, 16.0), Align::Middle, heading);
        canvas.text((x + index_width / 2.0, 46.0), Align::Middle, text.index);
        canvas.text((x + index_width + result_width / 2.0, 46.0), Align::Middle, text.result);
    }
    for (arrival, &i) in ARRIVALS.iter().enumerate() {
        let (from, to) = (row(left, arrival), row(right, i));
        let start = (left + both + 3.0, from.center().1);
        canvas.line(&[start, (to.x - 4.0, to.center().1)], Stroke::Solid, Heads::End);
    }
    for (arrival, &i) in ARRIVALS.iter().enumerate() {
        for cell in [row(left, arrival), row(right, i)] {
            let result = Rect { x: cell.right(), w: result_width, ..cell };
            canvas.area(cell, Look::plain(Colour::Ink));
            canvas.label(cell, &i.to_string(), false);
            canvas.area(result, Look::plain(Colour::Blue));
            canvas.label(result, &square(i).to_string(), false);
        }
    }
    let bottom = row(left, ARRIVALS.len() - 1).bottom();
    draw_time(&mut canvas, words, 14.0, top, bottom);

    let rows: Vec<String> = ARRIVALS
        .iter()
        .map(|&i| fill(text.row, &[("i", &i.to_string()), ("r", &square(i).to_string())]))
        .collect();
    let results: Vec<String> = (0..ARRIVALS.len()).map(|i| square(i).to_string()).collect();
    let description = fill(
        text.alternative.description,
        &[("rows", &rows.join(words.list_joint)), ("results", &results.join(words.list_joint))],
    );

    canvas.finish(bottom + MARGIN, text.alternative.title, &description)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words::english;

    #[test]
    fn children_end_in_another_order_than_they_began() {
        let (timeline, order) = five_children(english());
        assert_eq!(order, [2, 0, 4, 1, 3]);
        let kind = |lane: usize, piece: usize| timeline.lanes[lane].pieces[piece].kind;
        // join(0) waits, and child 2 is a zombie while it does.
        let join = &timeline.lanes[0].pieces[RUNS.len()];
        assert_eq!(join.kind, Kind::Wait);
        assert_eq!(kind(3, 1), Kind::Zombie);
        let zombie = &timeline.lanes[3].pieces[1];
        assert!(zombie.from < join.to && zombie.to > join.to);
    }

    #[test]
    fn results_arrive_out_of_order_and_each_once() {
        let mut sorted = ARRIVALS;
        sorted.sort_unstable();
        assert_eq!(sorted, [0, 1, 2, 3, 4]);
        assert_ne!(ARRIVALS, sorted);
    }
}
