//! Charts: a few lines over axes, and rows of dots on one.
//!
//! Why not a plotting library: these 300 lines were held against plotters, which draws in fixed colours
//! and writes no accessible text; poloto and charming want a style sheet that is global to the
//! page. Here a chart follows the reader's theme, has two layouts, carries its text alternative, and is the same bytes when drawn twice.
//!
//! Series are told apart by marker and dashes as well as by colour, and carry their name at the end
//! of their line; a way leads there only where another name stands in its place. Filled markers are Rust's, hollow ones Python's.

use paint::{
    Align, Canvas, Colour, Heads, MARGIN, Marker, Point, Stroke, count, text_width, wrapped,
};

use crate::unit::Unit;

/// A measured point: median and quartiles at `x`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Spread {
    pub x: f64,
    pub median: f64,
    pub low: f64,
    pub high: f64,
}

/// A line with its name; a reference is computed, not measured, and has no markers.
#[derive(Clone, Debug)]
pub struct Series {
    pub label: String,
    pub python: bool,
    pub reference: bool,
    pub points: Vec<Spread>,
}

/// What runs along an axis.
#[derive(Clone, Copy, Debug)]
pub struct Axis {
    pub log: bool,
    pub unit: Unit,
    pub title: &'static str,
}

/// A chart of lines.
pub struct Lines {
    pub x: Axis,
    pub y: Axis,
    pub series: Vec<Series>,
    /// Where a series begins to pay: its place among the measured ones, the point, and a line of
    /// text that stands below the chart.
    pub notes: Vec<(usize, Option<Point>, String)>,
}

/// A range of values and where it lies in the picture.
#[derive(Clone, Copy, Debug)]
struct Scale {
    log: bool,
    values: (f64, f64),
    places: (f64, f64),
}

impl Scale {
    fn place(&self, value: f64) -> f64 {
        let f = |v: f64| if self.log { v.log10() } else { v };
        let (a, b) = (f(self.values.0), f(self.values.1));
        let share = if b > a { (f(value) - a) / (b - a) } else { 0.5 };
        self.places.0 + share * (self.places.1 - self.places.0)
    }
}

/// 1, 2 and 5 times the powers of ten, from at or below `low` to at or above `high`.
fn ladder(low: f64, high: f64) -> Vec<f64> {
    let mut decade = 10_f64.powf(low.log10().floor());
    let mut steps = Vec::new();
    while steps.last().is_none_or(|&last| last < high * (1.0 - 1e-9)) {
        for step in [1.0, 2.0, 5.0] {
            let value = step * decade;
            if steps.last().is_none_or(|&last| last < high * (1.0 - 1e-9)) {
                steps.push(value);
            }
        }
        decade *= 10.0;
    }
    let first = steps.iter().rposition(|&v| v <= low * (1.0 + 1e-9)).unwrap_or(0);
    steps.split_off(first)
}

/// Whether a value is a power of ten.
fn is_decade(value: f64) -> bool {
    let log = value.log10();
    (log - log.round()).abs() < 1e-6
}

/// The ends of a logarithmic axis and its ticks: the decades, and with fewer than three of them 2 and
/// 5 of each as well.
fn log_ticks(low: f64, high: f64) -> ((f64, f64), Vec<f64>) {
    let steps = ladder(low, high.max(low * 1.5));
    let ends = (steps[0], steps[steps.len() - 1]);
    let decades: Vec<f64> = steps.iter().copied().filter(|&v| is_decade(v)).collect();
    (ends, if decades.len() < 3 { steps } else { decades })
}

/// The same for an axis that begins at 0, with steps of 1, 2 or 5.
fn linear_ticks(high: f64) -> ((f64, f64), Vec<f64>) {
    let high = if high > 0.0 { high } else { 1.0 };
    let steps = ladder(high / 6.0, high);
    let step = steps.iter().copied().find(|s| high / s <= 6.0).unwrap_or(high);
    let mut ticks = vec![0.0];
    let mut n = 0_u32;
    while f64::from(n) * step < high * (1.0 - 1e-9) {
        n += 1;
        ticks.push(f64::from(n) * step);
    }
    ((0.0, f64::from(n) * step), ticks)
}

