//! The one writer of SVG, for all pictures of the book.
//!
//! Why our own: the pictures stand inline in the page, so they follow mdBook's theme through
//! `currentColor` and CSS variables, and each carries a text alternative that is generated from the
//! same data as the picture. Plotting crates draw in fixed colours and write no accessible text.
//!
//! What an inline picture needs: no XML prolog and no blank line (Markdown would end the HTML block
//! there), no `<style>` and no plain id (both are global to the page, and the print page holds all
//! pages). So each shape carries its own attributes, and each id begins with the picture's name.
//!
//! A picture is drawn twice from the same code, [narrow and wide](Layout). Both stand in one `<svg>`; which of them is seen,
//! the width of the figure decides, in `theme/figures.css`. Without a style sheet it is the wide one.

mod text;

use std::collections::BTreeSet;
use std::fmt::Write as _;

use project::escape;

pub use text::{least_width, one_line, text_width, wrapped};

/// Free space at the left and right edge.
pub const MARGIN: f64 = 8.0;

/// For which width a picture is drawn. Its units are pixels where it is shown at its own width.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Layout {
    /// For a phone, and for half of a page.
    Narrow,
    /// For the width of a page.
    Wide,
}

impl Layout {
    /// Both, the narrow one first.
    pub const ALL: [Layout; 2] = [Layout::Narrow, Layout::Wide];

    /// Its name, which is its class.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.pick("narrow", "wide")
    }

    /// Width of the picture.
    #[must_use]
    pub fn width(self) -> f64 {
        self.pick(300.0, 640.0)
    }

    /// The least width in pixels at which it is shown.
    #[must_use]
    pub fn least(self) -> f64 {
        self.pick(276.0, 530.0)
    }

    /// Height of all text: 11 pixels or more at the least width.
    #[must_use]
    pub fn font(self) -> f64 {
        self.pick(12.0, 13.5)
    }

    /// From one line of text to the next.
    #[must_use]
    pub fn line(self) -> f64 {
        self.pick(15.0, 17.0)
    }

    /// The one for the narrow layout, or the one for the wide.
    pub fn pick<T>(self, narrow: T, wide: T) -> T {
        match self {
            Layout::Narrow => narrow,
            Layout::Wide => wide,
        }
    }
}

/// A place in a picture.
pub type Point = (f64, f64);

/// A part of a picture.
#[derive(Clone, Copy, Debug, PartialEq)]
#[allow(missing_docs)]
pub struct Rect {
    pub x: f64,
    pub y: f64,
    pub w: f64,
    pub h: f64,
}

impl Rect {
    /// From its left upper corner, its width and its height.
    #[must_use]
    pub fn new(x: f64, y: f64, w: f64, h: f64) -> Self {
        Self { x, y, w, h }
    }

    /// Its right edge.
    #[must_use]
    pub fn right(self) -> f64 {
        self.x + self.w
    }

    /// Its lower edge.
    #[must_use]
    pub fn bottom(self) -> f64 {
        self.y + self.h
    }

    /// Its middle.
    #[must_use]
    pub fn center(self) -> Point {
        (self.x + self.w / 2.0, self.y + self.h / 2.0)
    }

    /// `n` of one width side by side over the whole width, with `gap` between them.
    #[must_use]
    pub fn columns(self, n: usize, gap: f64) -> Vec<Rect> {
        let width = (self.w - gap * count(n.saturating_sub(1))) / count(n.max(1));
        (0..n).map(|i| Rect { x: self.x + (width + gap) * count(i), w: width, ..self }).collect()
    }

    /// Without a border of this width.
    #[must_use]
    pub fn inside(self, border: f64) -> Rect {
        let twice = 2.0 * border;
        Rect::new(self.x + border, self.y + border, self.w - twice, self.h - twice)
    }
}

/// The colours: each has at least 3:1 contrast on white and on the darkest and the lightest
/// backgrounds of mdBook's themes. All are equally light, so it is the patterns and the labels that
/// tell pieces apart on paper and for readers who don't see colours.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Colour {
    /// The colour of the text around the picture.
    Ink,
    /// Of the first task.
    Blue,
    /// Of the second.
    Green,
    /// Of the third.
    Purple,
    /// What is paid besides the work: starting, switching, moving.
    Cost,
}

