//! One child: fork, its task, its exit, the parent's join.

use anyhow::Result;
use serde::Deserialize;

use crate::sheet::{Drawn, Sheet};
use crate::timeline::{Arrow, Kind, Lane, Timeline};
use crate::words::fill;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Text {
    parent: &'static str,
    child: &'static str,
    runs: &'static str,
    fork: &'static str,
    fork_spoken: &'static str,
    goes_on: &'static str,
    waits: &'static str,
    goes_on_again: &'static str,
    copy: &'static str,
    task: &'static str,
    exit: &'static str,
    status: &'static str,
    title: &'static str,
    description: &'static str,
}

pub fn draw(sheet: &mut Sheet) -> Result<Drawn> {
    let text: &Text = sheet.text()?;
    let (mut parent, mut child) = (Lane::new(text.parent), Lane::new(text.child));
    parent.push(Kind::Main, 40.0, text.runs);
    let (_, forked) = parent.push_spoken(Kind::Start, 16.0, "", text.fork_spoken);
    parent.push(Kind::Main, 40.0, text.goes_on);
    child.skip_to(forked);
    child.push(Kind::Main, 60.0, text.copy);
    child.push(Kind::Task(0), 70.0, text.task);
    let (_, exited) = child.push(Kind::Main, 30.0, text.exit);
    parent.wait_until(exited, text.waits);
    parent.push(Kind::Main, 44.0, text.goes_on_again);
    let arrows =
        vec![Arrow::across(0, 1, forked, text.fork), Arrow::across(1, 0, exited, text.status)];
    let timeline = Timeline { lanes: vec![parent, child], arrows, whole: 0.0 };
    let height = sheet.timeline(&timeline, 4.0).bottom + 4.0;
    let lanes = timeline.describe(sheet.words);
    let description = fill(text.description, &[("lanes", &lanes)]);
    Ok(Drawn { height, title: text.title, description })
}
