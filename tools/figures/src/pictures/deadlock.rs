//! A deadlock by lock order, and its cure.

use anyhow::Result;
use paint::{Align, Canvas, Colour, Heads, Layout, Look, Rect, Stroke};
use serde::Deserialize;

use crate::sheet::{Drawn, Sheet};
use crate::timeline::{Arrow, Kind, Lane, Scene, Timeline, edges};
use crate::words::{fill, fill_n};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Text {
    giver_first: &'static str,
    same_order: &'static str,
    thread: &'static str,
    account: &'static str,
    waits_for: &'static str,
    is_held_by: &'static str,
    works: &'static str,
    wants: &'static str,
    lets_go: &'static str,
    free: &'static str,
    title: &'static str,
    description: &'static str,
}

/// Who waits for whom: a circle of threads and accounts. Returns where it ends.
fn draw_circle(canvas: &mut Canvas, text: &Text, (left, right): (f64, f64), top: f64) -> f64 {
    canvas.heading((left, top + canvas.line_height() / 2.0), Align::Start, text.giver_first);
    let (width, height) = (86.0, 32.0);
    let at = |right_side: bool, below: bool| {
        let x = if right_side { right - width } else { left };
        Rect::new(x, top + 26.0 + if below { height + 52.0 } else { 0.0 }, width, height)
    };
    // Around: thread 1, account 1, thread 2, account 0.
    let boxes = [at(false, false), at(true, false), at(true, true), at(false, true)];
    let account = Look::plain(Colour::Ink);
    let names = [
        (fill_n(text.thread, 1), Kind::Task(0).look(), 3.0),
        (fill_n(text.account, 1), account, 15.0),
        (fill_n(text.thread, 2), Kind::Task(1).look(), 3.0),
        (fill_n(text.account, 0), account, 15.0),
    ];
    for (r, (name, look, radius)) in boxes.iter().zip(&names) {
        canvas.area_rounded(*r, *radius, *look);
        canvas.label(*r, name, false);
    }
    let [one, wanted, two, held] = boxes;
    let middle = f64::midpoint(one.right(), wanted.x);
    let above = canvas.line_height() / 2.0 + 2.0;
    for (from, to) in [
        ((one.right() + 2.0, one.center().1), wanted.x - 2.0),
        ((two.x - 2.0, two.center().1), held.right() + 2.0),
    ] {
        canvas.line(&[from, (to, from.1)], Stroke::Dashed, Heads::End);
        canvas.text((middle, from.1 - above), Align::Middle, text.waits_for);
    }
    let y = f64::midpoint(one.bottom(), held.y);
    for (from, to, beside, align) in [
        ((wanted.center().0, wanted.bottom() + 2.0), two.y - 2.0, -8.0, Align::End),
        ((held.center().0, held.y - 2.0), one.bottom() + 2.0, 8.0, Align::Start),
    ] {
        canvas.line(&[from, (from.0, to)], Stroke::Solid, Heads::End);
        canvas.text((from.0 + beside, y), align, text.is_held_by);
    }
    two.bottom()
}

/// Both threads lock account 0 first.
fn same_order(text: &Text) -> Scene<'_> {
    let work = |lane: &mut Lane, task: usize| {
        lane.push(Kind::Task(task), 90.0, text.works);
        lane.push(Kind::Main, 40.0, text.lets_go).1
    };
    let [mut one, mut two] = [1, 2].map(|n| Lane::new(fill_n(text.thread, n)));
    let free = work(&mut one, 0);
    two.skip_to(34.0);
    two.wait_until(free, &fill_n(text.wants, 0));
    work(&mut two, 1);
    let arrows = vec![Arrow::across(0, 1, free, text.free)];
    Scene {
        heading: text.same_order,
        timeline: Timeline { lanes: vec![one, two], arrows, whole: 0.0 },
    }
}

pub fn draw(sheet: &mut Sheet) -> Result<Drawn> {
    let text: &Text = sheet.text()?;
    let (canvas, scene) = (&mut sheet.canvas, same_order(text));
    let (left, right) = edges(canvas);
    // A wide page has both beside each other.
    let height = if canvas.layout() == Layout::Wide {
        let end = draw_circle(canvas, text, (left, left + 250.0), 4.0);
        end.max(scene.draw(canvas, sheet.words, (left + 282.0, right), 4.0))
    } else {
        let end = draw_circle(canvas, text, (left, right), 4.0);
        scene.draw(canvas, sheet.words, (left, right), end + 24.0)
    };
    let lanes = scene.timeline.describe(sheet.words);
    let description = fill(text.description, &[("lanes", &lanes)]);
    Ok(Drawn { height: height + 4.0, title: text.title, description })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words::english;

    #[test]
    fn in_one_order_the_second_thread_locks_after_the_first_has_let_go() {
        let scene = same_order(english().1.table("pictures.deadlock").expect("its words"));
        let [one, two] = &scene.timeline.lanes[..] else { panic!("two lanes") };
        assert_eq!(two.pieces[0].kind, Kind::Wait);
        assert!(two.pieces[1].from >= one.now());
    }
}
