//! Timelines: lanes side by side, time runs down.
//!
//! Time runs down rather than to the right so that each piece is wide enough for its own label even
//! on a phone, and pieces need no legend.

use super::svg::{Align, Canvas, Colour, FONT, Heads, LINE, Look, Pattern, Point, Rect, Stroke};
use super::words::{Words, fill, one_line};

/// How far what is paid besides the work stands out to both sides of its lane.
const STANDS_OUT: f64 = 4.0;

#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Kind {
    /// The main thread or the parent goes on with its own work.
    Main,
    /// A task runs; the number tells tasks apart.
    Task(usize),
    /// The core puts one thread away and takes up the next.
    Switch,
    /// A thread or a process is started.
    Start,
    /// A result is moved from one process to another.
    Move,
    /// Nothing runs here until something else ends.
    Wait,
    /// Ended, but not yet asked for.
    Zombie,
}

impl Kind {
    pub fn look(self) -> Look {
        match self {
            Kind::Main => Look::plain(Colour::Ink),
            Kind::Task(i) => Look::plain([Colour::Blue, Colour::Green, Colour::Purple][i % 3]),
            Kind::Switch | Kind::Start => Look::patterned(Colour::Cost, Pattern::Hatched),
            Kind::Move => Look::patterned(Colour::Cost, Pattern::CrossHatched),
            Kind::Wait | Kind::Zombie => Look::patterned(Colour::Ink, Pattern::Dotted).dashed(),
        }
    }

    /// What a shorter piece could not show.
    fn spoken(self, words: &Words) -> &'static str {
        match self {
            Kind::Main | Kind::Task(_) => words.kinds.runs,
            Kind::Switch => words.kinds.switch,
            Kind::Start => words.kinds.start,
            Kind::Move => words.kinds.moving,
            Kind::Wait => words.kinds.wait,
            Kind::Zombie => words.kinds.zombie,
        }
    }
}

#[derive(Clone, Debug)]
pub struct Piece {
    pub from: f64,
    pub to: f64,
    pub kind: Kind,
    /// Shown in the piece; may be empty.
    pub label: String,
    /// For the text alternative, where the label does not say it.
    pub spoken: Option<String>,
}

/// What one core, thread or process does, from the top down.
#[derive(Clone, Debug)]
pub struct Lane {
    pub name: String,
    /// The name in the text alternative, where it is another one.
    pub spoken: Option<String>,
    pub x: f64,
    pub width: f64,
    pub pieces: Vec<Piece>,
    now: f64,
}

impl Lane {
    pub fn new(name: impl Into<String>, x: f64, width: f64) -> Self {
        Self { name: name.into(), spoken: None, x, width, pieces: Vec::new(), now: 0.0 }
    }

    /// When the last piece ends.
    pub fn now(&self) -> f64 {
        self.now
    }

    /// Leaves the lane empty until `time`.
    pub fn skip_to(&mut self, time: f64) {
        self.now = self.now.max(time);
    }

    /// Adds a piece that takes `length`; returns when it begins and ends.
    pub fn push(&mut self, kind: Kind, length: f64, label: &str) -> (f64, f64) {
        let (from, to) = (self.now, self.now + length);
        self.pieces.push(Piece { from, to, kind, label: label.to_owned(), spoken: None });
        self.now = to;
        (from, to)
    }

    /// As [`Lane::push`], with words for the text alternative.
    pub fn push_spoken(
        &mut self,
        kind: Kind,
        length: f64,
        label: &str,
        spoken: String,
    ) -> (f64, f64) {
        let span = self.push(kind, length, label);
        if let Some(piece) = self.pieces.last_mut() {
            piece.spoken = Some(spoken);
        }
        span
    }

    /// Waits until `time`, if that is still to come. Waiting that follows waiting is one piece.
    pub fn wait_until(&mut self, time: f64, label: &str) {
        if time <= self.now {
            return;
        }
        match self.pieces.last_mut() {
            Some(last) if last.kind == Kind::Wait && label.is_empty() => {
                last.to = time;
                self.now = time;
            }
            _ => {
                self.push(Kind::Wait, time - self.now, label);
            }
        }
    }

    pub fn left(&self) -> f64 {
        self.x
    }

    pub fn right(&self) -> f64 {
        self.x + self.width
    }

    pub fn middle(&self) -> f64 {
        self.x + self.width / 2.0
    }
}

/// Where in the width of a lane an arrow begins or ends.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Side {
    Left,
    Middle,
    Right,
}

/// Something that goes from one lane to another: down, if it arrives later, and then across.
#[derive(Clone, Debug)]
pub struct Arrow {
    /// The number of the lane, the side and the time.
    pub from: (usize, Side, f64),
    pub to: (usize, Side, f64),
    pub stroke: Stroke,
}