impl Colour {
    /// The colour of the task with this number.
    #[must_use]
    pub fn of_task(number: usize) -> Colour {
        [Colour::Blue, Colour::Green, Colour::Purple][number % 3]
    }

    /// The value of the CSS property `color`; a theme can set the variables.
    #[must_use]
    pub fn css(self) -> Option<&'static str> {
        match self {
            Colour::Ink => None,
            Colour::Blue => Some("var(--fig-a,#2e7add)"),
            Colour::Green => Some("var(--fig-b,#148b6f)"),
            Colour::Purple => Some("var(--fig-c,#ab57c7)"),
            Colour::Cost => Some("var(--fig-cost,#ba650f)"),
        }
    }

    /// Set on an element, its own `currentColor` is this colour.
    fn style(self) -> String {
        self.css().map(|css| format!(" style=\"color:{css}\"")).unwrap_or_default()
    }

    fn id(self) -> &'static str {
        match self {
            Colour::Ink => "ink",
            Colour::Blue => "a",
            Colour::Green => "b",
            Colour::Purple => "c",
            Colour::Cost => "cost",
        }
    }
}

/// What fills an area instead of a plain colour.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
#[allow(missing_docs)]
pub enum Pattern {
    Hatched,
    CrossHatched,
    Dotted,
}

impl Pattern {
    fn id(self) -> &'static str {
        match self {
            Pattern::Hatched => "hatched",
            Pattern::CrossHatched => "cross",
            Pattern::Dotted => "dotted",
        }
    }

    /// What one tile holds, and its attributes.
    fn tile(self) -> (&'static str, &'static str) {
        match self {
            Pattern::Hatched => (
                r#"width="5" height="5" patternTransform="rotate(45)""#,
                r#"<path d="M1.2 0V5" stroke="currentColor" stroke-width="2.4"/>"#,
            ),
            Pattern::CrossHatched => (
                r#"width="6" height="6" patternTransform="rotate(45)""#,
                r#"<path d="M3 0V6M0 3H6" stroke="currentColor" stroke-width="1.6"/>"#,
            ),
            Pattern::Dotted => (
                r#"width="8" height="8""#,
                r#"<path d="M1 2h2v2h-2zM5 6h2v2h-2z" fill="currentColor" fill-opacity=".5"/>"#,
            ),
        }
    }
}

/// How an area looks.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Look {
    /// Of its outline and what fills it.
    pub colour: Colour,
    /// What fills it; a tint of the colour without.
    pub pattern: Option<Pattern>,
    /// Whether its outline is.
    pub dashed: bool,
}

impl Look {
    /// A tint of a colour.
    #[must_use]
    pub const fn plain(colour: Colour) -> Self {
        Self { colour, pattern: None, dashed: false }
    }

    /// A pattern in a colour.
    #[must_use]
    pub const fn patterned(colour: Colour, pattern: Pattern) -> Self {
        Self { colour, pattern: Some(pattern), dashed: false }
    }

    /// The same with a dashed outline.
    #[must_use]
    pub const fn dashed(mut self) -> Self {
        self.dashed = true;
        self
    }
}

/// How a line looks.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Stroke {
    /// Of an arrow.
    Solid,
    /// Of an axis.
    Thin,
    /// Faint, behind what is drawn.
    Grid,
    /// Of what is computed, or a limit.
    Dashed,
    /// Small round dots: something that is there but does nothing.
    Dots,
}

impl Stroke {
    fn look(self) -> &'static str {
        match self {
            Stroke::Solid => r#"stroke-width="1.6""#,
            Stroke::Thin => r#"stroke-width="1" stroke-opacity=".7""#,
            Stroke::Grid => r#"stroke-width="1" stroke-opacity=".22""#,
            Stroke::Dashed => r#"stroke-width="1.4" stroke-dasharray="6 4""#,
            Stroke::Dots => r#"stroke-width="3" stroke-dasharray="0 6" stroke-linecap="round""#,
        }
    }
}

