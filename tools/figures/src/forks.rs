//! What a forked child has of its parent's; the way of a signal.

use super::svg::{Align, Canvas, Colour, Heads, LINE, Look, MARGIN, Rect, Stroke, WIDTH, count};
use super::words::Words;

const INNER: f64 = WIDTH - 2.0 * MARGIN;

/// Copied, shared, and not there.
pub fn fork_copies(name: &'static str, words: &Words) -> String {
    let text = &words.programs.fork_copies;
    let mut canvas = Canvas::new(name);
    let gap = 64.0;
    let width = (INNER - gap) / 2.0;
    let sides = [text.parent, text.child].into_iter().enumerate().map(|(i, title)| {
        let frame = Rect::new(MARGIN + (width + gap) * count(i), 8.0, width, 288.0);
        canvas.frame(frame, 12.0);
        canvas.heading((frame.center().0, frame.y + 20.0), Align::Middle, title);
        let part = |y, h| Rect::new(frame.x + 14.0, frame.y + y, frame.w - 28.0, h);
        let own = part(38.0, 76.0);
        if i == 0 {
            canvas.area(own, Look::plain(Colour::Purple));
            canvas.label(own, text.left_behind, false);
        } else {
            canvas.area(own, Look::plain(Colour::Ink).dashed());
            canvas.label(own, text.not_there, false);
        }
        let memory = part(126.0, 76.0);
        canvas.area(memory, Look::plain(Colour::Blue));
        canvas.label(memory, text.memory, false);
        let descriptors = part(214.0, 58.0);
        canvas.area(descriptors, Look::plain(Colour::Blue));
        canvas.label(descriptors, text.descriptors, false);
        (memory, descriptors)
    });
    let sides: Vec<_> = sides.collect();
    for (left, right) in [(sides[0].0, sides[1].0), (sides[0].1, sides[1].1)] {
        let y = left.center().1;
        canvas.line(&[(left.right() + 3.0, y), (right.x - 3.0, y)], Stroke::Solid, Heads::End);
        canvas.text((WIDTH / 2.0, y - 12.0), Align::Middle, text.copied);
    }
    let system = Rect::new(MARGIN, 350.0, INNER, 48.0 + LINE);
    canvas.area(system, Look::plain(Colour::Green));
    canvas.label(system, text.system, false);
    for (_, descriptors) in &sides {
        let x = descriptors.center().0;
        let ends = [(x, descriptors.bottom() + 3.0), (x, system.y - 3.0)];
        canvas.line(&ends, Stroke::Solid, Heads::End);
    }
    canvas.text((WIDTH / 2.0, system.y - 22.0), Align::Middle, text.shared);
    let alternative = &text.alternative;
    canvas.finish(system.bottom() + 4.0, alternative.title, alternative.description)
}

/// From the sender through a thread and the handler into a pipe, and out of it.
pub fn signals(name: &'static str, words: &Words) -> String {
    let text = &words.programs.signals;
    let mut canvas = Canvas::new(name);
    let middle = WIDTH / 2.0;
    canvas.heading((middle, 14.0), Align::Middle, text.signal);

    let frame = Rect::new(MARGIN, 62.0, INNER, 274.0);
    canvas.frame(frame, 12.0);
    let gap = 16.0;
    let width = (INNER - 32.0 - gap) / 2.0;
    let threads = [text.lets_it_in, text.blocks_it].into_iter().enumerate().map(|(i, thread)| {
        let x = frame.x + 16.0 + (width + gap) * count(i);
        let area = Rect::new(x, frame.y + 16.0, width, 56.0);
        let look = if i == 0 { Look::plain(Colour::Blue) } else { Look::plain(Colour::Ink) };
        canvas.area(area, look);
        canvas.label(area, thread, false);
        area
    });
    let threads: Vec<_> = threads.collect();
    let (x, _) = threads[0].center();
    let arrow = [(middle, 26.0), (middle, 40.0), (x, 40.0), (x, threads[0].y - 3.0)];
    canvas.line(&arrow, Stroke::Solid, Heads::End);

    let handler = Rect::new(threads[0].x, threads[0].bottom() + 40.0, width, 56.0);
    canvas.area(handler, Look::plain(Colour::Cost));
    canvas.label(handler, text.handler, false);
    let ends = [(x, threads[0].bottom() + 3.0), (x, handler.y - 3.0)];
    canvas.line(&ends, Stroke::Solid, Heads::End);
    canvas.text((x + 12.0, threads[0].bottom() + 20.0), Align::Start, text.interrupts);

    let pipe = Rect::new(threads[1].x + 30.0, handler.y + 11.0, width - 30.0, 34.0);
    canvas.pipe_lying(pipe);
    canvas.label(pipe, text.pipe, false);
    let y = pipe.center().1;
    canvas.line(&[(handler.right() + 3.0, y), (pipe.x - 4.0, y)], Stroke::Solid, Heads::End);

    let run = Rect::new(threads[0].x, handler.bottom() + 34.0, INNER - 32.0, 56.0);
    canvas.area(run, Look::plain(Colour::Green));
    canvas.label(run, text.main_loop, false);
    let x = pipe.center().0;
    let ends = [(x, pipe.bottom() + 3.0), (x, run.y - 3.0)];
    canvas.line(&ends, Stroke::Solid, Heads::End);

    let alternative = &text.alternative;
    canvas.finish(frame.bottom() + 4.0, alternative.title, alternative.description)
}
