//! What is read to those who do not see a picture.

use serde::Deserialize;

/// Title and description of a picture, for those who don't see it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Alternative {
    pub title: &'static str,
    pub description: &'static str,
}
