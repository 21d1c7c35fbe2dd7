//! Pools: of processes, with a counter and pipes; of threads, with queues and stealing.

use super::svg::{
    Align, Canvas, Colour, Heads, LINE, Look, MARGIN, Pattern, Rect, Stroke, WIDTH, count,
};
use super::words::{Words, fill};

const INNER: f64 = WIDTH - 2.0 * MARGIN;

/// Which worker took which chunk, in the order of the chunks.
const TAKEN: [usize; 5] = [0, 1, 2, 1, 0];
const WORKERS: usize = 3;
const CHUNK: usize = 2;

fn worker_look(worker: usize) -> (Look, Look) {
    let colour = [Colour::Blue, Colour::Green, Colour::Purple][worker % 3];
    let mark = match worker % 3 {
        0 => Look::plain(colour),
        1 => Look::patterned(colour, Pattern::Hatched),
        _ => Look::patterned(colour, Pattern::CrossHatched),
    };
    (Look::plain(colour), mark)
}

/// A row of cells, one for each input; cells of a chunk touch. Below each chunk stands the mark of
/// the worker that takes it, so that chunks are told apart without colour.
fn strip(canvas: &mut Canvas, area: Rect, label: impl Fn(usize) -> String) {
    let inputs = TAKEN.len() * CHUNK;
    let gap = 8.0;
    let cell = (area.w - gap * count(TAKEN.len() - 1)) / count(inputs);
    for (chunk, &worker) in TAKEN.iter().enumerate() {
        let (look, mark) = worker_look(worker);
        let x = area.x + (cell * count(CHUNK) + gap) * count(chunk);
        for i in 0..CHUNK {
            let r = Rect::new(x + cell * count(i), area.y, cell, area.h - 9.0);
            canvas.area_rounded(r, 0.0, look);
            canvas.label(r, &label(chunk * CHUNK + i), false);
        }
        let r = Rect::new(x, area.bottom() - 9.0, cell * count(CHUNK), 9.0);
        canvas.area_rounded(r, 0.0, mark);
    }
}

fn chunks_of(words: &Words, worker: usize) -> String {
    let text = &words.process_pool;
    let list: Vec<String> =
        (0..TAKEN.len()).filter(|&c| TAKEN[c] == worker).map(|c| c.to_string()).collect();
    let template = if list.len() == 1 { text.chunk } else { text.chunks };
    fill(template, &[("list", &list.join(words.list_joint))])
}

/// A worker, and the pipe through which its results go down to the parent.
fn draw_worker(canvas: &mut Canvas, words: &Words, worker: usize, r: Rect) {
    let text = &words.process_pool;
    let (look, mark) = worker_look(worker);
    canvas.area_rounded(r, 0.0, look);
    canvas.area_rounded(Rect::new(r.x, r.bottom() - 9.0, r.w, 9.0), 0.0, mark);
    let name = fill(text.worker, &[("n", &worker.to_string())]);
    let label = format!("{name}\n{}", chunks_of(words, worker));
    canvas.label(Rect::new(r.x, r.y, r.w, r.h - 9.0), &label, false);
    let (middle, _) = r.center();
    let pipe = Rect::new(middle - 30.0, r.bottom() + 8.0, 26.0, 46.0);
    canvas.pipe_standing(pipe);
    let x = pipe.center().0;
    let out = [(x, pipe.bottom() + 2.0), (x, pipe.bottom() + 22.0)];
    canvas.line(&out, Stroke::Solid, Heads::End);
    let beside = (pipe.right() + 8.0, pipe.center().1 - LINE / 2.0);
    canvas.text(beside, Align::Start, text.pipe);
}

/// `mp::Pool::map`: inherited inputs, a shared counter, a pipe each, results in order.
pub fn process_pool(name: &'static str, words: &Words) -> String {
    let text = &words.process_pool;
    let mut canvas = Canvas::new(name);

    // The parent before: its inputs, in chunks.
    let before = Rect::new(MARGIN, 4.0, INNER, 88.0);
    canvas.frame(before, 10.0);
    canvas.heading((before.x + 14.0, before.y + 20.0), Align::Start, text.parent_before);
    canvas.text((before.right() - 14.0, before.y + 20.0), Align::End, text.inputs);
    strip(&mut canvas, Rect::new(before.x + 14.0, before.y + 38.0, before.w - 28.0, 40.0), |i| {
        i.to_string()
    });

    let gap = 22.0;
    let width = (INNER - gap * count(WORKERS - 1)) / count(WORKERS);
    let counter = Rect::new(MARGIN + 44.0, before.bottom() + 54.0, INNER - 88.0, 34.0);
    let workers: Vec<Rect> = (0..WORKERS)
        .map(|worker| {
            let x = MARGIN + (width + gap) * count(worker);
            Rect::new(x, counter.bottom() + 50.0, width, 58.0)
        })
        .collect();

    // Fork leads from the parent to each worker, behind the counter.
    for worker in &workers {
        let x = worker.x + 13.0;
        let ends = [(x, before.bottom() + 1.0), (x, worker.y - 2.0)];
        canvas.line(&ends, Stroke::Solid, Heads::End);
    }
    let fork = (workers[0].x + 24.0, f64::midpoint(before.bottom(), counter.y) - LINE / 2.0);
    canvas.text(fork, Align::Start, text.fork);

    canvas.area(counter, Look::plain(Colour::Ink));
    canvas.label(counter, text.counter, false);
    for (worker, &r) in workers.iter().enumerate() {
        draw_worker(&mut canvas, words, worker, r);
        // Takes the numbers of chunks from the counter.
        let x = r.right() - 13.0;
        let x = x.min(counter.right() - 13.0);
        let ends = [(x, r.y - 2.0), (x, counter.bottom() + 2.0)];
        canvas.line(&ends, Stroke::Solid, Heads::Both);
    }
    let take = Rect::new(workers[0].x, counter.bottom(), width, workers[0].y - counter.bottom());
    canvas.label(take, text.take, false);

    // The parent after.
    let after = Rect::new(MARGIN, workers[0].bottom() + 78.0, INNER, 88.0);
    canvas.frame(after, 10.0);
    canvas.heading((after.x + 14.0, after.y + 20.0), Align::Start, text.parent_after);
    canvas.text((after.right() - 14.0, after.y + 20.0), Align::End, text.results);
    strip(&mut canvas, Rect::new(after.x + 14.0, after.y + 38.0, after.w - 28.0, 40.0), |i| {
        format!("f({i})")
    });

    let taken: Vec<String> = (0..WORKERS)
        .map(|worker| {
            let who = fill(text.worker, &[("n", &worker.to_string())]);
            fill(text.takes, &[("worker", &who), ("chunks", &chunks_of(words, worker))])
        })
        .collect();
    let description = fill(
        text.alternative.description,
        &[
            ("inputs", &(TAKEN.len() * CHUNK).to_string()),
            ("chunks", &TAKEN.len().to_string()),
            ("workers", &WORKERS.to_string()),
            ("taken", &taken.join(words.list_joint_wide)),
        ],
    );
    canvas.finish(after.bottom() + 4.0, text.alternative.title, &description)
}

