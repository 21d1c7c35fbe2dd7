//! A job that has started processes of its own, and which of them each way to end it reaches.

use anyhow::Result;
use paint::{Align, Canvas, Colour, Heads, Layout, Look, MARGIN, Pattern, Rect, Stroke};
use serde::Deserialize;

use crate::sheet::{Drawn, Sheet};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Text {
    program: &'static str,
    shell: &'static str,
    in_group: &'static str,
    own_session: &'static str,
    forks: &'static str,
    group: &'static str,
    child: &'static str,
    killpg: &'static str,
    subreaper: &'static str,
    namespace: &'static str,
    title: &'static str,
    description: &'static str,
}

/// A bar for each way, below those whom it reaches.
fn reaches(canvas: &mut Canvas, columns: &[Rect], mut y: f64, ways: [&str; 4]) -> f64 {
    let line = canvas.line_height();
    let wide = columns[columns.len() - 1].right() - columns[0].x;
    for (way, last) in ways.into_iter().zip(columns) {
        y += canvas.lines((columns[0].x, y + line / 2.0), Align::Start, way, wide) + 3.0;
        let bar = Rect::new(columns[0].x, y, last.right() - columns[0].x, 10.0);
        canvas.area(bar, Look::plain(Colour::Cost));
        y = bar.bottom() + 8.0;
    }
    y
}

pub fn draw(sheet: &mut Sheet) -> Result<Drawn> {
    let text: &Text = sheet.text()?;
    let canvas = &mut sheet.canvas;
    let (line, border) = (canvas.line_height(), 8.0);
    let wide = match canvas.layout() {
        Layout::Narrow => canvas.inner(),
        Layout::Wide => 600.0,
    };
    let left = MARGIN + (canvas.inner() - wide) / 2.0;
    let columns = Rect::new(left, 0.0, wide, 0.0).columns(4, canvas.layout().pick(10.0, 20.0));
    let place = |column: usize, y: f64, h: f64| {
        let column = columns[column];
        Rect::new(column.x + border, y, column.w - 2.0 * border, h)
    };

    let program = Rect::new(left, 4.0, wide, line + 10.0);
    canvas.area(program, Look::plain(Colour::Ink));
    canvas.label(program, text.program, false);

    // The shell, and below it whoever came of it.
    let frame_top = program.bottom() + 22.0;
    let shell = place(0, frame_top + line + 10.0, line + 12.0);
    let names = [text.in_group, text.own_session, text.forks];
    let room = columns[0].w - 2.0 * border;
    let high = names.map(|name| canvas.height_of(name, room - 4.0)).into_iter().fold(0.0, f64::max);
    let row = shell.bottom() + 20.0;
    let children = [1, 2, 3].map(|column| place(column, row, high + 10.0));
    let bottom = children[0].bottom() + border;
    let group = Rect::new(left, frame_top, columns[1].right() - left, bottom - frame_top);
    canvas.frame(group, 10.0);
    let heading = (group.center().0, frame_top + 5.0 + line / 2.0);
    canvas.heading(heading, Align::Middle, text.group);

    canvas.area(shell, Look::plain(Colour::Blue));
    canvas.label(shell, text.shell, false);
    let (down, trunk) = (shell.center().0, shell.center().1);
    canvas.line(
        &[(down, program.bottom() + 2.0), (down, frame_top - 2.0)],
        Stroke::Solid,
        Heads::End,
    );
    let looks = [
        Look::plain(Colour::Blue),
        Look::plain(Colour::Green),
        Look::patterned(Colour::Cost, Pattern::Hatched),
    ];
    for ((child, name), (number, look)) in
        children.into_iter().zip(names).zip(looks.into_iter().enumerate())
    {
        let x = child.center().0;
        let way = [(shell.right() + 2.0, trunk), (x, trunk), (x, child.y - 2.0)];
        canvas.line(&way, Stroke::Solid, Heads::End);
        canvas.area(child, look);
        canvas.label(child, name, number == 2);
    }

    let ways = [text.child, text.killpg, text.subreaper, text.namespace];
    let end = reaches(canvas, &columns, bottom + 14.0, ways);
    let description = text.description.to_owned();
    Ok(Drawn { height: end, title: text.title, description })
}