#[derive(Clone, Debug, Default)]
pub struct Timeline {
    pub lanes: Vec<Lane>,
    pub arrows: Vec<Arrow>,
}

impl Timeline {
    /// When the last piece of all ends.
    pub fn end(&self) -> f64 {
        self.lanes.iter().map(Lane::now).fold(0.0, f64::max)
    }

    /// The names above the lanes, with their middle at `y`.
    pub fn draw_names(&self, canvas: &mut Canvas, y: f64) {
        for lane in &self.lanes {
            canvas.heading((lane.middle(), y), Align::Middle, &lane.name);
        }
    }

    /// Draws the lanes; time 0 stands at `top`. A band behind each lane runs to `bands_to`.
    pub fn draw(&self, canvas: &mut Canvas, top: f64, bands_to: Option<f64>) {
        if let Some(end) = bands_to {
            for lane in &self.lanes {
                canvas.band(Rect::new(lane.x, top, lane.width, end));
            }
        }
        for arrow in &self.arrows {
            let at = |(lane, side, time): (usize, Side, f64)| -> Point {
                let lane = &self.lanes[lane];
                let x = match side {
                    Side::Left => lane.left() - 1.0,
                    Side::Middle => lane.middle(),
                    Side::Right => lane.right() + STANDS_OUT,
                };
                (x, top + time)
            };
            let (from, to) = (at(arrow.from), at(arrow.to));
            let mut points = vec![from, (from.0, to.1), to];
            points.dedup();
            canvas.line(&points, arrow.stroke, Heads::End);
        }
        for lane in &self.lanes {
            for piece in &lane.pieces {
                draw_piece(canvas, lane, piece, top);
            }
        }
    }

    /// What the lanes hold, in words.
    pub fn describe(&self, words: &Words) -> String {
        let lanes: Vec<String> = self
            .lanes
            .iter()
            .map(|lane| {
                let pieces: Vec<String> = lane
                    .pieces
                    .iter()
                    .map(|piece| match &piece.spoken {
                        Some(spoken) => spoken.clone(),
                        None if piece.label.is_empty() => piece.kind.spoken(words).to_owned(),
                        None => one_line(&piece.label),
                    })
                    .collect();
                let pieces = pieces.join(words.piece_joint);
                fill(
                    words.lane,
                    &[("lane", lane.spoken.as_ref().unwrap_or(&lane.name)), ("pieces", &pieces)],
                )
            })
            .collect();
        lanes.join(words.sentence_joint)
    }
}

fn draw_piece(canvas: &mut Canvas, lane: &Lane, piece: &Piece, top: f64) {
    let height = piece.to - piece.from;
    let r = Rect::new(lane.x, top + piece.from, lane.width, height);
    match piece.kind {
        Kind::Zombie => {
            let x = lane.middle();
            let ends = [(x, r.y + 4.0), (x, r.bottom())];
            canvas.line(&ends, Stroke::Dots, Heads::None);
            canvas.dot((x, r.bottom()), 4.0);
        }
        // What is paid besides the work stands out a little to both sides.
        Kind::Switch | Kind::Start | Kind::Move => {
            let r = Rect::new(r.x - STANDS_OUT, r.y, r.w + 2.0 * STANDS_OUT, r.h);
            canvas.area(r, piece.kind.look());
        }
        Kind::Main | Kind::Task(_) | Kind::Wait => canvas.area(r, piece.kind.look()),
    }
    canvas.label(r, &piece.label, piece.kind.look().pattern.is_some());
}

/// The arrow of time at the left edge, from `top` to `bottom`.
pub fn draw_time(canvas: &mut Canvas, words: &Words, x: f64, top: f64, bottom: f64) {
    let text = super::svg::text_width(words.time_axis, FONT);
    let middle = f64::midpoint(top, bottom);
    let (before, after) = (middle - text / 2.0 - 6.0, middle + text / 2.0 + 6.0);
    if before > top {
        canvas.line(&[(x, top), (x, before)], Stroke::Thin, Heads::None);
    }
    canvas.line(&[(x, after), (x, bottom)], Stroke::Thin, Heads::End);
    canvas.text_down((x, middle), words.time_axis);
}

/// A row that tells what a look means: a sample and words. Returns the height of the row.
pub fn draw_key(canvas: &mut Canvas, x: f64, y: f64, kind: Kind, text: &str) -> f64 {
    let sample = Rect::new(x, y - 8.0, 30.0, 16.0);
    if kind == Kind::Zombie {
        let (left, right) = (sample.x + 2.0, sample.right() - 4.0);
        canvas.line(&[(left, y), (right, y)], Stroke::Dots, Heads::None);
        canvas.dot((right, y), 4.0);
    } else {
        canvas.area(sample, kind.look());
    }
    canvas.text((x + 40.0, y), Align::Start, text);
    let lines = super::svg::count(text.lines().count());
    lines * LINE + 6.0
}
