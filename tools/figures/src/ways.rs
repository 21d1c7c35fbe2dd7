//! The pictures of who ran when, as measured: all at one scale.

use anyhow::Result;
use serde::Deserialize;
use trace::{Labels, Way};

use crate::measured::Measured;
use crate::sheet::{Drawn, Sheet};

/// The words that the measured pictures have in common.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Text {
    pub start_thread: &'static str,
    pub start_process: &'static str,
    /// The piece that the program calls `end`.
    end: &'static str,
    labels: Labels<'static>,
}

/// The words of one of them.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Own {
    title: &'static str,
}

/// A way as measured; all have one scale. `start` is what starting a worker is called.
pub fn draw(
    sheet: &mut Sheet,
    way: fn(&Measured) -> &Way,
    start: fn(&Text) -> &'static str,
) -> Result<Drawn> {
    let (own, text): (&Own, &Text) = (sheet.text()?, sheet.table("measured")?);
    let Measured { rust, python } = &sheet.data.timelines;
    let shown = rust.ways[1..].iter().chain(&python.ways[2..]);
    let longest = shown.map(|way| way.length).fold(0.0, f64::max);
    let mut way = way(&sheet.data.timelines).clone();
    for event in way.workers.iter_mut().flat_map(|worker| &mut worker.events) {
        if event.name == "end" {
            text.end.clone_into(&mut event.name);
        }
    }
    let labels = Labels { start: start(text), ..text.labels };
    let end = trace::draw(&mut sheet.canvas, &way, longest, 7.0, &labels);
    let description = trace::describe(&way, &labels);
    Ok(Drawn { height: end + 4.0, title: own.title, description })
}
