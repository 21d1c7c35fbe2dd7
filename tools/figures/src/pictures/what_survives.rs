//! The map of what survives: moments of a worker's life below each other, libraries side by side, and in each cell the
//! shares of what the caller saw.

use anyhow::Result;
use paint::{Align, Colour, Look, MARGIN, Pattern, Rect, count};
use serde::Deserialize;

use crate::failures::{Failures, Library, Moment, Verdict};
use crate::sheet::{Drawn, Sheet};
use crate::words::{fill, fill_n};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Text {
    pipe: &'static str,
    python: &'static str,
    killed: &'static str,
    killed_begin: &'static str,
    killed_task: &'static str,
    killed_deliver: &'static str,
    killed_end: &'static str,
    stopped: &'static str,
    stopped_task: &'static str,
    stopped_else: &'static str,
    deadline_task: &'static str,
    deadline_else: &'static str,
    fails: &'static str,
    fails_begin: &'static str,
    fails_later: &'static str,
    parent: &'static str,
    parent_begin: &'static str,
    parent_later: &'static str,
    parent_fails: &'static str,
    right: &'static str,
    told: &'static str,
    left: &'static str,
    hangs: &'static str,
    wrong: &'static str,
    column: &'static str,
    title: &'static str,
    description: &'static str,
}

impl Text {
    /// What was done, and at which moments.
    fn groups(&self) -> [(&'static str, Vec<(&'static str, Moment)>); 5] {
        [
            (
                self.killed,
                vec![
                    (self.killed_begin, Moment::KillBegin),
                    (self.killed_task, Moment::KillTask),
                    (self.killed_deliver, Moment::KillDeliver),
                    (self.killed_end, Moment::KillEnd),
                ],
            ),
            (
                self.stopped,
                vec![
                    (self.stopped_task, Moment::StopTask),
                    (self.stopped_else, Moment::StopElse),
                    (self.deadline_task, Moment::DeadlineTask),
                    (self.deadline_else, Moment::DeadlineElse),
                ],
            ),
            (
                self.fails,
                vec![(self.fails_begin, Moment::FailBegin), (self.fails_later, Moment::FailLater)],
            ),
            (
                self.parent,
                vec![
                    (self.parent_begin, Moment::ParentBegin),
                    (self.parent_later, Moment::ParentLater),
                ],
            ),
            (
                self.parent_fails,
                vec![
                    (self.parent_begin, Moment::ParentFailBegin),
                    (self.parent_later, Moment::ParentFailLater),
                ],
            ),
        ]
    }

    fn verdict(&self, verdict: Verdict) -> &'static str {
        match verdict {
            Verdict::Right => self.right,
            Verdict::Told => self.told,
            Verdict::Left => self.left,
            Verdict::Hangs => self.hangs,
            Verdict::Wrong => self.wrong,
        }
    }
}

/// What is good is light, what is bad has a pattern, and the worst is dark.
fn look(verdict: Verdict) -> (Look, &'static str) {
    match verdict {
        Verdict::Right => (Look::plain(Colour::Green), ".3"),
        Verdict::Told => (Look::plain(Colour::Blue), ".12"),
        Verdict::Left => (Look::patterned(Colour::Purple, Pattern::CrossHatched), ""),
        Verdict::Hangs => (Look::patterned(Colour::Cost, Pattern::Hatched), ""),
        Verdict::Wrong => (Look::plain(Colour::Ink), ".85"),
    }
}

/// The shares of a cell, from the left to the right.
fn shares(failures: &Failures, library: Library, moment: Moment, cell: Rect) -> Vec<Rect> {
    let all = count(failures.count(library, moment, None).max(1));
    let mut x = cell.x;
    let share = |verdict: &Verdict| {
        let w = cell.w * count(failures.count(library, moment, Some(*verdict))) / all;
        let share = Rect { x, w, ..cell };
        x += w;
        share
    };
    Verdict::ALL.iter().map(share).collect()
}

