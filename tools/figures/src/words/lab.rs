//! The words of the picture that stands where the timeline lab is.

use serde::Deserialize;

use super::Alternative;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Lab {
    pub ways: [&'static str; 4],
    pub spoken: &'static str,
    pub alternative: Alternative,
}
