//! Results arrive in any order and are put into place by their index.

use anyhow::Result;
use paint::{Align, Colour, Heads, Layout, Look, MARGIN, Rect, Stroke};
use serde::Deserialize;

use crate::sheet::{Drawn, Sheet};
use crate::words::fill;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Text {
    arrive: &'static str,
    placed: &'static str,
    index: &'static str,
    result: &'static str,
    row: &'static str,
    title: &'static str,
    description: &'static str,
}

/// The indexes of the results in the order in which they arrive.
const ARRIVALS: [usize; 5] = [2, 0, 4, 1, 3];

/// Squares, so that the results are easy to check.
fn square(i: usize) -> usize {
    i * i
}

pub fn draw(sheet: &mut Sheet) -> Result<Drawn> {
    let (text, words): (&Text, _) = (sheet.text()?, sheet.words);
    let canvas = &mut sheet.canvas;
    let line = canvas.line_height();
    let height = 24.0;
    let names = canvas.text_width(text.index).max(canvas.text_width(text.result)) + 10.0;
    let heading = 1.1 * canvas.text_width(text.arrive).max(canvas.text_width(text.placed)) + 14.0;
    // On a wide page the headings stand at the left, else above.
    let is_wide = canvas.layout() == Layout::Wide;
    let left = MARGIN + names + if is_wide { heading } else { 0.0 };
    let row = Rect::new(left, 0.0, canvas.width() - MARGIN - left, height);
    let axis = line / 2.0 + if is_wide { 4.0 } else { line + 6.0 };
    let top = axis + line / 2.0 + 4.0;
    let below = top + 2.0 * height + 56.0;
    let columns = |y: f64| Rect { y, ..row }.columns(ARRIVALS.len(), 12.0);
    let (above, placed) = (columns(top), columns(below));
    let bottom = placed[0].bottom() + height;
    canvas.time_axis((left, row.right()), axis, words.time_axis);
    for (cell, &i) in above.iter().zip(&ARRIVALS) {
        let from = (cell.center().0, cell.bottom() + height + 3.0);
        let ends = [from, (placed[i].center().0, placed[0].y - 4.0)];
        canvas.line(&ends, Stroke::Solid, Heads::End);
    }
    for (cells, title, heading_y) in
        [(&above, text.arrive, line / 2.0 + 2.0), (&placed, text.placed, bottom + line / 2.0 + 4.0)]
    {
        let y = cells[0].y;
        let at = if is_wide { y + height } else { heading_y };
        canvas.heading((MARGIN, at), Align::Start, title);
        for (text, y) in [(text.index, y), (text.result, y + height)] {
            canvas.text((left - 8.0, y + height / 2.0), Align::End, text);
        }
    }
    let of = |cells: &[Rect], order: &dyn Fn(usize) -> usize| -> Vec<(Rect, usize)> {
        cells.iter().enumerate().map(|(place, cell)| (*cell, order(place))).collect()
    };
    for (cell, i) in
        of(&above, &|place| ARRIVALS[place]).into_iter().chain(of(&placed, &|place| place))
    {
        let result = Rect { y: cell.bottom(), ..cell };
        canvas.area(cell, Look::plain(Colour::Ink));
        canvas.label(cell, &i.to_string(), false);
        canvas.area(result, Look::plain(Colour::Blue));
        canvas.label(result, &square(i).to_string(), false);
    }
    let rows =
        ARRIVALS.map(|i| fill(text.row, &[("i", &i.to_string()), ("r", &square(i).to_string())]));
    let results: Vec<String> = (0..ARRIVALS.len()).map(|i| square(i).to_string()).collect();
    let values =
        [("rows", &*rows.join(words.list_joint)), ("results", &results.join(words.list_joint))];
    let height = bottom + if is_wide { 4.0 } else { line + 8.0 };
    Ok(Drawn { height, title: text.title, description: fill(text.description, &values) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_arrive_out_of_order_and_each_once() {
        let mut sorted = ARRIVALS;
        sorted.sort_unstable();
        assert_eq!(sorted, [0, 1, 2, 3, 4]);
        assert_ne!(ARRIVALS, sorted);
    }
}
