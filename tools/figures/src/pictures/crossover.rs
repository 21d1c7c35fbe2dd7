//! From which length of a task each way pays.

use anyhow::Result;
use paint::one_line;
use serde::Deserialize;

use crate::costs::{self, Cases, Chart, Costs, computed, series};
use crate::law::pays_from;
use crate::plot::{Axis, Lines};
use crate::sheet::{Drawn, Sheet};
use crate::unit::Unit;
use crate::words::fill;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Text {
    chart: Chart,
    sequential: &'static str,
    spoken_pays: &'static str,
    spoken_never: &'static str,
}

const SHOWN: Cases =
    &[("rust", "mp_pool"), ("rust", "rayon"), ("python", "threads"), ("python", "processes")];

pub fn draw(sheet: &mut Sheet) -> Result<Drawn> {
    let (text, words): (&Text, &Costs) = (sheet.text()?, sheet.table("costs")?);
    let mut lines = series(words, sheet.data.topic("crossover")?, SHOWN);
    let (mut notes, mut pays) = (Vec::new(), Vec::new());
    for (place, line) in lines.iter().enumerate() {
        let points: Vec<(f64, f64)> = line.points.iter().map(|p| (p.x, p.median)).collect();
        let (name, from) = (one_line(&line.label), pays_from(&points));
        let note = match from {
            Some(x) => fill(text.spoken_pays, &[("name", &name), ("x", &Unit::Time.format(x))]),
            None => fill(text.spoken_never, &[("name", &name)]),
        };
        pays.push(format!("{note}{}", sheet.words.sentence_end));
        notes.push((place, from.map(|x| (x, 1.0)), note));
    }
    let ends = lines.iter().flat_map(|s| &s.points).map(|p| p.x);
    let (low, high) = ends.fold((f64::INFINITY, 0.0), |(a, b): (f64, f64), x| (a.min(x), b.max(x)));
    lines.push(computed(text.sequential, true, [(low, 1.0), (high, 1.0)]));
    let x = Axis { log: true, unit: Unit::Time, title: text.chart.x };
    let y = Axis { log: true, unit: Unit::Plain, title: text.chart.y };
    let mut drawn = costs::draw(sheet, &text.chart, &Lines { x, y, series: lines, notes })?;
    let pays = pays.join(sheet.words.sentence_joint);
    drawn.description = fill(&drawn.description, &[("pays", &pays)]);
    Ok(drawn)
}
