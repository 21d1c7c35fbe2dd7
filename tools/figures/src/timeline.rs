//! Timelines: a lane below the other, time runs to the right, in every picture.
//!
//! Where pieces are not to scale, time is stretched until each label has room; so one description gives both layouts
//! and every language.

use paint::{
    Align, BOLD, Canvas, Colour, Heads, Look, MARGIN, Pattern, Point, Rect, Stroke, least_width,
    one_line,
};

use crate::words::{Common, fill};

/// How far what is paid besides the work stands out above and below its lane.
const STANDS_OUT: f64 = 3.0;
/// Of a lane without labels.
const LANE: f64 = 26.0;
/// Between two lanes, and what a line of words there needs besides.
const GAP: f64 = 12.0;

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
            Kind::Task(i) => Look::plain(Colour::of_task(i)),
            Kind::Switch | Kind::Start => Look::patterned(Colour::Cost, Pattern::Hatched),
            Kind::Move => Look::patterned(Colour::Cost, Pattern::CrossHatched),
            Kind::Wait | Kind::Zombie => Look::patterned(Colour::Ink, Pattern::Dotted).dashed(),
        }
    }

    /// What is paid besides the work.
    fn is_cost(self) -> bool {
        matches!(self, Kind::Switch | Kind::Start | Kind::Move)
    }

    /// What a shorter piece could not show.
    fn spoken(self, words: &Common) -> &'static str {
        let kinds = &words.kinds;
        match self {
            Kind::Main | Kind::Task(_) => kinds.runs,
            Kind::Switch => kinds.switch,
            Kind::Start => kinds.start,
            Kind::Move => kinds.moving,
            Kind::Wait => kinds.wait,
            Kind::Zombie => kinds.zombie,
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
    /// Shown instead where the label finds no room.
    pub short: String,
    /// For the text alternative, where the label does not say it.
    pub spoken: Option<String>,
}

/// What one core, thread or process does, from the left to the right.
#[derive(Clone, Debug)]
pub struct Lane {
    pub name: String,
    pub pieces: Vec<Piece>,
    now: f64,
}

impl Lane {
    pub fn new(name: impl Into<String>) -> Self {
        Self { name: name.into(), pieces: Vec::new(), now: 0.0 }
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
        let (label, short) = (label.to_owned(), String::new());
        self.pieces.push(Piece { from, to, kind, label, short, spoken: None });
        self.now = to;
        (from, to)
    }

