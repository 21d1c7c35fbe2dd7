//! A pool of processes: inherited inputs, a shared counter, a pipe each, results in order.

use anyhow::Result;
use paint::{Align, Canvas, Colour, Heads, Look, MARGIN, Pattern, Rect, Stroke};
use serde::Deserialize;

use crate::sheet::{Drawn, Sheet};
use crate::words::{Common, fill, fill_n};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Text {
    parent_before: &'static str,
    inputs: &'static str,
    fork: &'static str,
    counter: &'static str,
    take: &'static str,
    takes: &'static str,
    worker: &'static str,
    chunk: &'static str,
    chunks: &'static str,
    pipe: &'static str,
    parent_after: &'static str,
    results: &'static str,
    title: &'static str,
    description: &'static str,
}

/// Which worker took which chunk, in the order of the chunks.
const TAKEN: [usize; 5] = [0, 1, 2, 1, 0];
const WORKERS: usize = 3;
const CHUNK: usize = 2;
/// Height of the mark below what a worker has.
const MARK: f64 = 7.0;

fn look_of(worker: usize) -> (Look, Look) {
    let colour = Colour::of_task(worker);
    let mark = match worker {
        0 => Look::plain(colour),
        1 => Look::patterned(colour, Pattern::Hatched),
        _ => Look::patterned(colour, Pattern::CrossHatched),
    };
    (Look::plain(colour), mark)
}

/// A row of cells, one for each input; cells of a chunk touch. Below each chunk stands the mark of
/// the worker that takes it, so that chunks are told apart without colour.
fn strip(canvas: &mut Canvas, area: Rect, label: impl Fn(usize) -> String) {
    for (chunk, (r, &worker)) in area.columns(TAKEN.len(), 5.0).into_iter().zip(&TAKEN).enumerate()
    {
        let (look, mark) = look_of(worker);
        for (i, cell) in r.columns(CHUNK, 0.0).into_iter().enumerate() {
            canvas.area_rounded(Rect { h: area.h - MARK, ..cell }, 0.0, look);
            let label = label(chunk * CHUNK + i);
            canvas.text((cell.center().0, cell.center().1 - MARK / 2.0), Align::Middle, &label);
        }
        canvas.area_rounded(Rect { y: r.bottom() - MARK, h: MARK, ..r }, 0.0, mark);
    }
}

/// What the parent has: a name, what it is, and a cell for each.
fn parent(
    canvas: &mut Canvas,
    top: f64,
    [name, what]: [&str; 2],
    label: impl Fn(usize) -> String,
) -> Rect {
    let line = canvas.line_height();
    let narrow = 1.1 * canvas.text_width(name) + canvas.text_width(what) > canvas.inner() - 30.0;
    let rows = if narrow { 2.0 } else { 1.0 };
    let frame = Rect::new(MARGIN, top, canvas.inner(), 46.0 + rows * line);
    canvas.frame(frame, 8.0);
    let (left, right, y) = (frame.x + 8.0, frame.right() - 8.0, frame.y + 6.0 + line / 2.0);
    canvas.heading((left, y), Align::Start, name);
    if narrow {
        canvas.text((left, y + line), Align::Start, what);
    } else {
        canvas.text((right, y), Align::End, what);
    }
    strip(canvas, Rect::new(left, frame.bottom() - 36.0, right - left, 30.0), label);
    frame
}

fn chunks_of(words: &Common, text: &Text, worker: usize) -> String {
    let list: Vec<String> =
        (0..TAKEN.len()).filter(|&c| TAKEN[c] == worker).map(|c| c.to_string()).collect();
    let template = if list.len() == 1 { text.chunk } else { text.chunks };
    fill(template, &[("list", &list.join(words.list_joint))])
}

