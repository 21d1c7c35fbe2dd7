//! Draws ways as SVG: a lane for each worker, time runs down.
//!
//! The picture can stand inline in a page, where it takes its colours from the theme, and alone in a
//! viewer, where it is black on white. Each shape carries its own attributes, and each id begins with
//! the picture's name, because a page may hold several.

use std::fmt::Write as _;

use project::escape;

use super::recording::{Event, Kind, Way};

const WIDTH: f64 = 480.0;
const FONT: f64 = 16.5;
const LINE: f64 = 20.0;
const LEFT: f64 = 56.0;
const LANE: f64 = 96.0;
const PITCH: f64 = 105.0;
/// Of the longest way.
const HEIGHT: f64 = 560.0;
const COST: &str = "var(--fig-cost,#ba650f)";
const PAGE: &str = "var(--bg,#fff)";

/// The words of a picture. `{name}` stands for what the picture fills in.
#[derive(Clone, Copy, Debug)]
pub struct Labels<'a> {
    /// What the picture shows, for those who don't see it.
    pub title: &'a str,
    /// Above each way, in the order of the ways; `{ms}` is its length. Empty for no heading.
    pub headings: &'a [&'a str],
    /// A slice of a piece that is large enough: `{piece}` and `{cpu}`.
    pub on_cpu: &'a str,
    /// What `on_cpu` means; empty where it says so itself.
    pub cpu: &'a str,
    /// Starting a worker.
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
/// would fill a page. `name` begins every id.
#[must_use]
pub fn svg(ways: &[Way], longest: f64, name: &str, labels: &Labels) -> String {
    let longest = ways.iter().map(|way| way.length).fold(longest, f64::max).max(1.0);
    let mut picture = Picture { body: String::new(), name, labels, scale: HEIGHT / longest };
    let mut top = 0.0;
    for (n, way) in ways.iter().enumerate() {
        let heading = labels.headings.get(n).copied().unwrap_or_default();
        top = picture.way(way, heading, top);
    }
    let description: Vec<String> = ways.iter().map(|way| describe(way, labels)).collect();
    picture.finish(top + 8.0, &description.join(labels.sentence_joint))
}

struct Picture<'a> {
    body: String,
    name: &'a str,
    labels: &'a Labels<'a>,
    /// Units of the picture a microsecond.
    scale: f64,
}