    /// The same, with words for the text alternative.
    pub fn push_spoken(
        &mut self,
        kind: Kind,
        length: f64,
        label: &str,
        spoken: &str,
    ) -> (f64, f64) {
        let span = self.push(kind, length, label);
        if let Some(piece) = self.pieces.last_mut() {
            piece.spoken = Some(spoken.to_owned());
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
}

/// Something that goes from one lane to another: along its lane, if it arrives later, and then across.
#[derive(Clone, Debug)]
pub struct Arrow {
    /// The number of the lane and the time.
    pub from: (usize, f64),
    pub to: (usize, f64),
    /// Beside it; may be empty.
    pub label: String,
    pub stroke: Stroke,
}

impl Arrow {
    /// From lane to lane at one time.
    pub fn across(from: usize, to: usize, time: f64, label: &str) -> Self {
        let label = label.to_owned();
        Self { from: (from, time), to: (to, time), label, stroke: Stroke::Solid }
    }

    /// Whether it passes through the space above a lane.
    fn crosses_above(&self, lane: usize) -> bool {
        self.from.0.min(self.to.0) < lane && self.from.0.max(self.to.0) >= lane
    }

    /// The lane above which its words stand, where it arrives.
    fn words_above(&self) -> usize {
        if self.to.0 > self.from.0 { self.to.0 } else { self.to.0 + 1 }
    }
}

#[derive(Clone, Debug, Default)]
pub struct Timeline {
    pub lanes: Vec<Lane>,
    pub arrows: Vec<Arrow>,
    /// If not 0, all pieces are to scale, and this much time fills the width.
    pub whole: f64,
}

/// Where each of `times` stands if a unit of time is `scale` wide at least and each piece as wide as it has to be.
fn stretched(times: &[f64], least: &[(usize, usize, f64)], scale: f64, left: f64) -> Vec<f64> {
    let mut places = vec![left];
    for i in 1..times.len() {
        let free = places[i - 1] + f64::max(2.0, scale * (times[i] - times[i - 1]));
        let pieces = least.iter().filter(|piece| piece.1 == i);
        places.push(pieces.map(|&(from, _, width)| places[from] + width).fold(free, f64::max));
    }
    places
}

/// Where a timeline stands: its times across, its lanes down.
pub struct Placed {
    times: Vec<(f64, f64)>,
    pub lanes: Vec<Rect>,
    pub bottom: f64,
}

impl Placed {
    /// Where a time is, that of a piece or between two.
    pub fn at(&self, time: f64) -> f64 {
        let after = self.times.iter().position(|&(t, _)| t >= time - 1e-9);
        let after = after.unwrap_or(self.times.len() - 1).max(1);
        let ((t0, x0), (t1, x1)) = (self.times[after - 1], self.times[after]);
        x0 + (time - t0) / (t1 - t0) * (x1 - x0)
    }
}

/// Words in the space above a lane, and where they may stand: from, to.
struct Words {
    text: String,
    x: f64,
    width: f64,
}

impl Timeline {
    /// When the last piece of all ends.
    pub fn end(&self) -> f64 {
        self.lanes.iter().map(Lane::now).fold(0.0, f64::max)
    }

    fn pieces(&self) -> impl Iterator<Item = &Piece> {
        self.lanes.iter().flat_map(|lane| &lane.pieces)
    }

    /// Each time at which something happens, and where it is between `left` and `right`, and how well that fits: 0 where the
    /// labels find no room (they leave the picture, and a test says so), 2 where also each arrow has room for its words.
    fn times(&self, canvas: &Canvas, left: f64, right: f64) -> (Vec<(f64, f64)>, usize) {
        let mut times: Vec<f64> = self.pieces().flat_map(|p| [p.from, p.to]).collect();
        times.extend(self.arrows.iter().flat_map(|arrow| [arrow.from.1, arrow.to.1]));
        times.push(0.0);
        times.sort_by(f64::total_cmp);
        times.dedup_by(|a, b| (*a - *b).abs() < 1e-6);
        if self.whole > 0.0 {
            let scale = (right - left) / self.whole;
            return (times.into_iter().map(|t| (t, left + t * scale)).collect(), 2);
        }
        // In as few lines as there is room for.
        let ways = [(2, 2), (3, 2), (4, 2), (2, 1), (3, 1), (4, 1), (4, 0)];
        let placed = ways.into_iter().find_map(|(lines, fit)| {
            let least = self.least_widths(canvas, &times, lines, fit == 2);
            let placed = |scale: f64| stretched(&times, &least, scale, left);
            let fits = |scale: f64| placed(scale).last().is_none_or(|&end| end <= right);
            if fit > 0 && !fits(0.0) {
                return None;
            }
            // As long a second as there is room for.
            let (mut low, mut high) = (0.0, 100.0);
            for _ in 0..30 {
                let middle = f64::midpoint(low, high);
                if fits(middle) { low = middle } else { high = middle }
            }
            Some((placed(low), fit))
        });
        let (placed, fit) = placed.unwrap_or_default();
        (times.into_iter().zip(placed).collect(), fit)
    }

    /// From which time to which there is a piece, as places in `times`, and how wide it has to be for a label of so many lines;
    /// the same of the words `behind` an arrow, which end where the next one crosses.
    fn least_widths(
        &self,
        canvas: &Canvas,
        times: &[f64],
        lines: usize,
        behind: bool,
    ) -> Vec<(usize, usize, f64)> {
        let font = canvas.layout().font();
        let index = |time: f64| times.iter().position(|t| (t - time).abs() < 1e-6).unwrap_or(0);
        let least = |piece: &Piece| match piece.label.as_str() {
            "" if piece.kind.is_cost() => 7.0,
            "" => 0.0,
            label => least_width(label, lines, font) + 6.0,
        };
        let pieces = self.pieces().map(|p| (index(p.from), index(p.to), least(p)));
        let arrows = self.arrows.iter().filter(|arrow| behind && !arrow.label.is_empty());
        let words = arrows.map(|arrow| {
            let (lane, time) = (arrow.words_above(), arrow.to.1);
            let others = self.arrows.iter().filter(|other| other.crosses_above(lane));
            let next = others.map(|other| other.to.1).filter(|&t| t > time);
            let next = next.fold(self.end(), f64::min);
            (index(time), index(next), least_width(&arrow.label, lines, font) + 11.0)
        });
        pieces.chain(words).collect()
    }

    /// Draws the names and the lanes between `left` and `right` from `top` down, and the arrow of time below them.
    pub fn draw(&self, canvas: &mut Canvas, words: &Common, area: (f64, f64), top: f64) -> Placed {
        let placed = self.draw_lanes(canvas, area, top);
        let y = placed.bottom + 4.0 + canvas.line_height() / 2.0;
        let left = placed.lanes.first().map_or(area.0, |lane| lane.x);
        let bottom = canvas.time_axis((left, area.1), y, words.time_axis);
        Placed { bottom, ..placed }
    }

    fn draw_lanes(&self, canvas: &mut Canvas, (left, right): (f64, f64), top: f64) -> Placed {
        // Names have a column of their own, but each stands above its lane where that would take too much from the lanes.
        let names = self.lanes.iter().map(|lane| BOLD * canvas.text_width(&lane.name));
        let names = names.fold(0.0, f64::max) + 10.0;
        let (beside, above) =
            (self.times(canvas, left + names, right), self.times(canvas, left, right));
        let is_beside = names <= canvas.layout().pick(58.0, 140.0) && beside.1 >= above.1;
        let (names, from, times) =
            if is_beside { (names, left + names, beside.0) } else { (0.0, left, above.0) };
        let mut placed = Placed { times, lanes: Vec::new(), bottom: top };
        let line = canvas.line_height();
        let mut texts: Vec<(Words, f64)> = Vec::new();
        for (i, lane) in self.lanes.iter().enumerate() {
            // Below the last lane nothing is in the way of its name.
            let below = i > 0 && i + 1 == self.lanes.len();
            let own = if names > 0.0 || below { None } else { Some(lane.name.as_str()) };
            let words = self.words_above(canvas, &placed, i, own, (from, right));
            let rows = words.iter().map(|w| canvas.height_of(&w.text, w.width)).fold(0.0, f64::max);
            let gap = if i == 0 { 0.0 } else { GAP };
            let y = placed.bottom + gap + rows + if rows > 0.0 && i > 0 { 2.0 } else { 0.0 };
            texts.extend(words.into_iter().map(|w| (w, y - rows - 2.0)));
            let lines = lane.pieces.iter().map(|piece| {
                let width = placed.at(piece.to) - placed.at(piece.from);
                canvas.height_of(self.shown(canvas, piece, width), width - 4.0)
            });
            let height = lines.fold(0.0, f64::max).max(line) + LANE - 16.0;
            placed.lanes.push(Rect::new(from, y, right - from, height.max(LANE)));
            placed.bottom = y + height.max(LANE);
        }
        if names <= 0.0
            && let [_, .., last] = &self.lanes[..]
        {
            canvas.heading((from, placed.bottom + 3.0 + line / 2.0), Align::Start, &last.name);
            placed.bottom += 2.0 + line;
        }
        for (lane, r) in self.lanes.iter().zip(&placed.lanes) {
            canvas.band(*r);
            if names > 0.0 {
                canvas.heading((left, r.center().1), Align::Start, &lane.name);
            }
        }
        self.draw_arrows(canvas, &placed);
        for (lane, r) in self.lanes.iter().zip(&placed.lanes) {
            for piece in &lane.pieces {
                let (from, to) = (placed.at(piece.from), placed.at(piece.to));
                let r = Rect::new(from, r.y, to - from, r.h);
                draw_piece(canvas, piece, self.shown(canvas, piece, r.w), r);
            }
        }
        for (words, y) in texts {
            let at = (words.x, y + line / 2.0);
            if self.lanes.iter().any(|lane| lane.name == words.text) && names <= 0.0 {
                canvas.heading_lines(at, Align::Start, &words.text, words.width);
            } else {
                canvas.lines(at, Align::Start, &words.text, words.width);
            }
        }
        placed
    }

    /// The label of a piece, or its short one where that is too long; nothing where not even that fits.
    fn shown<'a>(&self, canvas: &Canvas, piece: &'a Piece, width: f64) -> &'a str {
        let fits = |text: &str| {
            let lines = paint::wrapped(text, width - 4.0, canvas.layout().font());
            lines.len() <= 2 && lines.iter().all(|line| canvas.text_width(line) <= width - 1.0)
        };
        if self.whole <= 0.0 || fits(&piece.label) {
            &piece.label
        } else if fits(&piece.short) {
            &piece.short
        } else {
            ""
        }
    }