/// Of labels at `places` with half widths `halves`, those that stand free of each other: the first,
/// and each that keeps its distance from the one before.
fn thinned(places: &[f64], halves: &[f64], gap: f64) -> Vec<usize> {
    let mut kept: Vec<usize> = Vec::new();
    for i in 0..places.len() {
        let free = kept
            .last()
            .is_none_or(|&last| (places[i] - places[last]).abs() >= halves[i] + halves[last] + gap);
        if free {
            kept.push(i);
        }
    }
    kept
}

/// Moves labels that want to stand at `wanted` (their middles) with `heights` apart, within
/// `top..bottom`, as little as their order allows.
fn spread_labels(wanted: &[f64], heights: &[f64], top: f64, bottom: f64) -> Vec<f64> {
    let mut order: Vec<usize> = (0..wanted.len()).collect();
    order.sort_by(|&a, &b| wanted[a].total_cmp(&wanted[b]));
    let mut places = wanted.to_vec();
    let mut free = top;
    for &i in &order {
        places[i] = places[i].max(free + heights[i] / 2.0);
        free = places[i] + heights[i] / 2.0;
    }
    let mut free = bottom;
    for &i in order.iter().rev() {
        places[i] = places[i].min(free - heights[i] / 2.0);
        free = places[i] - heights[i] / 2.0;
    }
    places
}

/// How a series looks: by its place in the chart.
fn look(index: usize) -> (Colour, Marker, &'static str) {
    const LOOKS: [(Colour, Marker, &str); 6] = [
        (Colour::Blue, Marker::Circle, ""),
        (Colour::Green, Marker::Square, "9 4"),
        (Colour::Cost, Marker::Triangle, "3 3"),
        (Colour::Purple, Marker::Diamond, "11 3 3 3"),
        (Colour::Ink, Marker::Circle, "5 5"),
        (Colour::Ink, Marker::Square, "1 4"),
    ];
    LOOKS[index % LOOKS.len()]
}

/// Height of the area that the lines of a chart have, and how wide their names may be.
fn room(canvas: &Canvas) -> (f64, f64) {
    canvas.layout().pick((172.0, 62.0), (230.0, 130.0))
}

/// A name at the end of a line, in its lines, and how wide it is.
fn name(canvas: &Canvas, label: &str) -> (Vec<String>, f64) {
    let font = canvas.layout().font();
    let lines = wrapped(label, room(canvas).1, font);
    let wide = lines.iter().map(|line| text_width(line, font)).fold(0.0, f64::max);
    (lines, wide)
}

fn x_scale(chart: &Lines, places: (f64, f64)) -> (Scale, Vec<f64>) {
    let measured = chart.series.iter().filter(|s| !s.reference).flat_map(|s| &s.points);
    let mut ticks: Vec<f64> = measured.map(|p| p.x).collect();
    ticks.sort_by(f64::total_cmp);
    ticks.dedup();
    let ends = (ticks.first().copied().unwrap_or(1.0), ticks.last().copied().unwrap_or(2.0));
    // Where there are decades enough they say it all.
    let decades: Vec<f64> = ticks.iter().copied().filter(|&tick| is_decade(tick)).collect();
    if chart.x.log && chart.x.unit == Unit::Plain && decades.len() > 3 {
        ticks = decades;
    }
    let low = if chart.x.log { ends.0 } else { 0.0 };
    (Scale { log: chart.x.log, values: (low, ends.1), places }, ticks)
}

