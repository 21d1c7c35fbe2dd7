//! The words of the pictures of what threads share and wait for.

use serde::Deserialize;

use super::Alternative;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, bound(deserialize = "'de: 'static"))]
pub struct Threads {
    pub border: Border,
    pub store_buffer: StoreBuffer,
    pub philosophers: Philosophers,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Border {
    pub lent: &'static str,
    pub here: &'static str,
    pub moved: &'static str,
    pub arrives: &'static str,
    pub refused: &'static str,
    /// One row of the text alternative.
    pub row: &'static str,
    pub alternative: Alternative,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StoreBuffer {
    pub core: &'static str,
    pub stores: &'static str,
    pub loads: &'static str,
    pub buffer: &'static str,
    pub later: &'static str,
    pub memory: &'static str,
    pub alternative: Alternative,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Philosophers {
    pub seat: &'static str,
    pub fork: &'static str,
    pub waits_for: &'static str,
    pub is_held_by: &'static str,
    pub alternative: Alternative,
}