    /// The name of a lane and the labels of the arrows between it and the one above, beside each other.
    fn words_above(
        &self,
        canvas: &Canvas,
        placed: &Placed,
        lane: usize,
        name: Option<&str>,
        (left, right): (f64, f64),
    ) -> Vec<Words> {
        let arrows: Vec<&Arrow> = self.arrows.iter().filter(|a| a.crosses_above(lane)).collect();
        // What stands in the way: arrows, and words that have their place.
        let mut taken: Vec<(f64, f64)> =
            arrows.iter().map(|arrow| placed.at(arrow.to.1)).map(|x| (x - 4.0, x + 4.0)).collect();
        let mut words = Vec::new();
        let labelled = arrows.iter().filter(|a| !a.label.is_empty() && a.words_above() == lane);
        let mut wanted: Vec<(f64, &str)> =
            labelled.map(|a| (placed.at(a.to.1), a.label.as_str())).collect();
        if let Some(name) = name {
            wanted.push((left, name));
        }
        for (x, text) in wanted {
            let free = |&(from, width): &(f64, f64)| {
                let to = from + width;
                let clear = taken.iter().all(|&(a, b)| to <= a || from >= b);
                clear && from >= left - 0.1 && to <= right + 0.1
            };
            let spots: Vec<(f64, f64)> = if name == Some(text) {
                // A name stands at the left, or behind what is in its way.
                let mut starts: Vec<f64> =
                    taken.iter().map(|&(_, to)| to + 2.0).chain([left]).collect();
                starts.sort_by(f64::total_cmp);
                let widths = [1, 2].map(|n| BOLD * least_width(text, n, canvas.layout().font()));
                widths.into_iter().flat_map(|w| starts.iter().map(move |&x| (x, w))).collect()
            } else {
                // Beside the arrow, in as few lines as there is room for.
                let widths = [1, 2, 3].map(|n| least_width(text, n, canvas.layout().font()));
                widths.into_iter().flat_map(|w| [(x + 7.0, w), (x - 7.0 - w, w)]).collect()
            };
            let (x, width) = spots.iter().copied().find(free).unwrap_or(spots[0]);
            taken.push((x - 6.0, x + width + 6.0));
            words.push(Words { text: text.to_owned(), x, width: width + 0.5 });
        }
        words
    }

