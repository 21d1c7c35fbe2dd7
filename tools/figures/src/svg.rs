//! A small SVG writer.
//!
//! Why our own: the pictures stand inline in the page, so they follow mdBook's theme through
//! `currentColor` and CSS variables, and each carries a text alternative that is generated from the
//! same data as the picture. Plotting crates draw in fixed colours and write no accessible text.
//!
//! What an inline picture needs: no XML prolog and no blank line (Markdown would end the HTML block
//! there), no `<style>` and no plain id (both are global to the page, and the print page holds all
//! pages). So each shape carries its own attributes, and each id begins with the picture's name.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use project::escape;

/// Width of every picture in its own units: its text is 12 px high in 350 px, and 11 px in 320 px.
pub const WIDTH: f64 = 480.0;
/// Free space at the left and right edge.
pub const MARGIN: f64 = 8.0;
/// Height of all text.
pub const FONT: f64 = 16.5;
/// From one line of text to the next.
pub const LINE: f64 = 20.0;
/// From the middle of a line of text down to its baseline.
const MIDDLE_TO_BASELINE: f64 = 5.6;

pub type Point = (f64, f64);

#[derive(Clone, Copy, Debug)]
pub struct Rect {
    pub x: f64,
    pub y: f64,
    pub w: f64,
    pub h: f64,
}

impl Rect {
    pub fn new(x: f64, y: f64, w: f64, h: f64) -> Self {
        Self { x, y, w, h }
    }

    pub fn right(self) -> f64 {
        self.x + self.w
    }

    pub fn bottom(self) -> f64 {
        self.y + self.h
    }

    pub fn center(self) -> Point {
        (self.x + self.w / 2.0, self.y + self.h / 2.0)
    }
}

/// The colours: each has at least 3:1 contrast on white and on the darkest and the lightest
/// backgrounds of mdBook's themes. All are equally light, so it is the patterns and the labels that
/// tell pieces apart on paper and for readers who don't see colours.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Colour {
    /// The colour of the text around the picture.
    Ink,
    Blue,
    Green,
    Purple,
    /// What is paid besides the work: starting, switching, moving.
    Cost,
}

impl Colour {
    /// The value of the CSS property `color`; a theme can set the variables.
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

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
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
                r#"width="6" height="6" patternTransform="rotate(45)""#,
                r#"<path d="M1.5 0V6" stroke="currentColor" stroke-width="3"/>"#,
            ),
            Pattern::CrossHatched => (
                r#"width="7" height="7" patternTransform="rotate(45)""#,
                r#"<path d="M3.5 0V7M0 3.5H7" stroke="currentColor" stroke-width="2"/>"#,
            ),
            Pattern::Dotted => (
                r#"width="9" height="9""#,
                r#"<path d="M1 2h2v2h-2zM5.5 6.5h2v2h-2z" fill="currentColor" fill-opacity=".5"/>"#,
            ),
        }
    }
}

/// How an area looks.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Look {
    pub colour: Colour,
    pub pattern: Option<Pattern>,
    pub dashed: bool,
}

impl Look {
    pub const fn plain(colour: Colour) -> Self {
        Self { colour, pattern: None, dashed: false }
    }

    pub const fn patterned(colour: Colour, pattern: Pattern) -> Self {
        Self { colour, pattern: Some(pattern), dashed: false }
    }

    pub const fn dashed(mut self) -> Self {
        self.dashed = true;
        self
    }
}

#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Stroke {
    Solid,
    Thin,
    /// Faint, behind what is drawn.
    Grid,
    Dashed,
    /// Small round dots: something that is there but does nothing.
    Dots,
}

#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Heads {
    None,
    End,
    Both,
}

#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Align {
    Start,
    Middle,
    End,
}

/// What stands at a point of a chart.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Marker {
    Circle,
    Square,
    Triangle,
    Diamond,
}

/// A picture while it is being drawn.
pub struct Canvas {
    name: &'static str,
    body: String,
    patterns: BTreeSet<(Pattern, Colour)>,
}

impl Canvas {
    pub fn new(name: &'static str) -> Self {
        Self { name, body: String::new(), patterns: BTreeSet::new() }
    }

    fn push(&mut self, element: &str) {
        self.body.push_str(element);
        self.body.push('\n');
    }

    fn pattern_id(&self, pattern: Pattern, colour: Colour) -> String {
        format!("{}-svg-{}-{}", self.name, pattern.id(), colour.id())
    }

    /// An area with an outline. It hides what is drawn before it.
    pub fn area(&mut self, r: Rect, look: Look) {
        self.area_rounded(r, 3.0, look);
    }

