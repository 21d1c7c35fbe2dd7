//! What a picture is drawn on, with all that it may need at hand.

use std::path::Path;

use anyhow::{Context as _, Result};
use paint::{Canvas, Layout};
use serde::Deserialize;
use words::Language;

use crate::failures::Failures;
use crate::measured::{self, Measured};
use crate::timeline::{Kind, Placed, Timeline, draw_keys, edges};
use crate::topic::{self, Topic};
use crate::words::Common;

/// What is drawn on: a canvas of one layout, with the words of a language and the measurements at hand.
pub struct Sheet<'a> {
    pub canvas: Canvas,
    pub words: &'static Common,
    pub data: &'a Data,
    name: &'static str,
    language: &'static Language,
}

impl<'a> Sheet<'a> {
    /// An empty one for the picture `name`.
    ///
    /// # Errors
    /// The language lacks a word that pictures have in common.
    pub fn new(
        name: &'static str,
        layout: Layout,
        language: &'static Language,
        data: &'a Data,
    ) -> Result<Self> {
        let words = language.table("pictures.common")?;
        Ok(Sheet { canvas: Canvas::new(name, layout), words, data, name, language })
    }

    /// The words of this picture.
    pub fn text<T: Deserialize<'static> + Send + Sync + 'static>(&self) -> Result<&'static T> {
        self.table(self.name)
    }

    /// The words that several pictures share.
    pub fn table<T: Deserialize<'static> + Send + Sync + 'static>(
        &self,
        name: &str,
    ) -> Result<&'static T> {
        self.language.table(&format!("pictures.{name}"))
    }

    /// Draws a timeline over the whole width from `top` down.
    pub fn timeline(&mut self, timeline: &Timeline, top: f64) -> Placed {
        let area = edges(&self.canvas);
        timeline.draw(&mut self.canvas, self.words, area, top)
    }

    /// Says from `top` down what looks mean; returns where it ends.
    pub fn keys(&mut self, top: f64, keys: &[(Kind, &str)]) -> f64 {
        let area = edges(&self.canvas);
        draw_keys(&mut self.canvas, area, top, keys)
    }
}

/// What was drawn: how high it is, and what it shows in words.
pub struct Drawn {
    pub height: f64,
    pub title: &'static str,
    pub description: String,
}

/// All that was measured.
pub struct Data {
    pub topics: Vec<Topic>,
    pub timelines: Measured,
    pub failures: Failures,
}

impl Data {
    /// The measurements under `root`.
    ///
    /// # Errors
    /// One can't be read, or is missing.
    pub fn read(root: &Path) -> Result<Data> {
        Ok(Data {
            topics: topic::read_all(root)?,
            timelines: measured::read(root)?,
            failures: Failures::read(root)?,
        })
    }

    /// One topic.
    ///
    /// # Errors
    /// There is none of this name.
    pub fn topic(&self, name: &str) -> Result<&Topic> {
        self.topics.iter().find(|t| t.topic == name).with_context(|| format!("no topic {name}"))
    }
}
