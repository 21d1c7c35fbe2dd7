//! The pictures, a file each in `pictures/`, named after itself: `pictures/fork_join.rs` draws `images/fork-join.svg` and
//! its like in every language. `build.rs` finds them.
//!
//! Such a file has a `draw` that draws on a [`Sheet`], once for each layout, and a `Text` with the words of its table
//! `pictures.fork-join` in every `tools/words/CODE.toml`, among them `title` and `description` for those who don't see it.

use std::path::Path;

use anyhow::{Context as _, Result};
use paint::{Layout, finish};
use words::{Language, languages};

use crate::figure::Figure;
use crate::sheet::{Data, Drawn, Sheet};

/// A picture's name, and how it is drawn.
type Picture = (&'static str, fn(&mut Sheet) -> Result<Drawn>);

include!(concat!(env!("OUT_DIR"), "/pictures.rs"));

/// All pictures in all languages of the project at `root`.
///
/// # Errors
/// A language lacks a word, or a measurement is missing.
pub fn all(root: &Path, data: &Data) -> Result<Vec<Figure>> {
    let mut figures = Vec::new();
    for language in languages(root)? {
        for (name, draw) in PICTURES {
            figures.push(drawn(name, *draw, language, data).with_context(|| (*name).to_owned())?);
        }
    }
    Ok(figures)
}

fn drawn(
    name: &'static str,
    draw: fn(&mut Sheet) -> Result<Drawn>,
    language: &'static Language,
    data: &Data,
) -> Result<Figure> {
    let mut layouts = Vec::new();
    let mut said = None;
    for layout in Layout::ALL {
        let mut sheet = Sheet::new(name, layout, language, data)?;
        let drawn = draw(&mut sheet)?;
        layouts.push((sheet.canvas, drawn.height));
        said = Some(drawn);
    }
    let Drawn { title, description, .. } = said.context("a layout")?;
    let svg = finish(title, &description, &layouts);
    Ok(Figure { file_name: format!("{name}{}.svg", language.suffix()), svg })
}
