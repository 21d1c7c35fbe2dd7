//! The scaling that is expected beyond the machine at hand, from a model.

use anyhow::Result;
use serde::Deserialize;

use crate::costs::{Chart, computed, spoken};
use crate::mpi::{RANKS, WAYS, Way};
use crate::plot::{self, Axis, Lines};
use crate::sheet::{Drawn, Sheet};
use crate::unit::Unit;
use crate::words::fill;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Text {
    chart: Chart,
    ideal: &'static str,
    /// In the order of the ways.
    ways: [&'static str; 4],
}

pub fn draw(sheet: &mut Sheet) -> Result<Drawn> {
    let text: &Text = sheet.text()?;
    // The text alternative reads the powers of ten.
    let of = |(way, label): (&Way, &&str), reading: bool| {
        let ranks = RANKS.into_iter().filter(|ranks| *ranks >= way.least);
        let read = ranks.filter(|ranks| !reading || ranks.log10().fract() < 1e-9);
        computed(label, false, read.map(|ranks| (ranks, (way.speedup)(ranks))))
    };
    let axis = |title| Axis { log: true, unit: Unit::Plain, title };
    let series = |reading| WAYS.iter().zip(&text.ways).map(|way| of(way, reading)).collect();
    let (x, y) = (axis(text.chart.x), axis(text.chart.y));
    let mut chart = Lines { x, y, series: series(true), notes: Vec::new() };
    let points = spoken(sheet.words, sheet.table("costs")?, &chart);
    chart.series = series(false);
    chart.series.push(computed(text.ideal, true, [(1.0, 1.0), (1e4, 1e4)]));
    let height = plot::lines(&mut sheet.canvas, &chart);
    let description = fill(text.chart.description, &[("points", &points)]);
    Ok(Drawn { height, title: text.chart.title, description })
}