/// Where a line has heads.
#[derive(Clone, Copy, PartialEq, Debug)]
#[allow(missing_docs)]
pub enum Heads {
    None,
    End,
    Both,
}

/// Which part of a line of text stands at its place.
#[derive(Clone, Copy, PartialEq, Debug)]
#[allow(missing_docs)]
pub enum Align {
    Start,
    Middle,
    End,
}

/// What stands at a point of a chart.
#[derive(Clone, Copy, PartialEq, Debug)]
#[allow(missing_docs)]
pub enum Marker {
    Circle,
    Square,
    Triangle,
    Diamond,
}

/// A picture while it is being drawn, in one of its layouts.
pub struct Canvas {
    name: String,
    layout: Layout,
    body: String,
    patterns: BTreeSet<(Pattern, Colour)>,
}

impl Canvas {
    /// An empty one; `name` is the picture's.
    #[must_use]
    pub fn new(name: &str, layout: Layout) -> Self {
        Self { name: name.to_owned(), layout, body: String::new(), patterns: BTreeSet::new() }
    }

    /// For which width it is drawn.
    #[must_use]
    pub fn layout(&self) -> Layout {
        self.layout
    }

    /// Its width.
    #[must_use]
    pub fn width(&self) -> f64 {
        self.layout.width()
    }

    /// What is between its margins.
    #[must_use]
    pub fn inner(&self) -> f64 {
        self.width() - 2.0 * MARGIN
    }

    /// From one line of text to the next.
    #[must_use]
    pub fn line_height(&self) -> f64 {
        self.layout.line()
    }

    /// How wide a line of text is here.
    #[must_use]
    pub fn text_width(&self, text: &str) -> f64 {
        text_width(text, self.layout.font())
    }

    /// How high a label is in this width.
    #[must_use]
    pub fn height_of(&self, label: &str, width: f64) -> f64 {
        self.line_height() * count(wrapped(label, width, self.layout.font()).len())
    }

    fn push(&mut self, element: &str) {
        self.body.push_str(element);
        self.body.push('\n');
    }

