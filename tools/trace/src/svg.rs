//! Draws ways: a lane for each worker below the other, time runs to the right.

use std::collections::BTreeMap;

use paint::{Align, Canvas, Colour, Layout, Look, MARGIN, Pattern, Rect, Stroke, count, finish};
use serde::Deserialize;

use super::recording::{Event, Kind, Way};

/// Of a lane.
const LANE: f64 = 22.0;
/// From a lane to the next.
const PITCH: f64 = 30.0;

/// The words of a picture. `{name}` stands for what the picture fills in.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Labels<'a> {
    /// What the picture shows, for those who don't see it.
    #[serde(skip)]
    pub title: &'a str,
    /// Above each way, in the order of the ways; `{ms}` is its length. Empty for no heading.
    #[serde(skip)]
    pub headings: &'a [&'a str],
    /// A slice of a piece that is large enough: `{piece}` and `{cpu}`.
    pub on_cpu: &'a str,
    /// What `on_cpu` means; empty where it says so itself.
    pub cpu: &'a str,
    /// Starting a worker.
    #[serde(skip)]
    pub start: &'a str,
    /// Changing from one worker to another; `{count}` times.
    pub switch: &'a str,
    /// Moving a result.
    pub moving: &'a str,
    /// In the text alternative: a way with `{ms}`, `{switches}`, `{start}` and `{move}`.
    pub way: &'a str,
    /// In the text alternative: a `{worker}` and its `{pieces}`.
    pub worker: &'a str,
    /// In the text alternative: a `{piece}`, `{from}` and `{to}` in ms, in `{slices}` slices.
    pub piece: &'a str,
    /// Between pieces.
    pub joint: &'a str,
    /// Between sentences.
    pub sentence_joint: &'a str,
}

impl Labels<'static> {
    /// English words.
    pub const ENGLISH: Self = Labels {
        title: "Who ran when, as measured",
        headings: &[],
        on_cpu: "{piece} @{cpu}",
        cpu: "@0: on CPU 0",
        start: "starting a worker, until it runs",
        switch: "{count} switches",
        moving: "moving a result",
        way: "It took {ms} ms, with {switches} switches, {start} ms of starting and {move} ms of moving.",
        worker: "{worker}: {pieces}.",
        piece: "{piece} from {from} to {to} ms in {slices} slices",
        joint: ", ",
        sentence_joint: " ",
    };
}

/// The drawing of `ways` under each other at one scale, at which a way of `longest` microseconds
/// would fill the width. `name` begins every id.
#[must_use]
pub fn svg(ways: &[Way], longest: f64, name: &str, labels: &Labels) -> String {
    let longest = ways.iter().map(|way| way.length).fold(longest, f64::max);
    let mut canvas = Canvas::new(name, Layout::Wide);
    let mut top = MARGIN;
    for (n, way) in ways.iter().enumerate() {
        if let Some(heading) = labels.headings.get(n) {
            let heading = fill(heading, &[("ms", &ms(way.length))]);
            canvas.heading((MARGIN, top + canvas.line_height() / 2.0), Align::Start, &heading);
            top += canvas.line_height() + 6.0;
        }
        top = draw(&mut canvas, way, longest, top, labels) + 16.0;
    }
    let description: Vec<String> = ways.iter().map(|way| describe(way, labels)).collect();
    finish(labels.title, &description.join(labels.sentence_joint), &[(canvas, top - MARGIN)])
}

/// Draws a way from `top` down, at the scale at which `longest` microseconds fill the width; returns where it ends.
pub fn draw(canvas: &mut Canvas, way: &Way, longest: f64, top: f64, labels: &Labels) -> f64 {
    let names = way.workers.iter().map(|worker| 1.1 * canvas.text_width(&worker.worker));
    let left = MARGIN + names.fold(canvas.text_width("ms"), f64::max) + 10.0;
    let right = canvas.width() - MARGIN - 4.0;
    let lanes = Lanes { left, top, scale: (right - left) / longest.max(way.length).max(1.0) };
    let bottom = top + PITCH * count(way.workers.len()) - PITCH + LANE;
    lanes.axis(canvas, way.length, bottom);
    lanes.switches(canvas, way);
    let mut on_cpu = false;
    for (n, worker) in way.workers.iter().enumerate() {
        let y = top + PITCH * count(n);
        canvas.heading((MARGIN, y + LANE / 2.0), Align::Start, &worker.worker);
        on_cpu |= lanes.pieces(canvas, &worker.events, y, labels);
    }
    let labels = Labels { cpu: if on_cpu { labels.cpu } else { "" }, ..*labels };
    let y = bottom + 10.0 + 1.5 * canvas.line_height();
    keys(canvas, way, (left, right), y, &labels)
}

