//! Several small timelines, one below the other: start methods, a deadlock and its cure, a supervisor; a pool that
//! replaces its workers.

use super::svg::{Align, Canvas, Colour, Heads, Look, MARGIN, Rect, Stroke, WIDTH};
use super::timeline::{Arrow, Kind, Lane, Side, Timeline, draw_time};
use super::words::{Words, fill};

const LEFT: f64 = 38.0;
const RIGHT: f64 = WIDTH - MARGIN;

/// A timeline with a heading, and words that stand above its arrows.
struct Scene {
    heading: &'static str,
    timeline: Timeline,
    /// Where across, when, and what.
    labels: Vec<(f64, f64, &'static str)>,
}

impl Scene {
    /// Draws the scene from `top` on; returns where it ends.
    fn draw(&self, canvas: &mut Canvas, words: &Words, top: f64) -> f64 {
        canvas.heading((f64::midpoint(LEFT, RIGHT), top + 12.0), Align::Middle, self.heading);
        for lane in &self.timeline.lanes {
            canvas.text((lane.middle(), top + 36.0), Align::Middle, &lane.name);
        }
        let top = top + 52.0;
        let end = top + self.timeline.end();
        draw_time(canvas, words, 14.0, top, end);
        self.timeline.draw(canvas, top, None);
        for &(x, time, label) in &self.labels {
            canvas.text((x, top + time - 11.0), Align::Middle, label);
        }
        end
    }
}

/// Across, from the side of one lane to that of another; solid.
fn across(lanes: &[&Lane], from: usize, to: usize, time: f64) -> Arrow {
    let (out, into) = if lanes[from].left() < lanes[to].left() {
        (Side::Right, Side::Left)
    } else {
        (Side::Left, Side::Right)
    };
    Arrow { from: (from, out, time), to: (to, into, time), stroke: Stroke::Solid }
}

fn between(a: &Lane, b: &Lane) -> f64 {
    f64::midpoint(a.right(), b.left())
}

fn fork(words: &Words) -> Scene {
    let text = &words.programs.start_methods;
    let mut parent = Lane::new(text.program, LEFT, 128.0);
    let mut worker = Lane::new(text.worker, RIGHT - 150.0, 150.0);
    parent.push(Kind::Main, 44.0, text.sets);
    let (_, forked) = parent.push_spoken(Kind::Start, 16.0, "", text.forks.to_owned());
    worker.skip_to(forked);
    worker.push(Kind::Main, 56.0, text.copy);
    let (_, done) = worker.push(Kind::Task(0), 48.0, text.counts);
    parent.wait_until(done, text.waits);
    parent.push(Kind::Main, 34.0, text.goes_on);
    let lanes = [&parent, &worker];
    let arrows = vec![across(&lanes, 0, 1, forked), across(&lanes, 1, 0, done)];
    let x = between(&parent, &worker);
    Scene {
        heading: text.fork,
        labels: vec![(x, forked, text.fork_arrow), (x, done, text.result_pipe)],
        timeline: Timeline { lanes: vec![parent, worker], arrows },
    }
}

fn program_again(words: &Words) -> Scene {
    let text = &words.programs.start_methods;
    let mut parent = Lane::new(text.program, LEFT, 128.0);
    let mut worker = Lane::new(text.worker, RIGHT - 150.0, 150.0);
    parent.push(Kind::Main, 44.0, text.sets);
    let (_, started) = parent.push_spoken(Kind::Start, 16.0, "", text.starts.to_owned());
    worker.skip_to(started);
    worker.push(Kind::Start, 36.0, text.is_loaded);
    let (_, ready) = worker.push(Kind::Main, 56.0, text.fresh);
    parent.push(Kind::Main, ready - started, text.sends);
    let (_, done) = worker.push(Kind::Task(0), 48.0, text.counts);
    parent.wait_until(done, text.waits);
    parent.push(Kind::Main, 34.0, text.goes_on);
    let lanes = [&parent, &worker];
    let arrows = vec![
        across(&lanes, 0, 1, started),
        across(&lanes, 0, 1, ready),
        across(&lanes, 1, 0, done),
    ];
    let x = between(&parent, &worker);
    Scene {
        heading: text.program_again,
        labels: vec![
            (x, started, text.start_arrow),
            (x, ready, text.job_stdin),
            (x, done, text.result_stdout),
        ],
        timeline: Timeline { lanes: vec![parent, worker], arrows },
    }
}

fn fork_server(words: &Words) -> Scene {
    let text = &words.programs.start_methods;
    let (width, pitch) = (106.0, 164.0);
    let mut parent = Lane::new(text.program, LEFT, width);
    let mut server = Lane::new(text.server, LEFT + pitch, width);
    let mut worker = Lane::new(text.worker, LEFT + 2.0 * pitch, width);
    parent.push(Kind::Main, 34.0, text.begins);
    let (_, forked) = parent.push_spoken(Kind::Start, 16.0, "", text.forks_server.to_owned());
    parent.push(Kind::Main, 60.0, text.sets_and_grows);
    server.skip_to(forked);
    server.push(Kind::Main, 56.0, text.server_copy);
    let (_, sent) = parent.push(Kind::Main, 52.0, text.sends);
    server.wait_until(sent, text.waits);
    let (_, forked_again) = server.push_spoken(Kind::Start, 16.0, "", text.forks.to_owned());
    worker.skip_to(forked_again);
    worker.push(Kind::Main, 56.0, text.worker_copy);
    let (_, done) = worker.push(Kind::Task(0), 48.0, text.counts);
    parent.wait_until(done, text.waits);
    parent.push(Kind::Main, 34.0, text.goes_on);
    let end = parent.now();
    server.wait_until(end, text.waits);
    let lanes = [&parent, &server, &worker];
    let arrows = vec![
        across(&lanes, 0, 1, forked),
        across(&lanes, 0, 1, sent),
        across(&lanes, 1, 2, forked_again),
        across(&lanes, 2, 0, done),
    ];
    let (x, y) = (between(&parent, &server), between(&server, &worker));
    Scene {
        heading: text.fork_server,
        labels: vec![
            (x, forked, text.fork_arrow),
            (x, sent, text.job),
            (y, forked_again, text.fork_arrow),
            (y, done, text.result),
        ],
        timeline: Timeline { lanes: vec![parent, server, worker], arrows },
    }
}

/// Fork, the program again, and a fork server.
pub fn start_methods(name: &'static str, words: &Words) -> String {
    let text = &words.programs.start_methods;
    let mut canvas = Canvas::new(name);
    let scenes = [fork(words), program_again(words), fork_server(words)];
    let mut end = -28.0;
    for scene in &scenes {
        end = scene.draw(&mut canvas, words, end + 32.0);
    }
    let [fork, again, server] = scenes.map(|scene| scene.timeline.describe(words));
    let values = [("fork", &*fork), ("again", &*again), ("server", &*server)];
    let description = fill(text.alternative.description, &values);
    canvas.finish(end + MARGIN, text.alternative.title, &description)
}

/// Who waits for whom: a circle of threads and accounts. Returns where it ends.
fn draw_circle(canvas: &mut Canvas, words: &Words, top: f64) -> f64 {
    let text = &words.programs.deadlock;
    canvas.heading((f64::midpoint(LEFT, RIGHT), top + 12.0), Align::Middle, text.giver_first);
    let (width, height) = (150.0, 44.0);
    let at = |right: bool, below: bool| {
        let x = if right { RIGHT - width } else { LEFT };
        Rect::new(x, top + 34.0 + if below { height + 70.0 } else { 0.0 }, width, height)
    };
    let number = |template: &str, n: usize| fill(template, &[("n", &n.to_string())]);
    // Around: thread 1, account 1, thread 2, account 0.
    let boxes = [at(false, false), at(true, false), at(true, true), at(false, true)];
    let looks = [Kind::Task(0).look(), Look::plain(Colour::Ink), Kind::Task(1).look()];
    let names = [
        (number(text.thread, 1), looks[0]),
        (number(text.account, 1), looks[1]),
        (number(text.thread, 2), looks[2]),
        (number(text.account, 0), looks[1]),
    ];
    for (i, (r, (name, look))) in boxes.iter().zip(&names).enumerate() {
        let radius = if i % 2 == 0 { 3.0 } else { 20.0 };
        canvas.area_rounded(*r, radius, *look);
        canvas.label(*r, name, false);
    }
    let [one, wanted, two, held] = boxes;
    let middle = f64::midpoint(one.right(), wanted.x);
    let (up, low) = (one.center().1, two.center().1);
    let ends = [(one.right() + 2.0, up), (wanted.x - 2.0, up)];
    canvas.line(&ends, Stroke::Dashed, Heads::End);
    canvas.text((middle, up - 12.0), Align::Middle, text.waits_for);
    let ends = [(two.x - 2.0, low), (held.right() + 2.0, low)];
    canvas.line(&ends, Stroke::Dashed, Heads::End);
    canvas.text((middle, low - 12.0), Align::Middle, text.waits_for);
    let (x, y) = (wanted.center().0, f64::midpoint(wanted.bottom(), two.y));
    let ends = [(x, wanted.bottom() + 2.0), (x, two.y - 2.0)];
    canvas.line(&ends, Stroke::Solid, Heads::End);
    canvas.text((x - 10.0, y), Align::End, text.is_held_by);
    let x = held.center().0;
    canvas.line(&[(x, held.y - 2.0), (x, one.bottom() + 2.0)], Stroke::Solid, Heads::End);
    canvas.text((x + 10.0, y), Align::Start, text.is_held_by);
    two.bottom()
}

/// Both threads lock account 0 first.
fn same_order(words: &Words) -> Scene {
    let text = &words.programs.deadlock;
    let number = |template: &str, n: usize| fill(template, &[("n", &n.to_string())]);
    let width = 150.0;
    let mut lanes =
        [(1, LEFT), (2, RIGHT - width)].map(|(n, x)| Lane::new(number(text.thread, n), x, width));
    let work = |lane: &mut Lane, task: usize| {
        lane.push(Kind::Task(task), 34.0, &number(text.locks, 0));
        lane.push(Kind::Task(task), 34.0, &number(text.locks, 1));
        lane.push(Kind::Task(task), 34.0, text.transfers);
        lane.push(Kind::Main, 34.0, text.lets_go).1
    };
    let [one, two] = &mut lanes;
    let free = work(one, 0);
    two.skip_to(34.0);
    two.wait_until(free, &number(text.wants, 0));
    work(two, 1);
    let [one, two] = lanes;
    let arrows = vec![across(&[&one, &two], 0, 1, free)];
    Scene {
        heading: text.same_order,
        labels: vec![(between(&one, &two), free, text.free)],
        timeline: Timeline { lanes: vec![one, two], arrows },
    }
}

/// A deadlock by lock order, and its cure.
pub fn deadlock(name: &'static str, words: &Words) -> String {
    let text = &words.programs.deadlock;
    let mut canvas = Canvas::new(name);
    let end = draw_circle(&mut canvas, words, 4.0);
    let scene = same_order(words);
    let end = scene.draw(&mut canvas, words, end + 30.0);
    let lanes = scene.timeline.describe(words);
    let description = fill(text.alternative.description, &[("lanes", &lanes)]);
    canvas.finish(end + MARGIN, text.alternative.title, &description)
}

/// The pauses of the program, in milliseconds: each is twice the one before.
const PAUSES: [u32; 2] = [50, 100];

/// A task that fails twice: an attempt, a pause, an attempt, a longer pause, an attempt.
fn attempts(words: &Words) -> Scene {
    let text = &words.programs.supervisor;
    let mut supervisor = Lane::new(text.lane, LEFT, 136.0);
    let mut task = Lane::new(text.task, RIGHT - 142.0, 142.0);
    let mut spans = Vec::new();
    for attempt in 0..=PAUSES.len() {
        let n = (attempt + 1).to_string();
        let (_, started) =
            supervisor.push_spoken(Kind::Start, 16.0, "", fill(text.starts, &[("n", &n)]));
        task.skip_to(started);
        let pause = PAUSES.get(attempt);
        let what = if pause.is_some() { text.panics } else { text.counts };
        let (_, ended) = task.push(Kind::Task(0), 56.0, &fill(what, &[("n", &n)]));
        if let Some(pause) = pause {
            let label = fill(text.pause, &[("ms", &pause.to_string())]);
            let (_, paused) = task.push(Kind::Wait, 36.0 + 0.4 * f64::from(*pause), &label);
            supervisor.push(Kind::Main, paused - started, text.meanwhile);
            task.skip_to(supervisor.now());
        } else {
            supervisor.push(Kind::Main, ended - started, text.watches);
            supervisor.push(Kind::Main, 34.0, text.takes_result);
        }
        spans.push((started, ended));
    }
    let lanes = [&supervisor, &task];
    let x = between(&supervisor, &task);
    let (mut arrows, mut labels) = (Vec::new(), Vec::new());
    for (i, (started, ended)) in spans.into_iter().enumerate() {
        arrows.extend([across(&lanes, 0, 1, started), across(&lanes, 1, 0, ended)]);
        let status = if i < PAUSES.len() { text.failed } else { text.succeeded };
        labels.extend([(x, started, text.worker), (x, ended, status)]);
    }
    let timeline = Timeline { lanes: vec![supervisor, task], arrows };
    Scene { heading: text.back_off, timeline, labels }
}

/// Ctrl-C while one worker is stopped and can't act on SIGTERM.
fn shut_down(words: &Words) -> Scene {
    let text = &words.programs.supervisor;
    let width = 124.0;
    let mut supervisor = Lane::new(text.lane, LEFT, width);
    let mut good = Lane::new(fill(text.worker_n, &[("n", "1")]), LEFT + 155.0, width);
    let mut stopped = Lane::new(fill(text.worker_n, &[("n", "2")]), RIGHT - width, width);
    supervisor.push(Kind::Main, 36.0, text.ctrl_c);
    let (_, told) = supervisor.push(Kind::Main, 52.0, text.tells);
    good.push(Kind::Task(0), told + 18.0, text.ends);
    supervisor.push(Kind::Wait, 76.0, text.grace);
    let (_, killed) = supervisor.push(Kind::Main, 36.0, text.kills);
    stopped.push(Kind::Wait, killed, text.stopped);
    supervisor.push(Kind::Main, 56.0, text.joins);
    let lanes = [&supervisor, &good, &stopped];
    let arrows = vec![
        across(&lanes, 0, 1, told),
        across(&lanes, 0, 2, told),
        across(&lanes, 0, 2, killed - 2.0),
    ];
    let timeline = Timeline { lanes: vec![supervisor, good, stopped], arrows };
    Scene { heading: text.shut_down, timeline, labels: Vec::new() }
}

/// A supervisor: pauses between attempts, and the end on Ctrl-C.
pub fn supervisor(name: &'static str, words: &Words) -> String {
    let text = &words.programs.supervisor;
    let mut canvas = Canvas::new(name);
    let scenes = [attempts(words), shut_down(words)];
    let end = scenes[0].draw(&mut canvas, words, 4.0);
    let end = scenes[1].draw(&mut canvas, words, end + 32.0);
    let [attempts, shut_down] = scenes.map(|scene| scene.timeline.describe(words));
    let values = [("attempts", &*attempts), ("shut_down", &*shut_down)];
    let description = fill(text.alternative.description, &values);
    canvas.finish(end + MARGIN, text.alternative.title, &description)
}

/// A pool of two places: in one a worker dies, in the other one hangs, and both are replaced.
fn replaced(words: &Words) -> Scene {
    let text = &words.programs.living_pool;
    let number = |template: &str, n: usize| fill(template, &[("n", &n.to_string())]);
    let (width, pitch) = (118.0, 158.0);
    let mut pool = Lane::new(text.lane, LEFT, width);
    let places = [1, 2].map(|n| {
        Lane::new(number(text.place, n), LEFT + pitch * f64::from(u8::from(n == 2) + 1), width)
    });
    let [mut first, mut second] = places;
    let (load, step) = (52.0, 44.0);
    let start = |pool: &mut Lane, n| {
        pool.push_spoken(Kind::Start, 16.0, "", number(text.starts, n)).1
    };
    let begun = start(&mut pool, 1);
    first.skip_to(begun);
    second.skip_to(begun);
    first.push(Kind::Start, load, &number(text.loads, 1));
    second.push(Kind::Start, load, &number(text.loads, 2));
    first.push(Kind::Task(0), step, &number(text.task, 0));
    second.push(Kind::Task(1), step, &number(text.task, 1));
    let (_, dead) = first.push(Kind::Task(0), step, &number(text.dies, 2));
    pool.push(Kind::Main, dead - pool.now(), text.hands_out);
    let begun_again = start(&mut pool, 3);
    first.skip_to(begun_again);
    first.push(Kind::Start, load, &number(text.loads, 3));
    first.push(Kind::Task(0), step, &number(text.again, 2));
    let late = first.now() + 24.0;
    second.wait_until(late, &number(text.hangs, 3));
    pool.push(Kind::Main, late - pool.now() - step, text.hands_out);
    pool.push(Kind::Main, step, text.deadline);
    let begun_last = start(&mut pool, 4);
    second.skip_to(begun_last);
    second.push(Kind::Start, load, &number(text.loads, 4));
    second.push(Kind::Task(1), step, &number(text.again, 3));
    for n in 4..6 {
        first.push(Kind::Task(0), step, &number(text.task, n));
    }
    pool.push(Kind::Main, second.now() - pool.now(), text.hands_out);
    let lanes = [&pool, &first, &second];
    let arrows = vec![
        across(&lanes, 0, 1, begun),
        across(&lanes, 1, 0, dead),
        across(&lanes, 0, 1, begun_again),
        across(&lanes, 0, 2, late),
    ];
    let labels = vec![(between(&pool, &first), dead, text.end)];
    let timeline = Timeline { lanes: vec![pool, first, second], arrows };
    Scene { heading: text.heading, timeline, labels }
}

/// The life of a pool: a dead and a hung worker are replaced.
pub fn living_pool(name: &'static str, words: &Words) -> String {
    let text = &words.programs.living_pool;
    let mut canvas = Canvas::new(name);
    let scene = replaced(words);
    let end = scene.draw(&mut canvas, words, 4.0);
    let lanes = scene.timeline.describe(words);
    let description = fill(text.alternative.description, &[("lanes", &lanes)]);
    canvas.finish(end + MARGIN, text.alternative.title, &description)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words::english;

    #[test]
    fn a_fork_server_is_forked_before_the_program_changes() {
        let scene = fork_server(english());
        let [program, server, worker] = &scene.timeline.lanes[..] else { panic!("three lanes") };
        assert!(server.pieces[0].from <= program.pieces[2].from);
        assert!(worker.pieces[0].from >= program.pieces[2].to);
    }

    #[test]
    fn in_one_order_the_second_thread_locks_after_the_first_has_let_go() {
        let scene = same_order(english());
        let [one, two] = &scene.timeline.lanes[..] else { panic!("two lanes") };
        assert_eq!(two.pieces[0].kind, Kind::Wait);
        assert!(two.pieces[1].from >= one.now());
    }

    #[test]
    fn each_place_has_a_worker_that_loads_again_before_the_lost_task_is_tried_again() {
        let scene = replaced(english());
        for place in &scene.timeline.lanes[1..] {
            let loads = place.pieces.iter().filter(|piece| piece.kind == Kind::Start);
            assert_eq!(loads.count(), 2);
            let lost = place.pieces.iter().position(|piece| piece.label.contains("once more"));
            let before = lost.and_then(|at| place.pieces.get(at - 1));
            assert_eq!(before.map(|piece| piece.kind), Some(Kind::Start));
        }
    }

    #[test]
    fn each_pause_is_twice_the_one_before_and_the_program_has_the_first() {
        assert!(PAUSES.windows(2).all(|two| two[1] == 2 * two[0]));
        let program = include_str!("../../../examples/supervisor.rs");
        assert!(program.contains(&format!("from_millis({})", PAUSES[0])));
        let scene = attempts(english());
        let waits = scene.timeline.lanes[1].pieces.iter().filter(|p| p.kind == Kind::Wait);
        assert!(waits.map(|p| p.to - p.from).is_sorted());
    }
}