impl Picture<'_> {
    /// Draws a way from `top` down; returns where it ends.
    fn way(&mut self, way: &Way, heading: &str, mut top: f64) -> f64 {
        if !heading.is_empty() {
            let heading = fill(heading, &[("ms", &ms(way.length))]);
            self.text(8.0, top + 18.0, "start", &heading, r#" font-weight="700""#);
            top += 30.0;
        }
        self.text(LEFT - 8.0, top + 16.0, "end", "ms", "");
        let lane = |n: usize| LEFT + PITCH * small(n);
        for (n, worker) in way.workers.iter().enumerate() {
            let middle = lane(n) + LANE / 2.0;
            self.text(middle, top + 16.0, "middle", &worker.worker, r#" font-weight="700""#);
        }
        top += 34.0;
        self.axis(way.length, top, lane(way.workers.len().max(4) - 1) + LANE);
        self.switches(way, top);
        for (n, worker) in way.workers.iter().enumerate() {
            for costs in [false, true] {
                for event in &worker.events {
                    if costs == matches!(event.kind, Kind::Start | Kind::Move) {
                        self.event(event, lane(n), top);
                    }
                }
            }
        }
        self.keys(way, top + way.length * self.scale + 22.0)
    }

    /// Lines at round times, with their numbers at the left.
    fn axis(&mut self, length: f64, top: f64, right: f64) {
        let steps = [1e2, 2e2, 5e2, 1e3, 2e3, 5e3, 1e4, 2e4, 5e4, 1e5, 2e5, 5e5, 1e6, 1e7, 1e8];
        let step = steps.into_iter().find(|step| step * self.scale >= 38.0).unwrap_or(1e9);
        let mut time = 0.0;
        while time <= length {
            let y = top + time * self.scale;
            let _ = writeln!(
                self.body,
                r#"<path d="M{} {y:.1}L{right} {y:.1}" fill="none" stroke="currentColor" stroke-width="1" stroke-opacity=".3"/>"#,
                LEFT - 5.0
            );
            self.text(LEFT - 8.0, y + 5.6, "end", &trimmed(time / 1e3), "");
            time += step;
        }
    }

    /// A line from the worker that stops to the one that goes on.
    fn switches(&mut self, way: &Way, top: f64) {
        for (to, worker) in way.workers.iter().enumerate() {
            for switch in worker.events.iter().filter(|event| event.kind == Kind::Switch) {
                let ended = |event: &Event| {
                    event.kind != Kind::Switch && (event.end() - switch.start).abs() < 0.01
                };
                let Some(from) = way.workers.iter().position(|w| w.events.iter().any(ended)) else {
                    continue;
                };
                let (left, right) = (from.min(to), from.max(to));
                let y = top + switch.start * self.scale;
                let _ = writeln!(
                    self.body,
                    r#"<path d="M{:.1} {y:.1}L{:.1} {y:.1}" fill="none" stroke="currentColor" stroke-width="1.6" style="color:{COST}"/>"#,
                    LEFT + PITCH * small(left) + LANE,
                    LEFT + PITCH * small(right)
                );
            }
        }
    }

    fn event(&mut self, event: &Event, x: f64, top: f64) {
        let (y, height) = (top + event.start * self.scale, event.duration * self.scale);
        match event.kind {
            Kind::Way | Kind::Switch => {}
            Kind::Start => self.cost(x - 4.0, y, LANE + 8.0, height, "hatched"),
            Kind::Move => self.cost(x - 4.0, y, LANE + 8.0, height, "cross"),
            Kind::Work => {
                let colour = match event.name.chars().next() {
                    Some('A') => ";color:var(--fig-a,#2e7add)",
                    Some('B') => ";color:var(--fig-b,#148b6f)",
                    Some('C') => ";color:var(--fig-c,#ab57c7)",
                    _ => "",
                };
                // The second piece of a task is darker than the first.
                let opacity =
                    if !colour.is_empty() && event.name.ends_with('2') { ".34" } else { ".14" };
                let place = format!(r#"x="{x:.1}" y="{y:.1}" width="{LANE}" height="{height:.1}""#);
                let _ = writeln!(
                    self.body,
                    concat!(
                        r#"<rect {p} style="fill:{page}"/>"#,
                        "\n",
                        r#"<rect {p} fill="currentColor" fill-opacity="{o}" stroke="currentColor" stroke-width="1" style="stroke-opacity:.8{c}"/>"#
                    ),
                    p = place,
                    page = PAGE,
                    o = opacity,
                    c = colour,
                );
                if height >= 19.0 {
                    let on_cpu = event.cpu.map(|cpu| {
                        let values = [("piece", event.name.as_str()), ("cpu", &cpu.to_string())];
                        fill(self.labels.on_cpu, &values)
                    });
                    let fits = |text: &String| text.chars().count() <= 9;
                    let label = on_cpu.filter(fits).unwrap_or_else(|| event.name.clone());
                    let baseline = y + height / 2.0 + 5.6;
                    self.text(x + LANE / 2.0, baseline, "middle", &label, "");
                }
            }
        }
    }

    /// What is paid besides the work stands out to both sides, and is seen however short it is.
    fn cost(&mut self, x: f64, y: f64, width: f64, height: f64, pattern: &str) {
        let place =
            format!(r#"x="{x:.1}" y="{y:.1}" width="{width:.1}" height="{:.1}""#, height.max(3.0));
        let name = self.name;
        let _ = writeln!(
            self.body,
            concat!(
                r#"<rect {p} style="fill:{page}"/>"#,
                "\n",
                r#"<rect {p} fill="url(#{n}-svg-{t})" stroke="currentColor" stroke-width="1" style="color:{c}"/>"#
            ),
            p = place,
            page = PAGE,
            n = name,
            t = pattern,
            c = COST,
        );
    }

    /// What the looks mean, of those that occur; returns where it ends.
    fn keys(&mut self, way: &Way, mut y: f64) -> f64 {
        let x = LEFT;
        if !self.labels.cpu.is_empty() && way.events(Kind::Work).any(|e| e.cpu.is_some()) {
            self.text(x, y + 5.6, "start", self.labels.cpu, "");
            y += LINE + 4.0;
        }
        for (kind, text) in [
            (Kind::Start, self.labels.start),
            (Kind::Switch, self.labels.switch),
            (Kind::Move, self.labels.moving),
        ] {
            if way.events(kind).next().is_none() {
                continue;
            }
            match kind {
                Kind::Start => self.cost(x, y - 7.0, 30.0, 14.0, "hatched"),
                Kind::Move => self.cost(x, y - 7.0, 30.0, 14.0, "cross"),
                _ => {
                    let _ = writeln!(
                        self.body,
                        r#"<path d="M{x} {y:.1}L{} {y:.1}" fill="none" stroke="currentColor" stroke-width="1.6" style="color:{COST}"/>"#,
                        x + 30.0
                    );
                }
            }
            let text = fill(text, &[("count", &way.switches().to_string())]);
            self.text(x + 40.0, y + 5.6, "start", &text, "");
            y += LINE + 4.0;
        }
        y
    }

    fn text(&mut self, x: f64, baseline: f64, anchor: &str, text: &str, attributes: &str) {
        let text = escape(text);
        let _ = writeln!(
            self.body,
            r#"<text x="{x:.1}" y="{baseline:.1}" text-anchor="{anchor}"{attributes}>{text}</text>"#
        );
    }

    fn finish(self, height: f64, description: &str) -> String {
        format!(
            concat!(
                r#"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {w} {h:.1}" role="img" aria-labelledby="{n}-svg-title {n}-svg-desc" font-size="{f}" fill="currentColor" style="display:block;width:100%;min-width:0;max-width:500px;height:auto;margin:0 auto;font-family:inherit">"#,
                "\n",
                r#"<title id="{n}-svg-title">{title}</title>"#,
                "\n",
                r#"<desc id="{n}-svg-desc">{desc}</desc>"#,
                "\n<defs>\n",
                r#"<pattern id="{n}-svg-hatched" patternUnits="userSpaceOnUse" width="6" height="6" patternTransform="rotate(45)" style="color:{c}"><path d="M1.5 0V6" stroke="currentColor" stroke-width="3"/></pattern>"#,
                "\n",
                r#"<pattern id="{n}-svg-cross" patternUnits="userSpaceOnUse" width="7" height="7" patternTransform="rotate(45)" style="color:{c}"><path d="M3.5 0V7M0 3.5H7" stroke="currentColor" stroke-width="2"/></pattern>"#,
                "\n</defs>\n",
                r#"<rect x="0" y="0" width="{w}" height="{h:.1}" style="fill:{page}"/>"#,
                "\n{body}</svg>\n",
            ),
            w = WIDTH,
            h = height,
            n = self.name,
            f = FONT,
            title = escape(self.labels.title),
            desc = escape(description),
            c = COST,
            page = PAGE,
            body = self.body,
        )
    }
}

/// A way in words.
fn describe(way: &Way, labels: &Labels) -> String {
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

fn trimmed(ms: f64) -> String {
    format!("{}", (ms * 10.0).round() / 10.0)
}

#[expect(clippy::cast_precision_loss, reason = "there are few workers")]
fn small(n: usize) -> f64 {
    n as f64
}
