//! The words of the picture that stands where the timeline lab is.

use super::Alternative;

pub struct Lab {
    pub ways: [&'static str; 4],
    pub spoken: &'static str,
    pub alternative: Alternative,
}

pub const ENGLISH: Lab = Lab {
    ways: [
        "one after another",
        "threads on one core",
        "threads on several cores",
        "processes on several cores",
    ],
    spoken: "{way} {percent} %",
    alternative: Alternative {
        title: "How long the same work takes in four ways",
        description: "Four bars, as long as the time that the work of the pictures above takes, \
                      against one after another: {ways}.",
    },
};
