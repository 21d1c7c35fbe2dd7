//! What a forked child has of its parent's: copied, shared, and not there.

use anyhow::Result;
use paint::{Align, Colour, Heads, Look, MARGIN, Rect, Stroke, count};
use serde::Deserialize;

use crate::sheet::{Drawn, Sheet};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Text {
    parent: &'static str,
    child: &'static str,
    left_behind: &'static str,
    not_there: &'static str,
    memory: &'static str,
    descriptors: &'static str,
    /// Beside the arrow from a part of the parent to that of the child.
    copied: &'static str,
    system: &'static str,
    shared: &'static str,
    title: &'static str,
    description: &'static str,
}

pub fn draw(sheet: &mut Sheet) -> Result<Drawn> {
    let text: &Text = sheet.text()?;
    let canvas = &mut sheet.canvas;
    let (middle, line) = (canvas.width() / 2.0, canvas.line_height());
    let border = canvas.layout().pick(6.0, 14.0);
    let gap = canvas.text_width(text.copied) + 16.0;
    let width = (canvas.inner() - gap) / 2.0;
    let inner = width - 2.0 * border;
    let heights = [&[text.left_behind, text.not_there][..], &[text.memory], &[text.descriptors]]
        .map(|labels| labels.iter().map(|l| canvas.height_of(l, inner)).fold(0.0, f64::max) + 20.0);
    let frame_height = 2.0 * line + heights.iter().sum::<f64>() + 24.0 + border;
    let mut sides = Vec::new();
    for (i, title) in [text.parent, text.child].into_iter().enumerate() {
        let frame = Rect::new(MARGIN + (width + gap) * count(i), 4.0, width, frame_height);
        canvas.frame(frame, 12.0);
        canvas.heading((frame.center().0, frame.y + line), Align::Middle, title);
        let mut y = frame.y + 2.0 * line;
        let parts = heights.map(|height| {
            let part = Rect::new(frame.x + border, y, inner, height);
            y += height + 12.0;
            part
        });
        let (look, own) = if i == 0 {
            (Look::plain(Colour::Purple), text.left_behind)
        } else {
            (Look::plain(Colour::Ink).dashed(), text.not_there)
        };
        let [first, memory, descriptors] = parts;
        for (part, look, label) in [
            (first, look, own),
            (memory, Look::plain(Colour::Blue), text.memory),
            (descriptors, Look::plain(Colour::Blue), text.descriptors),
        ] {
            canvas.area(part, look);
            canvas.label(part, label, false);
        }
        sides.push((memory, descriptors));
    }
    for (left, right) in [(sides[0].0, sides[1].0), (sides[0].1, sides[1].1)] {
        let y = left.center().1;
        canvas.line(&[(left.right() + 3.0, y), (right.x - 3.0, y)], Stroke::Solid, Heads::End);
        canvas.text((middle, y - line / 2.0 - 3.0), Align::Middle, text.copied);
    }
    let top = 4.0 + frame_height + 2.0 * line + 12.0;
    let height = canvas.height_of(text.system, canvas.inner()) + 20.0;
    let system = Rect::new(MARGIN, top, canvas.inner(), height);
    canvas.area(system, Look::plain(Colour::Green));
    canvas.label(system, text.system, false);
    for (_, descriptors) in &sides {
        let x = descriptors.center().0;
        let ends = [(x, descriptors.bottom() + 3.0), (x, system.y - 3.0)];
        canvas.line(&ends, Stroke::Solid, Heads::End);
    }
    canvas.text((middle, system.y - line), Align::Middle, text.shared);
    let description = text.description.to_owned();
    Ok(Drawn { height: system.bottom() + 4.0, title: text.title, description })
}
