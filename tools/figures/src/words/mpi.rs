//! The words of the model of scaling over many machines.

use serde::Deserialize;

use super::costs::Chart;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mpi {
    pub model: Chart,
    pub ideal: &'static str,
    pub large: &'static str,
    pub small: &'static str,
    pub data: &'static str,
    pub pool: &'static str,
}