/// What thread 0 has put into its queue, the oldest first, and what it runs: the halves that are
/// left when 16 items are halved again and again.
fn halves() -> (Vec<(usize, usize)>, (usize, usize)) {
    let mut queue = Vec::new();
    let mut end = 16;
    while end > 2 {
        queue.push((end / 2, end - 1));
        end /= 2;
    }
    (queue, (0, end - 1))
}

/// A pool of threads in which an idle thread steals.
pub fn thread_pool(name: &'static str, words: &Words) -> String {
    let text = &words.thread_pool;
    let (queue, running) = halves();
    let items = |(from, to): (usize, usize)| {
        fill(text.items, &[("from", &from.to_string()), ("to", &to.to_string())])
    };
    let mut canvas = Canvas::new(name);
    canvas.heading((WIDTH / 2.0, 16.0), Align::Middle, text.process);
    let width = 150.0;
    let (left, right) = (MARGIN + 18.0, WIDTH - MARGIN - 18.0 - width);
    let top = 78.0;
    for (n, x) in [left, right].into_iter().enumerate() {
        let queue = fill(text.queue, &[("n", &n.to_string())]);
        canvas.text((x + width / 2.0, top - 22.0), Align::Middle, &queue);
    }

    // The queues; a piece is the higher the more items it holds.
    let mut cells: Vec<Rect> = Vec::new();
    for &(from, to) in &queue {
        let y = cells.last().map_or(top, |above| above.bottom());
        cells.push(Rect::new(left, y, width, 20.0 + 5.0 * count(to - from + 1)));
    }
    for (cell, &half) in cells.iter().zip(&queue) {
        canvas.area_rounded(*cell, 0.0, Look::plain(Colour::Blue));
        canvas.label(*cell, &items(half), false);
    }
    let bottom = cells.last().map_or(top, |last| last.bottom());
    let empty = Rect::new(right, top, width, bottom - top);
    canvas.area_rounded(empty, 0.0, Look::plain(Colour::Ink).dashed());
    canvas.label(empty, text.empty, false);

    // The threads: one takes from the near end, the other steals from the far end.
    let [busy, idle] = [left, right].map(|x| Rect::new(x, bottom + 44.0, width, 60.0));
    canvas.area(busy, Look::plain(Colour::Blue));
    canvas.label(busy, &fill(text.busy, &[("items", &items(running))]), false);
    canvas.area(idle, Look::patterned(Colour::Ink, Pattern::Dotted).dashed());
    canvas.label(idle, text.idle, true);
    let x = left + 24.0;
    canvas.line(&[(x, bottom + 2.0), (x, busy.y - 2.0)], Stroke::Solid, Heads::End);
    canvas.text((x + 10.0, f64::midpoint(bottom, busy.y)), Align::Start, text.takes);
    let (oldest, turn) = (cells[0].center().1, right - 22.0);
    let way = [
        (left + width + 2.0, oldest),
        (turn, oldest),
        (turn, idle.center().1),
        (idle.x - 2.0, idle.center().1),
    ];
    canvas.line(&way, Stroke::Solid, Heads::End);
    let gap = (left + width, turn);
    canvas.text((f64::midpoint(gap.0, gap.1), oldest + 22.0), Align::Middle, text.steals);

    let frame = Rect::new(MARGIN, 34.0, INNER, idle.bottom() + 16.0 - 34.0);
    canvas.frame(frame, 12.0);
    let queue_words: Vec<String> = queue.iter().map(|&half| items(half)).collect();
    let description = fill(
        text.alternative.description,
        &[
            ("queue", &queue_words.join(words.list_joint)),
            ("running", &items(running)),
            ("stolen", &queue_words[0]),
        ],
    );
    canvas.finish(frame.bottom() + 4.0, text.alternative.title, &description)
}
