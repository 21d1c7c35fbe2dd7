//! What each tool sees of a process that hangs, from its task down to the processor.

use anyhow::Result;
use paint::{Colour, Heads, Look, MARGIN, Rect, Stroke, count};
use serde::Deserialize;

use crate::sheet::{Drawn, Sheet};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Text {
    task: &'static str,
    lines: &'static str,
    calls: &'static str,
    ends: &'static str,
    channel: &'static str,
    state: &'static str,
    seen: &'static str,
    by: &'static str,
    by_log: &'static str,
    title: &'static str,
    description: &'static str,
}

/// What sees what; the first is in the words.
const TOOLS: [&str; 5] = [
    "gdb, py-spy, perf",
    "strace, /proc/PID/syscall",
    "lsof, /proc/PID/fd",
    "ps -o wchan, /proc/PID/stack",
    "ps, top",
];

pub fn draw(sheet: &mut Sheet) -> Result<Drawn> {
    let text: &Text = sheet.text()?;
    let canvas = &mut sheet.canvas;
    let space = canvas.layout().pick(24.0, 60.0);
    let whole = Rect::new(MARGIN, 4.0, canvas.inner(), 0.0);
    let [left, right] = whole.columns(2, space)[..] else { anyhow::bail!("two columns") };
    let line = canvas.line_height();
    let mut top = 0.0;
    for (column, heading) in [(left, text.seen), (right, text.by)] {
        let at = (column.center().0, 4.0 + line / 2.0);
        let end = canvas.heading_lines(at, paint::Align::Middle, heading, column.w);
        top = f64::max(top, end);
    }
    let (top, pitch) = (top + 14.0, canvas.layout().pick(54.0, 46.0));
    let program = Look::plain(Colour::Blue);
    let (border, kernel) = (Look::plain(Colour::Green), Look::plain(Colour::Purple));
    let rows = [
        (text.task, program, text.by_log),
        (text.lines, program, TOOLS[0]),
        (text.calls, border, TOOLS[1]),
        (text.ends, border, TOOLS[2]),
        (text.channel, kernel, TOOLS[3]),
        (text.state, kernel, TOOLS[4]),
    ];
    for (i, (what, look, tools)) in rows.into_iter().enumerate() {
        let high = pitch - 8.0;
        let place = |column: Rect| Rect { y: top + pitch * count(i), h: high, ..column };
        let (seen, by) = (place(left), place(right));
        canvas.area(seen, look);
        canvas.label(seen, what, false);
        canvas.frame(by, 8.0);
        canvas.label(by, tools, false);
        let y = seen.center().1;
        let ends = [(by.x - 3.0, y), (seen.right() + 3.0, y)];
        canvas.line(&ends, Stroke::Solid, Heads::End);
    }
    let height = top + pitch * count(rows.len());
    Ok(Drawn { height, title: text.title, description: text.description.to_owned() })
}
