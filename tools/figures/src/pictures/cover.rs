//! The cover: the same work as threads and as processes, in Python and in Rust, as measured.

use anyhow::Result;
use paint::{Align, Colour, Look, MARGIN, Pattern, Rect};
use serde::Deserialize;
use trace::Kind;

use crate::measured::{Measured, time};
use crate::sheet::{Drawn, Sheet};
use crate::words::fill;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Text {
    title: &'static str,
    /// What all ways have in common.
    work: &'static str,
    /// Python's threads and processes, Rust's threads and processes.
    ways: [&'static str; 4],
    /// A way and how long it took.
    took: &'static str,
    /// The main program.
    main: &'static str,
    /// What is paid besides the work.
    costs: &'static str,
}

const LANE: f64 = 9.0;
const PITCH: f64 = 12.0;

pub fn draw(sheet: &mut Sheet) -> Result<Drawn> {
    let text: &Text = sheet.text()?;
    let Measured { rust, python } = &sheet.data.timelines;
    let ways = [&python.ways[2], &python.ways[3], &rust.ways[2], &rust.ways[3]];
    let longest = ways.iter().map(|way| way.length).fold(0.0, f64::max);
    let canvas = &mut sheet.canvas;
    let (line, scale) = (canvas.line_height(), canvas.inner() / longest);
    let mut description = vec![text.work.to_owned()];
    let costs_look = Look::patterned(Colour::Cost, Pattern::Hatched);
    let mut y = 0.0;
    for (way, name) in ways.iter().zip(text.ways) {
        let took = time(way.length);
        description.push(fill(text.took, &[("way", name), ("time", &took)]));
        canvas.heading((MARGIN, y + line / 2.0), Align::Start, name);
        let end = MARGIN + way.length * scale;
        canvas.heading((end, y + line / 2.0), Align::End, &took);
        y += line + 3.0;
        for (number, worker) in way.workers.iter().enumerate() {
            canvas.band(Rect::new(MARGIN, y, way.length * scale, LANE));
            let ran = worker.events.iter();
            let ran = ran.filter(|event| event.kind != Kind::Switch && event.cpu.is_some());
            let bars = ran.map(|event| {
                let (x, width) = (MARGIN + event.start * scale, event.duration * scale);
                (event.kind == Kind::Work, Rect::new(x, y, width.max(1.5), LANE))
            });
            // Short costs are drawn last, so that no work hides them.
            let (work, costs): (Vec<_>, Vec<_>) = bars.partition(|&(is_work, _)| is_work);
            for (bars, look) in [(work, lane_look(number)), (costs, costs_look)] {
                let bars: Vec<Rect> = bars.into_iter().map(|(_, bar)| bar).collect();
                canvas.bars(&bars, look, OPACITY);
            }
            y += PITCH;
        }
        y += 12.0;
    }
    let mut x = MARGIN;
    y += line / 2.0 - 4.0;
    let lanes = [text.main, "A", "B", "C"].into_iter().enumerate();
    let lanes = lanes.map(|(number, name)| (lane_look(number), name));
    for (look, name) in lanes.chain([(costs_look, text.costs)]) {
        if x + 23.0 + canvas.text_width(name) > canvas.width() - MARGIN {
            (x, y) = (MARGIN, y + line + 2.0);
        }
        canvas.bars(&[Rect::new(x, y - LANE / 2.0, 18.0, LANE)], look, OPACITY);
        canvas.text((x + 23.0, y), Align::Start, name);
        x += 23.0 + canvas.text_width(name) + 11.0;
    }
    let description = description.join(sheet.words.sentence_joint);
    Ok(Drawn { height: y + line / 2.0 + 3.0, title: text.title, description })
}

/// Small bars are strong.
const OPACITY: &str = ".75";

/// How the work of a worker looks: main's, and that of the three tasks.
fn lane_look(number: usize) -> Look {
    Look::plain(number.checked_sub(1).map_or(Colour::Ink, Colour::of_task))
}
