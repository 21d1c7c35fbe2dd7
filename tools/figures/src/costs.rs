//! What the pictures of what things cost have in common: the cases, their lines, and how a chart is read out.

use anyhow::Result;
use paint::one_line;
use serde::Deserialize;

use crate::plot::{self, Axis, Lines, Series, Spread};
use crate::sheet::{Drawn, Sheet};
use crate::topic::{Point as Sample, Topic};
use crate::unit::Unit;
use crate::words::{Common, fill};

/// Language and case of each line, in the order that gives it its look.
pub type Cases = &'static [(&'static str, &'static str)];

/// The pools, where a task is handed over and where a result comes back. As in the other charts, the second look is rayon's.
pub const POOLS: Cases = &[
    ("rust", "mp_pool"),
    ("rust", "rayon"),
    ("rust", "procspawn"),
    ("python", "pool"),
    ("python", "executor"),
    ("rust", "imap_unordered"),
];

/// The words that the charts have in common.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Costs {
    /// A topic, or nothing for all; a case of a language; and its name in a chart.
    pub cases: Vec<(&'static str, &'static str, &'static str)>,
    pub rust: &'static str,
    pub python: &'static str,
    /// In the text alternative: a point, and a line.
    pub spoken_point: &'static str,
    pub spoken_row: &'static str,
    pub spoken_series: &'static str,
}

/// The words of a chart.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Chart {
    pub x: &'static str,
    pub y: &'static str,
    pub title: &'static str,
    pub description: &'static str,
}

/// The name of a case in a chart.
pub fn case_name(words: &Costs, topic: &str, language: &str, case: &str) -> String {
    let wanted = format!("{language} {case}");
    let named =
        words.cases.iter().find(|(t, key, _)| (*t == topic || t.is_empty()) && *key == wanted);
    named.map_or(wanted, |(_, _, name)| (*name).to_owned())
}

pub fn spread(x: f64, sample: &Sample) -> Spread {
    Spread { x, median: sample.median, low: sample.low, high: sample.high }
}

/// The lines of a topic; cases that were not measured have none.
pub fn series(words: &Costs, topic: &Topic, cases: Cases) -> Vec<Series> {
    let lines = cases.iter().map(|&(language, case)| Series {
        label: case_name(words, &topic.topic, language, case),
        python: language == "python",
        reference: false,
        points: topic.series(language, case).into_iter().map(|(x, p)| spread(x, p)).collect(),
    });
    lines.filter(|line| !line.points.is_empty()).collect()
}

/// A line that is computed.
pub fn computed(
    label: &str,
    reference: bool,
    points: impl IntoIterator<Item = (f64, f64)>,
) -> Series {
    let points = points.into_iter().map(|(x, y)| Spread { x, median: y, low: y, high: y });
    Series { label: label.to_owned(), python: false, reference, points: points.collect() }
}

/// All lines in words.
pub fn spoken(words: &Common, costs: &Costs, chart: &Lines) -> String {
    let lines = chart.series.iter().map(|series| {
        // Of what is computed, where it begins and ends.
        let step = if series.reference { series.points.len().max(2) - 1 } else { 1 };
        let points = series.points.iter().step_by(step).map(|p| {
            let (value, x) = (chart.y.unit.format(p.median), chart.x.unit.tick(p.x));
            fill(costs.spoken_point, &[("value", &value), ("x", &x)])
        });
        let points = points.collect::<Vec<_>>().join(words.list_joint);
        let name = one_line(&series.label);
        fill(costs.spoken_series, &[("name", &name), ("points", &points)])
    });
    lines.collect::<Vec<_>>().join(words.sentence_joint)
}

/// Draws a chart, and says it.
pub fn draw(sheet: &mut Sheet, text: &Chart, chart: &Lines) -> Result<Drawn> {
    let points = spoken(sheet.words, sheet.table("costs")?, chart);
    let description = fill(text.description, &[("points", &points)]);
    let height = plot::lines(&mut sheet.canvas, chart);
    Ok(Drawn { height, title: text.title, description })
}

/// Draws a chart of the lines of a topic alone.
pub fn draw_topic(
    sheet: &mut Sheet,
    topic: &str,
    cases: Cases,
    x: (bool, Unit),
    y: Unit,
) -> Result<Drawn> {
    let (text, costs): (&Chart, &Costs) = (sheet.text()?, sheet.table("costs")?);
    let chart = Lines {
        x: Axis { log: x.0, unit: x.1, title: text.x },
        y: Axis { log: true, unit: y, title: text.y },
        series: series(costs, sheet.data.topic(topic)?, cases),
        notes: Vec::new(),
    };
    draw(sheet, text, &chart)
}
