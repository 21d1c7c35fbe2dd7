//! The words of the charts.

use serde::Deserialize;

use super::Alternative;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Costs {
    /// A case of a language, and its name in a chart.
    pub cases: Vec<(&'static str, &'static str, &'static str)>,
    pub rust: &'static str,
    pub python: &'static str,
    pub start: Chart,
    pub fork_memory: Chart,
    pub chunk: Chart,
    pub result: Chart,
    pub moving: Chart,
    pub speedup: Chart,
    pub crossover: Chart,
    pub amdahl: &'static str,
    pub limit: &'static str,
    pub sequential: &'static str,
    /// In the text alternative: a point, and where a way begins to pay.
    pub spoken_point: &'static str,
    pub spoken_row: &'static str,
    pub spoken_series: &'static str,
    pub spoken_pays: &'static str,
    pub spoken_never: &'static str,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Chart {
    pub x: &'static str,
    pub y: &'static str,
    pub alternative: Alternative,
}