/// Draws a chart of lines on `canvas`; returns its height.
pub fn lines(canvas: &mut Canvas, chart: &Lines) -> f64 {
    let values = || chart.series.iter().flat_map(|s| &s.points);
    let low = values().map(|p| p.low).filter(|v| *v > 0.0).fold(f64::INFINITY, f64::min);
    let high = values().map(|p| p.high).fold(0.0, f64::max);
    let (ends, ticks) = if chart.y.log { log_ticks(low, high) } else { linear_ticks(high) };

    let line = canvas.line_height();
    let tick_width = ticks.iter().map(|&t| canvas.text_width(&chart.y.unit.tick(t)));
    let names = chart.series.iter().map(|s| name(canvas, &s.label).1).fold(0.0, f64::max);
    let left = MARGIN + tick_width.fold(0.0, f64::max) + 8.0;
    let right = canvas.width() - MARGIN - names - 28.0;
    let top = canvas.height_of(chart.y.title, canvas.inner()) + 16.0;
    let bottom = top + room(canvas).0;
    let y = Scale { log: chart.y.log, values: ends, places: (bottom, top) };
    let (x, x_ticks) = x_scale(chart, (left + 6.0, right - 6.0));

    canvas.lines((MARGIN, 2.0 + line / 2.0), Align::Start, chart.y.title, canvas.inner());
    let places: Vec<f64> = ticks.iter().map(|&t| y.place(t)).collect();
    let kept = thinned(&places, &vec![line / 2.0; places.len()], 0.0);
    for (i, (&tick, &place)) in ticks.iter().zip(&places).enumerate() {
        if kept.contains(&i) {
            canvas.text((left - 6.0, place), Align::End, &chart.y.unit.tick(tick));
        }
    }
    let grid: Vec<[Point; 2]> = places.iter().map(|&y| [(left, y), (right, y)]).collect();
    canvas.segments(&grid, Stroke::Grid, Colour::Ink);
    canvas.line(&[(left, bottom), (right, bottom)], Stroke::Thin, Heads::None);
    let end = ticks_below(canvas, chart.x, &x, &x_ticks, (left, right, bottom));
    for series in &chart.series {
        draw_series(canvas, chart, series, (&x, &y));
    }
    for (_, point, _) in &chart.notes {
        let Some((at, value)) = *point else { continue };
        let at = (x.place(at), y.place(value));
        canvas.line(&[(at.0, at.1 + 8.0), (at.0, bottom)], Stroke::Dots, Heads::None);
        canvas.ring(at, 7.5);
    }
    draw_names(canvas, chart, (&x, &y), right);
    let mut below = end;
    for (place, _, text) in &chart.notes {
        below += 3.0;
        let (colour, marker, _) = look(*place);
        let python = chart.series.get(*place).is_some_and(|s| s.python);
        let at = below + line / 2.0;
        canvas.markers(&[(MARGIN + 6.0, at)], marker, python, colour);
        let width = canvas.inner() - 18.0;
        below += canvas.lines((MARGIN + 17.0, at), Align::Start, text, width);
    }
    below + 4.0
}

/// The ticks of an axis below a chart and what runs along it; returns where that ends.
fn ticks_below(
    canvas: &mut Canvas,
    axis: Axis,
    scale: &Scale,
    ticks: &[f64],
    (left, right, bottom): (f64, f64, f64),
) -> f64 {
    let line = canvas.line_height();
    let places: Vec<f64> = ticks.iter().map(|&t| scale.place(t)).collect();
    let halves = ticks.iter().map(|&t| canvas.text_width(&axis.unit.tick(t)) / 2.0);
    let kept = thinned(&places, &halves.collect::<Vec<_>>(), 6.0);
    for (i, (&tick, &place)) in ticks.iter().zip(&places).enumerate() {
        if kept.contains(&i) {
            let at = (place, bottom + 6.0 + line / 2.0);
            canvas.text(at, Align::Middle, &axis.unit.tick(tick));
        }
    }
    let strokes: Vec<[Point; 2]> =
        places.iter().map(|&x| [(x, bottom), (x, bottom + 4.0)]).collect();
    canvas.segments(&strokes, Stroke::Thin, Colour::Ink);
    // In the middle below the axis, but not over an edge of the picture.
    let half = canvas.text_width(axis.title) / 2.0;
    let most = canvas.width() - MARGIN - half;
    let middle = f64::midpoint(left, right).min(most).max(MARGIN + half);
    canvas.text((middle, bottom + 7.0 + 1.5 * line), Align::Middle, axis.title);
    bottom + 9.0 + 2.0 * line
}

/// The place of a series among those that are measured.
fn place_of(chart: &Lines, series: &Series) -> usize {
    let measured = chart.series.iter().filter(|s| !s.reference);
    measured.take_while(|s| !std::ptr::eq(*s, series)).count()
}