    pub fn area_rounded(&mut self, r: Rect, radius: f64, look: Look) {
        let place = place(r, radius);
        self.push(&format!(r#"<rect {place} style="fill:{BACKGROUND}"/>"#));
        let fill = match look.pattern {
            None => {
                let opacity = if look.colour == Colour::Ink { ".09" } else { ".17" };
                format!(r#"fill="currentColor" fill-opacity="{opacity}""#)
            }
            Some(pattern) => {
                self.patterns.insert((pattern, look.colour));
                format!(r#"fill="url(#{})""#, self.pattern_id(pattern, look.colour))
            }
        };
        let style = look.colour.style();
        let dashes = if look.dashed { r#" stroke-dasharray="5 3""# } else { "" };
        self.push(&format!(
            r#"<rect {place} {fill} stroke="currentColor" stroke-width="1.5"{dashes}{style}/>"#
        ));
    }

    /// A bar in its full colour, or in its pattern, for what is too low for an outline.
    pub fn bar(&mut self, r: Rect, look: Look) {
        let fill = match look.pattern {
            None if look.colour == Colour::Ink => r#"fill-opacity=".55""#.to_owned(),
            None => String::new(),
            Some(pattern) => {
                self.patterns.insert((pattern, look.colour));
                format!(r#"fill="url(#{})""#, self.pattern_id(pattern, look.colour))
            }
        };
        let (place, style) = (place(r, 2.0), look.colour.style());
        let fill = if fill.is_empty() { r#"fill="currentColor""#.to_owned() } else { fill };
        self.push(&format!("<rect {place} {fill}{style}/>"));
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

    pub fn line_coloured(
        &mut self,
        points: &[Point],
        stroke: Stroke,
        heads: Heads,
        colour: Colour,
    ) {
        let mut d = String::new();
        for (i, &(x, y)) in points.iter().enumerate() {
            let _ = write!(d, "{}{} {}", if i == 0 { 'M' } else { 'L' }, num(x), num(y));
        }
        let look = match stroke {
            Stroke::Solid => r#"stroke-width="1.8""#,
            Stroke::Thin => r#"stroke-width="1" stroke-opacity=".7""#,
            Stroke::Grid => r#"stroke-width="1" stroke-opacity=".22""#,
            Stroke::Dashed => r#"stroke-width="1.5" stroke-dasharray="7 4""#,
            Stroke::Dots => r#"stroke-width="3" stroke-dasharray="0 6" stroke-linecap="round""#,
        };
        let style = colour.style();
        self.push(&format!(r#"<path d="{d}" fill="none" stroke="currentColor" {look}{style}/>"#));
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

    /// The head of an arrow that comes from `from` and ends in `tip`.
    fn head(&mut self, from: Point, tip: Point, colour: Colour) {
        let (dx, dy) = (tip.0 - from.0, tip.1 - from.1);
        let length = dx.hypot(dy);
        let (ux, uy) = (dx / length, dy / length);
        let base = (tip.0 - 9.0 * ux, tip.1 - 9.0 * uy);
        let side = |s: f64| format!("{} {}", num(base.0 - s * uy), num(base.1 + s * ux));
        let style = colour.style();
        self.push(&format!(
            r#"<path d="M{} {}L{}L{}Z" fill="currentColor"{style}/>"#,
            num(tip.0),
            num(tip.1),
            side(4.5),
            side(-4.5)
        ));
    }

    pub fn dot(&mut self, at: Point, radius: f64) {
        self.push(&format!(
            r#"<circle cx="{}" cy="{}" r="{}" fill="currentColor"/>"#,
            num(at.0),
            num(at.1),
            num(radius)
        ));
    }

    /// A circle around something.
    pub fn ring(&mut self, at: Point, radius: f64) {
        self.push(&format!(
            r#"<circle cx="{}" cy="{}" r="{}" fill="none" stroke="currentColor" stroke-width="2"/>"#,
            num(at.0),
            num(at.1),
            num(radius)
        ));
    }

    /// The line of a series in a chart, told apart by its dashes (`""` for none) and its colour.
    pub fn series(&mut self, points: &[Point], dashes: &str, colour: Colour) {
        let mut d = String::new();
        for (i, &(x, y)) in points.iter().enumerate() {
            let _ = write!(d, "{}{} {}", if i == 0 { 'M' } else { 'L' }, num(x), num(y));
        }
        let dashes = match dashes {
            "" => String::new(),
            dashes => format!(r#" stroke-dasharray="{dashes}""#),
        };
        let style = colour.style();
        self.push(&format!(
            r#"<path d="{d}" fill="none" stroke="currentColor" stroke-width="2" stroke-linejoin="round"{dashes}{style}/>"#
        ));
    }

    /// A point in a chart; a hollow one shows the page in its middle.
    pub fn marker(&mut self, (x, y): Point, marker: Marker, hollow: bool, colour: Colour) {
        let corners: &[Point] = match marker {
            Marker::Circle => &[],
            Marker::Square => &[(-4.2, -4.2), (4.2, -4.2), (4.2, 4.2), (-4.2, 4.2)],
            Marker::Triangle => &[(0.0, -5.5), (5.2, 4.0), (-5.2, 4.0)],
            Marker::Diamond => &[(0.0, -6.0), (6.0, 0.0), (0.0, 6.0), (-6.0, 0.0)],
        };
        let fill = if hollow { BACKGROUND } else { "currentColor" };
        let css = colour.css().map(|css| format!("color:{css};")).unwrap_or_default();
        let look = format!(r#"stroke="currentColor" stroke-width="2" style="{css}fill:{fill}""#);
        if corners.is_empty() {
            let (x, y) = (num(x), num(y));
            return self.push(&format!(r#"<circle cx="{x}" cy="{y}" r="4.6" {look}/>"#));
        }
        let corners = corners.iter().map(|c| format!("{} {}", num(x + c.0), num(y + c.1)));
        let d = corners.collect::<Vec<_>>().join("L");
        self.push(&format!(r#"<path d="M{d}Z" {look}/>"#));
    }

    /// A pipe that lies: what goes in at the left comes out at the right, where it is open.
    pub fn pipe_lying(&mut self, r: Rect) {
        let (rx, ry) = (6.0, r.h / 2.0);
        let (left, right) = (r.x + rx, r.right() - rx);
        let d = format!(
            "M{} {}H{}A{rx} {} 0 0 1 {} {}H{}A{rx} {} 0 0 1 {} {}Z",
            num(left),
            num(r.y),
            num(right),
            num(ry),
            num(right),
            num(r.bottom()),
            num(left),
            num(ry),
            num(left),
            num(r.y)
        );
        self.pipe(&d, (right, r.y + ry), rx, ry);
    }

    /// A pipe that stands: what goes in at the top comes out at the bottom.
    pub fn pipe_standing(&mut self, r: Rect) {
        let (rx, ry) = (r.w / 2.0, 4.0);
        let (top, bottom) = (r.y + ry, r.bottom() - ry);
        let d = format!(
            "M{} {}V{}A{} {ry} 0 0 0 {} {}V{}A{} {ry} 0 0 0 {} {}Z",
            num(r.x),
            num(top),
            num(bottom),
            num(rx),
            num(r.right()),
            num(bottom),
            num(top),
            num(rx),
            num(r.x),
            num(top)
        );
        self.pipe(&d, (r.x + rx, bottom), rx, ry);
    }

    fn pipe(&mut self, outline: &str, end: Point, rx: f64, ry: f64) {
        let style = Colour::Cost.style();
        self.push(&format!(r#"<path d="{outline}" style="fill:{BACKGROUND}"/>"#));
        self.push(&format!(
            r#"<path d="{outline}" fill="currentColor" fill-opacity=".17" stroke="currentColor" stroke-width="1.5"{style}/>"#
        ));
        self.push(&format!(
            r#"<ellipse cx="{}" cy="{}" rx="{}" ry="{}" fill="currentColor" fill-opacity=".35" stroke="currentColor" stroke-width="1.5"{style}/>"#,
            num(end.0),
            num(end.1),
            num(rx),
            num(ry)
        ));
    }

    /// Lines of text; `at` is the middle of the first line's height.
    pub fn text(&mut self, at: Point, align: Align, text: &str) {
        self.text_with(at, align, text, "");
    }

    /// Text in bold type.
    pub fn heading(&mut self, at: Point, align: Align, text: &str) {
        self.text_with(at, align, text, r#" font-weight="700""#);
    }

    fn text_with(&mut self, (x, y): Point, align: Align, text: &str, attributes: &str) {
        let anchor = match align {
            Align::Start => "",
            Align::Middle => r#" text-anchor="middle""#,
            Align::End => r#" text-anchor="end""#,
        };
        let mut baseline = y + MIDDLE_TO_BASELINE;
        for line in text.lines() {
            self.push(&format!(
                r#"<text x="{}" y="{}"{anchor}{attributes}>{}</text>"#,
                num(x),
                num(baseline),
                escape(line)
            ));
            baseline += LINE;
        }
    }

    /// Lines of text in the middle of an area; on a pattern they stand on a plate of background.
    pub fn label(&mut self, area: Rect, text: &str, on_pattern: bool) {
        let (x, y) = area.center();
        let lines = count(text.lines().count());
        let widest = text.lines().map(|line| text_width(line, FONT)).fold(0.0, f64::max);
        if on_pattern && widest > 0.0 {
            let width = (widest + 6.0).min(area.w - 4.0);
            let height = (lines * LINE).min(area.h - 6.0);
            let plate = Rect::new(x - width / 2.0, y - height / 2.0, width, height);
            let plate = place(plate, 3.0);
            self.push(&format!(r#"<rect {plate} style="fill:{BACKGROUND}"/>"#));
        }
        self.text((x, y - LINE * (lines - 1.0) / 2.0), Align::Middle, text);
    }

    /// Text that runs downward; `at` is its middle.
    pub fn text_down(&mut self, (x, y): Point, text: &str) {
        self.push(&format!(
            r#"<text x="{x}" y="{baseline}" text-anchor="middle" transform="rotate(90 {x} {y})">{text}</text>"#,
            x = num(x),
            y = num(y),
            baseline = num(y + MIDDLE_TO_BASELINE),
            text = escape(text)
        ));
    }

    /// The finished picture with its text alternative.
    pub fn finish(self, height: f64, title: &str, description: &str) -> String {
        let name = self.name;
        let mut svg = format!(
            concat!(
                r#"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {w} {h}" role="img""#,
                r#" aria-labelledby="{n}-svg-title {n}-svg-desc" font-size="{f}" fill="currentColor""#,
                r#" style="display:block;width:100%;min-width:0;max-width:500px;height:auto;margin:0 auto;font-family:inherit">"#,
                "\n",
                r#"<title id="{n}-svg-title">{title}</title>"#,
                "\n",
                r#"<desc id="{n}-svg-desc">{desc}</desc>"#,
                "\n",
            ),
            w = num(WIDTH),
            h = num(height),
            n = name,
            f = num(FONT),
            title = escape(title),
            desc = escape(description),
        );
        if !self.patterns.is_empty() {
            svg.push_str("<defs>\n");
            for &(pattern, colour) in &self.patterns {
                let (attributes, content) = pattern.tile();
                let _ = writeln!(
                    svg,
                    r#"<pattern id="{}" patternUnits="userSpaceOnUse" {attributes}{}>{content}</pattern>"#,
                    self.pattern_id(pattern, colour),
                    colour.style()
                );
            }
            svg.push_str("</defs>\n");
        }
        svg.push_str(&self.body);
        svg.push_str("</svg>\n");
        svg
    }
}

/// The page's own background, so that an area hides what lies behind it in every theme.
const BACKGROUND: &str = "var(--bg,#fff)";

fn place(r: Rect, radius: f64) -> String {
    format!(
        r#"x="{}" y="{}" width="{}" height="{}" rx="{}""#,
        num(r.x),
        num(r.y),
        num(r.w),
        num(r.h),
        num(radius)
    )
}

/// A coordinate with at most one decimal.
pub fn num(v: f64) -> String {
    let rounded = (v * 10.0).round() / 10.0;
    // No "-0".
    format!("{}", rounded + 0.0)
}

/// A small number of things as a length.
#[expect(clippy::cast_precision_loss, reason = "counts of things in a picture are small")]
pub fn count(n: usize) -> f64 {
    n as f64
}

/// About how wide a line of text is, by the wide faces among the common ones (such as Verdana):
/// what fits by this estimate fits in the reader's face.
pub fn text_width(text: &str, size: f64) -> f64 {
    let ems: f64 = text
        .chars()
        .map(|c| match c {
            'i' | 'j' | 'l' | '\'' => 0.28,
            'I' | ' ' | ',' | '.' | ':' | ';' | '|' | '!' => 0.34,
            'f' | 't' | 'r' | '(' | ')' | '[' | ']' | '-' | '/' => 0.41,
            's' | 'c' | 'z' | 'J' | '_' => 0.55,
            'm' | 'w' | 'M' | 'W' | '\u{2013}' | '\u{2026}' | '\u{2192}' => 0.98,
            'A'..='Z' => 0.76,
            c if c.is_ascii() => 0.64,
            c if u32::from(c) >= 0x2e80 => 1.0,
            _ => 0.7,
        })
        .sum();
    ems * size
}