/// Short names of the columns, for narrow ones.
fn head(text: &Text, library: Library, wide: bool) -> &'static str {
    match library {
        Library::Pipe => text.pipe,
        Library::Map => "map",
        Library::Imap => "imap",
        Library::Procspawn if wide => "procspawn",
        Library::Procspawn => "proc…",
        Library::Pool => "Pool",
        Library::Executor if wide => "Executor",
        Library::Executor => "Exec…",
    }
}

pub fn draw(sheet: &mut Sheet) -> Result<Drawn> {
    let text: &Text = sheet.text()?;
    let failures = &sheet.data.failures;
    let canvas = &mut sheet.canvas;
    let line = canvas.line_height();
    let wide = canvas.layout().pick(false, true);
    let (label, gap, high) =
        (canvas.layout().pick(0.0, 172.0), canvas.layout().pick(5.0, 8.0), 14.0);
    let area = Rect::new(MARGIN + label, 0.0, canvas.inner() - label, high);
    let columns = area.columns(Library::ALL.len(), gap);
    let mut y = 4.0 + line / 2.0;
    for (from, to, name) in [(1, 2, "mp::Pool"), (4, 5, text.python)] {
        let middle = f64::midpoint(columns[from].x, columns[to].right());
        canvas.heading((middle, y), Align::Middle, name);
    }
    y += line;
    for (library, column) in Library::ALL.iter().zip(&columns) {
        canvas.text((column.center().0, y), Align::Middle, head(text, *library, wide));
    }
    y += line / 2.0;
    let mut bars: Vec<Vec<Rect>> = vec![Vec::new(); Verdict::ALL.len()];
    for (name, rows) in text.groups() {
        y += line;
        canvas.heading((MARGIN, y), Align::Start, name);
        y += line / 2.0 + 3.0;
        for (name, moment) in rows {
            if wide {
                canvas.text((MARGIN + 10.0, y + high / 2.0), Align::Start, name);
            } else {
                canvas.text((MARGIN, y + line / 2.0), Align::Start, name);
                y += line;
            }
            for (library, column) in Library::ALL.iter().zip(&columns) {
                let cell = Rect { y, ..*column };
                let shares = shares(failures, *library, moment, cell);
                for (verdict, share) in shares.into_iter().enumerate() {
                    if share.w > 0.0 {
                        bars[verdict].push(share);
                    }
                }
            }
            y += high + canvas.layout().pick(3.0, 6.0);
        }
    }
    for (verdict, bars) in Verdict::ALL.iter().zip(&bars) {
        let (look, opacity) = look(*verdict);
        canvas.bars(bars, look, opacity);
    }
    // What the looks mean.
    y += line;
    let mut x = MARGIN;
    for verdict in Verdict::ALL {
        let name = text.verdict(*verdict);
        let width = 32.0 + canvas.text_width(name) + 14.0;
        if x > MARGIN && x + width > canvas.width() {
            (x, y) = (MARGIN, y + line + 4.0);
        }
        let (look, opacity) = look(*verdict);
        canvas.bars(&[Rect::new(x, y - 7.0, 26.0, high)], look, opacity);
        canvas.text((x + 32.0, y), Align::Start, name);
        x += width;
    }
    let height = y + line;
    let columns: Vec<String> = Library::ALL
        .iter()
        .map(|library| {
            let runs = failures.runs.iter().filter(|run| run.library == *library);
            let said = Verdict::ALL.iter().map(|verdict| {
                let of = runs.clone().filter(|run| run.verdict == *verdict).count();
                format!("{} {of}", text.verdict(*verdict))
            });
            let said: Vec<String> = said.collect();
            let name = match library {
                Library::Map => "mp::Pool::map",
                Library::Imap => "mp::Pool::imap_unordered",
                Library::Executor => "ProcessPoolExecutor",
                other => head(text, *other, true),
            };
            let joint = sheet.words.list_joint;
            fill(text.column, &[("name", name), ("counts", &said.join(joint))])
        })
        .collect();
    let columns = columns.join(sheet.words.sentence_joint);
    let description =
        fill(&fill_n(text.description, failures.runs.len()), &[("columns", &columns)]);
    Ok(Drawn { height, title: text.title, description: paint::one_line(&description) })
}