fn draw_series(canvas: &mut Canvas, chart: &Lines, series: &Series, (x, y): (&Scale, &Scale)) {
    let points: Vec<Point> =
        series.points.iter().map(|p| (x.place(p.x), y.place(p.median))).collect();
    if series.reference {
        return canvas.line(&points, Stroke::Dashed, Heads::None);
    }
    let (colour, marker, dashes) = look(place_of(chart, series));
    canvas.series(&points, dashes, colour);
    let mut spreads = Vec::new();
    for (point, &(px, _)) in series.points.iter().zip(&points) {
        let (low, high) = (y.place(point.low.max(f64::MIN_POSITIVE)), y.place(point.high));
        let low = low.min(y.places.0);
        if low - high > 8.0 {
            spreads.extend(spread_of([(px, low), (px, high)]));
        }
    }
    canvas.segments(&spreads, Stroke::Solid, colour);
    canvas.markers(&points, marker, series.python, colour);
}

/// The name of each series at the end of its line.
fn draw_names(canvas: &mut Canvas, chart: &Lines, (x, y): (&Scale, &Scale), right: f64) {
    let named: Vec<(&Series, &Spread)> =
        chart.series.iter().filter_map(|s| Some((s, s.points.last()?))).collect();
    let line = canvas.line_height();
    let wanted: Vec<f64> = named.iter().map(|(_, p)| y.place(p.median)).collect();
    let labels: Vec<Vec<String>> = named.iter().map(|(s, _)| name(canvas, &s.label).0).collect();
    let heights: Vec<f64> = labels.iter().map(|lines| line * count(lines.len()) + 3.0).collect();
    // No lower than the axis, or the way to a name would cross those of the ticks.
    let bottom = y.places.0 + 4.0;
    let places = spread_labels(&wanted, &heights, y.places.1 - 12.0, bottom);
    for (i, (series, last)) in named.iter().enumerate() {
        let (from, to) = ((x.place(last.x) + 6.0, wanted[i]), (right + 16.0, places[i]));
        let (colour, marker, _) = look(place_of(chart, series));
        let colour = if series.reference { Colour::Ink } else { colour };
        if (from.1 - to.1).abs() > line / 2.0 || to.0 - from.0 > 34.0 {
            canvas.line_coloured(&[from, to], Stroke::Thin, Heads::None, colour);
            if !series.reference {
                canvas.markers(&[to], marker, series.python, colour);
            }
        }
        let first = places[i] - line * (count(labels[i].len()) - 1.0) / 2.0;
        for (n, text) in labels[i].iter().enumerate() {
            canvas.text((right + 24.0, first + line * count(n)), Align::Start, text);
        }
    }
}

/// A row of a chart of dots; one without points is a heading.
pub struct Row {
    pub label: String,
    pub python: bool,
    pub spread: Option<Spread>,
}

/// Draws rows of dots on a logarithmic axis, each with its value; returns the height.
pub fn dots(canvas: &mut Canvas, axis: Axis, rows: &[Row]) -> f64 {
    let spreads = || rows.iter().filter_map(|row| row.spread);
    let low = spreads().map(|p| p.low).filter(|v| *v > 0.0).fold(f64::INFINITY, f64::min);
    let high = spreads().map(|p| p.high).fold(0.0, f64::max);
    let (ends, ticks) = log_ticks(low, high);
    let names = rows.iter().map(|row| canvas.text_width(&row.label)).fold(0.0, f64::max);
    let left = MARGIN + names + 8.0;
    let right = canvas.width() - MARGIN - canvas.text_width("000 ms") - 6.0;
    let scale = Scale { log: true, values: ends, places: (left + 8.0, right - 8.0) };
    let (row_height, top) = (canvas.line_height() + 6.0, 6.0);
    let bottom = top + row_height * count(rows.len());
    let grid = ticks.iter().map(|&tick| [top, bottom].map(|y| (scale.place(tick), y)));
    canvas.segments(&grid.collect::<Vec<_>>(), Stroke::Grid, Colour::Ink);
    canvas.line(&[(left, bottom), (right, bottom)], Stroke::Thin, Heads::None);
    for (i, row) in rows.iter().enumerate() {
        let y = top + row_height * (count(i) + 0.5);
        let Some(spread) = row.spread else {
            canvas.heading((MARGIN, y), Align::Start, &row.label);
            continue;
        };
        let colour = if row.python { Colour::Purple } else { Colour::Blue };
        let marker = if row.python { Marker::Square } else { Marker::Circle };
        canvas.text((MARGIN, y), Align::Start, &row.label);
        let (from, to) = (scale.place(spread.low), scale.place(spread.high));
        canvas.line(&[(left, y), (scale.place(spread.median), y)], Stroke::Grid, Heads::None);
        if to - from > 8.0 {
            canvas.segments(&spread_of([(from, y), (to, y)]), Stroke::Solid, colour);
        }
        canvas.markers(&[(scale.place(spread.median), y)], marker, row.python, colour);
        let end = canvas.width() - MARGIN;
        canvas.text((end, y), Align::End, &axis.unit.format(spread.median));
    }
    ticks_below(canvas, axis, &scale, &ticks, (left, right, bottom)) + 4.0
}