    fn draw_arrows(&self, canvas: &mut Canvas, placed: &Placed) {
        for arrow in &self.arrows {
            let ((a, t0), (b, t1)) = (arrow.from, arrow.to);
            let (from, to) = (placed.lanes[a], placed.lanes[b]);
            let out = STANDS_OUT + 0.5;
            let (start, end) =
                if a < b { (from.bottom(), to.y - 1.0) } else { (from.y, to.bottom() + 1.0) };
            let is_cost =
                self.lanes[b].pieces.iter().any(|p| p.kind.is_cost() && p.from <= t1 && t1 <= p.to);
            let end = if is_cost { end + if a < b { -out } else { out } } else { end };
            // What arrives later goes on in the middle of its lane for so long.
            let y = if (t0 - t1).abs() < 1e-6 { start } else { from.center().1 };
            let mut points: Vec<Point> =
                vec![(placed.at(t0), y), (placed.at(t1), y), (placed.at(t1), end)];
            points.dedup();
            canvas.line(&points, arrow.stroke, Heads::End);
        }
    }

    /// What the lanes hold, in words.
    pub fn describe(&self, words: &Common) -> String {
        let lanes = self.lanes.iter().map(|lane| {
            let pieces = lane.pieces.iter().map(|piece| match &piece.spoken {
                Some(spoken) => spoken.clone(),
                None if piece.label.is_empty() => piece.kind.spoken(words).to_owned(),
                None => one_line(&piece.label),
            });
            let pieces = pieces.collect::<Vec<_>>().join(words.piece_joint);
            fill(words.lane, &[("lane", &lane.name), ("pieces", &pieces)])
        });
        lanes.collect::<Vec<_>>().join(words.sentence_joint)
    }
}

