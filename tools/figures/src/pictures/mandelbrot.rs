//! What the pool that lives draws, and the three tiles that two workers had.

use anyhow::Result;
use paint::{Align, Colour, Heads, MARGIN, Rect, Stroke, count};
use serde::Deserialize;

use crate::sheet::{Drawn, Sheet};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Text {
    killed: &'static str,
    hung: &'static str,
    printed: &'static str,
    title: &'static str,
    description: &'static str,
}

/// Of the program's picture: 16 tiles, each of which has 5 rows here.
const TILES: usize = 16;
const ROWS: usize = 5 * TILES;
const COLUMNS: usize = 3 * ROWS / 2;
const ITERATIONS: u8 = 255;

/// From how many steps on a point is drawn how dark.
const SHADES: [(u8, Colour, &str); 5] = [
    (5, Colour::Blue, ".15"),
    (8, Colour::Blue, ".35"),
    (13, Colour::Blue, ".6"),
    (30, Colour::Blue, ".95"),
    (ITERATIONS, Colour::Ink, ".85"),
];

/// After how many steps the program's formula leaves the circle.
fn steps(row: usize, column: usize) -> u8 {
    let re = 3.0 * count(column) / count(COLUMNS) - 2.0;
    let im = 2.0 * count(row) / count(ROWS) - 1.0;
    let (mut x, mut y, mut n) = (0.0, 0.0, 0);
    while n < ITERATIONS && x * x + y * y <= 4.0 {
        (x, y, n) = (x * x - y * y + re, 2.0 * x * y + im, n + 1);
    }
    n
}

fn shade(row: usize, column: usize) -> Option<usize> {
    let steps = steps(row, column);
    SHADES.iter().rposition(|(from, ..)| steps >= *from)
}

/// The stretches of a row that have this shade: where each begins and ends.
fn stretches(row: usize, wanted: usize) -> Vec<(usize, usize)> {
    let mut found: Vec<(usize, usize)> = Vec::new();
    for column in (0..COLUMNS).filter(|&column| shade(row, column) == Some(wanted)) {
        match found.last_mut() {
            Some((_, end)) if *end == column => *end += 1,
            _ => found.push((column, column + 1)),
        }
    }
    found
}

pub fn draw(sheet: &mut Sheet) -> Result<Drawn> {
    let text: &Text = sheet.text()?;
    let canvas = &mut sheet.canvas;
    let (cell, gap) = (canvas.layout().pick(1.5, 3.0), canvas.layout().pick(10.0, 24.0));
    let picture = Rect::new(MARGIN, 10.0, cell * count(COLUMNS), cell * count(ROWS));
    for (number, (_, colour, opacity)) in SHADES.into_iter().enumerate() {
        let mut cells = Vec::new();
        for row in 0..ROWS {
            for (from, to) in stretches(row, number) {
                let (x, y) = (picture.x + cell * count(from), picture.y + cell * count(row));
                cells.push(Rect::new(x, y, cell * count(to - from), cell));
            }
        }
        canvas.cells(&cells, colour, opacity);
    }
    canvas.frame(picture, 0.0);
    let tile = picture.h / count(TILES);
    for (number, label) in [text.killed, text.hung, text.printed].into_iter().enumerate() {
        let y = picture.y + tile * count(number * TILES / 3);
        canvas.frame(Rect::new(picture.x, y, picture.w, tile), 0.0);
        let (middle, x) = (y + tile / 2.0, picture.right() + gap);
        let from = (picture.right() + 2.0, middle);
        canvas.line(&[(x - 4.0, middle), from], Stroke::Solid, Heads::None);
        canvas.lines((x, middle), Align::Start, label, canvas.width() - MARGIN - x);
    }
    let description = paint::one_line(text.description);
    Ok(Drawn { height: picture.bottom() + 6.0, title: text.title, description })
}
