//! What may cross the border into another thread, by which way.

use anyhow::Result;
use paint::{Align, Colour, Heads, Look, MARGIN, Rect, Stroke, count};
use serde::Deserialize;

use crate::sheet::{Drawn, Sheet};
use crate::words::fill;

/// A type, and whether its values may be lent (`Sync`) and moved (`Send`): each of the four cases once.
const TYPES: [(&str, bool, bool); 4] = [
    ("Vec<T>", true, true),
    ("Cell<T>", false, true),
    ("MutexGuard<T>", true, false),
    ("Rc<T>", false, false),
];

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Text {
    lent: &'static str,
    here: &'static str,
    moved: &'static str,
    arrives: &'static str,
    refused: &'static str,
    row: &'static str,
    title: &'static str,
    description: &'static str,
}

pub fn draw(sheet: &mut Sheet) -> Result<Drawn> {
    let text: &Text = sheet.text()?;
    let words = sheet.words;
    let canvas = &mut sheet.canvas;
    let (middle, line) = (canvas.width() / 2.0, canvas.line_height());
    let (width, space) = canvas.layout().pick((108.0, 14.0), (160.0, 60.0));
    let left = middle - width / 2.0;
    let borders = [left - space, left + width + space];
    let outside =
        [f64::midpoint(MARGIN, borders[0]), f64::midpoint(borders[1], canvas.width() - MARGIN)];
    let room = borders[0] - MARGIN;
    let mut top = 0.0;
    for (x, heading) in [(outside[0], text.lent), (middle, text.here), (outside[1], text.moved)] {
        let end = canvas.heading_lines((x, line / 2.0 + 4.0), Align::Middle, heading, room);
        top = f64::max(top, end);
    }
    let (top, pitch) = (top + 10.0, 50.0);
    let bottom = top + pitch * count(TYPES.len());
    for x in borders {
        canvas.line(&[(x, top), (x, bottom)], Stroke::Dashed, Heads::None);
    }
    for (i, (what, lent, moved)) in TYPES.into_iter().enumerate() {
        let r = Rect::new(left, top + 7.0 + pitch * count(i), width, 36.0);
        canvas.area(r, Look::plain(Colour::Blue));
        canvas.label(r, what, false);
        let y = r.center().1;
        for (side, passes) in [lent, moved].into_iter().enumerate() {
            let outward = if side == 0 { -1.0 } else { 1.0 };
            let from = if side == 0 { r.x } else { r.right() } + 2.0 * outward;
            let border = borders[side];
            if passes {
                canvas.line(&[(from, y), (border + 16.0 * outward, y)], Stroke::Solid, Heads::End);
            } else {
                let x = border - 3.0 * outward;
                canvas.line(&[(from, y), (x, y)], Stroke::Solid, Heads::None);
                canvas.line(&[(x, y - 10.0), (x, y + 10.0)], Stroke::Solid, Heads::None);
            }
            let align = if side == 0 { Align::End } else { Align::Start };
            let word = if passes { text.arrives } else { text.refused };
            canvas.text((border + 20.0 * outward, y), align, word);
        }
    }
    let word = |passes: bool| if passes { text.arrives } else { text.refused };
    let rows = TYPES.map(|(what, lent, moved)| {
        fill(text.row, &[("type", what), ("lent", word(lent)), ("moved", word(moved))])
    });
    let description = fill(text.description, &[("rows", &rows.join(words.sentence_joint))]);
    Ok(Drawn { height: bottom + 4.0, title: text.title, description })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The picture says what the compiler holds the page's own table to.
    #[test]
    fn the_types_are_what_the_page_says_of_them() {
        let page = include_str!("../../../../src/en/programs/send_and_sync.md");
        for (what, lent, moved) in TYPES {
            let word = |yes: bool| if yes { "yes" } else { "no" };
            let begin =
                if what == "Vec<T>" { "| numbers, `String`, ".to_owned() } else { "| ".to_owned() };
            let row = page
                .lines()
                .find(|line| line.starts_with(&begin) && line.contains(&format!("`{what}`")))
                .expect("the page has a row of it");
            let columns = format!("| {} | {} |", word(moved), word(lent));
            assert!(row.contains(&columns), "{what}: {row}");
        }
    }
}