fn draw_piece(canvas: &mut Canvas, piece: &Piece, label: &str, r: Rect) {
    let look = piece.kind.look();
    if piece.kind == Kind::Zombie {
        let y = r.center().1;
        canvas.line(&[(r.x + 4.0, y), (r.right(), y)], Stroke::Dots, Heads::None);
        canvas.dot((r.right(), y), 3.5);
        return;
    }
    // What is paid besides the work stands out a little above and below.
    let out = if piece.kind.is_cost() { STANDS_OUT } else { 0.0 };
    canvas.area_rounded(Rect::new(r.x, r.y - out, r.w, r.h + 2.0 * out), 2.0, look);
    canvas.label(r, label, look.pattern.is_some());
}

/// What looks mean: samples and words, as many in a row as find room. Returns where they end.
pub fn draw_keys(
    canvas: &mut Canvas,
    (left, right): (f64, f64),
    top: f64,
    keys: &[(Kind, &str)],
) -> f64 {
    let line = canvas.line_height();
    let (mut x, mut y) = (left, top + line / 2.0 + 2.0);
    let mut row = 0.0;
    for (kind, text) in keys {
        let room = (right - left - 34.0).max(0.0);
        let width = canvas.text_width(&one_line(text)).min(room) + 1.0;
        if x > left && x + 34.0 + width > right {
            (x, y, row) = (left, y + row, 0.0);
        }
        let sample = Rect::new(x, y - 6.0, 26.0, 12.0);
        let piece = Piece {
            from: 0.0,
            to: 0.0,
            kind: *kind,
            label: String::new(),
            short: String::new(),
            spoken: None,
        };
        draw_piece(
            canvas,
            &piece,
            "",
            if kind.is_cost() { Rect { y: y - 4.0, h: 8.0, ..sample } } else { sample },
        );
        row = row.max(canvas.lines((x + 34.0, y), Align::Start, text, width) + 5.0);
        x += 34.0 + width + 16.0;
    }
    y + row - line / 2.0
}

/// The left and the right edge of what a picture holds.
pub fn edges(canvas: &Canvas) -> (f64, f64) {
    (MARGIN, canvas.width() - MARGIN)
}

/// A timeline with a heading.
pub struct Scene<'a> {
    pub heading: &'a str,
    pub timeline: Timeline,
}

impl Scene<'_> {
    /// Draws it from `top` on; returns where it ends.
    pub fn draw(&self, canvas: &mut Canvas, words: &Common, area: (f64, f64), top: f64) -> f64 {
        let line = canvas.line_height();
        canvas.heading((area.0, top + line / 2.0), Align::Start, self.heading);
        self.timeline.draw(canvas, words, area, top + line + 8.0).bottom
    }
}

/// Scenes, one below the other; returns where they end.
pub fn draw_scenes(canvas: &mut Canvas, words: &Common, scenes: &[Scene]) -> f64 {
    scenes.iter().enumerate().fold(0.0, |end, (i, scene)| {
        let top = if i == 0 { 4.0 } else { end + 24.0 };
        scene.draw(canvas, words, edges(canvas), top)
    }) + 4.0
}