/// A worker, and the pipe through which its results go down to the parent.
fn draw_worker(canvas: &mut Canvas, text: &Text, worker: usize, chunks: &str, r: Rect) {
    let (look, mark) = look_of(worker);
    let line = canvas.line_height();
    canvas.area_rounded(r, 0.0, look);
    canvas.area_rounded(Rect { y: r.bottom() - MARK, h: MARK, ..r }, 0.0, mark);
    let (middle, y) = (r.center().0, r.center().1 - MARK / 2.0);
    for (label, y) in
        [(fill_n(text.worker, worker).as_str(), y - line / 2.0), (chunks, y + line / 2.0)]
    {
        canvas.text((middle, y), Align::Middle, label);
    }
    let pipe = Rect::new(middle - 28.0, r.bottom() + 6.0, 20.0, 36.0);
    canvas.pipe_standing(pipe);
    let x = pipe.center().0;
    canvas.line(&[(x, pipe.bottom() + 2.0), (x, pipe.bottom() + 18.0)], Stroke::Solid, Heads::End);
    let beside = (pipe.right() + 7.0, pipe.center().1 - line / 2.0);
    canvas.lines(beside, Align::Start, text.pipe, r.right() - pipe.right());
}

pub fn draw(sheet: &mut Sheet) -> Result<Drawn> {
    let (text, words): (&Text, _) = (sheet.text()?, sheet.words);
    let canvas = &mut sheet.canvas;
    let before = parent(canvas, 4.0, [text.parent_before, text.inputs], |i| i.to_string());
    let line = canvas.line_height();
    // As high as what stands there in a third of the width.
    let third = (canvas.inner() - 28.0) / 3.0 - 32.0;
    let room = canvas.height_of(text.take, third).max(2.0 * line) + 12.0;
    let high = canvas.height_of(text.counter, canvas.inner() - 64.0) + 11.0;
    let all = Rect::new(MARGIN, before.bottom() + 2.0 * room + high, canvas.inner(), 46.0);
    let workers = all.columns(WORKERS, 14.0);
    let counter = Rect { x: all.x + 30.0, w: all.w - 60.0, ..all };
    let counter = Rect { y: before.bottom() + room, h: high, ..counter };

    // Fork leads from the parent to each worker, behind the counter.
    for worker in &workers {
        let x = worker.x + 10.0;
        canvas.line(&[(x, before.bottom() + 1.0), (x, worker.y - 2.0)], Stroke::Solid, Heads::End);
    }
    let fork = (workers[0].x + 18.0, before.bottom() + room / 2.0 - line / 2.0);
    canvas.lines(fork, Align::Start, text.fork, workers[1].x - workers[0].x - 14.0);

    canvas.area(counter, Look::plain(Colour::Ink));
    canvas.label(counter, text.counter, false);
    for (worker, &r) in workers.iter().enumerate() {
        draw_worker(canvas, text, worker, &chunks_of(words, text, worker), r);
        // Takes the numbers of chunks from the counter.
        let x = (r.right() - 10.0).min(counter.right() - 10.0);
        canvas.line(&[(x, r.y - 2.0), (x, counter.bottom() + 2.0)], Stroke::Solid, Heads::Both);
    }
    let take = Rect::new(workers[0].x + 14.0, counter.bottom(), workers[0].w - 28.0, room);
    canvas.label(take, text.take, false);

    let after = workers[0].bottom() + 62.0;
    let after = parent(canvas, after, [text.parent_after, text.results], |i| format!("f({i})"));
    let taken: Vec<String> = (0..WORKERS)
        .map(|worker| {
            let (who, chunks) = (fill_n(text.worker, worker), chunks_of(words, text, worker));
            fill(text.takes, &[("worker", &who), ("chunks", &chunks)])
        })
        .collect();
    let description = fill(
        text.description,
        &[
            ("inputs", &(TAKEN.len() * CHUNK).to_string()),
            ("chunks", &TAKEN.len().to_string()),
            ("workers", &WORKERS.to_string()),
            ("taken", &taken.join(words.list_joint_wide)),
        ],
    );
    Ok(Drawn { height: after.bottom() + 4.0, title: text.title, description })
}
