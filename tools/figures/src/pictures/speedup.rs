//! How much faster the primes are counted with more workers.

use anyhow::Result;
use serde::Deserialize;

use crate::costs::{self, Cases, Chart, Costs, computed, series};
use crate::law::serial_share;
use crate::plot::{Axis, Lines};
use crate::sheet::{Drawn, Sheet};
use crate::unit::Unit;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Text {
    chart: Chart,
    amdahl: &'static str,
    limit: &'static str,
}

const SHOWN: Cases = &[("rust", "mp_pool"), ("rust", "rayon"), ("python", "pool")];

pub fn draw(sheet: &mut Sheet) -> Result<Drawn> {
    let (text, words): (&Text, &Costs) = (sheet.text()?, sheet.table("costs")?);
    let topic = sheet.data.topic("speedup")?;
    let cpus = f64::from(topic.measured.cpus);
    let mut lines = series(words, topic, SHOWN);
    let most = lines.iter().flat_map(|s| &s.points).map(|p| p.x).fold(1.0, f64::max);
    let share = topic.at("rust", "mp_pool", cpus).map_or(0.0, |s| serial_share(s, cpus));
    let amdahl = |workers: f64| (workers, 1.0 / (share + (1.0 - share) / workers));
    let steps = (0..=40).map(|i| 1.0 + (most - 1.0) * f64::from(i) / 40.0);
    lines.push(computed(text.amdahl, true, steps.map(amdahl)));
    lines.push(computed(text.limit, true, [(1.0, cpus), (most, cpus)]));
    let axis = |title| Axis { log: false, unit: Unit::Plain, title };
    let (x, y) = (axis(text.chart.x), axis(text.chart.y));
    let chart = Lines { x, y, series: lines, notes: Vec::new() };
    costs::draw(sheet, &text.chart, &chart)
}