    fn fill(&mut self, look: Look) -> String {
        let Look { colour, pattern, .. } = look;
        match pattern {
            None => {
                let opacity = if colour == Colour::Ink { ".09" } else { ".17" };
                format!(r#"fill="currentColor" fill-opacity="{opacity}""#)
            }
            Some(pattern) => {
                self.patterns.insert((pattern, colour));
                format!(r#"fill="url(#{}-svg-{}-{})""#, self.name, pattern.id(), colour.id())
            }
        }
    }

    /// An area with an outline. It hides what is drawn before it.
    pub fn area(&mut self, r: Rect, look: Look) {
        self.area_rounded(r, 3.0, look);
    }

    /// The same with corners of this radius.
    pub fn area_rounded(&mut self, r: Rect, radius: f64, look: Look) {
        let (place, fill) = (place(r, radius), self.fill(look));
        let style = look.colour.style();
        let dashes = if look.dashed { r#" stroke-dasharray="5 3""# } else { "" };
        self.push(&format!(r#"<rect {place} style="fill:{BACKGROUND}"/>"#));
        self.push(&format!(
            r#"<rect {place} {fill} stroke="currentColor" stroke-width="1.5"{dashes}{style}/>"#
        ));
    }

    /// Many bars of one look as one shape, for what would be too many. `opacity` is that of a plain look.
    pub fn bars(&mut self, bars: &[Rect], look: Look, opacity: &str) {
        if bars.is_empty() {
            return;
        }
        let mut d = String::new();
        for r in bars {
            let [left, top, wide, high] = [r.x, r.y, r.w, r.h].map(num);
            let _ = write!(d, "M{left} {top}h{wide}v{high}h-{wide}z");
        }
        let fill = match look.pattern {
            None => format!(r#"fill="currentColor" fill-opacity="{opacity}""#),
            Some(_) => self.fill(look),
        };
        let style = look.colour.style();
        self.push(&format!(r#"<path d="{d}" style="fill:{BACKGROUND}"/>"#));
        self.push(&format!(
            r#"<path d="{d}" {fill} stroke="currentColor" stroke-width=".8"{style}/>"#
        ));
    }

    /// Cells of a picture, side by side, as one shape without an outline.
    pub fn cells(&mut self, cells: &[Rect], colour: Colour, opacity: &str) {
        let mut d = String::new();
        for r in cells {
            let [left, top, wide, high] = [r.x, r.y, r.w, r.h].map(num);
            let _ = write!(d, "M{left} {top}h{wide}v{high}h-{wide}z");
        }
        let style = colour.style();
        self.push(&format!(
            r#"<path d="{d}" fill="currentColor" fill-opacity="{opacity}" shape-rendering="crispEdges"{style}/>"#
        ));
    }

    /// An outline alone, for what holds other things.
    pub fn frame(&mut self, r: Rect, radius: f64) {
        let place = place(r, radius);
        self.push(&format!(
            r#"<rect {place} fill="none" stroke="currentColor" stroke-opacity=".75" stroke-width="1.5"/>"#
        ));
    }

    /// A faint band behind other things.
    pub fn band(&mut self, r: Rect) {
        let place = place(r, 3.0);
        self.push(&format!(r#"<rect {place} fill="currentColor" fill-opacity=".05"/>"#));
    }

    /// Straight lines through `points`, with arrow heads.
    pub fn line(&mut self, points: &[Point], stroke: Stroke, heads: Heads) {
        self.line_coloured(points, stroke, heads, Colour::Ink);
    }

    /// The same in a colour.
    pub fn line_coloured(
        &mut self,
        points: &[Point],
        stroke: Stroke,
        heads: Heads,
        colour: Colour,
    ) {
        self.path(points, stroke.look(), colour);
        if let [.., before, tip] = points
            && heads != Heads::None
        {
            self.head(*before, *tip, colour);
        }
        if let [tip, after, ..] = points
            && heads == Heads::Both
        {
            self.head(*after, *tip, colour);
        }
    }

    fn path(&mut self, points: &[Point], look: &str, colour: Colour) {
        let (d, style) = (joined(points), colour.style());
        self.push(&format!(r#"<path d="{d}" fill="none" stroke="currentColor" {look}{style}/>"#));
    }

    /// Many lines of one look, as one shape.
    pub fn segments(&mut self, lines: &[[Point; 2]], stroke: Stroke, colour: Colour) {
        if !lines.is_empty() {
            let (d, style): (String, _) =
                (lines.iter().map(|l| joined(l)).collect(), colour.style());
            let look = stroke.look();
            self.push(&format!(
                r#"<path d="{d}" fill="none" stroke="currentColor" {look}{style}/>"#
            ));
        }
    }

    /// The head of an arrow that comes from `from` and ends in `tip`.
    fn head(&mut self, from: Point, tip: Point, colour: Colour) {
        let (dx, dy) = (tip.0 - from.0, tip.1 - from.1);
        let length = dx.hypot(dy);
        let (ux, uy) = (dx / length, dy / length);
        let base = (tip.0 - 8.0 * ux, tip.1 - 8.0 * uy);
        let side = |s: f64| (base.0 - s * uy, base.1 + s * ux);
        let (d, style) = (joined(&[tip, side(4.0), side(-4.0)]), colour.style());
        self.push(&format!(r#"<path d="{d}Z" fill="currentColor"{style}/>"#));
    }

    /// A full dot.
    pub fn dot(&mut self, at: Point, radius: f64) {
        let [x, y, r] = [at.0, at.1, radius].map(num);
        self.push(&format!(r#"<circle cx="{x}" cy="{y}" r="{r}" fill="currentColor"/>"#));
    }

    /// A circle around something.
    pub fn ring(&mut self, at: Point, radius: f64) {
        let [x, y, r] = [at.0, at.1, radius].map(num);
        self.push(&format!(
            r#"<circle cx="{x}" cy="{y}" r="{r}" fill="none" stroke="currentColor" stroke-width="2"/>"#
        ));
    }

    /// The line of a series in a chart, told apart by its dashes (`""` for none) and its colour.
    pub fn series(&mut self, points: &[Point], dashes: &str, colour: Colour) {
        let dashes = match dashes {
            "" => String::new(),
            dashes => format!(r#" stroke-dasharray="{dashes}""#),
        };
        self.path(points, &format!(r#"stroke-width="2" stroke-linejoin="round"{dashes}"#), colour);
    }

    /// Points in a chart, as one shape; hollow ones show the page in their middle.
    pub fn markers(&mut self, points: &[Point], marker: Marker, hollow: bool, colour: Colour) {
        let shape = match marker {
            Marker::Circle => "m-3.8 0a3.8 3.8 0 1 0 7.6 0a3.8 3.8 0 1 0 -7.6 0z",
            Marker::Square => "m-3.4 -3.4h6.8v6.8h-6.8z",
            Marker::Triangle => "m0 -4.5l4.3 7.8h-8.6z",
            Marker::Diamond => "m0 -4.8l4.8 4.8l-4.8 4.8l-4.8 -4.8z",
        };
        let d: String =
            points.iter().map(|&(x, y)| format!("M{} {}{shape}", num(x), num(y))).collect();
        let fill = if hollow { BACKGROUND } else { "currentColor" };
        let css = colour.css().map(|css| format!("color:{css};")).unwrap_or_default();
        self.push(&format!(
            r#"<path d="{d}" stroke="currentColor" stroke-width="1.8" style="{css}fill:{fill}"/>"#
        ));
    }

    /// A pipe that lies: what goes in at the left comes out at the right, where it is open.
    pub fn pipe_lying(&mut self, r: Rect) {
        let (rx, ry) = (6.0, r.h / 2.0);
        let [left, right, top, bottom, high] =
            [r.x + rx, r.right() - rx, r.y, r.bottom(), ry].map(num);
        let d = format!(
            "M{left} {top}H{right}A{rx} {high} 0 0 1 {right} {bottom}H{left}A{rx} {high} 0 0 1 {left} {top}Z"
        );
        self.pipe(&d, (r.right() - rx, r.y + ry), rx, ry);
    }

    /// A pipe that stands: what goes in at the top comes out at the bottom.
    pub fn pipe_standing(&mut self, r: Rect) {
        let (rx, ry) = (r.w / 2.0, 4.0);
        let [left, right, top, bottom, wide] =
            [r.x, r.right(), r.y + ry, r.bottom() - ry, rx].map(num);
        let d = format!(
            "M{left} {top}V{bottom}A{wide} {ry} 0 0 0 {right} {bottom}V{top}A{wide} {ry} 0 0 0 {left} {top}Z"
        );
        self.pipe(&d, (r.x + rx, r.bottom() - ry), rx, ry);
    }

    fn pipe(&mut self, outline: &str, end: Point, rx: f64, ry: f64) {
        let style = Colour::Cost.style();
        self.push(&format!(r#"<path d="{outline}" style="fill:{BACKGROUND}"/>"#));
        self.push(&format!(
            r#"<path d="{outline}" fill="currentColor" fill-opacity=".17" stroke="currentColor" stroke-width="1.5"{style}/>"#
        ));
        let [x, y, rx, ry] = [end.0, end.1, rx, ry].map(num);
        self.push(&format!(
            r#"<ellipse cx="{x}" cy="{y}" rx="{rx}" ry="{ry}" fill="currentColor" fill-opacity=".35" stroke="currentColor" stroke-width="1.5"{style}/>"#
        ));
    }

    /// A line of text; `at` is the middle of its height.
    pub fn text(&mut self, at: Point, align: Align, text: &str) {
        self.text_with(at, align, text, "");
    }

    /// Text in bold type.
    pub fn heading(&mut self, at: Point, align: Align, text: &str) {
        self.text_with(at, align, text, HEAVY);
    }

    fn text_with(&mut self, (x, y): Point, align: Align, text: &str, attributes: &str) {
        let anchor = match align {
            Align::Start => "",
            Align::Middle => r#" text-anchor="middle""#,
            Align::End => r#" text-anchor="end""#,
        };
        // From the middle of a line down to its baseline.
        let (x, y, text) = (num(x), num(y + 0.34 * self.layout.font()), escape(text));
        self.push(&format!(r#"<text x="{x}" y="{y}"{anchor}{attributes}>{text}</text>"#));
    }

    /// Lines of text in bold type, as [`Canvas::lines`].
    pub fn heading_lines(&mut self, at: Point, align: Align, text: &str, width: f64) -> f64 {
        self.lines_with(at, align, &wrapped(text, width / BOLD, self.layout.font()), HEAVY)
    }

    /// Lines of text in this width; `at` is the middle of the first line's height. Returns how high they are.
    pub fn lines(&mut self, at: Point, align: Align, text: &str, width: f64) -> f64 {
        self.lines_with(at, align, &wrapped(text, width, self.layout.font()), "")
    }

    fn lines_with(&mut self, at: Point, align: Align, lines: &[String], look: &str) -> f64 {
        let line = self.line_height();
        for (i, text) in lines.iter().enumerate() {
            self.text_with((at.0, at.1 + line * count(i)), align, text, look);
        }
        line * count(lines.len())
    }

    /// A label in the middle of an area, in as many lines as it needs; on a pattern they stand on a plate of background.
    pub fn label(&mut self, area: Rect, text: &str, on_pattern: bool) {
        let lines = wrapped(text, area.w - 4.0, self.layout.font());
        let (x, y) = area.center();
        let high = self.line_height() * count(lines.len());
        if on_pattern && !lines.is_empty() {
            let widest = lines.iter().map(|line| self.text_width(line)).fold(0.0, f64::max);
            let plate = (area.w - 2.0).min(widest + 5.0);
            let height = high.min(area.h - 3.0);
            let plate = place(Rect::new(x - plate / 2.0, y - height / 2.0, plate, height), 3.0);
            self.push(&format!(r#"<rect {plate} style="fill:{BACKGROUND}"/>"#));
        }
        for (i, line) in lines.iter().enumerate() {
            let above = (high - self.line_height()) / 2.0 - self.line_height() * count(i);
            self.text((x, y - above), Align::Middle, line);
        }
    }

    /// The arrow of time, from the left to the right: there is no other. Returns where it ends below.
    pub fn time_axis(&mut self, (from, to): (f64, f64), y: f64, text: &str) -> f64 {
        let width = self.text_width(text);
        let middle = f64::midpoint(from, to);
        let ends = (middle - width / 2.0 - 6.0, middle + width / 2.0 + 6.0);
        self.line(&[(from, y), (ends.0, y)], Stroke::Thin, Heads::None);
        self.line(&[(ends.1, y), (to, y)], Stroke::Thin, Heads::End);
        self.text((middle, y), Align::Middle, text);
        y + self.line_height() / 2.0
    }
}

/// A finished picture, with its text alternative, of what was drawn and how high it is.
///
/// One layout alone stands on a ground of its own, fit for a viewer; two stand in one picture, each with its class and in a
/// style the shape of both.
#[must_use]
pub fn finish(title: &str, description: &str, layouts: &[(Canvas, f64)]) -> String {
    let name = layouts.first().map_or("", |(canvas, _)| canvas.name.as_str());
    let shape = |(canvas, height): &(Canvas, f64)| (num(canvas.width()), num(height.ceil()));
    let alone = layouts.len() == 1;
    let shapes = layouts.iter().map(|drawn| {
        let ((w, h), layout) = (shape(drawn), drawn.0.layout.name());
        format!("--{layout}:{w}/{h}")
    });
    let root = match layouts.first().filter(|_| alone) {
        Some(drawn) => {
            let (w, h) = shape(drawn);
            format!(r#"viewBox="0 0 {w} {h}" font-size="{}""#, num(drawn.0.layout.font()))
        }
        None => format!(r#"style="{}""#, shapes.collect::<Vec<_>>().join(";")),
    };
    let mut svg = format!(
        concat!(
            r#"<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-labelledby="{n}-svg-title {n}-svg-desc" fill="currentColor" {root}>"#,
            "\n",
            r#"<title id="{n}-svg-title">{title}</title>"#,
            "\n",
            r#"<desc id="{n}-svg-desc">{desc}</desc>"#,
            "\n",
        ),
        n = name,
        root = root,
        title = escape(title),
        desc = escape(description),
    );
    let patterns: BTreeSet<_> = layouts.iter().flat_map(|(canvas, _)| &canvas.patterns).collect();
    if !patterns.is_empty() {
        svg.push_str("<defs>\n");
        for (pattern, colour) in patterns {
            let (attributes, content) = pattern.tile();
            let (id, style) =
                (format!("{name}-svg-{}-{}", pattern.id(), colour.id()), colour.style());
            let _ = writeln!(
                svg,
                r#"<pattern id="{id}" patternUnits="userSpaceOnUse" {attributes}{style}>{content}</pattern>"#
            );
        }
        svg.push_str("</defs>\n");
    }
    for drawn in layouts {
        let (canvas, (w, h)) = (&drawn.0, shape(drawn));
        if alone {
            let _ = writeln!(svg, r#"<rect width="{w}" height="{h}" style="fill:{BACKGROUND}"/>"#);
            svg.push_str(&canvas.body);
            continue;
        }
        // The attribute gives way to any style sheet that speaks of it.
        let hidden = canvas.layout.pick(r#" display="none""#, "");
        let (class, font) = (canvas.layout.name(), num(canvas.layout.font()));
        let _ = writeln!(
            svg,
            r#"<svg class="{class}" viewBox="0 0 {w} {h}" font-size="{font}"{hidden}>"#
        );
        svg.push_str(&canvas.body);
        svg.push_str("</svg>\n");
    }
    svg.push_str("</svg>\n");
    svg
}

/// Bold type.
const HEAVY: &str = r#" font-weight="700""#;
/// How much wider bold type is, about.
pub const BOLD: f64 = 1.1;

/// The page's own background, so that an area hides what lies behind it in every theme.
const BACKGROUND: &str = "var(--bg,#fff)";

fn place(r: Rect, radius: f64) -> String {
    let [left, top, wide, high, radius] = [r.x, r.y, r.w, r.h, radius].map(num);
    format!(r#"x="{left}" y="{top}" width="{wide}" height="{high}" rx="{radius}""#)
}

fn joined(points: &[Point]) -> String {
    let mut d = String::new();
    for (i, &(x, y)) in points.iter().enumerate() {
        let _ = write!(d, "{}{} {}", if i == 0 { 'M' } else { 'L' }, num(x), num(y));
    }
    d
}

/// A coordinate with at most one decimal.
fn num(v: f64) -> String {
    let rounded = (v * 10.0).round() / 10.0;
    // No "-0".
    format!("{}", rounded + 0.0)
}

/// A small number of things as a length.
#[must_use]
#[expect(clippy::cast_precision_loss, reason = "counts of things in a picture are small")]
pub fn count(n: usize) -> f64 {
    n as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_11_pixels_high_or_more_wherever_a_layout_is_shown() {
        for layout in Layout::ALL {
            assert!(layout.font() * layout.least() / layout.width() >= 11.0, "{layout:?}");
        }
    }

    #[test]
    fn a_picture_holds_both_layouts_and_shows_the_wide_one_by_itself() {
        let drawn = Layout::ALL.map(|layout| {
            let mut canvas = Canvas::new("seeded", layout);
            canvas.text((20.0, 20.0), Align::Start, layout.name());
            (canvas, layout.pick(30.2, 20.0))
        });
        let svg = finish("A \"title\"", "a < b", &drawn);
        assert!(svg.contains(r#"style="--narrow:300/31;--wide:640/20""#), "{svg}");
        assert!(svg.contains(
            r#"<svg class="narrow" viewBox="0 0 300 31" font-size="12" display="none">"#
        ));
        assert!(
            svg.contains(r#"<svg class="wide" viewBox="0 0 640 20" font-size="13.5">"#),
            "{svg}"
        );
        assert_eq!(svg.matches("<title").count(), 1);
        let alone = finish("t", "d", &[(Canvas::new("seeded", Layout::Wide), 20.0)]);
        assert!(alone.contains(r#"viewBox="0 0 640 20""#) && !alone.contains("class="), "{alone}");
    }
}