/// Where time 0 stands, the first lane, and the units of the picture a microsecond.
struct Lanes {
    left: f64,
    top: f64,
    scale: f64,
}

impl Lanes {
    fn x(&self, time: f64) -> f64 {
        self.left + time * self.scale
    }

    /// Lines at round times, with their numbers below.
    fn axis(&self, canvas: &mut Canvas, length: f64, bottom: f64) {
        let steps = [1e2, 2e2, 5e2, 1e3, 2e3, 5e3, 1e4, 2e4, 5e4, 1e5, 2e5, 5e5, 1e6, 1e7, 1e8];
        let step = steps.into_iter().find(|step| step * self.scale >= 40.0).unwrap_or(1e9);
        let y = bottom + 6.0 + canvas.line_height() / 2.0;
        canvas.text((self.left - 8.0, y), Align::End, "ms");
        let (mut time, mut grid) = (0.0, Vec::new());
        while time <= length {
            let x = self.x(time);
            grid.push([(x, self.top - 3.0), (x, bottom + 4.0)]);
            canvas.text((x, y), Align::Middle, &format!("{}", (time / 100.0).round() / 10.0));
            time += step;
        }
        canvas.segments(&grid, Stroke::Grid, Colour::Ink);
    }

    /// A line from the worker that stops to the one that goes on.
    fn switches(&self, canvas: &mut Canvas, way: &Way) {
        let mut lines = Vec::new();
        for (to, worker) in way.workers.iter().enumerate() {
            for switch in worker.events.iter().filter(|event| event.kind == Kind::Switch) {
                let ended = |event: &Event| {
                    event.kind != Kind::Switch && (event.end() - switch.start).abs() < 0.01
                };
                let Some(from) = way.workers.iter().position(|w| w.events.iter().any(ended)) else {
                    continue;
                };
                let (x, above, below) = (self.x(switch.start), from.min(to), from.max(to));
                let ends = [PITCH * count(above) + LANE, PITCH * count(below)];
                lines.push(ends.map(|y| (x, self.top + y)));
            }
        }
        canvas.segments(&lines, Stroke::Solid, Colour::Cost);
    }

    /// What a worker did; returns whether a label says on which CPU. Costs stand out above and below, and are seen however short they are.
    fn pieces(&self, canvas: &mut Canvas, events: &[Event], y: f64, labels: &Labels) -> bool {
        let mut work: BTreeMap<(Colour, &str), Vec<Rect>> = BTreeMap::new();
        let mut costs: BTreeMap<Pattern, Vec<Rect>> = BTreeMap::new();
        for event in events {
            let (x, width) = (self.x(event.start), event.duration * self.scale);
            let cost = Rect::new(x, y - 3.0, width.max(2.0), LANE + 6.0);
            match event.kind {
                Kind::Way | Kind::Switch => {}
                Kind::Start => costs.entry(Pattern::Hatched).or_default().push(cost),
                Kind::Move => costs.entry(Pattern::CrossHatched).or_default().push(cost),
                Kind::Work => {
                    let bar = Rect::new(x, y, width.max(0.3), LANE);
                    work.entry(tint(&event.name)).or_default().push(bar);
                }
            }
        }
        for ((colour, opacity), bars) in &work {
            canvas.bars(bars, Look::plain(*colour), opacity);
        }
        for (pattern, bars) in &costs {
            canvas.bars(bars, Look::patterned(Colour::Cost, *pattern), "");
        }
        let mut says_cpu = false;
        for event in events.iter().filter(|event| event.kind == Kind::Work) {
            let r = Rect::new(self.x(event.start), y, event.duration * self.scale, LANE);
            let on_cpu = event.cpu.map(|cpu| {
                fill(labels.on_cpu, &[("piece", event.name.as_str()), ("cpu", &cpu.to_string())])
            });
            let mut texts = on_cpu.into_iter().chain([event.name.clone()]);
            let hidden = |c: &Rect| c.x < r.center().0 + 20.0 && c.right() > r.center().0 - 20.0;
            if costs.values().flatten().any(hidden) {
                continue;
            }
            if let Some(text) = texts.find(|text| canvas.text_width(text) + 3.0 <= r.w) {
                canvas.text(r.center(), Align::Middle, &text);
                says_cpu |= text != event.name;
            }
        }
        says_cpu
    }
}

