//! The words of the picture that stands where the timeline lab is.

use super::Alternative;

#[derive(Debug)]
pub struct Lab {
    pub ways: [&'static str; 4],
    pub spoken: &'static str,
    pub alternative: Alternative,
}