/// From quartile to quartile, with a stroke across each end.
fn spread_of([from, to]: [Point; 2]) -> [[Point; 2]; 3] {
    let upright = (from.0 - to.0).abs() < 1e-9;
    let (dx, dy) = if upright { (3.5, 0.0) } else { (0.0, 3.5) };
    let across = |(x, y): Point| [(x - dx, y - dy), (x + dx, y + dy)];
    [[from, to], across(from), across(to)]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn logarithmic_ticks_are_decades_or_where_those_are_few_1_2_5() {
        let ((low, high), ticks) = log_ticks(3e3, 4e7);
        assert!((low, high) == (2e3, 5e7), "{low} {high}");
        assert_eq!(ticks.len(), 4);
        assert!(ticks.iter().all(|&t| is_decade(t)), "{ticks:?}");
        let (_, few) = log_ticks(30.0, 400.0);
        assert_eq!(few.len(), 5, "{few:?}"); // 20, 50, 100, 200, 500
        let (ends, _) = log_ticks(100.0, 100.0);
        assert!(ends.0 < ends.1, "{ends:?}");
    }

    #[test]
    fn linear_ticks_begin_at_0_and_hold_the_highest() {
        for high in [0.0, 0.3, 1.0, 1.9, 4.0, 63.0, 64.0, 512.0] {
            let ((low, end), ticks) = linear_ticks(high);
            assert!(low.abs() < 1e-9 && end >= high, "{high}: {end}");
            assert!((2..=7).contains(&ticks.len()), "{high}: {ticks:?}");
        }
    }

    #[test]
    fn labels_keep_apart_in_order_and_inside() {
        for wanted in [
            vec![50.0, 50.0, 50.0, 51.0],
            vec![0.0, 100.0, 99.0, 98.0],
            vec![100.0, 100.0, 0.0, 0.0],
        ] {
            let heights = [20.0, 20.0, 40.0, 20.0];
            let places = spread_labels(&wanted, &heights, 0.0, 110.0);
            let mut ends: Vec<(f64, f64)> =
                places.iter().zip(heights).map(|(p, h)| (p - h / 2.0, p + h / 2.0)).collect();
            ends.sort_by(|a, b| a.0.total_cmp(&b.0));
            assert!(ends.windows(2).all(|w| w[0].1 <= w[1].0 + 1e-9), "{places:?}");
            assert!(ends.iter().all(|e| e.0 >= -1e-9 && e.1 <= 110.0 + 1e-9), "{places:?}");
        }
        let free = spread_labels(&[10.0, 90.0], &[20.0, 20.0], 0.0, 100.0);
        assert!((free[0] - 10.0).abs() + (free[1] - 90.0).abs() < 1e-9, "{free:?}");
    }

    #[test]
    fn tick_labels_that_would_touch_are_left_out() {
        assert_eq!(thinned(&[0.0, 10.0, 20.0, 30.0], &[6.0; 4], 2.0), [0, 2]);
        assert_eq!(thinned(&[0.0, 10.0], &[4.0; 2], 2.0), [0, 1]);
    }
}