/// The colour of a piece, and how strong it is: the second piece of a task is darker than the first.
fn tint(name: &str) -> (Colour, &'static str) {
    let colour = match name.chars().next() {
        Some('A') => Colour::Blue,
        Some('B') => Colour::Green,
        Some('C') => Colour::Purple,
        _ => return (Colour::Ink, ".14"),
    };
    (colour, if name.ends_with('2') { ".36" } else { ".16" })
}

/// What the looks mean, of those that occur, as many in a row as find room; returns where it ends.
fn keys(
    canvas: &mut Canvas,
    way: &Way,
    (left, right): (f64, f64),
    top: f64,
    labels: &Labels,
) -> f64 {
    let line = canvas.line_height();
    let (mut x, mut y) = (left, top + line / 2.0);
    let count = way.switches().to_string();
    let all = [
        (None, labels.cpu),
        (Some(Kind::Start), labels.start),
        (Some(Kind::Switch), labels.switch),
        (Some(Kind::Move), labels.moving),
    ];
    for (kind, text) in all {
        if text.is_empty() || kind.is_some_and(|kind| way.events(kind).next().is_none()) {
            continue;
        }
        let text = fill(text, &[("count", &count)]);
        let sample = if kind.is_some() { 30.0 } else { 0.0 };
        let width = sample + canvas.text_width(&text);
        if x > left && x + width > right {
            (x, y) = (left, y + line + 4.0);
        }
        let bar = Rect::new(x, y - 6.0, 23.0, 12.0);
        match kind {
            None => {}
            Some(Kind::Switch) => {
                canvas.segments(&[[(x, y), (x + 23.0, y)]], Stroke::Solid, Colour::Cost);
            }
            Some(Kind::Move) => {
                canvas.bars(&[bar], Look::patterned(Colour::Cost, Pattern::CrossHatched), "");
            }
            Some(_) => canvas.bars(&[bar], Look::patterned(Colour::Cost, Pattern::Hatched), ""),
        }
        canvas.text((x + sample, y), Align::Start, &text);
        x += width + 18.0;
    }
    y + line / 2.0
}

/// A way in words.
#[must_use]
pub fn describe(way: &Way, labels: &Labels) -> String {
    let (switches, start) = (way.switches().to_string(), ms(way.total(Kind::Start)));
    let (length, moving) = (ms(way.length), ms(way.total(Kind::Move)));
    let mut text = fill(
        labels.way,
        &[("ms", &length), ("switches", &switches), ("start", &start), ("move", &moving)],
    );
    for worker in &way.workers {
        let mut pieces: Vec<(&str, f64, f64, usize)> = Vec::new();
        for event in worker.events.iter().filter(|event| event.kind == Kind::Work) {
            match pieces.iter_mut().find(|piece| piece.0 == event.name) {
                Some(piece) => {
                    piece.2 = piece.2.max(event.end());
                    piece.3 += 1;
                }
                None => pieces.push((&event.name, event.start, event.end(), 1)),
            }
        }
        let pieces: Vec<String> = pieces
            .into_iter()
            .map(|(name, from, to, slices)| {
                let (from, to, slices) = (ms(from), ms(to), slices.to_string());
                let values = [("piece", name), ("from", &from), ("to", &to), ("slices", &slices)];
                fill(labels.piece, &values)
            })
            .collect();
        let values = [("worker", worker.worker.as_str()), ("pieces", &pieces.join(labels.joint))];
        text = text + labels.sentence_joint + &fill(labels.worker, &values);
    }
    text
}

fn fill(template: &str, values: &[(&str, &str)]) -> String {
    values.iter().fold(template.to_owned(), |text, (name, value)| {
        text.replace(&format!("{{{name}}}"), value)
    })
}

/// Microseconds as milliseconds.
fn ms(micros: f64) -> String {
    let ms = micros / 1e3;
    if ms < 10.0 { format!("{ms:.1}") } else { format!("{ms:.0}") }
}
